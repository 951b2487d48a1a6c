#!/usr/bin/env python3
"""Pictures as a paper prints them: their size, legible letters, nothing over anything else, and Axes of one's own."""
import itertools
import json
import re
import sys
import types
import unittest
from dataclasses import replace
from pathlib import Path
from unittest import mock

import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from matplotlib.text import Text
from plot_files import PlotTest
from plotting import check, features, hunt, latent, limits, losses, mass, page, score, sculpting, sic, style
from plotting.names import Names
from reading import files
from tool_files import must

MODULES = (losses, features, latent, check, score, sic, mass, sculpting, hunt, limits)
LEGIBLE = 7  # points
ROOT = Path(__file__).resolve().parents[2]


def texts(figure):
    """The texts that are drawn, with their boxes; labels of ticks outside the axis are not."""
    figure.draw_without_rendering()
    renderer, shown = figure.canvas.get_renderer(), []
    hidden = {label for axis in figure.axes for part in (axis.xaxis, axis.yaxis) for label in outside(part)}
    for text in figure.findobj(Text):
        if text.get_text().strip() and text.get_visible() and text not in hidden:
            shown.append((text, text.get_window_extent(renderer)))
    return shown


def outside(axis):
    """Labels of ticks that matplotlib keeps but does not draw."""
    low, high = sorted(axis.get_view_interval())
    ticks = [*axis.get_major_ticks(), *axis.get_minor_ticks()]
    room = 1e-9 * (high - low)
    for tick in ticks:
        for label, on in ((tick.label1, tick.label1.get_visible()), (tick.label2, tick.label2.get_visible())):
            if not on or not low - room <= tick.get_loc() <= high + room:
                yield label


def overlaps(drawn, frame):
    """Pairs of texts that lie over each other, and texts that leave the frame."""
    pairs = [(a.get_text(), b.get_text()) for (a, at), (b, bt) in itertools.combinations(drawn, 2)
             if min(at.x1, bt.x1) - max(at.x0, bt.x0) > 0.5 and min(at.y1, bt.y1) - max(at.y0, bt.y0) > 0.5]
    beyond = [text.get_text() for text, box in drawn
              if box.x0 < frame.x0 - 1 or box.x1 > frame.x1 + 1 or box.y0 < frame.y0 - 1 or box.y1 > frame.y1 + 1]
    return pairs, beyond


