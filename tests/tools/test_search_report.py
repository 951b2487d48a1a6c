#!/usr/bin/env python3
"""What scripts/report.py says of a search, of a scan, and of toys."""
import html
import os
import shutil
import unittest
from dataclasses import replace
from unittest import mock

import h5py
import numpy as np
from test_report import ReportTest

import report  # of scripts/, which plot_files puts on the path
from plotting import hunt as hunt_picture
from reading import calibrations, files, local_p, results
from reporting import hunts, toys
from tabling import global_p


class OfASearch(ReportTest):
    def row(self, page, *begin):
        row, = [row for row in page.rows if row[:len(begin)] == list(begin) and len(row) == 9]
        return row

    def hunt(self, run, method="lacathode"):
        return files.read_metrics(self.runs / run / method / "hunt_00.h5", "hunt")

    def test_numbers_are_those_of_the_files(self):
        page, hunt = self.page(self.runs / "found"), self.hunt("found")
        row = self.row(page, "LaCATHODE", "10 %", "efficiency times all events (quoted)")
        value = {name: hunt[f"efficiency/{name}"][2] for name in ("expected", "error", "observed", "z", "p_value", "signal", "signal_low",
                                                                  "signal_high", "goodness_p_value")}
        self.assertEqual(row[3:], [f"{value['expected']:.4g} ± {value['error']:.2g}", f"{value['observed']:.4g}", f"{value['z']:.2f}",
                                   f"{value['p_value']:.4g}", "{signal:.4g} [{signal_low:.4g}, {signal_high:.4g}]".format(**value),
                                   f"{value['goodness_p_value']:.4g}"])
        self.assertEqual(self.row(page, "LaCATHODE", "0.2 %", "fit of the spectrum")[6], "< 0.01")  # of 100 toys none
        self.assertRegex(self.row(page, "LaCATHODE", "0.2 %", "fit of the spectrum")[5], r"^-?\d\.\d\d \(asymptotic\)$")
        by_toys = [number > 0 for number in hunt["efficiency/p_value_toys"][1:]]
        titles = [hunt_picture.panel_title(cut, "lacathode") for cut in hunt_picture.cuts(hunt)][1:]
        self.assertEqual(["(asymptotic)" in title for title in titles], by_toys)
        self.assertEqual(set(by_toys), {True, False})
        self.assertEqual(self.row(page, "CATHODE", "no cut", "fit of the spectrum")[4], f"{hunt['spectrum/observed'][0]:.4g}")
        sampled = self.row(page, "LaCATHODE", "30 %", "sampled background")
        self.assertEqual(sampled[3], f"{hunt['reference/expected'][1]:.4g} ± {hunt['reference/error'][1]:.2g}")
        limits, = [row for row in page.rows if row[:2] == ["LaCATHODE", "30 %"] and len(row) == 8]
        low2, low, middle, high, high2 = hunt["efficiency/limit/expected"][1]
        self.assertEqual(limits[2:5], [f"{middle:.4g} [{low:.4g}, {high:.4g}]", f"[{low2:.4g}, {high2:.4g}]",
                                       f"{hunt['efficiency/limit/observed'][1]:.4g}"])
        self.assertEqual(limits[7], f"{hunt['efficiency/limit/observed'][1] / (4 * 0.5):.4g}")
        for wrong in ("was not evaluated", "No method was evaluated", "blinded"):
            self.assertNotIn(wrong, page.text)

    def test_blinded_it_says_so(self):
        page = self.page(self.runs / "search")
        self.assertIn("<b>LaCATHODE, CATHODE</b>: blinded.", page.text)
        row = self.row(page, "LaCATHODE", "10 %", "efficiency times all events (quoted)")
        self.assertRegex(row[3], r"^\d.* ± \d")
        self.assertEqual(row[4:8], ["blinded"] * 4)
        limits, = [row for row in page.rows if row[:2] == ["LaCATHODE", "30 %"] and len(row) == 8]
        self.assertEqual([limits[4], limits[7]], ["blinded"] * 2)
        self.assertNotIn("was not evaluated", page.text)

    def test_errors(self):
        self.assertEqual(hunts.with_errors(1548.86, 57.39, 154.9), "1549 ± 57 ± 150 (syst.)")
        self.assertEqual(hunts.with_errors(42.71, 3.234), "42.71 ± 3.2")
        self.assertEqual(hunts.with_errors(235825.3, 651), "235,825 ± 650")
        self.assertEqual(hunts.interval(-12000.4, 9999.6, float("nan")), "10,000 [-12,000, –]")

    def test_warnings(self):
        """What lacathode-hunt found to fail or to warn of, each once."""
        folder = self.copy(run="found")
        for method, failures, warnings in (("lacathode", "", "no result at 0.1: <its> fit failed\nlimits are too strong"), ("cathode", "it does not fit", "")):
            self.changed(folder, f"{method}/hunt_00.h5", lambda file, said=(failures, warnings): file.attrs.update(zip(("failures", "warnings"), said)))
        text = html.unescape(self.page(folder).text)
        for sentence in ("cathode/hunt_00.h5: a check failed: it does not fit.", "lacathode/hunt_00.h5: no result at 0.1: <its> fit failed.",
                         "lacathode/hunt_00.h5: limits are too strong."):
            self.assertEqual(text.count(sentence), 1, sentence)
        self.assertEqual(text.count("does not fit"), 1)
        self.assertNotIn("do not say", text)
        self.changed(folder, "lacathode/hunt_00.h5", lambda file: file.attrs.pop("warnings"))
        self.assertIn("lacathode/hunt_00.h5: do not say what lacathode-hunt warned of", self.page(folder).text)

    def test_scan(self):
        for folder, observed in (("unblinded", r"^\d+$"), ("searches", "^blinded$")):
            page = self.page(self.runs / folder / "scan")
            self.assertEqual(page.tags.count("img"), 1)
            rows = [row for row in page.rows if row[1:3] == ["10 %", "efficiency times all events (quoted)"]]
            self.assertEqual(len(rows), 2)
            for row in rows:
                self.assertRegex(row[4], observed)
            self.assertEqual("</b>: blinded." in page.text, folder == "searches")

    def test_a_figure_that_is_blinded_is_left_out(self):
        with mock.patch.object(report.study.figure, "picture", side_effect=files.Blinded("/folder: blinded")):
            page = self.page(self.runs / "searches/scan")
        self.assertIn("None: the hunts are blinded (hunt.unblind).", page.text)

    def test_toys(self):
        page = self.page(self.runs / "searches/toys")
        with h5py.File(self.runs / "searches/toys/results.h5") as file:
            z = np.array([[file[f"chain/toy{toy}-m{m}/lacathode/hunt_00/efficiency/z"][2] for m in (3.3, 3.6)] for toy in (1, 2, 3)])
        row, = [row for row in page.rows if row[:3] == ["LaCATHODE", "10 %", "3.45 to 3.75"]]
        width = z[:, 1].std(ddof=1)
        self.assertEqual(row[3:7], ["3", "0", f"{z[:, 1].mean():.4g} ± {width / 3**0.5:.2g}", f"{width:.4g} ± {width / 2:.2g}"])
        row, = [row for row in page.rows if row[:2] == ["LaCATHODE", "10 %"] and len(row) == 5]
        self.assertEqual(row[2:4], ["3", f"{np.median(z.max(axis=1)):.2f}"])

    def put_scan(self, folder, run):
        """The scan of a run in place of the one that is there."""
        shutil.rmtree(folder / "scan")
        shutil.copytree(self.runs / run / "scan", folder / "scan")

    def compare(self, folder):
        """Toys with the scan beside them, as if its largest z were 2.5."""
        with h5py.File(folder / "scan/results.h5") as file:
            scan = file["provenance"].attrs["content_hash"]

        def add(file):
            efficiency = file["lacathode/background_efficiency"][()]
            for name, value in (("window", 1), ("z", 2.5), ("local_p_value", 0.0062), ("toys", 3), ("above", 0), ("p_value", 0.25),
                                ("p_value_low", 0.1), ("p_value_high", 0.5), ("p_value_by_crossings", 0.06)):
                file[f"lacathode/global/{name}"] = np.full(len(efficiency), value)
            file["provenance/inputs"].attrs["scan"] = f"out/scan/results.h5 {scan}"
        self.changed(folder, "toys/calibration.h5", add)

    def global_rows(self, folder):
        return [row for row in self.page(folder).rows if row[:3] == ["LaCATHODE", "10 %", "3.45 to 3.75"] and len(row) == 8]

    def test_a_scan_that_is_blinded_again(self):
        """Toys that were compared with it before tell nothing of it, and themselves as always."""
        folder = self.copy(run="searches")
        self.put_scan(folder, "unblinded")
        self.compare(folder)
        self.assertEqual(len(self.global_rows(folder / "toys")), 1)
        self.put_scan(folder, "searches")
        for of in ("toys", "scan"):
            study = results.read(folder / of)
            self.assertEqual([*self.global_rows(folder / of), *global_p.rows(study), *global_p.tables(study)], [])
        self.assertIn("Searches of pseudo-data", self.page(folder / "toys").text)

    def test_of_the_folder_in_which_one_is(self):
        self.addCleanup(os.chdir, os.getcwd())
        folder = self.copy(run="searches")
        self.put_scan(folder, "unblinded")
        self.compare(folder)
        for place, name in ((folder / "scan", "."), (folder / "scan/m3.3", "..")):
            os.chdir(place)
            self.assertEqual(calibrations.of_study(results.read(name)), calibrations.of_study(results.read(folder / "scan")))
            self.assertEqual(len(calibrations.of_study(results.read(name))), 3)
        self.put_scan(folder, "searches")
        os.chdir(folder / "toys")
        self.assertEqual(calibrations.of_study(results.read(".")), [], "the scan beside it is blinded")

    def test_global_p(self):
        """Of the toys, and of the scan that they were compared with, but of no other."""
        folder = self.copy(run="searches")
        self.put_scan(folder, "unblinded")

        def rows(of):
            return self.global_rows(folder / of)
        self.assertEqual(rows("toys"), [])
        self.compare(folder)
        for of in ("toys", "scan"):
            row, = rows(of)
            self.assertEqual(row[2:], ["3.45 to 3.75", "2.50", "0.0062", "< 0.25 [0.1, 0.5]", "0 of 3", "0.06"])
        # The local p by toys of the scan, none of which is beyond.
        hunted = [{("lacathode", 0.1, (3.45, 3.75)): True}, {}]
        for bounds, said in zip(hunted, ("< 0.0062", "0.0062")):
            with mock.patch.object(calibrations, "local_bounds", lambda _, bounds=bounds: bounds):
                self.assertEqual(rows("toys")[0][4], said)
                row, = [row for row in global_p.rows(results.read(folder / "scan")) if row[1] == 0.1]
                self.assertEqual(str(row[5]), said)
        with h5py.File(folder / "toys/calibration.h5", "a") as file:
            file["lacathode/global/above"][...] = 1
        row, = rows("scan")
        self.assertEqual(row[5], "0.25 [0.1, 0.5]")
        study = results.read(folder / "scan")
        table, = [dict(zip(global_p.COLUMNS, row)) for row in global_p.rows(study) if row[1] == 0.1]
        self.assertEqual((table["method"], table["global_p_value"], table["signal_region_low"], table["toys_above"]), ("lacathode", 0.25, 3.45, 1))
        (_, _, content), = global_p.tables(study)
        p_values = content["dependent_variables"][1]["values"]
        self.assertEqual(p_values[0], {"value": 0.25, "errors": [{"asymerror": {"plus": 0.25, "minus": -0.15}, "label": "number of toys"}]})
        with h5py.File(folder / "toys/calibration.h5", "a") as file:
            file["provenance/inputs"].attrs["scan"] = "out/scan/results.h5 another"
        self.assertEqual(rows("scan"), [])
        # Without its scan: by hunt.toys = 100 or ten times as many, with none beyond, one, and by no toys.
        for p_value, said in ((1 / 101, "< 0.01"), (1 / 1001, "< 0.001"), (2 / 1001, "0.002"), (2 / 101, "0.0198"), (0, "< 1e-300"), (1, "1")):
            with h5py.File(folder / "toys/calibration.h5", "a") as file:
                file["lacathode/global/local_p_value"][...] = p_value
            study = results.read(folder / "toys")
            self.assertIn(f">{html.escape(said)}</span>", str(toys.global_table(study)[0]))
            row, = [row for row in global_p.rows(study) if row[1] == 0.1]
            self.assertEqual(isinstance(row[5], str), said.startswith("<"))
        self.assertFalse(local_p.is_least(1, 0))

    def test_local_bounds_are_those_of_the_hunts(self):
        scan = results.read(self.runs / "unblinded/scan")
        found = calibrations.local_bounds(scan)
        self.assertEqual(len(found), 2 * 4)
        for chain in scan.chains:
            hunt = chain.metrics["hunt_00"]["lacathode"]
            for cut, efficiency in enumerate(hunt["background_efficiency"]):
                self.assertEqual(found["lacathode", efficiency, chain.region], local_p.of_cut(hunt, hunt["@quoted"], cut)[1])

    def test_toys_with_signal_have_no_p_of_uniformity(self):
        study = results.read(self.runs / "searches/toys")
        null = str(toys.section(study))
        for changed in ({"signal": 100.0}, {"source": "bootstrap"}):
            chains = [replace(chain, config={**chain.config, "pseudo_data": {**chain.config["pseudo_data"], **changed}})
                      for chain in study.chains]
            found = str(toys.section(replace(study, chains=tuple(chains))))
            self.assertIn("The pseudo-data have signal", found)
            self.assertNotIn("global p", found)
            of_region = toys.searches(study)["lacathode", "", 0.1][3.45, 3.75]
            self.assertEqual(toys.row(of_region, null=False)[5:6], ["–"])
            self.assertNotEqual(toys.row(of_region, null=True)[5:6], ["–"])
        self.assertIn("The pseudo-data have no signal", null)
        self.assertIn("global p", null)

    def test_a_local_p_that_is_not_uniform_is_warned_of(self):
        """Of one window and cut of several, in toys without signal alone."""
        study = results.read(self.runs / "searches/toys")
        self.assertEqual(list(toys.warnings(study)), [])
        found = toys.searches(study)
        (key, by_region), *_ = found.items()
        region, *_ = by_region
        found[key][region] = [(f"toy{i}", 1.0, 0.001 * i, 0.5) for i in range(30)]
        with mock.patch.object(toys, "searches", return_value=found):
            warning, = toys.warnings(study)
            self.assertRegex(warning, rf"LaCATHODE, {100 * key[-1]:g} %, {region[0]:g} to {region[1]:g}: over the 30 toys .* not uniform .*z is 1 on")
            with mock.patch.object(toys, "are_null", return_value=False):
                self.assertEqual(list(toys.warnings(study)), [])
            self.assertIn("There it is no probability", self.page(self.runs / "searches/toys").text)

    def test_a_toy_is_known_by_its_settings(self):
        """Whatever its chain is called, as where the signal region comes first."""
        study = results.read(self.runs / "searches/toys")
        chains = [replace(chain, name="-".join(reversed(chain.name.split("-")))) for chain in study.chains]
        self.assertEqual(str(toys.section(replace(study, chains=tuple(chains)))), str(toys.section(study)))

    def test_toys_of_other_settings_are_told_apart(self):
        study = results.read(self.runs / "searches/toys")
        chains = [replace(chain, name=f"{chain.name}-{place // 2 % 2}", config={**chain.config, "hunt": {"least_degree": place // 2 % 2}})
                  for place, chain in enumerate(study.chains)]
        found = str(toys.section(replace(study, chains=tuple(chains))))
        self.assertIn("LaCATHODE, 0", found)
        self.assertNotIn("LaCATHODE, ", str(toys.section(study)))

    def test_uniformity(self):
        """Against exact critical values of few and of many events (SciPy's kstwo), to the 1 % that docs/method.md (10.1) tells."""
        for n, distance, wanted in ((20, 0.29408, 0.05), (20, 0.35241, 0.01), (10_000, 0.013564, 0.05), (10_000, 0.0082591, 0.5)):
            beyond = distance + (1 - distance) * np.arange(n) / n
            for values in (beyond, 1 - beyond):
                self.assertAlmostEqual(toys.kolmogorov_p_value(values), wanted, delta=0.01 * wanted)


if __name__ == "__main__":
    unittest.main()
