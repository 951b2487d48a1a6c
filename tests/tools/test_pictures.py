#!/usr/bin/env python3
"""What the pictures of real runs show, beside what the files hold."""
import shutil
import unittest
import warnings
from dataclasses import replace
from unittest import mock

import h5py
import numpy as np
from matplotlib.cbook import is_math_text
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgba
from matplotlib.container import ErrorbarContainer
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, StepPatch
from plot_files import ODD_NAMES, PlotTest
from plotting import check, features, histogram, hunt, latent, limits, losses, mass, page, score, sculpting, sic, style
from plotting.names import Names
from plotting.study import figure as study_figure
from reading import estimates, files, results
from tool_files import must

NAMES = Names()


def labels(axis):
    return axis.get_legend_handles_labels()[1]


def stairs(axis, label):
    """(values, edges) of the one histogram with that label."""
    found, = [patch for patch in axis.patches if isinstance(patch, StepPatch) and patch.get_label() == label]
    return found.get_data()[:2]


def points(axis, which=0):
    """(x, y, half lengths of the vertical bars) of an error bar plot."""
    bars = [container for container in axis.containers if isinstance(container, ErrorbarContainer)][which]
    lengths = [np.diff(segment[:, 1])[0] / 2 for segment in bars[2][-1].get_segments()]
    return (*bars[0].get_data(), np.array(lengths))


def new_axes(count=1):
    axes = Figure().subplots(count)
    return axes


def drawn_panel(picture, name):
    """(axis, ratio) of one panel of a picture."""
    axes = new_axes(2)
    panel, = [panel for panel in picture.panels if panel.name == name]
    assert panel.draw(*axes) is axes[0]
    return axes


class Features(PlotTest):
    def test_data_beside_sampled_background(self):
        picture = features.picture(self.labelled, NAMES)
        self.assertEqual([panel.name for panel in picture.panels], ["a", "b", "c"])
        axis, ratio = drawn_panel(picture, "b")
        events, samples = self.labelled.events(), self.labelled.samples()
        data = events.features["b"][events.is_data & events.in_signal_region]
        sampled, signal = samples.features["b"], events.in_signal_region & (events.label == 1)
        self.assertEqual(labels(axis), [f"sampled background ({len(sampled):,})",
                                        f"true signal, scaled ({signal.sum():,})", f"data ({len(data):,})"])
        density, edges = stairs(axis, labels(axis)[0])
        self.assertEqual(len(edges), 41)
        self.assert_near(edges[[0, -1]], np.quantile(np.concatenate([data, sampled]), [0.001, 0.999]))
        self.assert_near(density, np.histogram(sampled, edges)[0] / len(sampled) / np.diff(edges))
        places, heights, errors = points(axis)
        counts = np.histogram(data, edges)[0]
        shown = counts > 0
        self.assert_near(heights, (counts / len(data) / np.diff(edges))[shown])
        self.assert_near(errors, (np.sqrt(counts) / len(data) / np.diff(edges))[shown])
        self.assert_near(stairs(axis, labels(axis)[1])[0].max(), heights.max())

        place, value, error = points(ratio)
        both = shown & (density > 0)
        self.assert_near(value, density[both] / (counts / len(data) / np.diff(edges))[both])
        self.assert_near(error / value, np.sqrt(1 / counts[both] + 1 / np.histogram(sampled, edges)[0][both]))
        self.assertEqual((ratio.get_xlabel(), ratio.get_ylabel()), ("b", "sampled /\ndata"))
        self.assertIn("3.3 < mass < 3.7 TeV", picture.title)

    def test_only_lacathode_ran(self):
        axis, ratio = drawn_panel(features.picture(self.unlabelled, NAMES), ODD_NAMES[0])
        events = self.unlabelled.events()
        inside = events.in_signal_region
        self.assertEqual(labels(axis), [f"SB data ({(~inside).sum():,})", f"SR data ({inside.sum():,})"])
        density, edges = stairs(axis, labels(axis)[0])
        values = events.features[ODD_NAMES[0]]
        self.assert_near(density, np.histogram(values[~inside], edges)[0] / (~inside).sum() / np.diff(edges))
        self.assertEqual(ratio.get_ylabel(), "SB / SR")

    def test_whole_numbers_have_whole_bins(self):
        from plotting import histogram
        values = np.random.default_rng(1).integers(0, 90, 5000).astype(float)
        edges = histogram.central_edges(values, values + 0.3, tail=0)
        self.assertEqual(edges[0], -0.5)
        np.testing.assert_array_equal(np.diff(edges), 3)
        self.assertGreater(edges[-1], 89)


