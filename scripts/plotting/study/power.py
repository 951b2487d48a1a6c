"""What hunts find against the signal that was injected: z of the quoted estimate after each cut, and of all events without one."""
from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .. import style
from ..files import Blinded
from ..names import number
from ..page import Panel
from .results import hunts, require

LEVELS = (3, 5)  # z of the dotted lines
NO_CUT = 1.0  # background efficiency


@dataclass(frozen=True)
class Trials:
    """All hunts of one method, number of members, cut and number of injected events."""
    z: np.ndarray
    true_signal: np.ndarray  # in the signal region after the cut, NaN without labels
    pull: np.ndarray  # of the fitted signal by its own interval, NaN without labels

    @property
    def band(self):
        """16 %, median and 84 % of z."""
        return np.quantile(self.z, [0.16, 0.5, 0.84])

    @property
    def pull_moments(self):
        """(mean, its error, width, its error); NaN of fewer than two searches."""
        count = len(self.pull)
        width = np.std(self.pull, ddof=1) if count > 1 else np.nan
        return np.mean(self.pull), width / np.sqrt(count), width, width / np.sqrt(2 * max(count - 1, 1))

    @property
    def covered(self):
        """The part of the searches whose interval holds the true signal; NaN without labels."""
        return np.mean(np.abs(self.pull) <= 1) if np.isfinite(self.pull).all() else np.nan


def found(hunt, cut):
    """(z, true signal, pull) of the quoted estimate; without a cut there is but the spectrum's."""
    estimate = hunt["@quoted"] if cut else "spectrum"
    true = hunt.get("true_signal", np.full(len(hunt["background_efficiency"]), np.nan))[cut]
    return hunt[f"{estimate}/z"][cut], true, pull(hunt, estimate, cut, true)


def pull(hunt, estimate, cut, true):
    """Distance of the fitted signal to the true one in errors of its interval, on the side where the true one lies.

    The interval is that of an expected signal and holds the fluctuation of the signal itself, c s of its variance (docs/method.md, 11.13), but
    the labels tell the events s that are there, which do not fluctuate around themselves: that part is taken off."""
    if hunt.get("@signal", "window") != "window":
        return np.nan  # of a peak the fit counts events beside the signal region too
    low, signal, high = (hunt[f"{estimate}/{name}"][cut] for name in ("signal_low", "signal", "signal_high"))
    scale = hunt["weight_scale"][cut] if "weight_scale" in hunt else 1
    others = 1 - scale * true / ((high - low) / 2)**2  # of the variance
    side = signal - low if true < signal else high - signal
    return (signal - true) / (side * np.sqrt(others)) if others > 0 else np.nan


def trials(chains):
    """{(method, members, efficiency): {injected: Trials}} of all that is unblinded, injections ascending."""
    collected = {}
    for chain, method, _, hunt in hunts(chains):
        injected = chain.config["prepare"]["injected_signal"]
        members = chain.config["run"]["members"]
        for cut, efficiency in enumerate(hunt["background_efficiency"]):
            one = found(hunt, cut)
            if np.isfinite(one[0]):
                collected.setdefault((method, members, float(efficiency)), {}).setdefault(injected, []).append(one)
    return {key: {injected: Trials(*np.transpose(of[injected])) for injected in sorted(of)} for key, of in collected.items()}


def reaching(by_injection, level):
    """Injected events at which the median z, straight between the injections, first reaches `level`; NaN if it does not."""
    injected, median = np.array([(injected, one.band[1]) for injected, one in by_injection.items()]).T
    above = np.flatnonzero(median >= level)
    if not len(above) or above[0] == 0:
        return np.nan
    low, high = above[0] - 1, above[0]
    return injected[low] + (level - median[low]) / (median[high] - median[low]) * (injected[high] - injected[low])


def panel(study, chains, name, title):
    """A panel a cut, a line a method and number of members."""
    by_cut = trials(chains)
    if not by_cut:
        require(hunts(chains), study, name)
        raise Blinded(f"{study.folder}: panel '{name}': the hunts are blinded (hunt.unblind)")
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
