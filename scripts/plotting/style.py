"""Fonts, colours and names shared by all pictures."""
import re

import matplotlib
import numpy as np

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402  (the backend must be chosen first)

# Okabe and Ito's colours, told apart with any common kind of colour vision.
BLUE, ORANGE, GREEN, VERMILION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
PURPLE, SKY, BLACK, GREY = "#CC79A7", "#56B4E9", "#000000", "#8C8C8C"

METHODS = {"lacathode": ("LaCATHODE", BLUE), "cathode": ("CATHODE", VERMILION)}
SPARE = [GREEN, ORANGE, PURPLE, SKY, GREY]

SYMBOLS = {"m_jj": r"$m_{JJ}$", "m_j1": r"$m_{J_1}$", "delta_m": r"$\Delta m_J$", "delta_r": r"$\Delta R$",
           "tau21_j1": r"$\tau_{21}^{J_1}$", "tau21_j2": r"$\tau_{21}^{J_2}$", "m": r"$m$"}
COUNTED = re.compile(r"([a-zA-Z])_?(\d+)$")


def apply():
    plt.rcParams.update({
        "font.size": 11, "axes.labelsize": 12, "legend.fontsize": 9.5, "legend.title_fontsize": 9.5,
        "legend.frameon": False,
        "xtick.direction": "in", "ytick.direction": "in", "xtick.top": True, "ytick.right": True,
        "xtick.minor.visible": True, "ytick.minor.visible": True, "lines.linewidth": 1.7,
        "axes.linewidth": 0.9, "mathtext.fontset": "dejavusans", "figure.dpi": 100,
        "savefig.dpi": 160, "errorbar.capsize": 0, "pdf.fonttype": 42})


def method_name(method):
    return METHODS.get(method, (method, None))[0]


def method_colour(method):
    return METHODS[method][1] if method in METHODS else SPARE[sum(map(ord, method)) % len(SPARE)]


def symbol(name):
    """Typeset name of a column; a name the field has no symbol for stands as it is."""
    counted = COUNTED.match(name)
    if name in SYMBOLS:
        return SYMBOLS[name]
    return f"${counted[1]}_{{{counted[2]}}}$" if counted else name.replace("$", r"\$")


def axis_label(name, unit):
    return symbol(name) if unit in ("", "1") else f"{symbol(name)} [{unit}]"


def density_label(unit):
    return "Density" + ("" if unit in ("", "1") else f" [1/{unit}]")


def columns_with_ratio(columns, width=3.6, height=4.6, top_share=2.6):
    """A figure with a main and a ratio panel in each column: (figure, axes [2, columns])."""
    figure, axes = plt.subplots(2, columns, figsize=(max(width * columns, 5.4), height), squeeze=False,
                                sharex="col", layout="constrained",
                                gridspec_kw={"height_ratios": [top_share, 1]})
    figure.get_layout_engine().set(hspace=0.02, h_pad=0.02)
    return figure, axes


def band_of_runs(axis, x, metrics, key, method):
    """Median and central 68 % band of several runs; a single run has no band."""
    colour, runs = method_colour(method), len(metrics[f"{key}/runs"])
    label = method_name(method) + (f" ({runs} trainings)" if runs > 1 else " (1 training)")
    line, = axis.plot(x, metrics[f"{key}/median"], color=colour, label=label)
    if runs > 1:
        axis.fill_between(x, metrics[f"{key}/low"], metrics[f"{key}/high"], color=colour, alpha=0.22,
                          linewidth=0)
    return line


def mark_off_range(axis, x, values, colour):
    """Triangles at the edge of the panel for the points beyond it."""
    low, high = axis.get_ylim()
    for beyond, place, marker in ((values > high, 0.95, "^"), (values < low, 0.05, "v")):
        axis.plot(x[beyond], np.full(beyond.sum(), place), marker, color=colour, markersize=4,
                  transform=axis.get_xaxis_transform())


def new_figure(columns, width=4.4, height=3.9):
    figure, axes = plt.subplots(1, columns, figsize=(width * columns, height), squeeze=False,
                                layout="constrained")
    return figure, axes[0]


def legend_above(figure, handles_and_labels, title=None, ncols=None):
    """One legend over all panels, in one row or in ncols columns, and the room for it."""
    room = 0.62 / figure.get_size_inches()[1]
    figure.get_layout_engine().set(rect=(0, 0, 1, 1 - room))
    handles, labels = handles_and_labels
    figure.legend(handles, labels, loc="upper center", bbox_to_anchor=(0.5, 1.0), ncols=ncols or len(labels),
                  title=title, title_fontsize=11, borderaxespad=0.2)
