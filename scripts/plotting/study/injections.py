"""The largest SIC, and the significance that it leads to, against the signal in the data (CATHODE, fig. 7)."""
from itertools import cycle

import numpy as np
from common.failure import InputError
from reading.files import DATA
from reading.results import require, variants, with_kind
from reading.searches import LEVELS

from .. import histogram, style
from ..page import Panel
from . import looks

MARGIN = 0.05  # of the range of S/B, on either side
HATCHES = ("////", "\\\\\\\\", "....", "xxxx", "||||", "----", "++++", "oooo")


def signal_to_background(events):
    """S/B of the data in the signal region, and S/sqrt(B), from the counts of a chain."""
    signal, background = (sum(events.get(f"{part}_{kind}_in_signal_region", 0) for part in DATA)
                          for kind in ("signal", "background"))
    return signal / background, signal / np.sqrt(background)


def points(found):
    """{(method, members, variant): {injected: [(S/B, S/sqrt(B), largest SIC of a training)]}}; chains of one injection are pooled."""
    by_curve, variant = {}, variants([chain for chain, *_ in found])
    for chain, method, values in found:
        if chain.config["prepare"].get("weight_column"):
            raise InputError(f"{chain.folder}: S/B of events with weights is not in the results of a study; the panel is for events that count one each")
        place = signal_to_background(chain.events)
        injected = chain.config["prepare"]["injected_signal"]
        key = method, chain.config["run"].get("members", 1), variant[chain.name]
        for largest in values["max_sic"]:
            by_curve.setdefault(key, {}).setdefault(injected, []).append((*place, largest))
    return by_curve


def panel(significance):
    def make(study, chains, name, title):
        by_curve = points(require(with_kind(chains, "sic"), study, name))

        def draw(axis):
            for look, by_injection, hatch in zip(looks.of_variants(list(by_curve)), by_curve.values(), cycle(HATCHES)):
                draw_curve(axis, look, by_injection, significance, hatch)
            return finish(axis, by_curve, significance)
        return [Panel("significance" if significance else "max_sic", draw, title)]
    return make


def draw_curve(axis, look, by_injection, significance, hatch):
    trials = [np.array(by_injection[injected]) for injected in sorted(by_injection, reverse=True)]
    x = [np.median(trial[:, 0]) for trial in trials]
    values = [trial[:, 2] * (trial[:, 1] if significance else 1) for trial in trials]
    low, median, high = np.transpose([np.nanquantile(value, [0.16, 0.5, 0.84]) for value in values])
    count = looks.how_many(list(map(len, values)), "trainings")
    axis.plot([100 * one for one in x], median, color=look.colour, linestyle=look.line, linewidth=look.width, marker=".",
              label=f"{look.name} ({count})")
    axis.fill_between([100 * one for one in x], low, high, facecolor="none", edgecolor=look.colour, hatch=hatch,
                      alpha=0.5, linewidth=0.4)


def finish(axis, by_curve, significance):
    places = np.array(sorted({place[:2] for trials in by_curve.values() for found in trials.values() for place in found}))
    draw_axes(axis, places)
    if significance:
        draw_uncut(axis, places)
    axis.set_ylabel(r"Largest SIC$\cdot S/\sqrt{B}$" if significance else "Largest SIC")
    return axis


def draw_uncut(axis, places):
    """The significance without a cut, and what is called evidence and discovery; logarithmic, as both lie far below the rest."""
    axis.plot(100 * places[:, 0], places[:, 1], color=style.GREY, label="no cut")
    uncut = places[places[:, 1] > 0, 1]
    axis.set(yscale="log", ylim=(0.8 * uncut.min() if len(uncut) else None, 1.3 * axis.dataLim.y1))
    histogram.set_plain_ticks(axis.yaxis, histogram.TICKS)
    low, high = axis.get_ylim()
    for level in (level for level in LEVELS if low < level < high):
        axis.axhline(level, color=style.GREY, linestyle=":", linewidth=1)
        axis.annotate(rf"{level} $\sigma$", (0, level), (2, 1), xycoords=axis.get_yaxis_transform(),
                      textcoords="offset points", va="bottom", size=style.SMALL)


def draw_axes(axis, places):
    """S/B in per cent below, from the most signal to the least, and S/sqrt(B) above; `places` are both [N, 2]. They are
    proportional, as the background is the same at all injections but for how its events are split."""
    ratios = 100 * places[:, 0]
    with_signal = places[:, 0] > 0
    factor = np.median(places[with_signal, 1] / ratios[with_signal]) if with_signal.any() else 1
    margin = MARGIN * np.ptp(ratios) or MARGIN
    axis.set(xlabel=r"Signal in the signal region $S/B$ [%]", ylim=(0, None),
             xlim=(ratios.max() + margin, ratios.min() - margin))
    axis.tick_params(axis="x", which="both", top=False)
    above = axis.secondary_xaxis("top", functions=(lambda ratio: factor * ratio, lambda uncut: uncut / factor))
    above.set_xlabel(r"Without a cut $S/\sqrt{B}$")
