"""Curves of several trainings: median, central 68 %, and the counting error where the file has it."""
import numpy as np
from common.failure import InputError

from . import style

COUNTING, HATCH = "counting error of the background", "/////"


def draw(axis, x, metrics, key, method):
    """The curves of `key` (docs/formats.md: runs [R, G], median, low, high [G]) against x [G]."""
    look, median = style.look(method), metrics[f"{key}/median"]
    axis.plot(x, median, color=look.colour, linestyle=look.line, label=label(metrics, key, method), zorder=3)
    if len(metrics[f"{key}/runs"]) > 1:
        axis.fill_between(x, metrics[f"{key}/low"], metrics[f"{key}/high"], color=look.colour, alpha=0.25, linewidth=0)
    error = counting_error(metrics, key)
    if error is not None:
        draw_counting_error(axis, x, median, error, look.colour)
    return axis


def draw_counting_error(axis, x, values, error, colour):
    axis.fill_between(x, values - error, values + error, facecolor="none", edgecolor=colour, alpha=0.6, hatch=HATCH, linewidth=0.4)


def label(metrics, key, method):
    runs = len(metrics[f"{key}/runs"])
    return f"{style.look(method).name} ({runs} training{'s' if runs > 1 else ''})"


def counting_error(metrics, key):
    """Error [G] of the median from the number of selected events; None where the file does not have it."""
    error = metrics.get(f"{key}/counting_error")
    if error is not None and error.shape != metrics[f"{key}/median"].shape:
        raise InputError(f"{metrics.path}: '{key}/counting_error' has the shape {error.shape}, expected that of '{key}/median'")
    return error


def name_counting_error(axis):
    """One entry of a legend for the hatched bands of all methods."""
    axis.fill_between([], [], [], facecolor="none", edgecolor=style.GREY, hatch=HATCH, linewidth=0.4, label=COUNTING)


def top(metrics, key):
    """Highest point that is drawn of any method's median, band or counting error; 0 without one."""
    drawn = []
    for values in metrics.values():
        drawn += [values[f"{key}/median"], values[f"{key}/high"]]
        error = counting_error(values, key)
        if error is not None:
            drawn.append(values[f"{key}/median"] + error)
    drawn = np.concatenate(drawn)
    return drawn[np.isfinite(drawn)].max(initial=0)
