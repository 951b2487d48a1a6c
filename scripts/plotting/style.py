"""Fonts, colours and line styles shared by all pictures, at the size in which a paper prints them."""
from __future__ import annotations

from dataclasses import dataclass

from reading import methods

COLUMN, PAGE = 3.4, 7.0  # widths in inches: one column of a paper, and both
SMALL, NORMAL = 7.5, 8.5  # sizes of letters in points, at those widths

# Okabe and Ito's colours, told apart with any common kind of colour vision.
BLUE, ORANGE, GREEN, VERMILION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
PURPLE, SKY, BLACK, GREY = "#CC79A7", "#56B4E9", "#000000", "#8C8C8C"
DARK = "#4D4D4D"  # grey of what stands beside something grey
WINE = "#882255"  # Tol's, for an eighth method

# (colour, marker) of points of several coordinates or cuts; further ones begin anew.
MARKED = ((BLUE, "o"), (VERMILION, "s"), (GREEN, "^"), (PURPLE, "D"), (ORANGE, "v"), (BLACK, "P"), (WINE, "X"))

# What the colours mean in every picture that has events in it; blue and vermilion are those of the methods.
DATA, REFERENCE, SIDEBAND, SIGNAL, BACKGROUND, REGION = BLACK, SKY, GREEN, PURPLE, ORANGE, SKY


@dataclass(frozen=True)
class Look:
    """One method in every picture; the line is another too, for prints in black and white."""
    name: str
    colour: str
    line: object = "-"
    width: float = 1.3


METHODS = {method: Look(methods.name(method), *look) for method, look in {
    "lacathode": (BLUE,), "cathode": (VERMILION, (0, (5, 1.5))), "cwola": (GREEN, (0, (4, 1, 1, 1))), "anode": (PURPLE, (0, (8, 2))),
    "idealised": (ORANGE, (0, (3, 1, 1, 1, 1, 1))), "supervised": (BLACK, (0, (2, 1))), "double_map": (SKY, (0, (6, 1, 2, 1))),
    "curtains": (WINE, (0, (1.2, 0.8)))}.items()}


def look(method):
    """Of a method by its name; a Look is its own. A method that this table does not know is grey under its name."""
    if isinstance(method, Look):
        return method
    return METHODS.get(method) or Look(method.replace("$", r"\$"), GREY)


def hidden_note(methods):
    """Of a title: methods that a picture leaves out while their search is blinded."""
    return f"\n({', '.join(look(method).name for method in methods)} not shown: search is blinded)" if methods else ""


def experiments_style(experiment):
    """The style that mplhep has for an experiment; nothing without mplhep or where it has none."""
    try:
        import mplhep
    except ImportError:
        return {}
    found = getattr(mplhep.style, experiment, None) or getattr(mplhep.style, f"{experiment}2", None)
    return found if isinstance(found, dict) else {}


def parameters(experiment=""):
    """matplotlib's settings (rcParams) for all pictures, upon the style of an experiment if mplhep has it."""
    return {**experiments_style(experiment), **OWN}


# Sizes, and what tells a picture's content; fonts are matplotlib's or the experiment's.
OWN = {
    "text.usetex": False, "font.size": NORMAL, "axes.labelsize": NORMAL, "axes.titlesize": NORMAL,
    "xtick.labelsize": SMALL, "ytick.labelsize": SMALL, "legend.fontsize": SMALL, "legend.title_fontsize": SMALL,
    "legend.frameon": False, "legend.handlelength": 1.7, "legend.handleheight": 0.7, "legend.columnspacing": 1.0,
    "legend.labelspacing": 0.3, "legend.borderpad": 0.2, "legend.borderaxespad": 0.3, "legend.handletextpad": 0.5,
    "axes.linewidth": 0.7, "axes.labelpad": 3.0, "axes.formatter.use_mathtext": True,
    "lines.linewidth": 1.3, "lines.markersize": 2.6, "errorbar.capsize": 0, "hatch.linewidth": 0.5,
    "xtick.direction": "in", "ytick.direction": "in", "xtick.top": True, "ytick.right": True,
    "xtick.minor.visible": True, "ytick.minor.visible": True,
    "xtick.major.size": 3.5, "ytick.major.size": 3.5, "xtick.minor.size": 1.8, "ytick.minor.size": 1.8,
    "xtick.major.width": 0.7, "ytick.major.width": 0.7, "xtick.minor.width": 0.5, "ytick.minor.width": 0.5,
    "xtick.major.pad": 5.0, "ytick.major.pad": 3.0,
    "figure.dpi": 100, "savefig.dpi": 300, "savefig.bbox": None, "savefig.transparent": False,
    "figure.facecolor": "white", "pdf.fonttype": 42, "svg.hashsalt": "lacathode"}


def shade_region(axis, region, label="signal region"):
    """The signal region (low, high), behind everything else."""
    axis.axvspan(*region, color=REGION, alpha=0.25, linewidth=0, zorder=0, label=label)
    return axis
