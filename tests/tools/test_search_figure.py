#!/usr/bin/env python3
"""The panels of searches: p against the mass, z against the injected signal, and z of toys."""
import unittest
from dataclasses import replace

import numpy as np
from matplotlib.figure import Figure
from plot_files import StudyTest

from common.failure import InputError
from plotting.study import figure, scan
from reading import local_p, results, searches
from reading.files import Blinded, Metrics
from tabling import study as study_tables


class Scan(StudyTest):
    def scan(self, p_values, toys=(0, 0), more=lambda middle: {}, blinded=False, unit="TeV"):
        """A study of windows at these middles, with p of two cuts each and how many toys it is by."""
        def chain(middle, values):
            hunt = {"@quoted": "efficiency", "@blinded": int(blinded), "background_efficiency": np.array([1, 0.01, 0.001]), **more(middle),
                    "efficiency/p_value": np.array([np.nan, *values]), "efficiency/p_value_toys": np.array([np.nan, *toys])}
            config = {"prepare": {"signal_region_low": middle - 0.2, "signal_region_high": middle + 0.2, "mass_unit": unit}}
            return results.Chain(f"m{middle}", config, {}, {"hunt_00": {"lacathode": Metrics("results.h5", hunt)}}, self.folder)
        return results.Study(self.folder, "Scan", ("local_p",), tuple(chain(*one) for one in p_values.items()))

    def test_p_against_the_middle_in_the_order_of_the_mass(self):
        panel, = figure.picture(self.scan({3.5: (1e-3, 1e-8), 3.1: (0.4, 0.2)})).panels
        drawn = self.lines(panel)
        x, y = drawn["1 % of the background kept"]
        np.testing.assert_allclose(x, (3.1, 3.5))
        np.testing.assert_allclose(y, (0.4, 1e-3))
        np.testing.assert_allclose(drawn["0.1 % of the background kept"][1], (0.2, 1e-8))

    def test_a_bound_has_an_arrow(self):
        """Of 9999 toys none lies above: p is at most 1e-4."""
        by_cut = scan.points(results.with_kind(self.scan({3.1: (1e-4, 2e-4)}, toys=(9999, 9999)).chains, "hunt_00"))
        self.assertEqual([by_cut["lacathode", efficiency][2][0] for efficiency in (0.01, 0.001)], [1, 0])
        self.assertEqual([local_p.text(*one) for one in ((9.999e-5, True), (9.999e-5, False), (0.0, True), (0.25, False))],
                         ["< 0.0001", "9.999e-05", "< 1e-300", "0.25"])
        panel, = figure.picture(self.scan({3.1: (1e-4, 2e-4), 3.5: (0.5, 0.4)}, toys=(9999, 9999))).panels
        axis = Figure().subplots()
        panel.draw(axis)
        lengths = [len(container[2][0].get_segments()) for container in axis.containers]
        self.assertEqual(lengths, [1, 0])

    def test_a_bound_is_rounded_up(self):
        for p_value, said in ((1 / 301, "< 0.0034"), (1 / 101, "< 0.01"), (1 / 21, "< 0.048"), (1 / 201, "< 0.005"), (1 / 10001, "< 0.0001"),
                              (0.07, "< 0.07"), (0.25, "< 0.25")):  # of doubles, that of 0.07 lies above it
            self.assertEqual(local_p.text(p_value, True), said)

    @staticmethod
    def limits(observed):
        def more(middle):
            expected = np.array([[np.nan] * 5, middle * np.arange(1.0, 6), 10 * middle * np.arange(1.0, 6)])
            return {"@blinded": int(np.isnan(observed)), "@confidence": 0.95, "efficiency/limit/expected": expected,
                    "efficiency/limit/observed": np.array([np.nan, observed, observed]),
                    "efficiency/cross_section/limit/expected": expected / 7,
                    "efficiency/cross_section/limit/observed": np.array([np.nan, observed, observed]) / 7}
        return more

    def test_limits_against_the_middle(self):
        panels = figure.picture(self.scan({3.5: (0.1, 0.2), 3.1: (0.4, 0.2)}, more=self.limits(20.0))).panels
        self.assertEqual([panel.name for panel in panels], ["local_p_lacathode", "limit_lacathode_1", "limit_lacathode_0.1",
                                                            "limit_lacathode_1_cross_section", "limit_lacathode_0.1_cross_section"])
        drawn = self.lines(panels[2])
        np.testing.assert_allclose(drawn["expected"], ((3.1, 3.5), (93, 105)))  # the third of five
        np.testing.assert_allclose(drawn["observed"], ((3.1, 3.5), (20, 20)))
        np.testing.assert_allclose(self.lines(panels[4])["expected"][1], (93 / 7, 105 / 7))
        axis = Figure().subplots()
        panels[1].draw(axis)
        self.assertEqual((axis.get_ylabel(), axis.get_xlabel()), ("95 % CLs limit: signal events", "Middle of the SR [TeV]"))

    def test_units_of_the_mass(self):
        for unit, shown in (("TeV", " [TeV]"), ("1", ""), ("", ""), ("$G_{$", r" [\$G_{\$]")):
            for panel in figure.picture(self.scan({3.5: (0.1, 0.2), 3.1: (0.4, 0.2)}, more=self.limits(20.0), unit=unit)).panels:
                axis = Figure().subplots()
                panel.draw(axis)
                self.assertEqual(axis.get_xlabel(), f"Middle of the SR{shown}")
                axis.figure.draw_without_rendering()

    def test_blinded_only_expected_limits_are_drawn(self):
        panels = figure.picture(self.scan({3.5: (np.nan, np.nan), 3.1: (np.nan, np.nan)}, more=self.limits(np.nan))).panels
        self.assertEqual(len(panels), 4)
        for panel in panels:
            self.assertNotIn("observed", self.lines(panel))
            self.assertRegex(panel.title, "blinded$")

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
        with self.assertRaisesRegex(Blinded, "'local_p' that may be shown while the hunts are blinded"):
            figure.picture(self.scan({3.1: (np.nan, np.nan)}, blinded=True))

    def test_fits_that_fail(self):
        """A cut without any p is no line; without any of all cuts there is no panel, and that is no matter of blinding."""
        panel, = figure.picture(self.scan({3.1: (np.nan, 1e-3), 3.5: (np.nan, 0.1)})).panels
        self.assert_near(self.lines(panel)["0.1 % of the background kept"][1], (1e-3, 0.1))
        axis = Figure().subplots()
        panel.draw(axis)
        self.assert_near(axis.get_ylim(), (1e-4, 1.5))
        with self.assertRaisesRegex(InputError, "nothing for the panel 'local_p'$"):
            figure.picture(self.scan({3.1: (np.nan, np.nan)}))


