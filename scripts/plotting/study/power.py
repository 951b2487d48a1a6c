"""z of hunts against the signal that was injected."""
from __future__ import annotations

from dataclasses import replace

import numpy as np
from reading.results import require
from reading.searches import LEVELS, trials

from .. import style
from ..names import number
from ..page import Panel

NO_CUT = 1.0  # background efficiency


def panel(study, chains, name, title):
    """A panel a cut, a line a method and number of members."""
    by_cut = require(trials(chains), study, name)
    searched = dict.fromkeys((method, members) for method, members, _ in by_cut)
    cuts = sorted({efficiency for _, _, efficiency in by_cut} - {NO_CUT}, reverse=True)

    def draw(axis, cut):
        for method, members in searched:
            if (method, members, cut) in by_cut:
                draw_trials(axis, by_cut[method, members, cut], look_of(method, members))
        uncut = by_cut.get((*next(iter(searched)), NO_CUT), {})
        if uncut:
            axis.plot(list(uncut), [one.band[1] for one in uncut.values()], color=style.GREY, label="no cut")
        for level in LEVELS:
            axis.axhline(level, color=style.GREY, linestyle=":", linewidth=1)
        axis.set(xlabel="Injected signal events", ylabel="Local significance $z$")
        return axis
    return [Panel(f"power_{number(100 * cut)}", lambda axis, cut=cut: draw(axis, cut), f"{number(100 * cut)} % of the background kept")
            for cut in cuts]


def look_of(method, members):
    """That of the method; of several members the line is thicker and the name tells their number."""
    look = style.look(method)
    return look if members == 1 else replace(look, name=f"{look.name}, {members} members", width=2)


def draw_trials(axis, by_injection, look):
    injected = list(by_injection)
    low, median, high = np.transpose([one.band for one in by_injection.values()])
    count = min(len(one.z) for one in by_injection.values())
    axis.plot(injected, median, color=look.colour, linestyle=look.line, linewidth=look.width, marker=".", label=f"{look.name} ({count} searches each)")
    axis.fill_between(injected, low, high, color=look.colour, alpha=0.2, linewidth=0)
