#!/usr/bin/env python3
"""The panels of searches: p against the mass, z against the injected signal, and z of toys."""
import unittest

import numpy as np
from matplotlib.figure import Figure
from plot_files import StudyTest

from plotting.files import InputError, Metrics
from plotting.study import figure, power, results, scan
from tabling import study as study_tables


class Scan(StudyTest):
    def scan(self, p_values):
        """A study of windows at these middles, with p of two cuts each."""
        def chain(middle, values):
            hunt = {"@quoted": "efficiency", "background_efficiency": np.array([1, 0.01, 0.001]),
                    "efficiency/p_value": np.array([np.nan, *values])}
            config = {"prepare": {"signal_region_low": middle - 0.2, "signal_region_high": middle + 0.2, "mass_unit": "TeV"}}
            return results.Chain(f"m{middle}", config, {}, {"hunt_00": {"lacathode": Metrics("results.h5", hunt)}}, self.folder)
        return results.Study(self.folder, "Scan", ("local_p",), tuple(chain(*one) for one in p_values.items()))

    def test_p_against_the_middle_in_the_order_of_the_mass(self):
        panel, = figure.picture(self.scan({3.5: (1e-3, 1e-8), 3.1: (0.4, 0.2)})).panels
        drawn = self.lines(panel)
        x, y = drawn["1 % of the background kept"]
        np.testing.assert_allclose(x, (3.1, 3.5))
        np.testing.assert_allclose(y, (0.4, 1e-3))
        np.testing.assert_allclose(drawn["0.1 % of the background kept"][1], (0.2, 1e-8))

    def test_lines_of_sigma_have_room(self):
        for lowest in (1e-3, 1e-9, 1e-40, 1e-280):
            chosen = scan.levels(lowest)
            places = np.array([0, *(np.log10(p_value) / np.log10(lowest) for _, p_value in chosen)])
            self.assertGreaterEqual(np.diff(places).min(), scan.SPACE - 1e-9)
            self.assertLess(places.max(), 1)
            self.assertGreater(len(chosen), 1)
        self.assertIn(3, dict(scan.levels(1e-5)))
        np.testing.assert_allclose(dict(scan.levels(1e-5))[3], 1.349898e-3, rtol=1e-6)

    def test_blinded_it_says_so(self):
        with self.assertRaisesRegex(InputError, "'local_p': the hunts are blinded"):
            figure.picture(self.scan({3.1: (np.nan, np.nan)}))