class Weights(PlotTest):
    """Events of a weight w fill a bin with sums of w, whose error is the root of a sum of w^2."""

    def weighted(self, table):
        weight = np.random.default_rng(5).choice([-0.5, 1.0, 2.0], len(table.mass))
        return replace(table, weight=weight)

    def test_features(self):
        events = self.weighted(self.labelled.events())
        compared = features.compare(events, self.labelled.samples(), "b")
        rows = events.is_data & events.in_signal_region
        values, weight = events.features["b"][rows], events.weight[rows]
        axis, ratio = new_axes(2)
        features.draw(axis, events, self.labelled.samples(), "b", ratio)
        self.assertIn(f"data ({weight.sum():,.0f})", labels(axis))
        sums, squares = (np.histogram(values, compared.edges, weights=one)[0] for one in (weight, weight**2))
        shown = sums > 0
        self.assert_near(points(axis)[1], (sums / weight.sum() / np.diff(compared.edges))[shown])
        self.assert_near(points(axis)[2], (np.sqrt(squares) / weight.sum() / np.diff(compared.edges))[shown])
        _, value, error = points(ratio)
        sampled = compared.histogram(compared.reference).counts
        both = shown & (sampled > 0)
        self.assert_near(error / value, np.sqrt(squares / sums**2 + 1 / np.maximum(sampled, 1))[both])

    def test_moments_of_latent_events(self):
        table = self.weighted(self.labelled.latent())
        rows = table.is_data & table.in_signal_region & np.isfinite(table.features["z1"])
        region = latent.regions(table, "z1")[1]
        values, weight = table.features["z1"][rows].astype(float), table.weight[rows]
        mean = (weight * values).sum() / weight.sum()
        width = np.sqrt((weight * values**2).sum() / weight.sum() - mean**2)
        self.assertIn(f"mean {mean:+.3f}, std {width:.3f}".replace("-", "−"), region.moments)
        at = np.flatnonzero(np.isclose(latent.EDGES[:-1], 0))[0]
        share = weight[(0 <= values) & (values < 0.2)].sum() / weight.sum()
        np.testing.assert_allclose(region.ratio()[0][at], share / 0.0792597, rtol=1e-5)

    def test_sums_are_those_of_float64(self):
        """In float32, which files have, a weight of one is nothing beside 1e9."""
        folder = self.copy()
        self.changed(folder, "lacathode/scores_00.h5", lambda file: file.create_dataset(
            "weight", data=np.where(file["mass"][:] == file["mass"][:].min(), 1e9, 1), dtype="f4"))
        scores = files.Run(folder).scores("lacathode")
        edges = np.linspace(scores.mass.min(), scores.mass.max(), 11)
        found = histogram.fill(scores.mass, edges, scores.weight)
        np.testing.assert_array_equal(found.counts[1:], np.histogram(scores.mass, edges)[0][1:])
        self.assertEqual(found.total, 1e9 + len(scores.mass) - 1)

    def test_weights_of_both_signs_may_have_no_moments(self):
        """A sum of 0, and a variance of -4."""
        for weights, has_sum in (((1.0, -2.0, 1.0), False), ((2.0, -1.0, 0.0), True)):
            region = latent.Region("SR", np.array([0, 1, 0.5], np.float32), np.array(weights), "black", "o", 0)
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                self.assertEqual(region.moments, "SR: too few events")
                self.assertEqual(np.isfinite(region.ratio()[0]).any(), has_sum)

    def test_masses(self):
        scores, metrics = self.labelled.scores("lacathode"), self.labelled.metrics("sculpting")["lacathode"]
        heavy = mass.spectra(replace(scores, weight=np.full(len(scores.mass), 3.0)), metrics)
        light = mass.spectra(scores, metrics)
        self.assert_near(heavy.full.counts, 3 * light.full.counts)
        for efficiency, selected in light.selected.items():
            # Three times the events and three times the error.
            for ours, theirs in zip(heavy.ratio(heavy.selected[efficiency]), light.ratio(selected)):
                self.assert_near(ours, theirs)

    def test_an_empty_bin_has_the_error_of_one_event(self):
        edges, weight = np.array([0.0, 1, 2, 3]), np.full(30, 3.0)
        full = histogram.fill(np.repeat([0.5, 1.5, 2.5], 10), edges, weight)
        selected = histogram.fill(np.repeat([0.5, 2.5], [4, 0]), edges, weight[:4])
        one = mass.Spectra(edges, (0, 3), (1, 2), full, {0.1: selected}, "m", "TeV")
        value, error = one.ratio(selected)
        self.assert_near(value, (2, 0, 0))  # 6 expected in each bin
        self.assert_near(error, (1, 0.5, 0.5))


class Latent(PlotTest):
    def test_both_regions_beside_the_normal_distribution(self):
        picture = latent.picture(self.labelled, NAMES)
        self.assertEqual([panel.name for panel in picture.panels], ["z0", "z1", "z2"])
        axis, ratio = drawn_panel(picture, "z1")
        table = self.labelled.latent()
        values = table.features["z1"][table.is_data & table.in_signal_region & np.isfinite(table.features["z1"])]
        self.assertEqual(labels(axis)[0], r"$\mathcal{N}(0, 1)$")
        self.assertEqual(labels(axis)[2], f"SR data ({len(values):,})")
        curve = axis.lines[0]
        self.assert_near(curve.get_ydata(), np.exp(-curve.get_xdata()**2 / 2) / np.sqrt(2 * np.pi))
        text, = axis.texts
        self.assertIn(f"SR: mean {values.mean():+.3f}, std {values.std(ddof=1):.3f}".replace("-", "−"),
                      text.get_text())
        # The bin from 0 to 0.2 holds 7.93 % of N(0, 1).
        place, value, _ = points(ratio, which=1)
        middle = np.flatnonzero(np.isclose(place, 0.1 + latent.APART))[0]
        share = np.histogram(values, [0, 0.2])[0][0] / len(values)
        np.testing.assert_allclose(value[middle], share / 0.0792597, rtol=1e-5)  # digits of the literature value


