"""The checks of a flow: mean and width of the latent coordinates against the mass, and their p-values."""
import numpy as np
from matplotlib.ticker import FixedLocator, NullLocator
from reading import local_p

from . import style
from .names import Names, number
from .page import Panel, Picture

SPREAD = 0.5  # of a bin's width, over which the coordinates' points stand beside each other
FARTHEST = 2  # times the width of its neighbour, that an outermost bin is shown
MOST_TICKS = 6  # of the axis of p
SMALLEST_P = 1e-12  # the axis ends there


def draw_mean(axis, check, names=Names()):
    """Mean of each latent coordinate in bins of the mass; `check`: metrics of kind flow."""
    events = check["bins/events"].astype(float)
    for column, values in enumerate(check["latent/mean"].T):
        draw_points(axis, check, column, values, 1 / np.sqrt(events), names)
    axis.axhline(0, color=style.GREY, linewidth=0.8, zorder=0)
    return finish(axis, check, r"Mean of $z$", names)


def draw_width(axis, check, names=Names()):
    """Their standard deviation."""
    events = check["bins/events"].astype(float)
    for column, values in enumerate(check["latent/variance"].T):
        draw_points(axis, check, column, np.sqrt(values), 1 / np.sqrt(2 * events), names)
    axis.axhline(1, color=style.GREY, linewidth=0.8, zorder=0)
    return finish(axis, check, r"Standard deviation of $z$", names)


def draw_p_values(axis, check, names=Names()):
    """p of N(0, 1) in each bin; below the line 1 % of exact flows have any of the points. Smaller ones than the axis
    holds stand at its end."""
    p_values = check["latent/p_value"]
    for column, values in enumerate(p_values.T):
        draw_points(axis, check, column, np.maximum(values, SMALLEST_P), None, names)
    axis.axhline(0.01 / p_values.size, color=style.GREY, linestyle="--", linewidth=0.9, zorder=0, 
                 label="1 % of exact flows")
    lowest = max(min(p_values.min(), 0.01 / p_values.size), SMALLEST_P)
    axis.set(yscale="log", ylim=(lowest / 3, 2))
    axis.yaxis.set_major_locator(FixedLocator(decades(lowest / 3)))
    axis.yaxis.set_minor_locator(NullLocator())
    return finish(axis, check, r"$p$ of $\mathcal{N}(0, 1)$", names)


def decades(lowest):
    """A few powers of ten from 1 down to `lowest`."""
    count = int(-np.log10(lowest)) + 1
    return 10.0 ** -np.arange(0, count, -(-count // MOST_TICKS))


def draw_points(axis, check, column, values, errors, names):
    """One coordinate's values [B], beside those of the others in each bin."""
    (low, high), count = shown_bins(check), check["latent/mean"].shape[1]
    places = (low + high) / 2 + SPREAD * (high - low) * ((column + 0.5) / count - 0.5)
    colour, marker = style.MARKED[column % len(style.MARKED)]
    axis.errorbar(places, values, errors, fmt=marker, color=colour, elinewidth=0.7, label=names.symbol(f"z{column}"))


def shown_bins(check):
    """Edges (low [B], high [B]) of the bins; the outermost, which may be wide, as far as they are shown."""
    low, high = check["bins/low"].copy(), check["bins/high"].copy()
    widths = high - low
    low[0] = max(low[0], high[0] - FARTHEST * widths[1])
    high[-1] = min(high[-1], low[-1] + FARTHEST * widths[-2])
    return low, high


def finish(axis, check, quantity, names):
    low, high = shown_bins(check)
    region = check["@signal_region_low"], check["@signal_region_high"]
    style.shade_region(axis, region)
    axis.set(xlabel=names.axis_label(check["@mass_name"], check["@mass_unit"]), ylabel=quantity,
             xlim=(low[0], high[-1]))
    return axis


def p_text(p_value):
    """A p-value in one or two digits, a small one with a power of ten, behind its sign: of the smallest, a bound."""
    if p_value >= 0.001:
        return "= " + number(float(f"{p_value:.2g}"))
    digit, exponent = f"{p_value:.0e}".split("e")
    return rf"{'<' if p_value <= local_p.SMALLEST else '='} ${digit} \times 10^{{{int(exponent)}}}$"


def title(check):
    """What the events are, and the checks that are no function of the mass."""
    inside = "background" if check["@judged"] == "everywhere" else "data, any signal included"
    return (f"Flow on {check['@partition']} events (signal region: {inside})\n"
            f"samples against events: AUC {check['@two_sample_auc']:.4f}, $p$ {p_text(check['@two_sample_p_value'])};  "
            f"independence of $z$ and mass: $p$ {p_text(check['@independence_p_value'])}")


def picture(run, names):
    check = run.check()
    if check is None:
        return None
    panels = [Panel(name, lambda axis, draw=draw: draw(axis, check, names))
              for name, draw in (("mean", draw_mean), ("width", draw_width), ("p_value", draw_p_values))]
    return Picture(panels, title(check), legend="common")
