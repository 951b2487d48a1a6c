#!/usr/bin/env python3
"""The figure and the tables of a study show what its results file holds."""
import contextlib
import csv
import io
import json
import re
import unittest
from dataclasses import replace

import numpy as np
from matplotlib.figure import Figure
from plot_files import PlotTest
from tool_files import tool

import plot  # of scripts/, which plot_files puts on the path
import tables
from plotting import local_p
from plotting.comparison import Sample
from plotting.files import InputError, Metrics
from plotting.study import background, curves, figure, injections, looks, power, results, scan
from tabling import closure
from tabling import study as study_tables


def scores_sample(values, weights=None):
    return Sample("scores", values, np.ones(len(values)) if weights is None else weights, "black")


class StudyTest(PlotTest):
    def setUp(self):
        super().setUp()
        self.study = results.read(self.runs / "study/figure")
        self.chains = {chain.name: chain for chain in self.study.chains}

    def panels(self, *names):
        return figure.picture(replace(self.study, panels=names)).panels

    @staticmethod
    def lines(panel):
        """{label: (x, y)} of a panel's lines."""
        axis, ratio = Figure().subplots(2)
        panel.draw(axis, ratio) if panel.has_ratio else panel.draw(axis)
        return {line.get_label(): line.get_data() for line in axis.get_lines()}


class Scan(StudyTest):
    def scan(self, p_values, errors=(0, 0), more=lambda middle: {}):
        """A study of windows at these middles, with p of two cuts each and its errors."""
        def chain(middle, values):
            hunt = {"@quoted": "efficiency", "background_efficiency": np.array([1, 0.01, 0.001]), **more(middle),
                    "efficiency/p_value": np.array([np.nan, *values]), "efficiency/p_value_error": np.array([np.nan, *errors])}
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

    def test_a_bound_has_an_arrow(self):
        """Of 9999 toys none lies above: p is at most 1e-4."""
        by_cut = scan.points(results.with_kind(self.scan({3.1: (1e-4, 2e-4)}, errors=(1e-4, 1.414e-4)).chains, "hunt_00"))
        self.assertEqual([by_cut["lacathode", efficiency][2][0] for efficiency in (0.01, 0.001)], [1, 0])
        self.assertEqual([local_p.text(*one) for one in ((9.999e-5, True), (9.999e-5, False), (0.0, True), (0.25, False))],
                         ["< 0.0001", "9.999e-05", "< 1e-300", "0.25"])
        panel, = figure.picture(self.scan({3.1: (1e-4, 2e-4), 3.5: (0.5, 0.4)}, errors=(1e-4, 1.414e-4))).panels
        axis = Figure().subplots()
        panel.draw(axis)
        lengths = [len(container[2][0].get_segments()) for container in axis.containers]
        self.assertEqual(lengths, [1, 0])

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
        with self.assertRaisesRegex(InputError, "'local_p': the hunts are blinded"):
            figure.picture(self.scan({3.1: (np.nan, np.nan)}))


class Power(StudyTest):
    """z = 0.02 per injected event after the cut, 0.001 without; the true signal is a third of what is injected."""

    def power(self, injections=(0, 100, 300), splits=5, unblinded=True, members=(1,)):
        def chain(injected, split, members):
            z = np.array([0.001, 0.02 * members]) * injected + 0.1 * (split - 2)
            hunt = {"@quoted": "efficiency", "background_efficiency": np.array([1, 0.001]), "true_signal": np.array([injected, injected / 3])}
            for estimate in ("spectrum", "efficiency"):
                hunt[f"{estimate}/signal"] = hunt["true_signal"] + 4 * (split - 2)
                half = np.sqrt(25 + hunt["true_signal"])  # 9 events and their error 4, and the signal itself
                hunt.update({f"{estimate}/signal_low": hunt[f"{estimate}/signal"] - half, f"{estimate}/signal_high": hunt[f"{estimate}/signal"] + half})
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
        np.testing.assert_allclose(one.pull, [-1.6, -0.8, 0, 0.8, 1.6], atol=1e-12)  # 4 of 5 each
        self.assertEqual(one.covered, 0.6)
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
        np.testing.assert_allclose([row[name] for name in ("pull_mean", "pull_mean_error", "pull_width", "pull_width_error", "covered")],
                                   0.8 * np.array((0, np.sqrt(0.5), np.sqrt(2.5), np.sqrt(2.5 / 8), 0.75)), atol=1e-12)

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
            found.append(power.pull(hunt, "e", 0, true))
        return power.Trials(np.zeros(count), np.zeros(count), np.array(found))

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
        self.assertTrue(np.isnan(power.pull({**hunt, "@signal": "gaussian"}, "e", 0, 4.0)))
        self.assertTrue(np.isnan(power.pull(hunt, "e", 0, 40.0)))  # more than the interval knows of
        self.assertTrue(np.isnan(power.pull(hunt, "e", 0, np.nan)))
        weighted = power.pull({**hunt, "weight_scale": [2.0]}, "e", 0, 3.0)
        self.assertAlmostEqual(weighted, 2 / (3 * np.sqrt(1 - 6 / 3.5**2)))
        one = power.Trials(np.zeros(1), np.zeros(1), np.array([0.5]))
        self.assertTrue(np.isnan(one.pull_moments[1:]).all())
        self.assertTrue(np.isnan(power.Trials(np.zeros(2), np.zeros(2), np.array([0.5, np.nan])).covered))


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