class Hunt(PlotTest):
    def metrics(self, blinded=False):
        """Two cells below the signal region, of which the first has no fit of the spectrum, and two above."""
        none = np.nan
        inside = none if blinded else 130.0
        values = {"@signal_region_low": 3.3, "@signal_region_high": 3.7, "@signal_cell": 2, "@quoted": "efficiency",
                  "@mass_name": "mass", "@mass_unit": "TeV", "@blinded": int(blinded), "background_efficiency": np.array([1, 0.01]),
                  "edges": np.array([2.8, 3.0, 3.3, 3.7, 4.0, 4.5]),
                  "counts": np.array([[9000, 8000, 6000, 2000, 900], [95, 70, inside, 20, 0]]),
                  "spectrum/bins/expected": np.array([[none, 8010, 5990, 2010, 890], [none, 72, 60, 21, 8]]),
                  "spectrum/bins/error": np.array([[none, 30, 40, 20, 15], [none, 5, 6, 3, 2]]),
                  "efficiency/bins/expected": np.array([[none] * 5, [90, 80, 64, 20, 9]]),
                  "efficiency/bins/error": np.array([[none] * 5, [3, 3, 6, 1, 1]]),
                  "spectrum/spurious": np.array([0.0, 0]), "efficiency/spurious": np.array([none, 0.0]),
                  "reference/expected": np.array([6000.0, 60]), "reference/error": np.array([0.0, 2]),
                  "efficiency/z": np.array([none, none if blinded else 5.6])}
        return files.Metrics("hunt.h5", values)

    def test_events_estimates_and_pulls(self):
        before, after = hunt.cuts(self.metrics())
        self.assertEqual(list(before.estimates), ["spectrum"])
        self.assert_near(before.pulls()[1:], np.array([-10 / 8010**0.5, 10 / (5990 + 1600)**0.5, -10 / 2010**0.5, 10 / 890**0.5]))
        self.assert_near(after.pulls(), np.array([5 / 90**0.5, -10 / 80**0.5, 66 / 10, 0, -3]))
        axis, pulls = new_axes(), new_axes()
        self.assertIs(hunt.draw(axis, pulls, after, NAMES), axis)
        self.assertEqual(set(labels(axis)), {"signal region", "fit of the spectrum", "efficiency times all events", "data",
                                             estimates.REFERENCE})
        place, value, error = points(axis, which=1)
        self.assert_near(place, np.array([2.9, 3.15, 3.5, 3.85]))  # no event, no point
        self.assert_near(value, np.array([95 / 0.2, 70 / 0.3, 130 / 0.4, 20 / 0.3]))
        self.assertEqual(pulls.get_xlabel(), "mass [TeV]")
        self.assert_near(pulls.get_ylim(), (-hunt.LARGEST_PULL, hunt.LARGEST_PULL))  # whatever the excess

    def test_pulls_are_to_the_other_estimate_where_the_quoted_one_was_not_made(self):
        for quoted, other, label in (("spectrum", "efficiency", "efficiency times all events"), ("efficiency", "spectrum", "fit of the spectrum")):
            values = self.metrics()
            values.update({"@quoted": quoted, f"{quoted}/bins/expected": np.full((2, 5), np.nan), f"{quoted}/z": np.full(2, np.nan)})
            after = hunt.cuts(values)[-1]
            self.assertEqual(after.judged, other)
            self.assert_near(after.pulls()[3], (20 - after.estimates[other][0][3]) / after.estimates[other][0][3]**0.5)
            hunt.draw(new_axes(), new_axes(), after, NAMES)
            self.assertEqual(hunt.panel_title(after, "lacathode"), f"LaCATHODE, 1 %\npulls: {label}")
        before, _ = hunt.cuts(self.metrics())  # whatever is quoted
        self.assertEqual(hunt.panel_title(before, "lacathode"), "LaCATHODE, no cut")

    def test_the_systematic_error_is_in_the_band_and_the_pull(self):
        values = self.metrics()
        values["efficiency/spurious"][1] = 8
        _, after = hunt.cuts(values)
        self.assert_near(after.estimates["efficiency"][1], np.array([3, 3, 10, 1, 1]))  # of 6 and 8
        self.assert_near(after.pulls()[2], 66 / (64 + 100)**0.5)
        self.assert_near(values["efficiency/bins/error"][1], np.array([3, 3, 6, 1, 1]))

    def test_the_sampled_background_stands_beside_the_data(self):
        before, after = hunt.cuts(self.metrics(blinded=True))
        axis = new_axes()
        hunt.draw(axis, new_axes(), after, NAMES)
        place, value, error = points(axis)
        self.assert_near((place[0], value[0], error[0]), (3.4, 60 / 0.4, 2 / 0.4))
        hunt.draw(axis := new_axes(), new_axes(), before, NAMES)
        self.assertNotIn(estimates.REFERENCE, labels(axis))

    def test_blinded_there_is_no_point_in_the_signal_region(self):
        _, after = hunt.cuts(self.metrics(blinded=True))
        axis = new_axes()
        hunt.draw(axis, new_axes(), after, NAMES)
        place = points(axis, which=1)[0]
        self.assertFalse(((3.3 < place) & (place < 3.7)).any())
        self.assertTrue(np.isnan(after.pulls()[2]))
        self.assertEqual(hunt.panel_title(after, "lacathode"), "LaCATHODE, 1 %")
        self.assertEqual(hunt.panel_title(hunt.cuts(self.metrics())[1], "lacathode"), "LaCATHODE, 1 %: $z$ = 5.6")


    def test_no_estimate_no_picture(self):
        values = self.metrics()
        values.update({f"{name}/bins/expected": np.full((2, 5), np.nan) for name in estimates.WORDS})
        with mock.patch.object(files.Run, "hunts", lambda self: {"lacathode": values}):
            self.assertIsNone(hunt.picture(self.labelled, NAMES))

    def test_without_any_event_the_axis_is_that_of_all_cells(self):
        values = self.metrics()
        values["counts"] = np.zeros((2, 5))
        axis = hunt.draw(new_axes(), new_axes(), hunt.cuts(values)[1], NAMES)
        self.assert_near(axis.get_xlim(), (2.8, 4.5 + 0.2))

    def test_an_axis_of_few_decades_has_labels(self):
        for factor in (1, 1e-3):
            values = self.metrics()
            values["counts"] = np.array([[10, 15, 16, 15, 25], [10, 15, 16, 15, 25]])
            for name in ("spectrum/bins/expected", "efficiency/bins/expected"):
                values[name] = np.array([[10, 15, 16, 15, 25], [10, 15, 16, 15 * factor, 25]])
            axis = hunt.draw(new_axes(), new_axes(), hunt.cuts(values)[1], NAMES)
            axis.figure.draw_without_rendering()
            low, high = axis.get_ylim()
            shown = [label.get_text() for place, label in zip(axis.get_yticks(), axis.get_yticklabels()) if low <= place <= high]
            self.assertGreater(len(shown), 2, shown)
            self.assertEqual("30" in shown, factor == 1)


