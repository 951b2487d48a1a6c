"""A hunt as a workspace for pyhf and as tables; with pyhf and pyBumpHunter installed, what they find."""
import contextlib
import csv
import io
import json
import sys
import unittest
from pathlib import Path

import h5py
import numpy as np

from tool_files import BAD_INPUT, CANNOT_WRITE, USAGE, ToolTest, must, small_chain, table, write_hdf5

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
import tables  # noqa: E402  (found only now)
import workspace  # noqa: E402
from reading import files, local_p  # noqa: E402

try:
    import pyhf
except ImportError:
    pyhf = None
try:
    import pyBumpHunter
except ImportError:
    pyBumpHunter = None

PEAK = ("--set", "hunt.signal=gaussian", "--set", "hunt.signal_width=0.1")
UNBLIND = ("--set", "hunt.unblind=true")


class HuntTest(ToolTest):
    """A chain of two folds that ends in a hunt; not run yet."""

    def setUp(self):
        super().setUp()
        sections = small_chain(write_hdf5(self.folder / "table.h5", table(1500, 200)), retrainings=1)
        sections["run"].update({"methods": ["lacathode"], "folds": 2, "reference": 1000, "sic": False, "sculpting": False, "hunt": True})
        sections["fit_background"] = {"low": 2.6, "efficiency_low": 2.6, "high": 4.4, "shape": "log_polynomial", "bin_width": 0.1,
                                      "efficiencies": [0.3, 0.5], "least_parameters": 1, "most_parameters": 2, "toys": 20}
        self.run_options = ("run", "--config", self.config(sections), "--out", self.folder / "out", "--threads", "2")
        self.hunt = self.folder / "out/lacathode/hunt_00.h5"

    def metrics(self):
        return files.read_metrics(self.hunt, "hunt")


class ExportOfFolds(HuntTest):
    def test_of_one_retraining_only(self):
        """Background efficiencies by references: their mean has no threshold."""
        must(*self.run_options, "--set", "run.retrainings=2")
        scores = [self.folder / f"out/lacathode/scores_0{retraining}.h5" for retraining in range(2)]
        for efficiency in ("0.3", "0"):
            self.expect(USAGE, "scores of lacathode-combine-folds.* give one of them", "export", "--scores", *scores,
                        "--efficiency", efficiency, "--output", self.folder / "selected.csv")
        must("export", "--scores", scores[0], "--efficiency", "0.3", "--output", self.folder / "selected.csv")

    def test_latent_events_of_one_fold_are_not_those_of_all(self):
        must(*self.run_options)
        fold = self.folder / "out/fold_0"
        export = ("export", "--scores", self.folder / "out/lacathode/scores_00.h5", "--efficiency", "0.3", "--output", self.folder / "selected.csv")
        self.expect(BAD_INPUT, r"of one fold makes of all events, and .*scores_00\.h5 the scores of several folds", *export,
                    "--events", fold / "latent_00.h5", "--set", "export.keep=z0")
        with h5py.File(fold / "events.h5") as file:
            feature = sorted(file["features"])[0]
        must(*export, "--events", fold / "events.h5", "--set", f"export.keep={feature}")