class Layout(PlotTest):
    def pictures(self):
        for run in (self.labelled, self.unlabelled, files.Run(self.runs / "search"), files.Run(self.runs / "found")):
            for module in MODULES:
                picture = module.picture(run, Names())
                if picture:
                    yield f"{run.folder.name}: {module.__name__}", picture

    def expect_legible(self, figure, name):
        """Returns what is written in the figure."""
        drawn = texts(figure)
        self.assertEqual(overlaps(drawn, figure.bbox), ([], []), name)
        for text, _ in drawn:
            self.assertGreaterEqual(text.get_fontsize(), LEGIBLE, (name, text.get_text()))
        return [text.get_text() for text, _ in drawn]

    def expect_room(self, figure, name):
        """Neither labels nor legends take the panels' room."""
        column = figure.get_figwidth() / figure.axes[0].get_subplotspec().get_gridspec().ncols
        for axis in figure.axes:
            self.assertGreater(axis.bbox.width / figure.dpi, column - 0.8, name)
            self.assertGreater(axis.bbox.height / figure.dpi, 0.5, name)

    def test_every_picture_fits_a_page(self):
        experiment = page.Experiment("CMS", "Open Data", "13 TeV")
        for name, picture in self.pictures():
            figure = page.compose(picture, experiment)
            self.assertEqual(figure.get_figwidth(), style.PAGE if len(picture.panels) > 1 else style.COLUMN, name)
            shown = self.expect_legible(figure, name)
            self.expect_room(figure, name)
            for text in ("CMS", "Open Data", "13 TeV"):
                self.assertIn(text, shown, name)

    def test_every_panel_fits_a_column(self):
        for name, picture in self.pictures():
            alone = picture.separate()
            self.assertEqual(len(alone), len(picture.panels))
            if len(alone) > 1:
                figure = page.compose(alone[-1])
                self.assertEqual(figure.get_figwidth(), 3.4, name)
                self.expect_legible(figure, name)

    def test_eight_methods(self):
        for module in (losses, score, mass):
            picture = module.picture(self.labelled, Names())
            looks = list(style.METHODS.values())
            panels = [replace(picture.panels[-1], title=look.name + ", up to 12 events left out of an epoch") for look in looks]
            figure = page.compose(replace(picture, panels=panels))
            self.expect_legible(figure, module.__name__)
            self.expect_room(figure, module.__name__)

    def test_twenty_features_wrap(self):
        panel = sculpting.picture(self.labelled, Names()).panels[0]
        figure = page.compose(page.Picture([panel] * 20, legend="common"))
        self.assertEqual(figure.get_figwidth(), style.PAGE)
        self.assertEqual(figure.axes[0].get_subplotspec().get_gridspec().ncols, 3)

    def test_a_text_that_means_two_curves_is_in_two_legends(self):
        def panel(name, colour):
            def draw(axis):
                axis.plot([0, 1], [0, 1], color=colour, label="x")
                return axis
            return page.Panel(name, draw)
        for colours, legends in ((("k", "k"), 0), (("k", "r"), 2)):
            figure = page.compose(page.Picture([panel(str(number), colour) for number, colour in enumerate(colours)], legend="common"))
            self.assertEqual((len(figure.legends), sum(axis.get_legend() is not None for axis in figure.axes)), (1 if not legends else 0, legends))

    def test_an_overlap_would_be_noticed(self):
        figure = page.compose(sculpting.picture(self.labelled, Names()))
        axis, = figure.axes
        axis.text(0.5, 0.5, "one", transform=axis.transAxes)
        axis.text(0.52, 0.5, "other", transform=axis.transAxes)
        axis.text(1.5, 0.5, "far away", transform=axis.transAxes, in_layout=False)
        self.assertEqual(overlaps(texts(figure), figure.bbox), ([("one", "other")], ["far away"]))

    def test_long_titles_are_broken_but_no_formula(self):
        picture = sculpting.picture(self.labelled, Names())
        figure = page.compose(replace(picture, title="many words " * 12 + r"$a + b + c + d$ " * 8))
        self.expect_legible(figure, "long title")
        lines = [text.get_text() for text in figure.texts]
        self.assertGreater(len(lines), 3)
        self.assertTrue(all(line.count("$") % 2 == 0 for line in lines), lines)

    def test_a_panel_has_texts_of_ones_own(self):
        picture = sic.picture(self.labelled, Names())
        panels = [replace(picture.panels[0], title="mine", x_label="$x$", y_label="up"), *picture.panels[1:]]
        figure = page.compose(replace(picture, panels=panels))
        axis = figure.axes[0]
        self.assertEqual((axis.get_title(), axis.get_xlabel(), axis.get_ylabel()), ("mine", "$x$", "up"))
        self.expect_legible(figure, "own texts")


class Experiment(PlotTest):
    def heads(self, experiment):
        return {text.get_text(): text for text in page.compose(sculpting.picture(self.labelled, Names()), experiment).texts}

    def test_name_label_and_energy(self):
        shown = self.heads(page.Experiment("CMS", "Open Data", r"$\sqrt{s}$ = 13 TeV"))
        self.assertEqual(shown["CMS"].get_weight(), "bold")
        self.assertEqual(shown["Open Data"].get_style(), "italic")
        self.assertLess(shown["CMS"].get_position()[0], shown["Open Data"].get_position()[0])
        self.assertEqual(shown[r"$\sqrt{s}$ = 13 TeV"].get_horizontalalignment(), "right")

    def test_two_lines_where_one_is_too_short(self):
        heads = self.heads(page.Experiment("Experiment", "a label of more than some length", "13 TeV, 139 / fb"))
        self.assertLess(heads["13 TeV, 139 / fb"].get_position()[1], heads["Experiment"].get_position()[1])
        self.assertEqual(heads["Experiment"].get_position()[1], heads["a label of more than some length"].get_position()[1])

    def test_none_by_default(self):
        self.assertEqual("\n".join(self.heads(page.Experiment())), sculpting.picture(self.labelled, Names()).title)

    def test_mplhep_gives_the_style_and_not_the_size(self):
        styles = types.SimpleNamespace(CMS={"font.family": ["serif"], "font.size": 26}, LHCb2={"font.family": ["cursive"]})
        with mock.patch.dict(sys.modules, mplhep=types.SimpleNamespace(style=styles)):
            self.assertEqual(style.parameters("CMS")["font.family"], ["serif"])
            self.assertEqual(style.parameters("CMS")["font.size"], style.OWN["font.size"])
            self.assertEqual(style.parameters("LHCb")["font.family"], ["cursive"])
            self.assertEqual(style.parameters("My Experiment"), style.OWN)
        with mock.patch.dict(sys.modules, mplhep=None):
            self.assertEqual(style.parameters("CMS"), style.OWN)


