"""Lays panels out as a figure of the size in which a paper prints it: a head, legends, and the panels below them."""
from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgba_array
from matplotlib.figure import Figure
from matplotlib.transforms import ScaledTranslation

from . import style

HEIGHT, WITH_RATIO = 2.2, 2.9  # of a panel, in inches
RATIO_SHARE = (2.6, 1)  # heights of a panel and its ratio
BESIDE = 0.7  # room for the labels of an axis at the left of a panel, in inches
HANDLE = 0.35  # room for the line or patch before the text of a legend, in inches
LINE_GAP, MARGIN = 0.04, 0.05  # between lines of the head and around them, in inches
MOST_COLUMNS = 3


@dataclass(frozen=True)
class Panel:
    """One plot: `draw(axis)`, or `draw(axis, ratio)` with a second Axes below, draws it on Axes and returns `axis`."""
    name: str
    draw: Callable
    title: str = ""
    has_ratio: bool = False
    x_label: str | None = None  # in place of what `draw` writes
    y_label: str | None = None


@dataclass(frozen=True)
class Picture:
    """Panels with a title; their legend is `common` to all where a text means one curve in all of them, or each panel has its `own`."""
    panels: list
    title: str = ""
    legend: str = "own"

    def separate(self):
        """A picture for each panel, in order."""
        return [Picture([replace(panel, title="")], "\n".join(filter(None, (self.title, panel.title))), "common")
                for panel in self.panels]


@dataclass(frozen=True)
class Experiment:
    """What stands above a picture: `name` (bold) and `label` at the left, `energy` at the right."""
    name: str = ""
    label: str = ""
    energy: str = ""