class Power(StudyTest):
    """z = 0.02 per injected event after the cut, 0.001 without; the true signal is a third of what is injected."""

    def power(self, injections=(0, 100, 300), splits=5, unblinded=True, members=(1,)):
        def chain(injected, split, members):
            z = np.array([0.001, 0.02 * members]) * injected + 0.1 * (split - 2)
            hunt = {"@quoted": "efficiency", "background_efficiency": np.array([1, 0.001]), "true_signal": np.array([injected, injected / 3])}
            for estimate in ("spectrum", "efficiency"):
                hunt.update({f"{estimate}/{name}": np.full(2, value) for name, value in (("expected", 9), ("error", 4), ("spurious", 0))})
                hunt[f"{estimate}/signal"] = hunt["true_signal"] + 5 * (split - 2)
                hunt[f"{estimate}/z"] = z if unblinded else np.full(2, np.nan)
            config = {"prepare": {"injected_signal": injected}, "run": {"members": members}}
            return results.Chain(f"{injected}-{split}-{members}", config, {}, {"hunt_00": {"lacathode": Metrics("results.h5", hunt)}}, self.folder)
        return results.Study(self.folder, "Power", ("power",),
                             tuple(chain(injected, split, count) for injected in injections for split in range(splits)
                                   for count in members))

    def test_medians_and_bands_by_injection(self):
        panel, = figure.picture(self.power()).panels
        self.assertEqual(panel.title, "0.1 % of the background kept")
        drawn = self.lines(panel)
        np.testing.assert_allclose(drawn["LaCATHODE (5 searches each)"], ((0, 100, 300), (0, 2, 6)), atol=1e-12)
        np.testing.assert_allclose(drawn["no cut"][1], (0, 0.1, 0.3), atol=1e-12)
        by_cut = power.trials(self.power().chains)
        one = by_cut["lacathode", 1, 0.001][300]
        np.testing.assert_allclose(one.band, 6 + 0.1 * np.quantile([-2, -1, 0, 1, 2], [0.16, 0.5, 0.84]))
        np.testing.assert_allclose(one.pull, [-2, -1, 0, 1, 2])  # 5 / sqrt(9 + 4^2) each
        np.testing.assert_allclose(one.true_signal, 100)
        self.assertAlmostEqual(power.reaching(by_cut["lacathode", 1, 0.001], 5), 250)
        self.assertTrue(np.isnan(power.reaching(by_cut["lacathode", 1, 1.0], 3)))

    def test_ensembles_are_searches_of_their_own(self):
        panel, = figure.picture(self.power(members=(1, 3))).panels
        drawn = self.lines(panel)
        np.testing.assert_allclose(drawn["LaCATHODE (5 searches each)"][1], (0, 2, 6), atol=1e-12)
        np.testing.assert_allclose(drawn["LaCATHODE, 3 members (5 searches each)"][1], (0, 6, 18), atol=1e-12)

    def test_blinded_it_says_so(self):
        with self.assertRaisesRegex(InputError, "'power': the hunts are blinded"):
            figure.picture(self.power(unblinded=False))

    def test_table(self):
        rows = {row[:4]: row for row in study_tables.power_rows(self.power())}
        self.assertEqual(len(rows), 2 * 3)
        row = dict(zip(study_tables.POWER_COLUMNS, rows["lacathode", 1, 0.001, 100]))
        self.assertEqual((row["searches"], row["z"], row["injected_for_3_sigma"]), (5, 2, 150))
        self.assertAlmostEqual(row["pull_width"], np.sqrt(2))


class Toys(StudyTest):
    def toys(self, z):
        def chain(place, value):
            hunt = {"@quoted": "efficiency", "background_efficiency": np.array([1, 0.01]), "efficiency/z": np.array([np.nan, value])}
            return results.Chain(f"toy{place}", {"run": {"members": 1}}, {}, {"hunt_00": {"cathode": Metrics("results.h5", hunt)}},
                                 self.folder)
        return results.Study(self.folder, "Toys", ("toys",), tuple(chain(*one) for one in enumerate(z)))

    def test_all_searches_are_in_the_histogram(self):
        z = np.array([-30.0, -5.2, -0.3, 0.2, 0.3, 5.0, 9.0, np.nan])
        panel, = figure.picture(self.toys(z)).panels
        self.assertEqual(panel.title, "1 % of the background kept")
        axis = Figure().subplots()
        panel.draw(axis)
        drawn, = [patch for patch in axis.patches if patch.get_label().startswith("CATHODE")]
        density, edges = drawn.get_data()[:2]
        counts = np.round(density * 7 * np.diff(edges)).astype(int)
        self.assertEqual((counts[0], counts[-1], counts.sum()), (2, 2, 7))
        self.assertEqual(counts[np.searchsorted(edges, 0.25) - 1], 2)
        good = z[:-1]
        self.assertEqual(drawn.get_label(), f"CATHODE, 7: mean {good.mean():+.2f}, width {good.std(ddof=1):.2f}".replace("-", "−"))
        normal, = axis.lines
        self.assertAlmostEqual(normal.get_ydata().sum() * np.diff(normal.get_xdata())[0], 1, 5)

    def test_blinded_it_says_so(self):
        with self.assertRaisesRegex(InputError, "'toys': the hunts are blinded"):
            figure.picture(self.toys([np.nan, np.nan]))


if __name__ == "__main__":
    unittest.main()
