#!/usr/bin/env python3
"""The figure of a study shows what its results file holds."""
import contextlib
import io
import re
import shutil
import unittest
from dataclasses import replace
from unittest import mock

import numpy as np
from matplotlib.figure import Figure
from plot_files import StudyTest
from tool_files import tool

import plot  # of scripts/, which plot_files puts on the path
from common.failure import InputError
from plotting import page, style
from plotting.comparison import Sample
from plotting.study import background, curves, figure, injections, looks, spectra, training
from reading import files, results


def scores_sample(values, weights=None):
    return Sample("scores", values, np.ones(len(values)) if weights is None else weights, "black")


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

    def test_numbers_of_trainings_that_differ(self):
        self.study = replace(self.study, chains=tuple(chain for chain in self.study.chains if chain.name != "300-split2"))
        for panel in self.panels("max_sic", "significance"):
            self.assertIn("LaCATHODE (2 to 4 trainings)", self.lines(panel))

    def test_largest_sic_is_not_pooled_over_other_settings(self):
        chains = [replace(chain, config={**chain.config, "train_flow": {"epochs": chain.name.endswith("2")}}) for chain in self.study.chains]
        self.study = replace(self.study, chains=tuple(chains))
        panel, = self.panels("max_sic")
        self.assertEqual(set(self.lines(panel)), {f"{method}, split{split} (2 trainings each)" for method in ("LaCATHODE", "CATHODE")
                                                  for split in (1, 2)})

    def test_both_panels_of_the_injections_have_the_same_axes(self):
        counts = self.chains["300-split2"].events
        ratio, uncut = injections.signal_to_background(counts)
        limits = []
        for panel in self.panels("max_sic", "significance"):
            axis = Figure().subplots()
            panel.draw(axis)
            axis.figure.draw_without_rendering()
            below, (upper,) = np.array(axis.get_xlim()), axis.child_axes
            self.assert_near(np.array(upper.get_xlim()) / below, 2 * [upper.get_xlim()[0] / below[0]])
            # Splits differ in their background by its Poisson error, here 2 %.
            np.testing.assert_allclose(upper.get_xlim()[0] / below[0], uncut / (100 * ratio), rtol=0.1)
            limits.append(below)
        np.testing.assert_array_equal(*limits)
        self.assertEqual({text.get_text(): text.xy[1] for text in axis.texts}, {"5 $\\sigma$": 5})  # 3 lies below the axis

    def test_significances_beyond_the_axis_are_left_out(self):
        """Neither line nor words of 5 sigma above 4.7, and of 3 sigma below what stands there without a cut."""
        for places, largest, shown in (([(0.01, 0.5), (0.02, 1.0)], 3.5, ["3 $\\sigma$"]), ([(0.1, 3.8), (0.2, 7.6)], 30, ["5 $\\sigma$"])):
            axis = Figure().subplots()
            axis.plot([1, 2], [1, largest])
            injections.draw_uncut(axis, np.array(places))
            self.assertEqual([text.get_text() for text in axis.texts], shown)

    def test_a_legend_stands_above_the_upper_axis(self):
        figure_ = page.compose(figure.picture(replace(self.study, panels=("max_sic", "significance", "losses@600-split1/cathode"))))
        figure_.draw_without_rendering()
        renderer = figure_.canvas.get_renderer()
        for axis in figure_.axes[:2]:
            upper, = axis.child_axes
            self.assertGreater(axis.get_legend().get_window_extent(renderer).y0, upper.xaxis.label.get_window_extent(renderer).y0 + 5)
            self.assertLess(axis.get_legend().get_window_extent(renderer).y1, figure_.bbox.height)

    def test_a_curve_beyond_the_axis_has_triangles(self):
        metrics = {"by_signal_efficiency/signal_efficiency": np.array([0.1, 0.2, 0.3, 0.4]), "by_signal_efficiency/runs": np.ones((1, 4)),
                   "by_signal_efficiency/median": np.array([1.0, 4, 2, np.nan])}
        one = {**metrics, "by_signal_efficiency/median": np.ones(4)}
        axis = Figure().subplots()
        axis.set_ylim(0, 1.6)
        curves.draw_ratio(axis, style.look("cathode"), metrics, one)
        up, = (line for line in axis.lines if line.get_marker() == "^")
        np.testing.assert_array_equal(up.get_xdata(), [0.2, 0.3])
        panel, = self.panels("sample_ratio")
        axis = Figure().subplots()
        with mock.patch.object(background, "selected_ratio", lambda *_: (np.array([10, 100]), np.array([0.2, 1.0]), np.ones(2))):
            panel.draw(axis)
        self.assertEqual({tuple(line.get_xdata()) for line in axis.lines if line.get_marker() == "v"}, {(10,)})
        self.assertEqual(axis.get_ylim(), (0.5, 1.5))

    def test_moving_average(self):
        self.assert_near(training.moving_average(np.array([1, 2, 3, 4, 10, 11.0])), [4, 6])
        self.assertEqual(len(training.moving_average(np.ones(4))), 0)

    def test_accuracy_is_beside_chance_where_classes_are_equal(self):
        folder = shutil.copytree(self.study.folder, self.folder / "copy")
        self.study = results.read(folder)

        def levels(**counts):
            self.changed(folder, "600-split1/cathode/classifier_00.h5", lambda file: file["counts"].attrs.update(counts))
            panel, = (one for one in self.panels("accuracy@600-split1/*") if one.name == "accuracy_cathode")
            axis = Figure().subplots()
            panel.draw(axis)
            return [line.get_ydata()[0] for line in axis.lines if line.get_label().startswith("_")]
        self.assertEqual(levels(training_data=1500, training_background=3000, validation_data=500, validation_background=1000), [0.5])
        self.assertEqual(levels(validation_background=3000), [])

    def test_panels_of_trainings_are_of_the_chosen_methods(self):
        for kind in ("losses", "accuracy"):
            panels = self.panels(f"{kind}@600-split1")
            self.assertEqual([panel.title for panel in panels], ["LaCATHODE, 600, split1", "CATHODE, 600, split1"])
            chosen, = self.panels(f"{kind}@600-split1/cathode")
            self.assertEqual((chosen.name, chosen.title), (f"{kind}_cathode", "CATHODE, 600, split1, cathode"))
        self.assertEqual([panel.title for panel in self.panels("mass_cuts@none-split1")],
                         ["LaCATHODE, none, split1", "CATHODE, none, split1"])
        axis = Figure().subplots()
        training.draw_curves(axis, {"training": np.ones(9)}, "Trees")
        self.assertEqual(axis.get_xlabel(), "Trees")
        self.assertEqual([line.get_label() for line in axis.lines], ["training", "training, 5 trees averaged"])

    def test_panels_of_several_chains_say_which(self):
        titles = [f"{method}, {chain}, split1" for chain in (600, 300) for method in ("LaCATHODE", "CATHODE")]
        for kind in ("losses", "accuracy"):
            shown = [panel.title for panel in self.panels(f"{kind}@[36]00-split1")]
            self.assertEqual([re.sub(r", \[36\]00, split1$", ", split1", title) for title in shown], titles)
        self.assertEqual([panel.title for panel in self.panels("mass_cuts@none-*")],
                         [f"{method}, split{split}, none" for split in (1, 2) for method in ("LaCATHODE", "CATHODE")])
        self.assertEqual([panel.title for name in ("flow_losses@none-split2", "flow_losses@none-*") for panel in self.panels(name)],
                         ["none, split2", "split1, none"])
        panel, = self.panels("sample_ratio@none-*")
        labels = ["LaCATHODE, split1", "CATHODE, split1", "LaCATHODE, split2", "CATHODE, split2"]
        self.assertEqual([label for label in self.lines(panel) if not label.startswith("_")], labels)

    def test_a_title_is_mathematics_only_if_it_can_be(self):
        for title, shown in ((r"$x_1$ and $\alpha$", r"$x_1$ and $\alpha$"), ("$x_{$ and $", r"\$x_{\$ and \$"), ("a $x_{$ b", r"a \$x_{\$ b"),
                             (r"\$5 $\nothing$", r"\$5 \$\nothing\$"), ("fine $a$\nwrong $_{$", "fine $a$\nwrong \\$_{\\$")):
            picture = figure.picture(replace(self.study, title=title, panels=("sculpting",)))
            self.assertEqual(picture.title, shown)
            page.compose(picture).draw_without_rendering()

    def test_names_of_chains_keep_what_tells_them_apart(self):
        self.assertEqual(looks.different(["a-x-1", "a-y_z-1"]), ["x", "y z"])

    @staticmethod
    def drawn(panel):
        """{label: density [B]}, edges [B+1] and ratio [B] of a comparison's panel."""
        axis, ratio = Figure().subplots(2)
        panel.draw(axis, ratio)
        densities = {patch.get_label().split(" (")[0]: patch.get_data()[0] for patch in axis.patches}
        return densities, axis.patches[0].get_data()[1], ratio.containers[0][0].get_ydata()

    def test_sampled_background_is_compared_in_the_mass_too(self):
        panels = self.panels("features@600-split1")
        self.assertEqual([panel.name for panel in panels], ["mass", "a", "b", "c"])
        run = self.chains["600-split1"].run()
        events, samples = run.events(), run.samples()
        true = events.mass[events.in_signal_region & (events.label == 0)]
        sampled = samples.mass[samples.in_signal_region]
        densities, edges, ratio = self.drawn(panels[0])
        self.assertGreaterEqual(edges[0], events.region[0])
        self.assertLessEqual(edges[-1], events.region[1])
        expected = np.histogram(sampled, edges)[0] / len(sampled) / np.diff(edges)
        self.assert_near(densities["sampled"], expected)
        counts = np.histogram(true, edges)[0]
        self.assert_near(ratio[counts > 0], (expected / (counts / len(true) / np.diff(edges)))[counts > 0])

    def test_features_of_three_regions_are_all_on_the_axis(self):
        """But the outer 0.1 % on either side of all three together."""
        for panel in self.panels("correlation@none-split1"):
            events = self.chains["none-split1"].run().events()
            data = events.is_data & (events.label == 0)
            densities, edges, _ = self.drawn(panel)
            self.assertEqual(set(densities), {"lower sideband", "upper sideband"})
            values = events.features[panel.name]
            below = values[data & (events.mass <= events.region[0])]
            self.assert_near(densities["lower sideband"], np.histogram(below, edges)[0] / len(below) / np.diff(edges))
            self.assert_near(edges[[0, -1]], np.quantile(values[data], [0.001, 0.999]))

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

    def test_sampled_over_true_needs_events(self):
        with self.assertRaisesRegex(InputError, "^5 true background events .* 10 are needed"):
            background.selected_ratio(scores_sample(np.arange(5.0)), scores_sample(np.arange(50.0)))

    def test_sampled_over_true_needs_background_that_no_training_has_seen(self):
        folder = shutil.copytree(self.study.folder, self.folder / "copy")

        def learn(file):
            file["partition"][:] = 0
        self.changed(folder, "none-split2/cathode/background_scores_00.h5", learn)
        self.study = results.read(folder)
        with self.assertRaisesRegex(InputError, r"none-split2/cathode: nothing for the panel 'sample_ratio': .* no validation events .*; set "
                                    r"train_classifier\.validation_fraction = 0, or have references drawn"):
            self.panels("sample_ratio")
        self.panels("sample_ratio@none-split1")

    def test_without_truth_or_scores_there_is_no_panel(self):
        folder = shutil.copytree(self.study.folder, self.folder / "copy", ignore=shutil.ignore_patterns("scores_0*.h5"))
        self.study = results.read(folder)
        for name, pattern in (("sample_ratio", "nothing for the panel"), ("mass@none-split1", "has no scores, .* --discard"),
                              ("mass_cuts@none-split1", "has no scores, .* --discard")):
            with self.assertRaisesRegex(InputError, pattern):
                self.panels(name)
        run = self.chains["600-split1"].run()
        unlabelled = replace(run.events(), label=None)
        self.assertEqual([background.has_truth(table) for table in (run.events(), unlabelled, None)], [True, False, False])
        with mock.patch.object(files.Run, "events", lambda self: unlabelled), self.assertRaisesRegex(InputError, "nothing for the panel 'features"):
            self.panels("features@600-split1")

    def test_the_cut_of_spectra_is_the_one_that_is_there(self):
        chain = self.chains["none-split1"]
        metrics = {kind: {method: self.from_5_percent_on(values) for method, values in by_method.items()}
                   for kind, by_method in chain.metrics.items() if kind == "sculpting"}
        panel, = spectra.methods_panel(self.study, [replace(chain, metrics=metrics)], "mass", "")
        self.assertRegex(panel.title, r"^[5-9][.\d]* % kept, first training$")

    @staticmethod
    def from_5_percent_on(values):
        kept = values["efficiency"] >= 0.05
        return type(values)(values.path, {name: value[..., kept] if np.shape(value)[-1:] == kept.shape else value for name, value in values.items()})

    def test_largest_sic_is_of_events_that_count_one_each(self):
        chains = [replace(chain, config={**chain.config, "prepare": {**chain.config["prepare"], "weight_column": "w"}})
                  for chain in self.study.chains]
        self.study = replace(self.study, chains=tuple(chains))
        with self.assertRaisesRegex(InputError, "S/B of events with weights"):
            self.panels("max_sic")

    def test_a_spectrum_says_what_was_kept_of_which_training(self):
        for name, title in (("mass@none-split1", "none, split1, "), ("mass@none-*", "none, ")):
            panel, = self.panels(name)
            self.assertRegex(panel.title, rf"^{title}\d.* % kept, first training$")

    def test_entries_of_a_common_legend_look_different(self):
        names = ("sic@600-split1", "sculpting@none-split1", "mass@none-split1")
        legend, = page.compose(figure.picture(replace(self.study, panels=names))).legends
        entries = [(line.get_color(), line.get_linestyle()) for line in legend.get_lines()]
        entries += [(patch.get_facecolor(), patch.get_hatch() and patch.get_edgecolor()) for patch in legend.get_patches()]
        self.assertEqual(len(entries), len(legend.get_texts()))
        self.assertEqual(len(set(entries)), len(entries))

    def test_every_panel_of_the_study_is_drawn(self):
        with contextlib.redirect_stdout(io.StringIO()):
            self.assertEqual(plot.main([str(self.study.folder), "--out", str(self.folder)]), 0)
        self.assertTrue((self.folder / "figure.png").exists())

    def test_pictures_of_an_earlier_call_are_told(self):
        """Of the study in another format or by panels, and nobody else's."""
        folder = self.folder / "figure"
        folder.mkdir()
        shutil.copy(self.study.folder / "results.h5", folder)
        self.changed(folder, "results.h5", lambda file: file.attrs.update(panels="sic@600-split1"))

        def told(*arguments):
            error = io.StringIO()
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(error):
                self.assertEqual(plot.main([str(folder), *arguments]), 0)
            return re.findall(r"[\w.]+(?=,|\n)", error.getvalue().partition("earlier one: ")[2].replace(f"{folder}/plots/", ""))
        self.assertEqual(told(), [])
        for name in ("figures.png", "sic.png", "figure.txt"):
            (folder / "plots" / name).touch()
        self.assertEqual(told("--separate", "--format", "pdf"), ["figure.png"])
        self.assertEqual(told(), ["figure_sic.pdf"])

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


if __name__ == "__main__":
    unittest.main()
