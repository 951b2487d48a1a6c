"""The local p and the limits of a scan against the middle of its signal regions (lacathode-scan)."""
from itertools import cycle
from math import erfc, sqrt

import numpy as np
from reading import calibrations, local_p
from reading.results import require, with_kind

from .. import limits, style
from ..names import in_brackets, number
from ..page import Panel

LEVELS = (*range(8), *range(8, 38, 2))  # z of the dotted lines
SPACE = 0.06  # of the axis between two lines
ARROW = 0.6  # length of that of a bound, a part of its p


def middle(chain):
    return sum(chain.region) / 2


def points(found):
    """{(method, efficiency): (middles [W], p [W], whether p is a bound [W])} in the order of the mass, of the hunts' quoted estimates."""
    values = {}
    for chain, method, hunt in found:
        for cut, efficiency in enumerate(hunt["background_efficiency"]):
            if cut > 0:
                values.setdefault((method, efficiency), []).append((middle(chain), *local_p.of_cut(hunt, hunt["@quoted"], cut)))
    return {key: np.transpose(sorted(of_key)) for key, of_key in values.items()}


def panel(study, chains, name, title):
    """Unblinded one panel a method, a line an efficiency; then the limits."""
    found = require(with_kind(chains, "hunt_00"), study, name)
    by_cut = points(found)
    unit = chains[0].config["prepare"]["mass_unit"]

    worth = {(one.method, one.efficiency): one.text for one in calibrations.of_study(study)}

    def draw(axis, method):
        cuts = [efficiency for of, efficiency in by_cut if of == method]
        for efficiency, (colour, marker) in zip(sorted(cuts, reverse=True), cycle(style.MARKED)):
            label = f"{number(100 * efficiency)} % of the background kept"
            if (method, efficiency) in worth:
                label += f", global $p$ {worth[method, efficiency]}"
            draw_p(axis, *by_cut[method, efficiency], label, colour, marker)
        return finish(axis, unit)
    shown = dict.fromkeys(method for (method, _), (_, p_values, _) in by_cut.items() if np.isfinite(p_values).any())
    panels = [Panel(f"local_p_{method}", lambda axis, method=method: draw(axis, method), style.look(method).name) for method in shown]
    return require(panels + limit_panels(found, unit), study, name)


def draw_p(axis, middles, p_values, bound, label, colour, marker):
    """An arrow down from what is a bound."""
    drawn = np.maximum(p_values, local_p.SMALLEST)
    axis.plot(middles, drawn, color=colour, marker=marker, label=label)
    at = bound > 0
    axis.errorbar(middles[at], drawn[at], ARROW * drawn[at], uplims=True, fmt="none", color=colour, capsize=2)


def limit_panels(found, unit):
    """A panel a method and cut, and one more where there are cross-sections."""
    panels = []
    for suffix, group, words in limits.QUANTITIES:
        for method in dict.fromkeys(method for _, method, _ in found):
            windows = [(middle(chain), hunt) for chain, of, hunt in found if of == method and limits.has(hunt, group)]
            for efficiency in sorted({value for _, hunt in windows for value in hunt["background_efficiency"][1:]}, reverse=True):
                one = limits_at(windows, efficiency, group, words)
                if np.isfinite(one.expected).any():
                    title = f"{style.look(method).name}, {number(100 * efficiency)} % kept"
                    panels.append(Panel(f"limit_{method}_{number(100 * efficiency)}{suffix}",
                                        lambda axis, one=one: draw_limits(axis, one, unit), limits.panel_title(title, windows[0][1])))
    return panels


def limits_at(windows, efficiency, group, words):
    """limits.Limits of [(middle, hunt)] after one cut against the middle."""
    rows = [(place, *(hunt[f"{hunt['@quoted']}/{group}/{name}"][cut] for name in ("expected", "observed")))
            for place, hunt in windows for cut in np.flatnonzero(hunt["background_efficiency"] == efficiency)]
    places, expected, observed = map(np.array, zip(*rows))
    return limits.Limits(places, expected, observed, limits.label(windows[0][1], words)).sorted


def draw_limits(axis, one, unit):
    limits.draw(axis, one)
    axis.set_xlabel(axis_label(unit))
    return axis


def axis_label(unit):
    return f"Middle of the SR{in_brackets(unit)}"


def levels(lowest):
    """(z, its p) of lines on a logarithmic axis from `lowest` to 1, with room for their names."""
    apart, chosen, last = SPACE * -np.log10(lowest), [], 1.0
    for z in LEVELS:
        p_value = erfc(z / sqrt(2)) / 2
        if p_value > lowest and np.log10(last / p_value) >= apart:
            chosen.append((z, p_value))
            last = p_value
    return chosen


def finish(axis, unit):
    lowest = np.nanmin(np.concatenate([line.get_ydata() for line in axis.lines])) / 10
    for z, p_value in levels(lowest):
        axis.axhline(p_value, color=style.GREY, linestyle=":", linewidth=0.8, zorder=0)
        axis.annotate(rf"{z}$\sigma$", (1, p_value), (2, 0), xycoords=("axes fraction", "data"), textcoords="offset points",
                      va="center", size=style.SMALL, color=style.GREY, annotation_clip=False)
    axis.set(yscale="log", ylim=(lowest, 1.5), ylabel="Local $p$", xlabel=axis_label(unit))
    return axis
