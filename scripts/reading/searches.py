"""What hunts find against the signal that was injected: z of the quoted estimate after each cut, and of all events without one."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .estimates import weight_scale
from .results import hunts, is_toy, variants

LEVELS = (3, 5)  # z that a search is to reach


@dataclass(frozen=True)
class Trials:
    """All hunts of one method, number of members, variant, cut and number of injected events."""
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
    others = 1 - weight_scale(hunt, cut) * true / ((high - low) / 2)**2  # of the variance
    side = signal - low if true < signal else high - signal
    return (signal - true) / (side * np.sqrt(others)) if others > 0 else np.nan


def trials(chains):
    """{(method, members, variant, efficiency): {injected: Trials}} of all that is unblinded, injections ascending."""
    collected, variant = {}, variants(chains)
    for chain, method, _, hunt in hunts(chains):
        injected = chain.config["pseudo_data"]["signal"] if is_toy(chain) else chain.config["prepare"]["injected_signal"]
        members = chain.config["run"]["members"]
        for cut, efficiency in enumerate(hunt["background_efficiency"]):
            one = found(hunt, cut)
            if np.isfinite(one[0]):
                key = method, members, variant[chain.name], float(efficiency)
                collected.setdefault(key, {}).setdefault(injected, []).append(one)
    return {key: {injected: Trials(*np.transpose(of[injected])) for injected in sorted(of)} for key, of in collected.items()}


def reaching(by_injection, level):
    """Injected events at which the median z, straight between the injections, first reaches `level`; NaN if it does not, or does
    at the smallest already."""
    injected, median = np.array([(injected, one.band[1]) for injected, one in by_injection.items()]).T
    above = np.flatnonzero(median >= level)
    if not len(above) or above[0] == 0:
        return np.nan
    low, high = above[0] - 1, above[0]
    return injected[low] + (level - median[low]) / (median[high] - median[low]) * (injected[high] - injected[low])
