#!/usr/bin/env python3
"""Differences of methods, and that their errors are what they say."""
import contextlib
import csv
import io
import unittest
from dataclasses import replace
from unittest import mock

import numpy as np
from plot_files import PlotTest

import compare  # of scripts/, which plot_files puts on the path
from common.failure import InputError
from reading import results
from tabling import differences


def toy(generator, retrainings, separation, background=4000, signal=1500, correlation=0.8):
    """Two methods' scores of the same events: normal, signal shifted, each with noise of its own training."""
    label = np.repeat([0, 1], [background, signal])
    truth = generator.standard_normal(len(label))

    def scores(shift):
        own = generator.standard_normal((retrainings, len(label)))
        return differences.Scores(correlation * truth + np.sqrt(1 - correlation**2) * own + shift * label, label,
                                  np.arange(len(label)), np.ones(len(label)))
    return scores(separation[0]), scores(separation[1])


class Statistics(unittest.TestCase):
    def setUp(self):
        self.generator = np.random.default_rng(7)

    def test_a_difference_that_is_zero_lies_within_its_error(self):
        found = [differences.difference(*toy(self.generator, 1, (1.5, 1.5)), [0.05, 0.02], seed, replicas=5) for seed in range(1000)]
        values, counting = (np.array([getattr(one, name) for one in found]) for name in ("value", "counting"))

        def excess(errors):
            return values.std(axis=0) / np.sqrt((errors**2).mean(axis=0)) - 1
        # The standard deviation of 1000 is known to 2.2 %, the root of their mean squared error, each of 5 replicas, to 1.1 %:
        # together 2.5 %. Their mean is 0 +- 0.032 errors. 5 times these, 6e-7 false alarms each; the twin must fail whose errors
        # are a quarter too large.
        self.assertLess(np.abs(excess(counting)).max(), 0.125, excess(counting))
        self.assertLess(excess(1.25 * counting).max(), -0.125)
        self.assertLess(np.abs(values.mean(axis=0) / np.sqrt((counting**2).mean(axis=0))).max(), 0.16)

    def test_common_events_make_the_counting_error_smaller(self):
        close, = differences.difference(*toy(self.generator, 1, (1.5, 1.5), correlation=0.995), [0.05]).counting
        apart, = differences.difference(*toy(self.generator, 1, (1.5, 1.5), correlation=0.1), [0.05]).counting
        self.assertLess(close, apart / 2)

    def test_a_difference_is_found(self):
        found = differences.difference(*toy(self.generator, 3, (2.0, 1.5)), [0.05])
        self.assertGreater(found.sigma[0], 5)
        self.assertTrue(np.isfinite(found.spread).all())
        back = differences.difference(*reversed(toy(self.generator, 3, (2.0, 1.5))), [0.05])
        self.assertLess(back.sigma[0], -5)

    def test_sic_is_that_of_the_definition(self):
        scores, _ = toy(self.generator, 1, (1.5, 1.5))
        score, label = scores.scores[0], scores.label
        ones = [np.ones((label == truth).sum()) for truth in (0, 1)]
        threshold = np.sort(score[label == 0])[-int(0.05 * len(ones[0]))]
        expected = (score[label == 1] > threshold).mean() / np.sqrt(0.05)
        self.assertAlmostEqual(differences.Roc(score, label, 0.05).sic(np.array([0.05]), *ones)[0], expected, delta=2 / 1500 / 0.2)

    def test_events_with_one_score_are_selected_together(self):
        """A tenth of the background and half of the signal have the highest score: no cut is tighter, and half of both is half way there."""
        score = np.concatenate((np.full(100, np.inf), np.arange(900), np.full(50, np.inf), np.full(50, -1)))
        label = np.repeat((0, 1), (1000, 100))
        efficiencies = np.array([0.05, 0.1, 0.2])
        sic = differences.Roc(score, label, 0.2).sic(efficiencies, np.ones(1000), np.ones(100))
        np.testing.assert_allclose(sic * np.sqrt(efficiencies), (0.25, 0.5, 0.5), atol=0.011)  # one event
        half, = differences.Roc(score, label, 0.001).sic(np.array([0.05]), np.ones(1000), np.ones(100))  # of fewer events than have the score
        self.assertAlmostEqual(half * np.sqrt(0.05), 0.25, delta=0.011)
        tied = differences.Scores(score[None], label, np.arange(1100), np.ones(1100))
        distinct = replace(tied, scores=np.arange(1100.0)[None])
        for pair in ((tied, distinct), (distinct, tied)):
            self.assertEqual(differences.with_enough_events(*pair, efficiencies), [0.1, 0.2])

    def test_an_event_that_weighs_twenty_is_twenty_events(self):
        weight = self.generator.choice([1, 20], 5500, p=[0.95, 0.05])
        one, other = (replace(scores, weight=weight.astype(float)) for scores in toy(self.generator, 2, (2.0, 1.5)))
        twice = np.repeat(np.arange(len(weight)), weight)
        copied = [replace(scores.at(twice), source_row=np.arange(len(twice)), weight=np.ones(len(twice))) for scores in (one, other)]
        weighted = differences.difference(one, other, [0.05, 0.2])
        np.testing.assert_allclose(weighted.value, differences.difference(*copied, [0.05, 0.2]).value, atol=0.02)
        # It fluctuates as one, though: sum of w^2 / sum of w = 10.7 times the variance that its copies have.
        ratio = weighted.counting / differences.difference(*copied, [0.05, 0.2], seed=2).counting
        np.testing.assert_allclose(ratio, np.sqrt((weight**2).sum() / weight.sum()), rtol=0.3)  # both to 5 %: more than four errors

    def test_what_was_reached_stays_reached_by_negative_weights(self):
        """A quarter of the background, 1.25 of 5, by its first event, though the second takes one back."""
        weights, efficiency = np.array([2.0, -1, 1, 3]), np.array([0.25])
        score, label = np.array([4, 3, 2, 1, 5, 3.5]), np.array([0, 0, 0, 0, 1, 1])
        sic, = differences.Roc(score, label, 1).sic(efficiency, weights, np.ones(2))
        self.assertEqual(sic, 0.5 / 0.5)  # one of two signal events lies above the first

    def test_background_that_passes_counts_as_events_without_weights(self):
        np.testing.assert_allclose(differences.effective(np.array([2.0, -1, 1, 3]), np.array([0.25, 0.5, 1])), (1, 25 / 15, 25 / 15))
        weights = np.append(np.full(10, 0.1), 1e-20)
        self.assertLess(np.cumsum(weights)[-1], weights.sum(), "rounded otherwise")
        np.testing.assert_allclose(differences.effective(weights, np.array([1.0])), 10)
        scores, _ = toy(self.generator, 2, (1.5, 1.5))
        for weight in (1, 0.3):
            equal = replace(scores, weight=np.full(len(scores.label), weight))
            np.testing.assert_array_equal(differences.passing(equal, np.array([0.05, 0.02])), (200, 80))

    def test_few_heavy_events_are_too_few(self):
        """Of 4000 a tenth weighs 100: a cut of 1 % keeps some 40, of which four or five are heavy."""
        weight = np.tile([100.0, *[1] * 9], 550)
        one, other = (replace(scores, weight=weight) for scores in toy(self.generator, 3, (2.0, 1.5)))
        self.assertEqual(differences.with_enough_events(one, other, (0.05, 0.01)), [0.05])
        differences.difference(one, other, [0.05], replicas=2)
        with self.assertRaisesRegex(InputError, "fewer than 6.25 background events"):
            differences.difference(one, other, [0.05, 0.01])

    def test_as_many_events_must_pass_as_the_stricter_of_both_asks(self):
        one, other = toy(self.generator, 1, (2.0, 1.5))  # 40 of 4000 pass a cut of 1 %
        for fewest, kept in ((40, [0.05, 0.01]), (40.5, [0.05])):
            for a, b in ((replace(one, fewest=fewest), other), (one, replace(other, fewest=fewest))):
                self.assertEqual(differences.with_enough_events(a, b, (0.05, 0.01)), kept)
        less = one.at(np.arange(1, len(one.label)))  # of other events, of which the common ones are taken
        self.assertEqual(differences.with_enough_events(replace(less, fewest=40.5), other, (0.05, 0.01)), [0.05])
        with self.assertRaisesRegex(InputError, "fewer than 40.5 background events"):
            differences.difference(one, replace(other, fewest=40.5), [0.01])

    def test_enough_events_pass_both_methods_in_most_trainings(self):
        """Of 199 weights that pass, the first two events have 200, or the last 199 have one each."""
        place = np.arange(1001)

        def scores(*signs):
            return differences.Scores(np.multiply.outer(signs, place), (place == 500).astype(int), place, np.where(place < 10, 100.0, 1))
        many, most, few = scores(1, 1, 1), scores(-1, 1, 1), scores(-1, -1, 1)
        for a, b, enough in ((many, most, True), (many, few, False), (few, most, False)):
            self.assertEqual(differences.with_enough_events(a, b, [0.1]), [0.1] if enough else [])

    def test_one_training_has_no_spread(self):
        alone = differences.difference(*toy(self.generator, 1, (1, 2)), [0.05])
        self.assertTrue(np.isnan(alone.spread).all() and np.isnan(alone.sigma).all())
        self.assertGreater(alone.counting[0], 0)

    def test_events_of_the_same_number_are_all_compared(self):
        """As those of events files that were prepared apart."""
        one, other = toy(self.generator, 1, (2.0, 1.5))
        twins = [replace(scores, source_row=np.arange(len(one.label)) // 2) for scores in (one, other)]
        found, known = (differences.difference(*scores, [0.05]) for scores in (twins, (one, other)))
        np.testing.assert_array_equal(found.value, known.value)
        with self.assertRaisesRegex(InputError, "score different events, of which several have the same source_row"):
            differences.common(twins[0], twins[1].at(np.arange(1, len(one.label))))

    def test_different_events_are_refused(self):
        one, other = toy(self.generator, 1, (1, 2))
        with self.assertRaisesRegex(InputError, "do not score the same events"):
            differences.common(one, replace(other, label=1 - other.label))
        with self.assertRaisesRegex(InputError, "fewer than 6.25 background events"):
            differences.difference(one, other, [1e-3])
        self.assertEqual(differences.with_enough_events(one, other, (1e-2, 1e-3)), [1e-2])


class Script(PlotTest):
    def setUp(self):
        super().setUp()
        self.study = self.runs / "study/figure"
        self.out = self.folder / "tables"

    def run_script(self, *arguments):
        errors = io.StringIO()
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(errors):
            return compare.main([str(argument) for argument in arguments]), errors.getvalue()

    def test_values_are_those_of_the_results(self):
        chain = results.read(self.study).chains[0]
        found = differences.difference(*(differences.read(chain, method) for method in ("cathode", "lacathode")), [0.1, 0.3])
        curves = [chain.metrics["sic"][method] for method in ("cathode", "lacathode")]
        for at, efficiency in enumerate((0.1, 0.3)):
            sic = [np.interp(efficiency, values["background_efficiency"], values["sic/runs"].mean(axis=0)) for values in curves]
            self.assertAlmostEqual(found.value[at], sic[0] - sic[1], delta=0.02 * sic[0])

    def test_the_least_number_of_events_is_that_of_the_settings(self):
        chain = results.read(self.study).chains[0]
        chain.config["evaluate_sic"]["minimum_background"] = 25
        self.assertEqual(differences.read(chain, "cathode").fewest, 25)

    def test_weights_are_summed_in_float64(self):
        """In float32, which files have, a weight of one is nothing beside 1e9."""
        folder = self.copy(run="study/figure")
        chain = results.read(folder).chains[0]
        first = differences.read(chain, "cathode").source_row[0]
        self.changed(folder, f"{chain.name}/cathode/scores_00.h5",
                     lambda file: file.create_dataset("weight", data=np.where(file["source_row"][:] == first, 1e9, 1), dtype="f4"))
        weight = differences.read(chain, "cathode").weight
        self.assertEqual(np.cumsum(weight)[-1], 1e9 + len(weight) - 1)

    def test_table(self):
        compare.EFFICIENCIES, before = (0.2,), compare.EFFICIENCIES
        self.addCleanup(setattr, compare, "EFFICIENCIES", before)
        code, errors = self.run_script(self.study, "--methods", "lacathode,cathode", "--neighbours", "--out", self.out)
        self.assertEqual(code, 0, errors)
        with (self.out / "comparisons.csv").open() as file:
            rows = list(csv.DictReader(file))
        self.assertEqual([row["of"] for row in rows], [f"{injected}-split{split}" for injected in (600, 300) for split in (1, 2)])
        for row in rows:
            error = np.hypot(float(row["spread_error"]), float(row["counting_error"]))
            self.assertAlmostEqual(float(row["sigma"]), float(row["difference"]) / error, delta=0.01 * abs(float(row["sigma"])) + 0.01)

    def test_chains_of_one_method(self):
        compare.EFFICIENCIES, before = (0.2,), compare.EFFICIENCIES
        self.addCleanup(setattr, compare, "EFFICIENCIES", before)
        code, errors = self.run_script(self.study, "--chains", "600-split1,300-split1", "--methods", "cathode", "--out", self.out)
        self.assertEqual(code, 0, errors)
        with (self.out / "comparisons.csv").open() as file:
            row, = csv.DictReader(file)
        self.assertEqual((row["of"], row["this"], row["minus"]), ("cathode", "600-split1", "300-split1"))

    def test_efficiencies_with_too_few_events_are_left_out(self):
        arguments = (self.study, "--chains", "600-split1,300-split1", "--methods", "cathode", "--out", self.out)
        with mock.patch.object(compare, "EFFICIENCIES", (0.2, 1e-5)):
            code, errors = self.run_script(*arguments)
        self.assertEqual(code, 0, errors)
        self.assertEqual(errors, "compare.py: left out: cathode, 600-split1 minus 300-split1 at 1e-05: fewer than 6.25 background events pass, "
                                 "or more have one score\n")
        before = (self.out / "comparisons.csv").read_text()
        self.assertEqual([row["background_efficiency"] for row in csv.DictReader(before.splitlines())], ["0.2"])
        with mock.patch.object(compare, "EFFICIENCIES", (1e-4, 1e-5)):
            code, errors = self.run_script(*arguments)
        self.assertEqual(code, 3)
        self.assertRegex(errors, "figure: nothing to compare")
        with mock.patch.object(compare, "EFFICIENCIES", (0.2,)), self.full_disk():
            code, errors = self.run_script(*arguments)
        self.assertEqual(code, 4)
        self.assertRegex(errors, r"comparisons\.csv: cannot be written: .*File too large")
        self.assertEqual((self.out / "comparisons.csv").read_text(), before)

    def test_what_is_refused(self):
        for code, pattern, arguments in ((3, "no SIC of 'mine', only of", (self.study, "--methods", "mine,cathode")),
                                         (3, "no chain '600' with SIC, only 600-split1", (self.study, "--chains", "600")),
                                         (3, "results.h5: cannot be read", (self.runs,))):
            found, errors = self.run_script(*arguments)
            self.assertEqual(found, code)
            self.assertRegex(errors, pattern)


if __name__ == "__main__":
    unittest.main()