class Limit(PlotTest):
    def test_limits_are_those_of_the_file(self):
        picture = limits.picture(files.Run(self.runs / "found"), NAMES)
        self.assertEqual([panel.name for panel in picture.panels],
                         ["lacathode", "cathode", "lacathode_cross_section", "cathode_cross_section"])
        with h5py.File(self.runs / "found/cathode/hunt_00.h5") as file:
            expected, observed = (file[f"efficiency/limit/{name}"][1:][::-1] for name in ("expected", "observed"))
        axis = new_axes()
        picture.panels[1].draw(axis)
        lines = {line.get_label(): line.get_data() for line in axis.lines}
        self.assert_near(lines["expected"], ((0.2, 10, 30), expected[:, 2]))
        self.assert_near(lines["observed"], ((0.2, 10, 30), observed))
        for band, (low, high) in zip(axis.collections, ((0, 4), (1, 3))):
            corners = {tuple(corner) for corner in np.round(band.get_paths()[0].vertices, 6)}
            for place, row in zip((0.2, 10, 30), expected):
                self.assertLessEqual({(place, round(row[low], 6)), (place, round(row[high], 6))}, corners)
        panel = picture.panels[3]
        panel.draw(axis := new_axes())
        self.assert_near(dict((line.get_label(), line.get_ydata()) for line in axis.lines)["observed"], observed / (4 * np.array([0.1, 0.4, 0.5])))
        self.assertEqual(axis.get_ylabel(), "95 % CLs limit: cross-section [fb]")

    def test_blinded_nothing_is_observed(self):
        for panel in limits.picture(files.Run(self.runs / "search"), NAMES).panels:
            panel.draw(axis := new_axes())
            self.assertEqual([line.get_label() for line in axis.lines], ["expected"])
            self.assertRegex(panel.title, ", blinded$")

    def test_one_cut_has_a_width(self):
        one = limits.Limits(np.array([1.0]), np.array([[1.0, 2, 3, 4, 5]]), np.array([6.0]), "limit")
        axis = limits.draw(new_axes(), one)
        self.assert_near(axis.collections[0].get_datalim(axis.transData).bounds, (0.9, 1, 0.2, 4))

    def test_no_search_no_limit(self):
        self.assertIsNone(limits.picture(self.labelled, NAMES))


class Check(PlotTest):
    def expect_points(self, axis, expected, errors):
        """Every coordinate's points, each inside its bin, beside one another."""
        metrics = self.labelled.check()
        low, high = metrics["bins/low"], metrics["bins/high"]
        self.assertEqual(labels(axis)[:3] if errors is None else labels(axis)[-3:], ["$z_{0}$", "$z_{1}$", "$z_{2}$"])
        before = low
        for column in range(3):
            container = [one for one in axis.containers if isinstance(one, ErrorbarContainer)][column]
            place, value = container[0].get_data()
            self.assertTrue(((before < place) & (place < high)).all())
            self.assert_near(value, expected[:, column])
            if errors is not None:
                self.assert_near(points(axis, which=column)[2], errors)
            before = place

    def test_means_and_widths_with_their_errors(self):
        picture, metrics = check.picture(self.labelled, NAMES), self.labelled.check()
        self.assertEqual([panel.name for panel in picture.panels], ["mean", "width", "p_value"])
        mean, width, _ = (panel.draw(new_axes()) for panel in picture.panels)
        events = metrics["bins/events"]
        self.expect_points(mean, metrics["latent/mean"], 1 / np.sqrt(events))
        self.expect_points(width, np.sqrt(metrics["latent/variance"]), 1 / np.sqrt(2 * events))
        self.assertEqual(mean.get_xlabel(), "mass [TeV]")
        self.assert_near(mean.get_xlim(), (metrics["bins/low"][0], metrics["bins/high"][-1]))

    def test_a_wide_outermost_bin_is_shown_in_part(self):
        metrics = self.labelled.check()
        metrics["bins/low"][0] -= 100
        metrics["bins/high"][-1] += 100
        low, high = metrics["bins/low"], metrics["bins/high"]
        axis = check.draw_mean(new_axes(), metrics)
        self.assert_near(axis.get_xlim(), (high[0] - 2 * (high[1] - low[1]), low[-1] + 2 * (high[-2] - low[-2])))
        self.assertTrue(all(axis.get_xlim()[0] < place < axis.get_xlim()[1] for place in axis.containers[0][0].get_xdata()))

    def test_p_values_and_the_line_that_one_exact_flow_in_a_hundred_crosses(self):
        metrics = self.labelled.check()
        metrics["latent/p_value"][0, 0] = 1e-40
        axis = check.draw_p_values(new_axes(), metrics)
        self.assertEqual(axis.get_yscale(), "log")
        line, = [line for line in axis.lines if line.get_label() == "1 % of exact flows"]
        self.assert_near(line.get_ydata(), 0.01 / 45)
        drawn = axis.containers[0][0].get_ydata()
        self.assert_near(drawn[0], check.SMALLEST_P)
        self.assertLess(axis.get_ylim()[0], check.SMALLEST_P)

    def test_title(self):
        metrics = self.labelled.check()
        metrics.update({"@two_sample_auc": 0.51234, "@two_sample_p_value": 3.2e-7, "@independence_p_value": 0.0321})
        self.assertEqual(check.title(metrics), "Flow on test events (signal region: background)\n"
                         r"samples against events: AUC 0.5123, $p$ = $3 \times 10^{-7}$;  independence of $z$ and mass: $p$ = 0.032")
        metrics["@independence_p_value"] = 1e-300
        self.assertIn(r"$p$ < $1 \times 10^{-300}$", check.title(metrics))
        self.assertIn("(signal region: data, any signal included)", check.title(self.unlabelled.check()))