class Workspace(HuntTest):
    def make(self, *arguments):
        return workspace.main([str(self.hunt), *map(str, arguments)])

    def test_the_file_says_what_the_workspace_says(self):
        must(*self.run_options)
        path = self.folder / "workspace.json"
        self.assertEqual(self.make("--efficiency", 0.3, "--output", path), 0)
        made = json.loads(path.read_text())
        with h5py.File(self.hunt) as file:
            expected, error = file["efficiency/expected"][1], file["efficiency/error"][1]
        signal, background = made["channels"][0]["samples"]
        self.assertEqual(background["data"], [expected])
        self.assertEqual(background["modifiers"][0]["data"], {"hi_data": [expected + error], "lo_data": [expected - error]})
        self.assertEqual(signal["data"], [1.0])
        self.assertEqual(made["observations"][0]["data"], [expected])  # blinded
        must(*self.run_options, "--set", "hunt.unblind=true")
        before = path.read_text()
        self.assertEqual(self.make("--efficiency", 0.5, "--output", path), CANNOT_WRITE)
        self.assertEqual(self.make("--efficiency", 0.5, "--output", self.hunt, "--force"), USAGE)
        self.assertEqual(path.read_text(), before)
        self.assertEqual(self.make("--efficiency", 0.5, "--estimate", "spectrum", "--output", path, "--force"), 0)
        made = json.loads(path.read_text())
        with h5py.File(self.hunt) as file:
            self.assertEqual(made["observations"][0]["data"], [file["spectrum/observed"][2]])
            self.assertEqual(made["channels"][0]["samples"][1]["data"], [file["spectrum/expected"][2]])

    def test_what_cannot_be_made_is_told(self):
        must(*self.run_options)
        self.assertEqual(self.make("--efficiency", 0.4), BAD_INPUT)
        self.assertEqual(self.make("--efficiency", 1), BAD_INPUT)  # without a cut there is no efficiency
        self.assertEqual(self.make("--efficiency", 0.3, "--output", self.folder), CANNOT_WRITE)
        must(*self.run_options, *PEAK)
        self.assertEqual(self.make("--efficiency", 0.3), BAD_INPUT)  # more than one count
        self.hunt = self.folder / "table.h5"
        self.assertEqual(self.make("--efficiency", 0.3), BAD_INPUT)

    def test_weights_are_refused_with_the_reason_and_a_way_out(self):
        must(*self.run_options)
        hunt = self.metrics()
        hunt["weight_scale"] = np.array([1.0, 1.0, 1.0])
        workspace.workspace(hunt, 0.3)  # of weights that are all 1
        hunt["weight_scale"] = np.array([1.0, 1.2, 1.1])
        with self.assertRaisesRegex(files.InputError, r"hunt_00\.h5: has events with weights, .* variance of a count.*hunt without "
                                    r"prepare\.weight_column, or take the limits of the file"):
            workspace.workspace(hunt, 0.3)

    def test_an_error_as_large_as_the_expectation_is_refused(self):
        must(*self.run_options)
        hunt = self.metrics()
        estimate = hunt["@quoted"]
        cut = workspace.cut_of(hunt, 0.3)
        for part, refused in ((0.99, False), (1, True)):
            hunt[f"{estimate}/error"] = part * hunt[f"{estimate}/expected"]
            hunt[f"{estimate}/spurious"] = np.zeros_like(hunt[f"{estimate}/expected"])
            if not refused:
                background = workspace.workspace(hunt, 0.3)["channels"][0]["samples"][1]
                self.assertGreater(background["modifiers"][0]["data"]["lo_data"][0], 0)
                continue
            with self.assertRaisesRegex(files.InputError, rf"hunt_00\.h5: expects {hunt[f'{estimate}/expected'][cut]:.4g} .* take a looser cut"):
                workspace.workspace(hunt, 0.3)

    @unittest.skipIf(pyhf is None, "pyhf is not installed")
    def test_pyhf_finds_the_same_limit(self):
        """Its background is Gaussian, the file's the fit's own: 2 % are allowed, of some 100 events known to 7 %."""
        must(*self.run_options, *UNBLIND, "--set", "fit_background.least_degree=0", "--set", "fit_background.most_degree=0")
        hunt = self.metrics()
        for cut, efficiency in ((1, 0.3), (2, 0.5)):
            for estimate in ("spectrum", "efficiency"):
                made = pyhf.Workspace(workspace.workspace(hunt, efficiency, estimate))
                model = made.model()
                _, highest = model.config.suggested_bounds()[model.config.poi_index]
                observed, _ = pyhf.infer.intervals.upper_limits.toms748_scan(made.data(model), model, 0, highest, rtol=1e-5)
                ours = hunt[f"{estimate}/limit/observed"][cut]
                self.assertLess(abs(float(observed) / ours - 1), 0.02, (efficiency, estimate, float(observed), ours))
                self.assertTrue(np.isfinite(ours))


