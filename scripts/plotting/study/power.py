"""z of hunts against the signal that was injected."""
from __future__ import annotations

import numpy as np
from reading.results import require
from reading.searches import LEVELS, trials

from .. import style
from ..names import number
from ..page import Panel
from . import looks

NO_CUT = 1.0  # background efficiency


def panel(study, chains, name, title):
    """A panel a cut, a line a method, number of members and variant."""
    by_cut = require(trials(chains), study, name)
    searched = list(dict.fromkeys(key[:-1] for key in by_cut))
    lines = looks.of_variants(searched)
    cuts = require(sorted({efficiency for *_, efficiency in by_cut} - {NO_CUT}, reverse=True), study, name)

    def draw(axis, cut):
        for one, look in zip(searched, lines):
            if (*one, cut) in by_cut:
                draw_trials(axis, by_cut[(*one, cut)], look)
        uncut = by_cut.get((*searched[0], NO_CUT), {})
        if uncut:
            label = f"no cut, {looks.words(searched[0][-1])}" if looks.need_variants(searched) else "no cut"
            axis.plot(list(uncut), [one.band[1] for one in uncut.values()], color=style.GREY, label=label)
        for level in LEVELS:
            axis.axhline(level, color=style.GREY, linestyle=":", linewidth=1)
        axis.set(xlabel="Injected signal events", ylabel="Local significance $z$")
        return axis
    return [Panel(f"power_{number(100 * cut)}", lambda axis, cut=cut: draw(axis, cut), f"{number(100 * cut)} % of the background kept")
            for cut in cuts]


def draw_trials(axis, by_injection, look):
    injected = list(by_injection)
    low, median, high = np.transpose([one.band for one in by_injection.values()])
    count = looks.how_many([len(one.z) for one in by_injection.values()], "searches")
    axis.plot(injected, median, color=look.colour, linestyle=look.line, linewidth=look.width, marker=".", label=f"{look.name} ({count})")
    axis.fill_between(injected, low, high, color=look.colour, alpha=0.2, linewidth=0)