class Score(PlotTest):
    def test_data_beside_scored_background_and_truth(self):
        axis, ratio = drawn_panel(score.picture(self.labelled, NAMES), "cathode")
        scores, background = self.labelled.scores("cathode"), self.labelled.background_scores("cathode")
        scored = np.isfinite(scores.features["score"])  # CATHODE scores no event outside the range of its samples
        unseen = scores.in_signal_region & np.isin(scores.partition, [2, 3]) & scored
        self.assertEqual(labels(axis), [
            f"background sample ({(background.partition == 1).sum():,})",
            f"true background ({(unseen & (scores.label == 0)).sum():,})",
            f"true signal ({(unseen & (scores.label == 1)).sum():,})",
            f"SR data ({(scores.in_signal_region & (scores.partition == 2) & scored).sum():,})"])
        self.assertEqual(axis.get_yscale(), "log")
        signal, edges = stairs(axis, labels(axis)[2])
        self.assert_near((signal * np.diff(edges)).sum(), 1)
        background.partition[:] = 0
        self.assertIn(f"background trained on ({background.in_signal_region.sum():,})", labels(score.draw(new_axes(), scores, background)))
        drawn = np.concatenate([stairs(axis, label)[0] for label in labels(axis)[:3]])
        self.assertLess(axis.get_ylim()[0], drawn[drawn > 0].min())
        self.assertGreater(axis.get_ylim()[0], drawn[drawn > 0].min() / 10)  # no empty decade
        self.assertGreater(axis.get_ylim()[1], drawn.max())
        self.assertEqual(ratio.get_ylabel(), "data / bkg")

    def test_densities_have_tails_beyond_the_axis(self):
        scores = self.labelled.scores("cathode")
        ratio = np.random.default_rng(2).normal(0, 1, len(scores.mass)).astype("f4")
        ratio[np.flatnonzero(scores.partition == 2)[0]] = -1e6
        edges = score.compare(replace(scores, features={"score": ratio})).edges
        self.assertGreater(edges[0], -6)
        self.assertLess(edges[-1], 6)

    def test_the_sideband_stands_in(self):
        axis, ratio = drawn_panel(score.picture(self.labelled, NAMES), "lacathode")
        self.assertRegex(labels(axis)[0], r"^SB data \([\d,]+\)$")
        self.assertEqual(ratio.get_ylabel(), "SR / SB")

    def test_no_truth_is_claimed_without_labels(self):
        axis, _ = drawn_panel(score.picture(self.unlabelled, NAMES), "lacathode")
        self.assertEqual([label.split(" (")[0] for label in labels(axis)], ["SB data", "SR data"])


class Sic(PlotTest):
    def metrics(self, error=None):
        """Metrics of a copy of the run with that counting error [G] for CATHODE, or without one."""
        folder = self.copy()
        for method in ("cathode", "lacathode"):
            def change(file, method=method):
                for key in ("sic", "by_signal_efficiency"):
                    if "counting_error" in file[key]:
                        del file[key]["counting_error"]
                if error is not None and method == "cathode":
                    file["sic/counting_error"] = error
            self.changed(folder, f"{method}/sic.h5", change)
        return files.Run(folder).metrics("sic")

    def hatched(self, axis):
        return [band for band in axis.collections if isinstance(band, PolyCollection) and band.get_hatch()]

    def test_curves(self):
        metrics = self.metrics()
        axis = sic.draw_by_background(new_axes(), metrics)
        self.assertEqual(labels(axis), ["LaCATHODE (2 trainings)", "CATHODE (2 trainings)", "random"])
        values = metrics["cathode"]
        line = axis.lines[1]
        np.testing.assert_array_equal(line.get_ydata(), values["sic/median"])
        np.testing.assert_array_equal(line.get_xdata(), values["background_efficiency"])
        self.assertEqual(to_rgba(line.get_color()), to_rgba(style.VERMILION))
        self.assertNotEqual(line.get_linestyle(), axis.lines[0].get_linestyle())
        shown = [values["background_efficiency"][np.isfinite(values["sic/median"])].min() for values in metrics.values()]
        self.assert_near(axis.get_xlim(), (min(shown), 1))
        self.assertGreater(axis.get_ylim()[1], np.nanmax(values["sic/high"]))
        self.assertEqual(self.hatched(axis), [])

    def test_roc_ends_where_sic_does(self):
        metrics = self.metrics()
        axis = sic.draw_roc(new_axes(), metrics)
        rejection = axis.lines[1].get_ydata()
        np.testing.assert_array_equal(np.isfinite(rejection), np.isfinite(metrics["cathode"]["sic/median"]))
        self.assertLess(axis.get_ylim()[1], 2 * np.nanmax([np.nanmax(line.get_ydata()) for line in axis.lines[:2]]))
        self.assertEqual(labels(axis), ["LaCATHODE (2 trainings)", "CATHODE (2 trainings)", "random"])

    def test_counting_error_of_the_rejection(self):
        """Twice the relative one of SIC, which goes with the root of eps_B."""
        metrics = self.metrics(np.full(len(self.labelled.metrics("sic")["cathode"]["sic/median"]), 0.1))
        axis = sic.draw_roc(new_axes(), metrics)
        self.assertEqual(labels(axis).count("counting error of the background"), 1)
        band, _ = self.hatched(axis)  # and the entry of the legend
        values = metrics["cathode"]
        best = np.nanargmax(values["sic/median"])
        corners = band.get_paths()[0].vertices
        at_best = corners[np.isclose(corners[:, 0], values["signal_efficiency/median"][best]), 1] * values["background_efficiency"][best]
        relative = 2 * 0.1 / values["sic/median"][best]
        for edge in (1 - relative, 1 + relative):
            self.assertLess(np.abs(at_best - edge).min(), 1e-6)

    def test_counting_error(self):
        metrics = self.metrics(np.full(len(self.labelled.metrics("sic")["cathode"]["sic/median"]), 0.7))
        axis = sic.draw_by_background(new_axes(), metrics)
        self.assertIn("counting error of the background", labels(axis))
        band, _ = self.hatched(axis)  # and the entry of the legend
        corners = band.get_paths()[0].vertices
        median = metrics["cathode"]["sic/median"]
        best = np.nanargmax(median)
        at_best = corners[np.isclose(corners[:, 0], metrics["cathode"]["background_efficiency"][best]), 1]
        self.assert_near([at_best.min(), at_best.max()], [median[best] - 0.7, median[best] + 0.7])
        self.assertGreater(axis.get_ylim()[1], median[best] + 0.7)

    def test_counting_error_of_another_grid(self):
        with self.assertRaisesRegex(files.InputError, r"sic\.h5: 'sic/counting_error' has the shape \(3,\)"):
            sic.draw_by_background(new_axes(), self.metrics(np.ones(3)))

    def test_three_panels_and_their_title(self):
        picture = sic.picture(self.labelled, NAMES)
        self.assertEqual([panel.name for panel in picture.panels], ["background", "signal", "roc"])
        values = self.labelled.metrics("sic")["cathode"]
        self.assertIn(f"{values['@signal_events']:,} signal and {values['@background_events']:,} background events",
                      picture.title)
        self.assertIsNone(sic.picture(self.unlabelled, NAMES))


