#!/usr/bin/env python3
"""The tables of a study hold what its results file holds, and HEPData takes them."""
import contextlib
import csv
import io
import json
import subprocess
import sys
import unittest
from dataclasses import replace
from unittest import mock

import numpy as np
from plot_files import PlotTest, StudyTest, needs_xxhash
from tool_files import SCRIPTS

import tables  # of scripts/, which plot_files puts on the path
import workspace
from common import whole_file
from common.failure import Failure
from reading import results
from reading.files import Metrics, read_metrics
from tabling import closure, hepdata
from tabling import hunt as hunt_tables
from tabling import study as study_tables

try:
    import hepdata_validator.full_submission_validator
except ImportError:
    hepdata_validator = None


class Closure(StudyTest):
    def scan(self, observed, regions=((3.0, 3.2), (3.4, 3.6), (3.8, 4.0)), members=1, kind="hunt_00", more=(), **pseudo_data):
        """Signal regions with `observed` events, where 100 +- 10 are expected, from events of which each weighs two; toys with settings of
        `pseudo_data`."""
        def chain(region, count):
            hunt = {"background_efficiency": np.array([1, 0.01]), "weight_scale": np.array([2.0, 2.0])}
            for estimate in closure.ESTIMATES:
                hunt.update({f"{estimate}/observed": np.array([count, count]), f"{estimate}/expected": np.array([100.0, 100.0]),
                             f"{estimate}/error": np.array([10.0, 10.0])})
            hunt.update(more)
            config = {"prepare": {"signal_region_low": region[0], "signal_region_high": region[1]},
                      "run": {"members": members, "pseudo_data": bool(pseudo_data)}, "pseudo_data": {"source": "null", "signal": 0, **pseudo_data}}
            return results.Chain(f"m{region[0]}", config, {}, {kind: {"lacathode": Metrics("results.h5", hunt)}}, self.folder)
        return results.Study(self.folder, "Scan", (), tuple(chain(*one) for one in zip(regions, observed)))

    def test_mean_spread_and_p(self):
        row, other = closure.rows(self.scan((150, 100, 170)))  # one an estimate; (n - b) / sqrt(v) of 50, 0, 70 / sqrt(300)
        self.assertEqual(row[:6], ("lacathode", 1, "efficiency", 0.01, 3, 3))
        self.assertEqual(other[2], "spectrum")
        self.assert_near(row[6:9], (0.4, 0.1, np.sqrt((7400 / 300 - 3) * 0.01)))
        for count, critical in ((2, 9.2103), (3, 11.3449)):  # the tables' 1 % of chi2
            scan = self.scan((100 + np.sqrt(300 * critical), *[100] * (count - 1)), regions=((1, 2), (3, 4), (5, 6))[:count])
            self.assertAlmostEqual(next(closure.rows(scan))[9], 0.01, 5)

    def test_as_many_regions_as_a_scan_has(self):
        for count, critical in ((999, 1105.9170), (1000, 1106.9690)):  # the tables' 1 % of chi2
            regions = [(low, low + 0.5) for low in range(count)]
            scan = self.scan([100 + np.sqrt(300 * critical / count)] * count, regions)
            self.assertAlmostEqual(next(closure.rows(scan))[9], 0.01, 7)
            self.assertEqual(next(closure.rows(self.scan([100] * count, regions)))[9], 1)

    def test_toys_count_each_and_splits_of_the_same_events_do_not(self):
        regions = 3 * ((3.0, 3.2), (3.4, 3.6))
        row, _ = closure.rows(self.scan((100, 100, 150, 100, 170, 100), regions, source="null"))
        self.assertEqual(row[4:6], (2, 6))
        self.assert_near(row[6], 120 / 100 / 6)
        self.assertEqual(list(closure.rows(self.scan((100, 100, 150, 100, 170, 100), regions))), [])
        self.assertEqual(list(closure.rows(self.scan((150, 100, 170), kind="hunt_01"))), [], "the same events again")

    def test_toys_that_draw_the_data_again_or_have_signal_do_not_count(self):
        for count in (1, 3):
            regions, observed = count * ((3.0, 3.2), (3.4, 3.6)), count * (100, 150)
            self.assertEqual(len(list(closure.rows(self.scan(observed, regions, source="null")))), 2)
            self.assertEqual(list(closure.rows(self.scan(observed, regions, source="bootstrap"))), [])
            self.assertEqual(list(closure.rows(self.scan(observed, regions, signal=100.0))), [])

    def test_regions_that_overlap_have_events_in_common(self):
        for toys in ({}, {"source": "null"}):
            self.assertEqual(list(closure.rows(self.scan((100, 150, 170), ((3.4, 3.6), (3.0, 3.2), (3.1, 3.3)), **toys))), [])
            touching = [(centre - 0.2, centre + 0.2) for centre in (3.1, 3.5, 3.9)]
            self.assertGreater(touching[0][1], touching[1][0], "by rounding")
            self.assertEqual(len(list(closure.rows(self.scan((100, 150, 170), touching, **toys)))), 2)

    def test_true_signal_is_no_background(self):
        row, _ = closure.rows(self.scan((150, 100, 170), more={"true_signal": np.array([60.0, 20.0])}))
        self.assert_near(row[6], 0.2)  # 30, -20 and 50
        row, _ = closure.rows(self.scan((150, 100, 170), more={"true_signal": np.full(2, np.nan)}))
        self.assert_near(row[6], 0.4)

    def test_p_is_that_of_chance(self):
        random = np.random.default_rng(8)
        p_values = np.sort([next(closure.rows(self.scan(100 + np.sqrt(300) * random.standard_normal(3))))[9] for _ in range(400)])
        # Kolmogorov and Smirnov's distance of 400 uniform numbers is below 0.12 but for 2e-5.
        self.assertLess(np.abs(p_values - (np.arange(400) + 0.5) / 400).max(), 0.12)
        biased = [next(closure.rows(self.scan(140 + np.sqrt(300) * random.standard_normal(3))))[9] for _ in range(50)]
        self.assertLess(np.median(biased), 0.01)

    def test_blinded_or_alone_there_is_nothing_to_say(self):
        self.assertEqual(list(closure.rows(self.scan((np.nan, np.nan, np.nan)))), [])
        self.assertEqual(list(closure.rows(self.scan((100,)))), [])
        self.assertEqual(list(closure.rows(self.scan((100, 120), regions=((3.0, 3.2), (3.0, 3.2))))), [], "one region twice")