class Closure(StudyTest):
    def scan(self, observed, regions=((3.0, 3.2), (3.4, 3.6), (3.8, 4.0)), members=1):
        """Signal regions with `observed` events, where 100 +- 10 are expected, from events of which each weighs two."""
        def chain(region, count):
            hunt = {"background_efficiency": np.array([1, 0.01]), "weight_scale": np.array([2.0, 2.0])}
            for estimate in closure.ESTIMATES:
                hunt.update({f"{estimate}/observed": np.array([count, count]), f"{estimate}/expected": np.array([100.0, 100.0]),
                             f"{estimate}/error": np.array([10.0, 10.0])})
            config = {"prepare": {"signal_region_low": region[0], "signal_region_high": region[1]}, "run": {"members": members}}
            return results.Chain(f"m{region[0]}", config, {}, {"hunt_00": {"lacathode": Metrics("results.h5", hunt)}}, self.folder)
        return results.Study(self.folder, "Scan", (), tuple(chain(*one) for one in zip(regions, observed)))

    def test_mean_spread_and_p(self):
        row, other = closure.rows(self.scan((150, 100, 170)))  # one an estimate; (n - b) / sqrt(v) of 50, 0, 70 / sqrt(300)
        self.assertEqual(row[:5], ("lacathode", 1, "efficiency", 0.01, 3))
        self.assertEqual(other[2], "spectrum")
        self.assert_near(row[5:8], (0.4, 0.1, np.sqrt((7400 / 300 - 3) * 0.01)))
        for count, critical in ((2, 9.2103), (3, 11.3449)):  # the tables' 1 % of chi2
            scan = self.scan((100 + np.sqrt(300 * critical), *[100] * (count - 1)), regions=((1, 2), (3, 4), (5, 6))[:count])
            self.assertAlmostEqual(next(closure.rows(scan))[8], 0.01, 5)

    def test_p_is_that_of_chance(self):
        random = np.random.default_rng(8)
        p_values = np.sort([next(closure.rows(self.scan(100 + np.sqrt(300) * random.standard_normal(3))))[8] for _ in range(400)])
        # Kolmogorov and Smirnov's distance of 400 uniform numbers is below 0.12 but for 2e-5.
        self.assertLess(np.abs(p_values - (np.arange(400) + 0.5) / 400).max(), 0.12)
        biased = [next(closure.rows(self.scan(140 + np.sqrt(300) * random.standard_normal(3))))[8] for _ in range(50)]
        self.assertLess(np.median(biased), 0.01)

    def test_blinded_or_alone_there_is_nothing_to_say(self):
        self.assertEqual(list(closure.rows(self.scan((np.nan, np.nan, np.nan)))), [])
        self.assertEqual(list(closure.rows(self.scan((100,)))), [])
        self.assertEqual(list(closure.rows(self.scan((100, 120), regions=((3.0, 3.2), (3.0, 3.2))))), [], "one region twice")