class Mass(PlotTest):
    def expect_spectra(self, run, method):
        """The drawn panel, after comparing its histograms with scores and metrics."""
        picture = mass.picture(run, NAMES)
        axis, ratio = drawn_panel(picture, method)
        scores, metrics = run.scores(method), run.metrics("sculpting")[method]
        rows = scores.partition == 2
        if scores.label is not None:
            rows &= scores.label == 0
        full, edges = stairs(axis, f"no cut ({rows.sum():,})")
        self.assert_near(full * np.diff(edges), np.histogram(scores.mass[rows], edges)[0])
        self.assertEqual((full * np.diff(edges)).sum().round(), rows.sum())
        low, high = scores.region
        self.assertIn(low, edges)
        self.assertIn(high, edges)
        self.assertGreaterEqual(np.sum((low <= edges) & (edges < high)), 5)
        at_five = np.argmin(np.abs(metrics["efficiency"] - 0.05))
        passed = rows & (scores.features["score"].astype(float) >= metrics["threshold"][0, at_five])
        counts, _ = stairs(axis, f"5 % kept ({passed.sum():,})")
        self.assert_near(counts * np.diff(edges), np.histogram(scores.mass[passed], edges)[0])
        self.expect_region(axis, scores.region)
        self.expect_region(ratio, scores.region)
        self.expect_ratio(ratio, edges, full * np.diff(edges), counts * np.diff(edges), scores.region)
        return picture, axis

    def expect_region(self, axis, region):
        shaded, = [patch for patch in axis.patches
                   if isinstance(patch, Polygon) and not isinstance(patch, StepPatch)
                   or type(patch).__name__ == "Rectangle"]
        corners = shaded.get_xy() if isinstance(shaded, Polygon) else shaded.get_corners()
        self.assert_near((corners[:, 0].min(), corners[:, 0].max()), region)

    def expect_ratio(self, axis, edges, full, selected, region):
        """Selected / expected: the spectrum before the cut, scaled to what the cut keeps in the sidebands."""
        centres = (edges[1:] + edges[:-1]) / 2
        inside = (region[0] < centres) & (centres < region[1])
        expected = full * selected[~inside].sum() / full[~inside].sum()
        place, value, error = points(axis, which=1)
        in_region = (region[0] < place) & (place < region[1])
        self.assert_near(value[in_region], selected[inside] / expected[inside])
        self.assert_near(error[in_region], np.sqrt(np.maximum(selected[inside], 1)) / expected[inside])

    def test_background(self):
        for method, name in (("lacathode", "LaCATHODE"), ("cathode", "CATHODE")):
            picture, axis = self.expect_spectra(self.labelled, method)
            self.assertEqual(picture.title, "Background: test events, first training")
            self.assertIn(name, [panel.title for panel in picture.panels])
            self.assertEqual([label.split(" (")[0] for label in labels(axis)],
                             ["signal region", "no cut", "20 % kept", "5 % kept", "1 % kept", "expected"])
            self.assertEqual(axis.get_yscale(), "log")

    def test_data_without_truth(self):
        picture, axis = self.expect_spectra(self.unlabelled, "lacathode")
        self.assertEqual(picture.title, "Data: test events, first training")
        # The signal of the table peaks at 3.5: its bump is shown, with the sidebands at 1.
        ratio = drawn_panel(picture, "lacathode")[1]
        place, value, _ = points(ratio, which=1)
        self.assertGreater(value[np.argmin(np.abs(place - 3.5))], 3)

    def test_every_setting_of_the_evaluation(self):
        """The cuts select as many events as the metrics say, whatever counts before them."""
        scores = self.labelled.scores("lacathode")
        self.assertGreater(np.isnan(scores.features["score"][mass.evaluated(scores, {})]).sum(), 1)
        counts, folder = {}, self.copy("scores_01.h5")
        for unmapped, partition in (("rejected", "test"), ("selected", "test"), ("excluded", "test"),
                                    ("rejected", "validation")):
            must("evaluate-sculpting", "--scores", folder / "lacathode/scores_00.h5", "--bins", "50", "--unmapped", unmapped,
                 "--partition", partition, "--output", folder / "lacathode/sculpting.h5", "--force")
            run = files.Run(folder)
            spectra = mass.spectra(run.scores("lacathode"), run.metrics("sculpting")["lacathode"])
            counts[unmapped, partition] = spectra.full.total
            self.assertEqual(mass.picture(run, NAMES).title, f"Background: {partition} events, first training")
        self.assertEqual(counts["rejected", "test"], counts["selected", "test"])
        self.assertLess(counts["excluded", "test"], counts["rejected", "test"])

    def test_scores_of_another_training_are_refused(self):
        folder = self.copy()
        shutil.copy(folder / "cathode/scores_01.h5", folder / "cathode/scores_00.h5")
        with self.assertRaisesRegex(files.InputError, r"sculpting\.h5: its cut keeps \d+ events, but \d+ of the scores"):
            mass.picture(files.Run(folder), NAMES)

    def test_what_another_training_does_not_map_or_has_learned_from_does_not_count(self):
        """As lacathode-evaluate-sculpting has it: all retrainings count the same events."""
        folder, whole = self.copy(), self.labelled.metrics("sculpting")["lacathode"]
        scores = self.labelled.scores("lacathode")
        rows = np.flatnonzero(mass.evaluated(scores, whole))
        best, validation = rows[np.nanargmax(scores.features["score"][rows])], np.flatnonzero(scores.part("validation"))[0]

        def lose(file):
            file["mapped"][best] = 0
            file["features/score"][best] = np.nan
            file["partition"][validation] = 0
        self.changed(folder, "lacathode/scores_01.h5", lose)

        def select_one_less(file):
            file["selected"][0] = file["selected"][0] - 1
        self.changed(folder, "lacathode/sculpting.h5", select_one_less)
        run = files.Run(folder)
        mass.picture(run, NAMES)
        before = mass.of_run(self.labelled, "lacathode", whole)
        after = mass.of_run(run, "lacathode", run.metrics("sculpting")["lacathode"])
        self.assertEqual(after.full.total, before.full.total, "it is still one of all")
        self.assertEqual({cut: one.total for cut, one in after.selected.items()}, {cut: one.total - 1 for cut, one in before.selected.items()})
        self.assertEqual(run.judged_scores("lacathode", 2).partition[validation], 0)
        self.assertTrue(run.judged_scores("lacathode", 1).part("validation")[validation], "the first training alone")
        self.assertTrue(np.isfinite(run.scores("lacathode").features["score"][best]), "the table itself is as it was")

    def test_scores_of_other_events_are_refused(self):
        folder = self.copy()
        shutil.copy(self.runs / "search/lacathode/scores_00.h5", folder / "lacathode/scores_01.h5")
        with self.assertRaisesRegex(files.InputError, r"scores_01\.h5: holds other events than the scores of the first training"):
            mass.picture(files.Run(folder), NAMES)

    def test_bins_hold_every_event(self):
        from plotting import mass_bins
        random = np.random.default_rng(3)
        for region, masses in (((3.3, 3.7), 2.3 + random.exponential(0.7, 9000)), ((-0.3, 0.3), random.uniform(-10, 10, 5000)),
                               ((0.0, 1.0), random.uniform(0.01, 0.99, 500)), ((0.0, 1e-6), random.normal(0, 1e6, 500))):
            passed = random.random(len(masses)) < 0.05
            edges = mass_bins.edges(masses, region, passed)
            self.assertTrue((np.diff(edges) > 0).all())
            self.assertEqual(np.histogram(masses, edges)[0].sum(), len(masses))
            self.assertTrue(set(region) <= set(edges))
            self.assertLessEqual(len(edges), 2 * mass_bins.MOST_OUTSIDE + mass_bins.MOST + 1)


