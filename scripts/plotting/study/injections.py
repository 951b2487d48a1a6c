"""The largest SIC, and the significance that it leads to, against the signal in the data (CATHODE, fig. 7)."""
import numpy as np

from .. import style
from ..page import Panel
from .results import require, with_kind

DATA = ("training", "validation", "test")
HATCHES = ("////", "\\\\\\\\", "....", "xxxx", "||||", "----", "++++", "oooo")


def signal_to_background(events):
    """S/B of the data in the signal region, and S/sqrt(B), from the counts of a chain."""
    signal, background = (sum(events.get(f"{part}_{kind}_in_signal_region", 0) for part in DATA)
                          for kind in ("signal", "background"))
    return signal / background, signal / np.sqrt(background)


def points(found):
    """{method: {injected: [(S/B, S/sqrt(B), largest SIC of a training)]}}; chains of one injection are pooled."""
    by_method = {}
    for chain, method, values in found:
        place = signal_to_background(chain.events)
        injected = chain.config["prepare"]["injected_signal"]
        for largest in values["max_sic"]:
            by_method.setdefault(method, {}).setdefault(injected, []).append((*place, largest))
    return by_method


def panel(significance):
    def make(study, chains, name, title):
        by_method = points(require(with_kind(chains, "sic"), study, name))

        def draw(axis):
            for (method, by_injection), hatch in zip(by_method.items(), HATCHES):
                draw_method(axis, style.look(method), by_injection, significance, hatch)
            return finish(axis, by_method, significance)
        return [Panel("significance" if significance else "max_sic", draw, title)]
    return make


def draw_method(axis, look, by_injection, significance, hatch):
    trials = [np.array(by_injection[injected]) for injected in sorted(by_injection, reverse=True)]
    x = [np.median(trial[:, 0]) for trial in trials]
    values = [trial[:, 2] * (trial[:, 1] if significance else 1) for trial in trials]
    low, median, high = np.transpose([np.nanquantile(value, [0.16, 0.5, 0.84]) for value in values])
    count = min(map(len, values))
    axis.plot([100 * one for one in x], median, color=look.colour, linestyle=look.line, marker=".",
              label=f"{look.name} ({count} trainings each)")
    axis.fill_between([100 * one for one in x], low, high, facecolor="none", edgecolor=look.colour, hatch=hatch,
                      alpha=0.5, linewidth=0.4)


def finish(axis, by_method, significance):
    axis.set(xlabel=r"Signal in the signal region $S/B$ [%]", ylim=(0, None))
    axis.invert_xaxis()
    if not significance:
        axis.set_ylabel("Largest SIC")
        return axis
    axis.set_ylabel(r"Largest significance $\mathrm{SIC}\cdot S/\sqrt{B}$")
    for level in (3, 5):
        axis.axhline(level, color=style.GREY, linestyle=":", linewidth=1)
    uncut = sorted({place[:2] for trials in next(iter(by_method.values())).values() for place in trials})
    axis.plot([100 * x for x, _ in uncut], [y for _, y in uncut], color=style.GREY, label="no cut")
    return axis