class Power(StudyTest):
    """z = 0.02 per injected event after the cut, 0.001 without; the true signal is a third of what is injected."""

    def power(self, injections=(0, 100, 300), splits=5, unblinded=True, members=(1,), toys=False):
        def chain(injected, split, members):
            z = np.array([0.001, 0.02 * members]) * injected + 0.1 * (split - 2)
            hunt = {"@quoted": "efficiency", "@blinded": int(not unblinded), "background_efficiency": np.array([1, 0.001]), "true_signal": np.array([injected, injected / 3])}
            for estimate in ("spectrum", "efficiency"):
                hunt[f"{estimate}/signal"] = hunt["true_signal"] + 4 * (split - 2)
                half = np.sqrt(25 + hunt["true_signal"])  # 9 events and their error 4, and the signal itself
                hunt.update({f"{estimate}/signal_low": hunt[f"{estimate}/signal"] - half, f"{estimate}/signal_high": hunt[f"{estimate}/signal"] + half})
                hunt[f"{estimate}/z"] = z if unblinded else np.full(2, np.nan)
            config = {"prepare": {"injected_signal": injected}, "run": {"members": members}}
            if toys:
                config = {"prepare": {"injected_signal": 0}, "run": {"members": members, "pseudo_data": True}, "pseudo_data": {"signal": injected}}
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
        by_cut = searches.trials(self.power().chains)
        one = by_cut["lacathode", 1, "", 0.001][300]
        np.testing.assert_allclose(one.band, 6 + 0.1 * np.quantile([-2, -1, 0, 1, 2], [0.16, 0.5, 0.84]))
        np.testing.assert_allclose(one.pull, [-1.6, -0.8, 0, 0.8, 1.6], atol=1e-12)  # 4 of 5 each
        self.assertEqual(one.covered, 0.6)
        np.testing.assert_allclose(one.true_signal, 100)
        self.assertAlmostEqual(searches.reaching(by_cut["lacathode", 1, "", 0.001], 5), 250)
        self.assertTrue(np.isnan(searches.reaching(by_cut["lacathode", 1, "", 1.0], 3)))

    def test_numbers_of_searches_that_differ(self):
        study = self.power()
        panel, = figure.picture(replace(study, chains=study.chains[:-2])).panels
        self.assertIn("LaCATHODE (3 to 5 searches)", self.lines(panel))

    def test_signal_of_toys_is_that_of_the_pseudo_data(self):
        panel, = figure.picture(self.power(toys=True)).panels
        np.testing.assert_allclose(self.lines(panel)["LaCATHODE (5 searches each)"], ((0, 100, 300), (0, 2, 6)), atol=1e-12)

    def test_ensembles_are_searches_of_their_own(self):
        panel, = figure.picture(self.power(members=(1, 3))).panels
        drawn = self.lines(panel)
        np.testing.assert_allclose(drawn["LaCATHODE (5 searches each)"][1], (0, 2, 6), atol=1e-12)
        np.testing.assert_allclose(drawn["LaCATHODE, 3 members (5 searches each)"][1], (0, 6, 18), atol=1e-12)

    def test_blinded_it_says_so(self):
        with self.assertRaisesRegex(Blinded, "'power' that may be shown while the hunts are blinded"):
            figure.picture(self.power(unblinded=False))

    def test_fits_that_fail(self):
        """After all cuts: what is found without one is no panel."""
        study = self.power()
        for _, _, _, hunt in results.hunts(study.chains):
            hunt["efficiency/z"] = np.full(2, np.nan)
        with self.assertRaisesRegex(InputError, "nothing for the panel 'power'$"):
            figure.picture(study)

    def test_table(self):
        rows = {row[:5]: row for row in study_tables.power_rows(self.power())}
        self.assertEqual(len(rows), 2 * 3)
        row = dict(zip(study_tables.POWER_COLUMNS, rows["lacathode", 1, "", 0.001, 100]))
        self.assertEqual((row["searches"], row["z"], row["injected_for_3_sigma"]), (5, 2, 150))
        np.testing.assert_allclose([row[name] for name in ("pull_mean", "pull_mean_error", "pull_width", "pull_width_error", "covered")],
                                   0.8 * np.array((0, np.sqrt(0.5), np.sqrt(2.5), np.sqrt(2.5 / 8), 0.75)), atol=1e-12)

    def varied(self, *alternatives):
        """Searches of 100 events in two splits, with one more setting: (name, (section, key, value)) each."""
        study = self.power(injections=(100,), splits=2)
        chains = [replace(chain, name=f"100-split{split}-{alternative}",
                          config={**chain.config, "common": {"seed": split}, section: {**chain.config.get(section, {}), key: value}})
                  for split, chain in enumerate(study.chains) for alternative, (section, key, value) in alternatives]
        return replace(study, chains=tuple(chains))

    def test_only_searches_of_the_same_settings_are_pooled(self):
        for section, key, values in (("train_classifier", "validation_fraction", (0, 0.25)), ("prepare", "signal_region_low", (3.3, 3.7)),
                                     ("hunt", "estimate", ("spectrum", "efficiency"))):
            study = self.varied(*((name, (section, key, value)) for name, value in zip(("a", "b_c"), values)))
            panel, = figure.picture(study).panels
            self.assertEqual(set(self.lines(panel)) & {"a (2 searches each)", "b c (2 searches each)", "no cut, a"},
                             {"a (2 searches each)", "b c (2 searches each)", "no cut, a"})
            rows = [dict(zip(study_tables.POWER_COLUMNS, row)) for row in study_tables.power_rows(study)]
            self.assertEqual([(row["variant"], row["searches"]) for row in rows if row["background_efficiency"] == 0.001], [("a", 2), ("b_c", 2)])
        study = self.varied(("a", ("run", "sic", False)), ("b", ("run", "sic", True)))
        self.assertEqual([key[2] for key in searches.trials(study.chains)], ["", ""], "no matter of the search")

    def test_variants_have_names_of_their_own(self):
        """Here what the chains of either have in common is the same."""
        chains = [results.Chain(name, {"hunt": {"estimate": estimate}}, {}, {}, self.folder)
                  for name, estimate in (("x-a", 1), ("y-b", 1), ("x-b", 2), ("y-a", 2))]
        self.assertEqual(results.variants(chains), {"x-a": "x-a", "y-b": "x-a", "x-b": "x-b", "y-a": "x-b"})

    @staticmethod
    def searches(count, expected, error, signal, narrow=1.0):
        """Pulls of so many counts with the likelihood's interval, its errors `narrow` times what they are."""
        random = np.random.default_rng(11)
        found = []
        for true, other in zip(random.poisson(signal, count), random.poisson(expected, count)):
            observed, estimate = true + other, expected + error * random.standard_normal()
            low, high = (np.sqrt(observed + 1 / 3 * side + error**2) * narrow for side in (-1, 1))
            hunt = {"e/signal": [observed - estimate], "e/signal_low": [observed - estimate - low],
                    "e/signal_high": [observed - estimate + high]}
            found.append(searches.pull(hunt, "e", 0, true))
        return searches.Trials(np.zeros(count), np.zeros(count), np.array(found))

    def test_pulls_of_right_intervals_are_normal(self):
        """Within 4 standard errors of 4000 searches, false alarm 1e-4 each; twins with intervals that are too narrow fail."""
        for expected, error, signal in ((400, 20, 0), (400, 10, 100), (100, 10, 400)):
            mean, mean_error, width, width_error = self.searches(4000, expected, error, signal).pull_moments
            self.assertLess(abs(mean), 4 * mean_error)
            self.assertLess(abs(width - 1), 4 * width_error + 0.01)  # counts are not quite normal
            covered = self.searches(4000, expected, error, signal).covered
            self.assertLess(abs(covered - 0.6827), 4 * np.sqrt(0.6827 * 0.3173 / 4000) + 0.01)
            *_, width, width_error = self.searches(4000, expected, error, signal, narrow=0.85).pull_moments
            self.assertGreater(width - 1, 4 * width_error + 0.01)

    def test_what_has_no_pull(self):
        hunt = {"e/signal": [5.0], "e/signal_low": [2.0], "e/signal_high": [9.0]}
        self.assertTrue(np.isnan(searches.pull({**hunt, "@signal": "gaussian"}, "e", 0, 4.0)))
        self.assertTrue(np.isnan(searches.pull(hunt, "e", 0, 40.0)))  # more than the interval knows of
        self.assertTrue(np.isnan(searches.pull(hunt, "e", 0, np.nan)))
        weighted = searches.pull({**hunt, "weight_scale": [2.0]}, "e", 0, 3.0)
        self.assertAlmostEqual(weighted, 2 / (3 * np.sqrt(1 - 6 / 3.5**2)))
        one = searches.Trials(np.zeros(1), np.zeros(1), np.array([0.5]))
        self.assertTrue(np.isnan(one.pull_moments[1:]).all())
        self.assertTrue(np.isnan(searches.Trials(np.zeros(2), np.zeros(2), np.array([0.5, np.nan])).covered))