class Curves(StudyTest):
    def test_the_study_is_read_in_its_order(self):
        self.assertEqual(list(self.chains), [f"{injected}-split{split}" for injected in ("600", "300", "none") for split in (1, 2)])
        self.assertEqual(self.chains["300-split2"].config["common"]["seed"], 2)
        self.assertEqual(sum(self.chains["300-split1"].events[f"{part}_signal"] for part in injections.DATA), 300)

    def test_curves_are_the_medians_of_the_file(self):
        by_chain, by_signal = self.panels("sic", "sic_by_signal@600-split2")
        metrics = self.chains["300-split1"].metrics["sic"]["cathode"]
        drawn = self.lines(by_chain)["CATHODE, 300, split1 (2 trainings)"]
        np.testing.assert_array_equal(drawn[1], metrics["sic/median"])
        np.testing.assert_array_equal(drawn[0], metrics["background_efficiency"])
        self.assertEqual(len(self.lines(by_chain)), 2 * 4 + 1, "methods and chains with signal, and random")
        self.assertEqual(set(self.lines(by_signal)), {"LaCATHODE (2 trainings)", "CATHODE (2 trainings)", "random"})

    def test_one_method_of_several_chains_is_named_by_what_differs(self):
        panel, = self.panels("sic_by_signal@*-split1/cathode")
        self.assertEqual(set(self.lines(panel)), {"600 (2 trainings)", "300 (2 trainings)", "random"})
        self.assertEqual(panel.title, "split1, cathode")

    def test_ratio_to_the_first_chain(self):
        panel, = self.panels("sic_ratio")
        key = "by_signal_efficiency/median"
        metrics = [self.chains[name].metrics["sic"]["lacathode"] for name in ("300-split2", "600-split1")]
        with np.errstate(divide="ignore", invalid="ignore"):
            expected = metrics[0][key] / metrics[1][key]
        np.testing.assert_array_equal(self.lines(panel)["LaCATHODE, 300, split2 (2 trainings)"][1], expected)
        self.assertFalse(any("600, split1" in label for label in self.lines(panel)))

    def test_largest_sic_is_pooled_over_the_splits(self):
        largest, significance = self.panels("max_sic", "significance")
        trials = [np.concatenate([self.chains[f"{injected}-split{split}"].metrics["sic"]["lacathode"]["max_sic"]
                                  for split in (1, 2)]) for injected in (600, 300)]
        x, y = self.lines(largest)["LaCATHODE (4 trainings each)"]
        self.assert_near(y, [np.median(trial) for trial in trials])
        counts = [self.chains[f"600-split{split}"].events for split in (1, 2)]
        ratios = [injections.signal_to_background(one)[0] for one in counts]
        self.assert_near(x[0], 100 * np.median(ratios))
        before = [self.chains[f"600-split{split}"].metrics["sic"]["lacathode"]["@initial_significance"] for split in (1, 2)]
        self.assert_near([injections.signal_to_background(one)[1] for one in counts], before)
        pooled = np.concatenate([self.chains[f"600-split{split}"].metrics["sic"]["lacathode"]["max_sic"] * before[split - 1]
                                 for split in (1, 2)])
        self.assert_near(self.lines(significance)["LaCATHODE (4 trainings each)"][1][0], np.median(pooled))

    def test_moving_average(self):
        self.assert_near(curves.moving_average(np.array([1, 2, 3, 4, 10, 11.0])), [4, 6])
        self.assertEqual(len(curves.moving_average(np.ones(4))), 0)

    def test_names_of_chains_keep_what_tells_them_apart(self):
        self.assertEqual(looks.different(["a-x-1", "a-y_z-1"]), ["x", "y z"])

    def test_sampled_over_true(self):
        random = np.random.default_rng(3)
        truth, same = scores_sample(random.uniform(size=20_000)), scores_sample(random.uniform(size=50_000))
        counts, ratio, error = background.selected_ratio(truth, same)
        pulls = (ratio - 1) / error
        self.assertLess(np.abs(pulls).max(), 4.5, "no more than one in 2000 such curves")
        self.assertAlmostEqual(ratio[-1], 1, 3, "all of either")
        # A model with twice as many events above 0.9 as there should be.
        values = np.concatenate([random.uniform(0.9, 1, 10_000), random.uniform(0, 0.9, 40_000)])
        counts, ratio, error = background.selected_ratio(truth, scores_sample(values))
        at = np.argmin(np.abs(counts - 1500))
        self.assertLess(abs(ratio[at] - 2) / error[at], 4)
        # The same one by weights: 0.225 of 1.125 above 0.9.
        counts, ratio, error = background.selected_ratio(truth, scores_sample(same.values, np.where(same.values > 0.9, 2.25, 1)))
        self.assertLess(abs(ratio[at] - 2) / error[at], 4)

    def test_every_panel_of_the_study_is_drawn(self):
        with contextlib.redirect_stdout(io.StringIO()):
            self.assertEqual(plot.main([str(self.study.folder), "--out", str(self.folder)]), 0)
        self.assertTrue((self.folder / "figure.png").exists())

    def test_the_program_knows_the_same_panels(self):
        process = tool("study", "--out", self.folder / "out", "--set", "study.name=x", "--set", "study.panels=pie")
        known = re.search(r"choose from: (.*)", process.stderr)[1].split(", ")
        self.assertEqual(sorted(known), sorted(figure.KINDS))

    def test_errors(self):
        for pattern, name in (("unknown panel 'pie'", "pie"), ("no such chain", "sic@700"),
                              ("nothing for the panel 'sic@none-split1'", "sic@none-split1"),
                              ("nothing for the panel 'sculpting@600", "sculpting@600-split1"),
                              ("nothing for the panel 'sample_ratio@600", "sample_ratio@600-split1")):
            with self.assertRaisesRegex(InputError, pattern):
                self.panels(name)
        for pattern, *arguments in (("of one figure", "--only", "sic"), ("no such picture", "--title", "sic=x")):
            error = io.StringIO()
            with contextlib.redirect_stderr(error):
                self.assertEqual(plot.main([str(self.study.folder), *arguments]), 2)
            self.assertRegex(error.getvalue(), pattern)


class Tables(StudyTest):
    def setUp(self):
        super().setUp()
        with contextlib.redirect_stdout(io.StringIO()):
            self.assertEqual(tables.main([str(self.study.folder), "--out", str(self.folder / "tables")]), 0)

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

    def test_errors(self):
        error = io.StringIO()
        with contextlib.redirect_stderr(error):
            self.assertEqual(tables.main([str(self.folder / "nowhere")]), 3)
        self.assertRegex(error.getvalue(), r"tables\.py: .*results\.h5")


if __name__ == "__main__":
    unittest.main()