class Sculpting(PlotTest):
    def test_curves(self):
        metrics = self.labelled.metrics("sculpting")
        axis = sculpting.draw(new_axes(), metrics)
        self.assertEqual(labels(axis), ["random selection, 68 %", "random selection, mean",
                                        "LaCATHODE (2 trainings)", "CATHODE (2 trainings)"])
        np.testing.assert_array_equal(axis.lines[2].get_ydata(), metrics["cathode"]["chi2_per_dof/median"])
        self.assert_near(axis.lines[2].get_xdata(), 100 * metrics["cathode"]["efficiency"])
        self.assert_near(axis.get_xlim(), (1, 20))

    def test_random_selections_of_data_are_each_methods_own(self):
        """A cut keeps another number of events in the sidebands by another method; a difference that nobody sees is none."""
        metrics = self.labelled.metrics("sculpting")
        before = labels(sculpting.draw(new_axes(), metrics))
        for key in ("null/mean", "null/low", "null/high"):
            metrics["cathode"][key] = 1.002 * metrics["cathode"][key]
        self.assertEqual(labels(sculpting.draw(new_axes(), metrics)), before)
        wider = {method: dict(values) for method, values in metrics.items()}
        wider["cathode"]["null/high"] = 1.2 * wider["cathode"]["null/high"]
        self.assertNotEqual(labels(sculpting.draw(new_axes(), wider)), before)
        for key in ("null/mean", "null/low", "null/high"):
            metrics["cathode"][key] = 0.9 * metrics["cathode"][key]
        axis = sculpting.draw(new_axes(), metrics)
        nulls = dict(zip(("lacathode", "cathode"), axis.lines))
        for method, line in nulls.items():
            np.testing.assert_array_equal(line.get_ydata(), metrics[method]["null/mean"])
            self.assertEqual(line.get_color(), style.look(method).colour)
            self.assertEqual(line.get_label(), f"random selection, {style.look(method).name}: mean, 68 %")
        self.assertEqual(len(axis.lines), 4)

    def test_far_apart_methods_share_a_logarithmic_axis(self):
        metrics = self.labelled.metrics("sculpting")
        for key in ("chi2_per_dof/median", "chi2_per_dof/low", "chi2_per_dof/high"):
            metrics["cathode"][key] = 20 * metrics["cathode"][key]
        axis = sculpting.draw(new_axes(), metrics)
        self.assertEqual(axis.get_yscale(), "log")
        self.assertGreater(axis.get_ylim()[1], metrics["cathode"]["chi2_per_dof/high"].max())

    def test_a_change_of_data_is_not_one_of_background(self):
        self.assertIn("spectrum of background", sculpting.picture(self.labelled, NAMES).title)
        title = sculpting.picture(self.unlabelled, NAMES).title
        self.assertIn("of data", title)
        self.assertNotIn("background", title)

    def test_title_says_what_was_judged(self):
        metrics = self.labelled.metrics("sculpting")
        for method in metrics:
            metrics[method].update({"@judged": "sidebands", "@signal_in_training": 323})
        self.assertEqual(sculpting.title(metrics),
                         "Sideband spectrum of data: cut against no cut\n(trained with 323 signal events)")
        metrics["cathode"]["@signal_in_training"] = 54_000
        self.assertIn("(signal events in training: LaCATHODE 323, CATHODE 54,000)", sculpting.title(metrics))
        for method in metrics:
            metrics[method].update({"@judged": "everywhere", "@signal_in_training": 0})
        self.assertEqual(sculpting.title(metrics), "Mass spectrum of background: cut against no cut")


