"""The local p of a scan against the middle of its signal regions (lacathode-scan)."""
from itertools import cycle
from math import erfc, sqrt

import numpy as np

from .. import style
from ..files import InputError
from ..names import number
from ..page import Panel
from .results import require, with_kind

LOOKS = ((style.BLUE, "o"), (style.VERMILION, "s"), (style.GREEN, "^"), (style.PURPLE, "D"), (style.ORANGE, "v"),
         (style.BLACK, "P"), (style.WINE, "X"))  # of the cuts
LEVELS = (*range(8), *range(8, 38, 2))  # z of the dotted lines
SPACE = 0.06  # of the axis between two lines
SMALLEST_P = 1e-300  # what files hold of smaller ones


def points(found):
    """{(method, efficiency): (middles [W], p [W])} in the order of the mass, of the hunts' quoted estimates."""
    values = {}
    for chain, method, hunt in found:
        region = chain.config["prepare"]["signal_region_low"], chain.config["prepare"]["signal_region_high"]
        local = hunt[f"{hunt['@quoted']}/p_value"]
        for efficiency, p_value in zip(hunt["background_efficiency"][1:], local[1:]):
            values.setdefault((method, efficiency), []).append((sum(region) / 2, p_value))
    return {key: np.transpose(sorted(of_key)) for key, of_key in values.items()}


def panel(study, chains, name, title):
    """One panel a method, a line an efficiency."""
    by_cut = points(require(with_kind(chains, "hunt_00"), study, name))
    if all(np.isnan(p_values).all() for _, p_values in by_cut.values()):
        raise InputError(f"{study.folder}: panel '{name}': the hunts are blinded (hunt.unblind)")
    unit = chains[0].config["prepare"]["mass_unit"]

    def draw(axis, method):
        cuts = [efficiency for of, efficiency in by_cut if of == method]
        for efficiency, (colour, marker) in zip(sorted(cuts, reverse=True), cycle(LOOKS)):
            middles, p_values = by_cut[method, efficiency]
            axis.plot(middles, np.maximum(p_values, SMALLEST_P), color=colour, marker=marker,
                      label=f"{number(100 * efficiency)} % of the background kept")
        return finish(axis, unit)
    methods = dict.fromkeys(method for method, _ in by_cut)
    return [Panel(f"local_p_{method}", lambda axis, method=method: draw(axis, method), style.look(method).name)
            for method in methods]


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
    lowest = min(np.nanmin(line.get_ydata()) for line in axis.lines) / 10
    for z, p_value in levels(lowest):
        axis.axhline(p_value, color=style.GREY, linestyle=":", linewidth=0.8, zorder=0)
        axis.annotate(rf"{z}$\sigma$", (1, p_value), (2, 0), xycoords=("axes fraction", "data"), textcoords="offset points",
                      va="center", size=style.SMALL, color=style.GREY, annotation_clip=False)
    axis.set(yscale="log", ylim=(lowest, 1.5), ylabel="Local $p$",
             xlabel=f"Middle of the signal region{'' if unit == '1' else f' [{unit}]'}")
    return axis