class TablesTest(PlotTest):
    def expect(self, code, pattern, script, *arguments):
        error = io.StringIO()
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(error):
            found = script.main([str(argument) for argument in arguments])
        self.assertEqual(found, code, error.getvalue())
        self.assertRegex(error.getvalue(), pattern)
        self.assertEqual([*self.folder.rglob("*.partial")], [])


class Tables(TablesTest, StudyTest):
    def setUp(self):
        super().setUp()
        self.expect(0, "^$", tables, self.study.folder, "--out", self.folder / "tables")

    def test_headline_quantities(self):
        with (self.folder / "tables/results.csv").open() as file:
            rows = {(row["chain"], row["method"], row["quantity"]): row for row in csv.DictReader(file)}
        row = rows["300-split1", "cathode", "sic_at_1e-2"]
        metrics = self.chains["300-split1"].metrics["sic"]["cathode"]
        for column, attribute in (("value", ""), ("low", "_low"), ("high", "_high"), ("counting_error", "_counting_error")):
            self.assertEqual(row[column], f"{metrics[f'@sic_at_1e-2{attribute}']:.6g}")
        metrics = self.chains["none-split2"].metrics["sculpting"]["lacathode"]
        at, = np.flatnonzero(np.isclose(metrics["efficiency"], 0.05))
        self.assertEqual(rows["none-split2", "lacathode", "chi2_per_dof_at_0.05"]["value"],
                         f"{metrics['chi2_per_dof/median'][at]:.6g}")
        self.assertEqual(len(rows), 2 * (4 * 6 + 2 * 9))

    def test_a_point_that_is_next_to_all_efficiencies_is_told_once(self):
        chain = self.chains["none-split1"]
        metrics = chain.metrics["sculpting"]["lacathode"]
        one = {name: values[..., :1] if np.shape(values)[-1:] == metrics["efficiency"].shape else values for name, values in metrics.items()}
        changed = replace(chain, metrics={"sculpting": {"lacathode": Metrics("results.h5", one)}})
        names = [row[2] for row in study_tables.headline(replace(self.study, chains=(changed,)))]
        self.assertEqual(names, [f"{name}_at_{one['efficiency'][0]:g}" for name in ("chi2_per_dof", "random_selection", "p_value")])

    def test_a_median_that_a_bound_enters_is_marked(self):
        chain = self.chains["none-split1"]
        metrics = chain.metrics["sculpting"]["lacathode"]
        at, = np.flatnonzero(np.isclose(metrics["efficiency"], 0.05))

        def value(p, simulated):
            columns = {"p_value": np.repeat(np.array([p]).T, len(metrics["efficiency"]), axis=1),
                       "p_value_simulated": np.repeat(np.array([simulated]).T, len(metrics["efficiency"]), axis=1)}
            changed = replace(chain, metrics={"sculpting": {"lacathode": Metrics("results.h5", {**metrics, **columns})}})
            rows = {row[2]: row[3] for row in study_tables.headline(replace(self.study, chains=(changed,)))}
            return rows[f"p_value_at_{metrics['efficiency'][at]:g}"]
        self.assertEqual(value([0, 0.0005], [0, 1]), "< 0.00025")
        self.assertEqual(value([0.0005, 0.3], [1, 1]), "< 0.15025")
        self.assertEqual(value([0.0005, 0.25, 0.5], [1, 0, 1]), 0.25)
        self.assertEqual(value([0.0005], [0]), 0.0005)

    def test_numbers_of_events(self):
        with (self.folder / "tables/events.csv").open() as file:
            rows = {(row["chain"], row["part"]): row["events"] for row in csv.DictReader(file)}
        self.assertEqual(int(rows["600-split1", "training_signal"]), self.chains["600-split1"].events["training_signal"])

    def test_hepdata_has_every_curve_with_both_errors(self):
        folder = self.folder / "tables/hepdata"
        documents = [json.loads(text) for text in (folder / "submission.yaml").read_text().split("---\n") if text]
        self.assertEqual(len(documents), 4 * 2 + 2)
        document, = (one for one in documents if one["name"] == "600-split2: SIC against background efficiency")
        table = json.loads((folder / document["data_file"]).read_text())
        column, = (one for one in table["dependent_variables"] if one["qualifiers"][0]["value"] == "LaCATHODE")
        metrics = self.chains["600-split2"].metrics["sic"]["lacathode"]
        at = np.flatnonzero(np.isfinite(metrics["sic/median"]))[0]
        first = column["values"][at]
        self.assertEqual(first["value"], float(f"{metrics['sic/median'][at]:.6g}"))
        self.assertEqual([error["label"] for error in first["errors"]], ["retrainings", "background events"])
        self.assertEqual(first["errors"][1]["symerror"], float(f"{metrics['sic/counting_error'][at]:.6g}"))
        self.assertTrue(all(error["asymerror"]["minus"] <= 0 <= error["asymerror"]["plus"] for value in column["values"]
                            for error in value.get("errors", ())[:1]))
        missing = [value["value"] == "-" for value in column["values"]]
        np.testing.assert_array_equal(missing, ~np.isfinite(metrics["sic/median"]))

    def submission(self, sic):
        """The folder of a submission of one chain, with the SIC of two trainings [2, G]."""
        median, counting = np.median(sic, axis=0), 0.05 * np.median(sic, axis=0)
        curve = {f"{key}/{part}": values for key in ("sic", "by_signal_efficiency")
                 for part, values in (("runs", sic), ("median", median), ("low", sic.min(axis=0)), ("high", sic.max(axis=0)),
                                      ("counting_error", counting))}
        values = {"background_efficiency": np.geomspace(1e-3, 1, sic.shape[1]),
                  "by_signal_efficiency/signal_efficiency": np.linspace(0, 1, sic.shape[1]), **curve}
        chain = results.Chain("chain", {}, {}, {"sic": {"cathode": Metrics("results.h5", values)}}, self.folder)
        folder = self.folder / "submission"
        hepdata.write(folder, list(study_tables.tables(results.Study(self.folder, "Study", (), (chain,)))))
        return folder

    SOME_ZERO = np.array([[0.0, 0.0, 4.0], [0.0, 1.0, 4.0]])  # a classifier that selects no signal at a tight cut

    def test_hepdata_has_no_errors_that_are_all_zero(self):
        table = json.loads((self.submission(self.SOME_ZERO) / "table_01.yaml").read_text())
        column, = table["dependent_variables"]
        self.assertEqual(column["values"][0], {"value": 0})
        self.assertEqual(column["values"][1]["errors"], [{"asymerror": {"plus": 0.5, "minus": -0.5}, "label": "retrainings"},
                                                         {"symerror": 0.025, "label": "background events"}])
        self.assertEqual(column["values"][2]["errors"], [{"asymerror": {"plus": 0, "minus": 0}, "label": "retrainings"},
                                                         {"symerror": 0.2, "label": "background events"}])

    def test_hepdata_has_whole_numbers_whole_and_names_of_its_length(self):
        self.assertEqual([hepdata.entry(value)["value"] for value in (2345678.0, 0.0, 2345678.4, 1 / 3)], [2345678, 0, 2345680.0, 0.333333])
        title = "idealised detector: the signal region after each cut, hunt_00"
        hepdata.write(self.folder / "hepdata", [(f"{name}: {title}", "Words.", {}) for name in ("m3.5-network", "m3.5-ensemble")])
        documents = [json.loads(text) for text in (self.folder / "hepdata/submission.yaml").read_text().split("---\n")[1:]]
        names = [document["name"] for document in documents]
        self.assertLessEqual(max(map(len, names)), 64)
        self.assertEqual(len(set(names)), 2)
        self.assertEqual(documents[1]["description"], f"m3.5-ensemble: {title}. Words.")

    def test_descriptions_begin_with_the_title_or_the_name(self):
        for title, begin in (("All panels", "All panels. SIC against"), ("", "figure. SIC against")):
            descriptions = [description for _, description, _ in study_tables.tables(replace(self.study, title=title))]
            self.assertTrue(descriptions[0].startswith(begin), descriptions[0])

    @unittest.skipUnless(hepdata_validator, "hepdata-validator is not installed")
    def test_hepdata_accepts_it(self):
        for folder in (self.submission(self.SOME_ZERO), self.folder / "tables/hepdata"):
            validator = hepdata_validator.full_submission_validator.FullSubmissionValidator(schema_version="1.1.1")
            is_valid = validator.validate(directory=str(folder))
            self.assertTrue(is_valid, {file: [one.message for one in found] for file, found in validator.get_messages().items()})

    def test_matplotlib_is_not_needed(self):
        code = "import sys; sys.modules['matplotlib'] = None; sys.path.insert(0, sys.argv[1]); import tables, compare, workspace"
        process = subprocess.run([sys.executable, "-B", "-c", code, SCRIPTS], capture_output=True, text=True, check=False, timeout=60)
        self.assertEqual((process.returncode, process.stderr), (0, ""))

    def test_hepdata_has_letters_of_every_plane(self):
        """YAML knows no surrogates; what stands for bytes that are no UTF-8 is replaced."""
        hepdata.write(self.folder / "hepdata", [("\U0001F642 \udcff", "Words.", {"name": "\U0001F642"})])
        for name in ("submission.yaml", "table_01.yaml"):
            text = (self.folder / "hepdata" / name).read_bytes().decode("utf-8")
            self.assertIn("\U0001F642", text)
            self.assertNotIn("\\u", text)
        self.assertIn("\U0001F642 \N{REPLACEMENT CHARACTER}", (self.folder / "hepdata/submission.yaml").read_text(encoding="utf-8"))

    def test_errors(self):
        self.expect(3, r"tables\.py: .*results\.h5", tables, self.folder / "nowhere")
        self.expect(3, r"tables\.py: .*results\.h5", tables, 300 * "x")
        self.expect(4, "cannot write", tables, self.study.folder, "--out", "/dev/null/tables")

    def test_a_failure_leaves_what_was_there(self):
        before = self.contents(self.folder / "tables")
        with self.full_disk():
            self.expect(4, r"results\.csv: cannot be written: .*File too large", tables, self.study.folder, "--out", self.folder / "tables")
        hepdata_files = {name: content for name, content in before.items() if name.startswith("hepdata")}
        with self.full_disk(), self.assertRaisesRegex(Failure, r"table_01\.yaml: cannot be written: .*File too large"):
            hepdata.write(self.folder / "tables/hepdata", len(hepdata_files) * [("Name", "Words.", {"longer": 100 * "x"})])
        self.assertEqual(self.contents(self.folder / "tables"), before)
        with self.full_disk(), self.assertRaises(Failure):
            hepdata.write(self.folder / "tables/hepdata", [("Name", "Words.", {"longer": 100 * "x"})])
        self.assertEqual(self.contents(self.folder / "tables"), before, "tables that the submission still names")

    def test_tables_of_an_earlier_call_that_are_none_now_are_removed(self):
        """As those of an unblinded search would be, beside those of a blinded one."""
        out = self.folder / "searches"
        of_others = ("mine.csv", "hepdata/table_1.yaml", "hepdata/table_of_mine.yaml")
        self.expect(0, "^$", tables, self.runs / "unblinded/scan", "--out", out)
        for name in (*of_others, "global.csv", "hepdata/table_99.yaml", "hepdata/table_100.yaml"):
            (out / name).write_text("before")
        self.assertTrue((out / "power.csv").exists() and (out / "closure.csv").exists())
        self.expect(0, "^$", tables, self.runs / "searches/scan", "--out", out)
        self.expect(0, "^$", tables, self.runs / "searches/scan", "--out", self.folder / "blinded")
        self.assertEqual(self.contents(out), {**self.contents(self.folder / "blinded"), **dict.fromkeys(of_others, b"before")})