class Losses(PlotTest):
    def test_every_training_and_what_was_kept(self):
        picture = losses.picture(self.labelled, NAMES)
        self.assertEqual([panel.name for panel in picture.panels], ["flow", "lacathode", "cathode"])
        self.assertRegex(picture.panels[1].title, r"^LaCATHODE, 2 trainings\nuntrained: 0\.\d+")
        axis = new_axes()
        picture.panels[2].draw(axis)
        trainings = self.labelled.classifiers("cathode")
        self.assertEqual(len(axis.lines), 3 * len(trainings))
        np.testing.assert_array_equal(axis.lines[1].get_ydata(), trainings[0]["validation"][1:])
        np.testing.assert_array_equal(axis.lines[5].get_xdata(), trainings[1]["kept"])
        self.assertEqual(labels(axis), ["training", "validation", "kept"])
        self.assertEqual(axis.get_ylabel(), "Binary cross entropy")


    def test_networks_and_trees_have_panels_of_their_own(self):
        network, tree = self.labelled.classifiers("cathode")[0], {**self.labelled.classifiers("cathode")[1], "step": "Trees"}
        with mock.patch.object(files.Run, "classifiers", lambda self, method: [network, tree, network] if method == "cathode" else [network]):
            panels = {panel.name: panel for panel in losses.picture(self.labelled, NAMES).panels}
        self.assertEqual([(name, panel.title.splitlines()[0]) for name, panel in panels.items()][1:],
                         [("lacathode", "LaCATHODE"), ("cathode_networks", "CATHODE, networks, 2 trainings"), ("cathode_trees", "CATHODE, trees")])
        for name, label, lines in (("cathode_networks", "Epoch", 6), ("cathode_trees", "Trees", 3)):
            axis = panels[name].draw(new_axes())
            self.assertEqual((axis.get_xlabel(), len(axis.lines)), (label, lines))


class Folds(PlotTest):
    """Each fold has models of its own, and the pictures those of the first; scores and hunts are of all events."""

    def test_models_are_those_of_the_first(self):
        folder = self.copy(run="search")
        shutil.copy(self.runs / "labelled/check_00.h5", folder / "fold_0")
        run, first = files.Run(folder), files.Run(folder / "fold_0")
        names = ("events", "samples", "latent", "flow", "check", *(f"{method}/classifier" for method in run.methods))
        self.assertEqual(len(names), 7)
        for name in names:
            self.assertEqual([path.relative_to(folder / "fold_0") for path in run.trainings(name)],
                             [path.relative_to(folder / "fold_0") for path in first.trainings(name)])
            self.assertEqual(len(run.trainings(name)), 1)
        panels = {module: [panel.name for panel in module.picture(run, NAMES).panels] for module in (losses, features, latent, check)}
        self.assertEqual(panels, {losses: ["flow", "lacathode", "cathode"], features: ["a", "b"], latent: ["z0", "z1"],
                                  check: ["mean", "width", "p_value"]})

    def test_no_scores_and_hunts_are(self):
        folder = self.copy("hunt_00.h5", run="search")
        shutil.copy(self.runs / "search/lacathode/hunt_00.h5", folder / "fold_0/lacathode")
        (folder / "lacathode/scores_00.h5").unlink()
        run = files.Run(folder)
        for kind in ("scores", "background_scores", "hunt"):
            self.assertTrue((folder / f"fold_0/lacathode/{kind}_00.h5").exists())
        self.assertEqual((run.scores("lacathode"), run.background_scores("lacathode"), run.hunts()), (None, None, {}))

    def test_panels_of_a_study_are_of_the_first(self):
        scan = results.read(self.runs / "unblinded/scan")
        names = ("flow_losses@m3.3", "losses@m3.3", "accuracy@m3.3", "correlation@m3.3")
        self.assertEqual([panel.name for panel in study_figure.picture(replace(scan, panels=names)).panels],
                         ["flow_losses", "losses_lacathode", "accuracy_lacathode", "a", "b"])


class ColumnNames(PlotTest):
    def test_unknown_names_are_no_mathematics(self):
        for name in (*ODD_NAMES, "a\\$b$", "$", "$$", "x_1", "τ21 (j1)"):
            shown = NAMES.axis_label(name, "$GeV_2$")
            self.assertFalse(is_math_text(shown), name)
            self.assertEqual(shown.replace(r"\$", "$"), f"{name} [$GeV_2$]")

    def test_symbols(self):
        names = Names({"m_j1": "$M$", "z0": "first"})
        self.assertEqual(names.axis_label("m_j1", "TeV"), "$M$ [TeV]")
        self.assertEqual(names.symbol("z0"), "first")
        self.assertEqual(names.symbol("z12"), "$z_{12}$")
        self.assertEqual(names.axis_label("tau21_j2", "1"), r"$\tau_{21}^{J_2}$")

    def test_long_names_and_lines(self):
        shown = NAMES.symbol("a_very_long_name_of_a_feature_that_goes_on")
        self.assertEqual(shown, "a_very_long…at_goes_on")
        self.assertEqual(NAMES.symbol("a\nb\tc"), "a b c")

    def test_in_a_picture(self):
        figure = page.compose(features.picture(self.unlabelled, NAMES))
        figure.draw_without_rendering()
        shown = [axis.get_xlabel().replace(r"\$", "$") for axis in figure.axes if axis.get_xlabel()]
        self.assertEqual(shown, list(ODD_NAMES))


if __name__ == "__main__":
    unittest.main()