class Tables(HuntTest):
    """What tables.py says of a hunt is what its file says."""

    def make(self):
        with contextlib.redirect_stdout(io.StringIO()):
            self.assertEqual(tables.main([str(self.hunt)]), 0)
        folder = self.hunt.with_name("hunt_00_tables")
        with (folder / "results.csv").open() as file:
            rows = {row["quantity"]: row for row in csv.DictReader(file)}
        documents = [json.loads(text) for text in (folder / "hepdata/submission.yaml").read_text().split("---\n") if text]
        return rows, {one["name"]: json.loads((folder / "hepdata" / one["data_file"]).read_text()) for one in documents}

    def column(self, table, name, background):
        column, = (one for one in table["dependent_variables"] if one["header"]["name"] == name and
                   {"name": "Background", "value": background} in one["qualifiers"])
        return column

    def test_blinded_nothing_of_the_signal_region_is_told(self):
        must(*self.run_options)
        rows, made = self.make()
        self.assertEqual({name.split("_at_")[0] for name in rows}, {"background", "goodness", "sampled_background", "expected_limit"})
        cuts = made["LaCATHODE: the signal region after each cut"]
        for name in ("Observed events", "Signal events", "Local significance", "Local p-value", "Observed 95 % CLs limit on signal events"):
            self.assertEqual([one["value"] for one in self.column(cuts, name, "fit of the spectrum")["values"]], ["-", "-"], name)
        spectrum, signal_cell = made["LaCATHODE: spectrum, cut at 30 %"], int(self.metrics()["@signal_cell"])
        self.assertEqual(spectrum["dependent_variables"][0]["values"][signal_cell]["value"], "-")
        self.assertNotEqual(spectrum["dependent_variables"][0]["values"][0]["value"], "-")

    def test_quantities_are_those_of_the_program(self):
        for estimate in ("efficiency", "spectrum"):
            for options in ((), UNBLIND, (*UNBLIND, "--set", "hunt.few=10000", "--set", "hunt.toys=20", "--set", "hunt.luminosity=4",
                                          "--set", "hunt.signal_efficiencies=0.1,0.2")):
                must(*self.run_options, "--set", f"hunt.estimate={estimate}", *options)
                rows, _ = self.make()
                beside = {name for name in rows if name.startswith("sampled_background_at_") or name.endswith("_at_1")}
                self.assertEqual(any(name.endswith("_at_1") for name in beside), estimate == "spectrum")
                headline = json.loads(must("info", "--json", self.hunt).stdout)["results"]
                self.assertEqual(rows.keys() - beside, headline.keys())
                for name, value in headline.items():
                    told = rows[name]["value"]
                    self.assertEqual(told, f"< {value:.2g}" if told.startswith("<") else f"{value:.6g}", name)
        self.assertLessEqual({"asymptotic_z_at_0.3", "cross_section_limit_fb_at_0.5"}, headline.keys())
        self.assertEqual(rows["expected_cross_section_limit_fb_at_0.5"]["low"], f"{self.metrics()['spectrum/limit/expected'][2][1] / 0.8:.6g}")

    def test_bounds_are_known_by_the_number_of_toys(self):
        hunt = files.Metrics("hunt.h5", {"e/p_value": [1 / 21, 2 / 21, 1 / 21], "e/p_value_toys": [20, 20, 0],
                                         "e/goodness_p_value": [1 / 21, 2 / 21, np.nan]}, {"fit_background": {"toys": 20}})
        self.assertEqual([local_p.of_cut(hunt, "e", cut)[1] for cut in range(3)], [True, False, False])
        self.assertEqual([local_p.value(*local_p.of_goodness(hunt, "e", cut)) for cut in range(2)], ["< 0.048", 2 / 21])
        self.assertFalse(local_p.of_goodness(hunt, "e", 2)[1])
        self.assertFalse(local_p.of_goodness(files.Metrics("hunt.h5", hunt), "e", 0)[1], "the number of toys is not known")
        hunt["e/goodness_toys"] = [0, 10, 20]
        self.assertEqual([local_p.of_goodness(hunt, "e", cut)[1] for cut in range(2)], [False, True], "the file's own numbers come first")

    def test_numbers_and_errors(self):
        must(*self.run_options, *UNBLIND, *PEAK, "--set", "hunt.luminosity=4", "--set", "hunt.signal_efficiencies=0.1,0.2")
        rows, made = self.make()
        hunt = self.metrics()
        row = rows["signal_at_0.5"]
        for column, name in (("value", "signal"), ("low", "signal_low"), ("high", "signal_high")):
            self.assertEqual(row[column], f"{hunt[f'efficiency/{name}'][2]:.6g}")
        cuts = made["LaCATHODE: the signal region after each cut"]
        entry = self.column(cuts, "Expected 95 % CLs limit on the cross-section", "efficiency times all events")["values"][1]
        limits = hunt["efficiency/limit/expected"][2] / (4 * 0.2)
        self.assertAlmostEqual(entry["value"], limits[2], 3)
        self.assertEqual([error["label"] for error in entry["errors"]], ["1 sigma", "2 sigma"])
        self.assertAlmostEqual(entry["errors"][0]["asymerror"]["plus"], limits[3] - limits[2], 3)
        self.assertAlmostEqual(entry["errors"][0]["asymerror"]["minus"], limits[1] - limits[2], 3)
        mass = made["LaCATHODE: spectrum, no cut"]["independent_variables"][0]
        self.assertEqual([one["low"] for one in mass["values"]], [float(f"{edge:.6g}") for edge in hunt["edges"][:-1]])

    def test_all_estimates_and_both_errors(self):
        must(*self.run_options, *UNBLIND, "--set", "hunt.background_uncertainty=0.1,0.2")
        rows, made = self.make()
        hunt = self.metrics()
        row = rows["background_at_0.5"]
        self.assertEqual(row["counting_error"], f"{hunt['efficiency/error'][2]:.6g}")
        self.assertEqual(row["systematic_error"], f"{0.2 * hunt['efficiency/expected'][2]:.6g}")
        row = rows["sampled_background_at_0.3"]
        self.assertEqual((row["value"], row["counting_error"], row["systematic_error"]),
                         (f"{hunt['reference/expected'][1]:.6g}", f"{hunt['reference/error'][1]:.6g}", ""))
        cuts = made["LaCATHODE: the signal region after each cut"]
        entry = self.column(cuts, "Expected background", "sampled background")["values"][1]
        self.assertEqual(entry["value"], float(f"{hunt['reference/expected'][2]:.6g}"))
        self.assertEqual([error["label"] for error in entry["errors"]], ["reference counting"])
        spectrum = made["LaCATHODE: spectrum, cut at 30 %"]
        for entries, place in ((self.column(cuts, "Expected background", "fit of the spectrum")["values"], 0),
                               (self.column(spectrum, "Expected background", "fit of the spectrum")["values"], int(hunt["@signal_cell"]))):
            self.assertEqual([(error["label"], error["symerror"]) for error in entries[place]["errors"]],
                             [("fit", float(f"{hunt['spectrum/error'][1]:.6g}")),
                              ("systematic", float(f"{0.1 * hunt['spectrum/expected'][1]:.6g}"))])
            self.assertEqual(len(entries[1]["errors"]), 2 if place == 0 else 1)  # of a sideband there is but the fit's

    def test_a_p_value_that_no_toy_reaches_is_a_bound(self):
        must(*self.run_options, *UNBLIND, "--set", "hunt.few=10000", "--set", "hunt.toys=20", "--set", "hunt.estimate=spectrum")
        rows, made = self.make()
        hunt = self.metrics()
        self.assertAlmostEqual(hunt["spectrum/p_value"][1], 1 / 21)
        self.assertEqual(rows["local_p_value_at_0.3"]["value"], "< 0.048")
        values = self.column(made["LaCATHODE: the signal region after each cut"], "Local p-value", "fit of the spectrum")["values"]
        self.assertEqual(values[0], {"value": "< 0.048"})
        values = self.column(made["LaCATHODE: the signal region after each cut"], "Local p-value", "efficiency times all events")["values"]
        self.assertEqual(values[0], {"value": float(f"{hunt['efficiency/p_value'][1]:.6g}")})

    def test_other_files_are_refused(self):
        with contextlib.redirect_stderr(io.StringIO()) as error:
            self.assertEqual(tables.main([str(self.folder / "table.h5")]), BAD_INPUT)
        self.assertRegex(error.getvalue(), r"tables\.py: .*table\.h5")