class OfAHunt(TablesTest):
    """Tables and workspace of a hunt's file."""

    def test_sums_of_weights_have_their_errors(self):
        values = read_metrics(self.hunt, "hunt")

        def observed():
            first, *spectra = hunt_tables.tables(values)
            column = next(one for one in first[2]["dependent_variables"] if one["header"]["name"] == "Observed events")
            return column["values"][0], spectra[1][2]["dependent_variables"][0]["values"], [one[1] for one in (first, *spectra)]
        count, cells, descriptions = observed()
        self.assertNotIn("errors", count)
        self.assertNotRegex(" ".join(descriptions), "weights")
        values["weight_scale"] = np.full(len(values["background_efficiency"]), 2.5)
        values["counts"][1, 0] = 0
        count, cells, descriptions = observed()
        self.assertEqual(count["errors"], [{"symerror": hepdata.number(np.sqrt(2.5 * count["value"])), "label": "sum of weights"}])
        self.assertEqual(cells[0], {"value": 0, "errors": [{"symerror": 2.5, "label": "sum of weights"}]})
        for description in descriptions:
            self.assertRegex(description, "Events have weights, of which their numbers are sums.$")

    def test_the_sampled_background_needs_no_fit(self):
        values = read_metrics(self.hunt, "hunt")
        name = f"_at_{values['background_efficiency'][1]:g}"
        before = [row[0] for row in hunt_tables.rows(values)]
        values[f"{values['@quoted']}/expected"][1] = np.nan
        left = {row[0]: row[1:] for row in hunt_tables.rows(values)}
        self.assertEqual(list(left), [one for one in before if not one.endswith(name) or one == f"sampled_background{name}"])
        self.assertEqual(left[f"sampled_background{name}"], (values["reference/expected"][1], None, None, values["reference/error"][1], None))

    def test_older_files_do_not_tell_of_toys(self):
        def forget(file):
            for estimate in ("spectrum", "efficiency"):
                del file[f"{estimate}/p_value_toys"]
        self.changed(self.folder, "hunt_00.h5", forget)
        self.expect(0, "^$", tables, self.hunt)
        with (self.folder / "hunt_00_tables/results.csv").open() as file:
            rows = {row["quantity"]: row["value"] for row in csv.DictReader(file)}
        values = read_metrics(self.hunt, "hunt")
        self.assertEqual(rows["local_p_value_at_0.002"], f"{values[values['@quoted'] + '/p_value'][3]:.6g}")
        self.assertIn("z_at_0.002", rows)

    def test_wrong_contents_are_no_mistake_of_ours_without_a_seal(self):
        def shorten(file):
            for name in ("counts", "spectrum/z", "efficiency/z"):
                values = file[name][:1]
                del file[name]
                file[name] = values
        self.changed(self.folder, "hunt_00.h5", shorten)
        self.expect(3, r"tables\.py: .*hunt_00\.h5: not what it should be, and without a seal .*IndexError", tables, self.hunt)
        sealed = self.folder / "sealed.h5"
        sealed.write_bytes((self.runs / "found/lacathode/hunt_00.h5").read_bytes())
        with mock.patch.object(hunt_tables, "rows", side_effect=IndexError), self.assertRaises(IndexError):
            tables.main([str(sealed), "--out", str(self.folder)])

    def setUp(self):
        super().setUp()
        self.hunt = self.folder / "hunt_00.h5"
        self.hunt.write_bytes((self.runs / "found/lacathode/hunt_00.h5").read_bytes())
        self.output = self.folder / "workspace.json"

    @needs_xxhash
    def test_files_that_were_changed(self):
        self.change_byte(self.hunt)
        self.expect(3, r"hunt_00\.h5: its content has changed", tables, self.hunt)
        self.expect(3, r"hunt_00\.h5: its content has changed", workspace, self.hunt, "--efficiency", 0.1)
        self.change_byte(self.hunt)
        self.expect(0, "^$", tables, self.hunt)
        study = self.folder / "study"
        study.mkdir()
        (study / "results.h5").write_bytes((self.runs / "study/figure/results.h5").read_bytes())
        self.change_byte(study / "results.h5")
        self.expect(3, r"results\.h5: its content has changed", tables, study)

    def test_a_missing_input_is_no_output_that_cannot_be_written(self):
        self.output.write_text("mine")
        for arguments in ((), ("--force",)):
            self.expect(3, r"nope\.h5: cannot be read: No such file", workspace, self.folder / "nope.h5", "--efficiency", 0.1, "--output",
                        self.output, *arguments)
        self.assertEqual(self.output.read_text(), "mine")
        self.assertFalse(whole_file.is_same(self.output, self.folder / "nope.h5"))

    def test_a_failure_leaves_what_was_there(self):
        arguments = (workspace, self.hunt, "--efficiency", 0.1, "--output", self.output, "--force")
        self.expect(0, "^$", *arguments)
        before = self.output.read_bytes()
        with self.full_disk():
            self.expect(4, r"workspace\.json: cannot be written", *arguments)
        self.assertEqual(self.output.read_bytes(), before)


if __name__ == "__main__":
    unittest.main()