class Looks(unittest.TestCase):
    def test_every_method_of_the_programs_has_one_of_its_own(self):
        reference = {key["key"]: key for key in json.loads(must("run", "--dump-reference").stdout)["run"]}
        self.assertEqual(list(style.METHODS), reference["methods"]["values"].split(", "))
        looks = list(style.METHODS.values())
        for part in ("name", "colour", "line"):
            self.assertEqual(len({getattr(look, part) for look in looks}), len(looks), part)

    def test_an_unknown_method_stands_under_its_name(self):
        self.assertEqual(style.look("an $own one").name, r"an \$own one")


class OwnAxes(PlotTest):
    """The functions that a notebook calls."""

    def test_every_function_returns_the_axes_it_was_given(self):
        run = self.labelled
        metrics, scores = run.metrics("sic"), run.scores("cathode")
        spectra = mass.spectra(scores, run.metrics("sculpting")["cathode"])
        calls = (
            lambda axis: losses.draw(axis, run.classifiers("cathode")),
            lambda axis: features.draw(axis, run.events(), run.samples(), "a"),
            lambda axis: features.draw(axis, run.events(), None, "a"),
            lambda axis: latent.draw(axis, run.latent(), "z0"),
            lambda axis: check.draw_mean(axis, run.check()),
            lambda axis: check.draw_width(axis, run.check()),
            lambda axis: check.draw_p_values(axis, run.check()),
            lambda axis: score.draw(axis, scores),
            lambda axis: sic.draw_by_background(axis, metrics),
            lambda axis: sic.draw_by_signal(axis, metrics),
            lambda axis: sic.draw_roc(axis, metrics),
            lambda axis: mass.draw(axis, spectra),
            lambda axis: sculpting.draw(axis, run.metrics("sculpting")))
        for call in calls:
            figure, axis = plt.subplots()
            self.assertIs(call(axis), axis)
            self.assertEqual(figure.axes, [axis])
            self.assertTrue(axis.get_xlabel())
            self.assertGreater(len(axis.lines) + len(axis.patches) + len(axis.containers), 1)
            plt.close(figure)

    def test_the_documented_notebook_runs(self):
        code = re.search(r"```python\n(.*?)```", (ROOT / "docs/pictures.md").read_text(), re.DOTALL)[1]
        code = code.replace('"out/demo"', repr(str(self.labelled.folder))).replace('"m_j1"', '"a"')
        figures = plt.get_fignums()
        exec(code, {})
        self.assertEqual(len(plt.get_fignums()) - len(figures), 3)
        for number in set(plt.get_fignums()) - set(figures):
            self.assertTrue(plt.figure(number).axes[0].get_legend().get_texts())
            plt.close(number)

    def test_nothing_else_is_changed(self):
        before, figures = dict(plt.rcParams), plt.get_fignums()
        sic.draw_by_background(Figure().subplots(), self.labelled.metrics("sic"))
        self.assertEqual(dict(plt.rcParams), before)
        self.assertEqual(plt.get_fignums(), figures)


if __name__ == "__main__":
    unittest.main()