class Bumps(HuntTest):
    def test_windows_are_those_of_the_largest_bump(self):
        """Every window by hand, with the Poisson probability summed term by term."""
        must(*self.run_options, *UNBLIND, "--set", "hunt.bump_bins=3", "--set", "hunt.toys=100")
        hunt = self.metrics()
        for estimate in ("spectrum", "efficiency"):
            for cut in (1, 2):
                low, high, counts, expected = (hunt[f"{estimate}/bump/bins/{name}"][cut] for name in ("low", "high", "counts", "expected"))
                windows = [(first, first + width) for width in (1, 2, 3) for first in range(len(counts) - width + 1)]
                statistics = [self.statistic(counts[slice(*one)].sum(), expected[slice(*one)].sum()) for one in windows]
                first, last = windows[int(np.argmax(statistics))]
                self.assertAlmostEqual(hunt[f"{estimate}/bump/statistic"][cut], max(statistics), 6)
                self.assertEqual((hunt[f"{estimate}/bump/low"][cut], hunt[f"{estimate}/bump/high"][cut]), (low[first], high[last - 1]))

    @staticmethod
    def statistic(counts, expected):
        if counts <= expected:
            return 0.0
        terms = np.arange(counts, counts + 10 * np.sqrt(counts) + 50)
        logarithms = terms * np.log(expected) - expected - np.cumsum(np.log(np.maximum(np.arange(terms[-1] + 1), 1)))[terms.astype(int)]
        return -(logarithms.max() + np.log(np.exp(logarithms - logarithms.max()).sum()))

    @unittest.skipIf(pyBumpHunter is None, "pyBumpHunter is not installed")
    def test_pybumphunter_finds_the_same(self):
        must(*self.run_options, *UNBLIND, "--set", "hunt.bump_bins=3", "--set", "hunt.toys=100")
        hunt = self.metrics()
        for estimate in ("spectrum", "efficiency"):
            for cut in (1, 2):
                counts, expected = (hunt[f"{estimate}/bump/bins/{name}"][cut] for name in ("counts", "expected"))
                theirs = pyBumpHunter.BumpHunter1D(rang=[0, len(counts)], width_min=1, width_max=3, width_step=1, scan_step=1, npe=2,
                                                   bins=np.arange(len(counts) + 1.0), nworker=1)
                with contextlib.redirect_stdout(io.StringIO()):
                    theirs.bump_scan(counts, expected, is_hist=True)
                self.assertAlmostEqual(float(theirs.t_ar[0]), hunt[f"{estimate}/bump/statistic"][cut], 6)


if __name__ == "__main__":
    unittest.main()