def compose(picture, experiment=Experiment()):
    """Figure of all panels: one column of a paper wide for one panel, both columns for more."""
    if len(picture.panels) == 1:
        picture, = picture.separate()
    columns = column_count(len(picture.panels))
    rows = -(-len(picture.panels) // columns)
    has_ratio = any(panel.has_ratio for panel in picture.panels)
    height = rows * (WITH_RATIO if has_ratio else HEIGHT)
    figure = Figure(figsize=(style.COLUMN if columns == 1 else style.PAGE, height), layout="constrained")
    FigureCanvasAgg(figure)
    axes = draw_panels(figure, picture.panels, rows, columns, has_ratio)
    if picture.legend == "common" and not look_alike(axes):
        picture = replace(picture, legend="own")
    above = add_own_legends(axes, picture.panels) if picture.legend == "own" else add_titles(axes, picture.panels)
    head = add_head(figure, picture, experiment, axes)
    resize(figure, height + above + sum(room for _, room in head), head)
    return figure


def column_count(panels):
    return 2 if panels == 4 else min(panels, MOST_COLUMNS)


def draw_panels(figure, panels, rows, columns, has_ratio):
    """Draws every panel in a grid; returns their Axes (those of the ratios left out)."""
    figure.get_layout_engine().set(h_pad=0.03, w_pad=0.04, hspace=0.02, wspace=0.03)
    grid = figure.add_gridspec(rows * (2 if has_ratio else 1), columns,
                               height_ratios=RATIO_SHARE * rows if has_ratio else None)
    axes = [draw_panel(figure, grid, panel, *divmod(index, columns), has_ratio)
            for index, panel in enumerate(panels)]
    for first in range(columns):
        figure.align_ylabels([axis for axis in figure.axes if axis.get_subplotspec().colspan.start == first])
    return axes


def draw_panel(figure, grid, panel, row, column, has_ratio):
    if not panel.has_ratio:  # as high as a panel of the others with its ratio
        axis = panel.draw(figure.add_subplot(grid[2 * row:2 * row + 2, column] if has_ratio else grid[row, column]))
        lowest = axis
    else:
        axis = figure.add_subplot(grid[2 * row, column])
        lowest = figure.add_subplot(grid[2 * row + 1, column], sharex=axis)
        axis.tick_params(labelbottom=False)
        panel.draw(axis, lowest)
    if panel.x_label is not None:
        lowest.set_xlabel(panel.x_label)
    if panel.y_label is not None:
        axis.set_ylabel(panel.y_label)
    return axis


def add_titles(axes, panels):
    """The titles of panels that share a legend; returns the room that they take, in inches."""
    titles = [axis.set_title(panel.title) for axis, panel in zip(axes, panels) if panel.title]
    return -(-len(axes) // column_count(len(axes))) * max(map(tall, titles), default=0)


def add_own_legends(axes, panels):
    """A legend above each panel, under the panel's title; returns the room that they take, in inches."""
    columns, figure = column_count(len(axes)), axes[0].figure
    room = figure.get_figwidth() / columns - BESIDE
    for axis, panel in zip(axes, panels):
        title = "\n".join(broken(figure, panel.title, room, style.SMALL))
        handles, labels = axis.get_legend_handles_labels()
        labels = ["\n".join(broken(figure, label, room - HANDLE, style.SMALL)) for label in labels]
        above = axis.transAxes + ScaledTranslation(0, axis_above(axis), figure.dpi_scale_trans)
        as_wide_as_fits(room, lambda ncols, axis=axis, title=title, entries=(handles, labels), above=above: axis.legend(
            *entries, loc="lower left", bbox_to_anchor=(0, 1), bbox_transform=above, title=title or None, alignment="left", ncols=ncols))
    return -(-len(axes) // columns) * max(axis_above(axis) + tall(axis.get_legend()) for axis in axes)


def axis_above(axis):
    """How far a second axis, at the top of a panel, reaches beyond it, in inches."""
    tops = [second.get_tightbbox(renderer(axis.figure)).y1 for second in axis.child_axes]
    return (max(tops, default=axis.bbox.y1) - axis.bbox.y1) / axis.figure.dpi


def as_wide_as_fits(room, make_legend):
    """make_legend(columns) with as many columns as fit in `room` inches."""
    for columns in (6, 5, 4, 3, 2, 1):
        legend = make_legend(columns)
        if columns == 1 or wide(legend) <= room:
            return legend
        legend.remove()
    raise AssertionError("one column always fits")


def look_alike(axes):
    """Whether what has one text in the legends of several panels has one colour in all of them."""
    colours = {}
    return all(colours.setdefault(label, colour_of(handle)) == colour_of(handle)
               for axis in axes for handle, label in zip(*axis.get_legend_handles_labels()))


def colour_of(handle):
    """[[red, green, blue]] of a line, of what a patch or collection is filled with or else its edge, or of the first that a container has."""
    artist = next(filter(None, handle)) if isinstance(handle, tuple) else handle
    if hasattr(artist, "get_color"):
        colour = artist.get_color()
    else:
        colour = artist.get_facecolor() if getattr(artist, "get_fill", lambda: True)() else artist.get_edgecolor()
    return to_rgba_array(colour)[:, :3].tolist()


def common_entries(axes):
    """(handles, labels) of all panels, each label once."""
    entries = {}
    for axis in axes:
        for handle, label in zip(*axis.get_legend_handles_labels()):
            entries.setdefault(label, handle)
    return list(entries.values()), list(entries)


def add_head(figure, picture, experiment, axes):
    """[(artists of one line, height in inches)] from the top: experiment, title, common legend."""
    lines = [*experiment_lines(figure, experiment), *title_lines(figure, picture.title)]
    if picture.legend == "common":
        lines.append(common_legend(figure, *common_entries(axes)))
    return [(artists, max(map(tall, artists)) + LINE_GAP) for artists in lines if artists]


def experiment_lines(figure, experiment):
    """One line, or two where the energy has no room beside the rest."""
    artists = []
    if experiment.name:
        artists.append(figure.text(0.01, 1, experiment.name, weight="bold", va="top", size=style.NORMAL + 1))
    if experiment.label:
        left = right_of(artists[0]) + 0.01 if artists else 0.01
        artists.append(figure.text(left, 1, experiment.label, style="italic", va="top", size=style.NORMAL))
    if not experiment.energy:
        return [artists]
    energy = figure.text(0.99, 1, experiment.energy, ha="right", va="top", size=style.NORMAL)
    if artists and right_of(artists[-1]) > 0.97 - wide(energy) / figure.get_figwidth():
        return [artists, [energy]]
    return [[*artists, energy]]


def title_lines(figure, title):
    """The title's lines, broken where the figure ends; no line without a title."""
    return [[figure.text(0.5, 1, line, ha="center", va="top", size=style.NORMAL)]
            for line in broken(figure, title, 0.98 * figure.get_figwidth(), style.NORMAL)]


WORD = re.compile(r"(?:\$[^$]*\$|[^\s$]|\$)+")  # a formula is not broken


def broken(figure, text, room, size):
    """The lines of `text`, each broken into as many as a width of `room` inches asks for."""
    lines = []
    for part in text.splitlines():
        words = WORD.findall(part)
        lines.append("".join(words[:1]))
        for word in words[1:]:
            longer = f"{lines[-1]} {word}"
            if width_of(figure, longer, size) <= room:
                lines[-1] = longer
            else:
                lines.append(word)
    return lines


def common_legend(figure, handles, labels):
    """One legend of all panels."""
    return [as_wide_as_fits(0.98 * figure.get_figwidth(), lambda columns: figure.legend(
        handles, labels, loc="upper center", bbox_to_anchor=(0.5, 1), ncols=columns, borderaxespad=0))]


def resize(figure, height, head):
    """Gives the figure its height in inches, and puts the lines of the head one below the other."""
    figure.set_figheight(height)
    top = 1 - MARGIN / height
    for artists, room in head:
        for artist in artists:
            if hasattr(artist, "set_bbox_to_anchor"):
                artist.set_bbox_to_anchor((0.5, top), transform=figure.transFigure)
            else:
                artist.set_y(top)
        top -= room / height
    figure.get_layout_engine().set(rect=(0, 0, 1, top))


def renderer(figure):
    return figure.canvas.get_renderer()


def tall(artist):
    """Height of an artist in inches."""
    return artist.get_window_extent(renderer(artist.figure)).height / artist.figure.dpi


def wide(artist):
    """Width of an artist in inches."""
    return artist.get_window_extent(renderer(artist.figure)).width / artist.figure.dpi


def width_of(figure, text, size):
    """Width in inches that a text would have."""
    artist = figure.text(0, 0, text, size=size)
    width = wide(artist)
    artist.remove()
    return width


def right_of(artist):
    """Where an artist ends, as a fraction of its figure's width."""
    return artist.get_window_extent(renderer(artist.figure)).x1 / artist.figure.bbox.width