class Toys(StudyTest):
    def toys(self, z):
        def chain(place, value):
            hunt = {"@quoted": "efficiency", "@blinded": int(np.isnan(value)), "background_efficiency": np.array([1, 0.01]), "efficiency/z": np.array([np.nan, value])}
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

    def test_signal_regions_are_together_and_other_settings_are_not(self):
        def labels(section, key):
            study = self.toys([0.1, 0.2, 0.3, 0.4])
            chains = [replace(chain, name=f"{chain.name}-{place % 2}", config={**chain.config, section: {key: place % 2}})
                      for place, chain in enumerate(study.chains)]
            panel, = figure.picture(replace(study, chains=tuple(chains))).panels
            axis = Figure().subplots()
            panel.draw(axis)
            return [patch.get_label().partition(":")[0] for patch in axis.patches]
        self.assertEqual(labels("prepare", "signal_region_low"), ["CATHODE, 4"])
        self.assertEqual(labels("pseudo_data", "number"), ["CATHODE, 4"])
        self.assertEqual(labels("hunt", "least_degree"), ["0, 2", "1, 2"])

    def test_blinded_it_says_so(self):
        with self.assertRaisesRegex(Blinded, "'toys' that may be shown while the hunts are blinded"):
            figure.picture(self.toys([np.nan, np.nan]))


if __name__ == "__main__":
    unittest.main()
