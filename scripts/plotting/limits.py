"""CLs upper limits of hunts: expected without signal with their bands, and the observed one once it is unblinded."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.colors import to_rgb

from . import histogram, style
from .page import Panel, Picture

ALONE = 0.1  # half the width of what is drawn of a point that is alone, a part of its place
BANDS = (((0, 4), style.ORANGE, r"expected $\pm 2\sigma$"), ((1, 3), style.GREEN, r"expected $\pm 1\sigma$"))


@dataclass(frozen=True)
class Limits:
    """Of the quoted estimate at places [K]: expected [K, 5] at -2, -1, 0, 1, 2 sigma, observed [K], NaN while blinded."""
    places: np.ndarray
    expected: np.ndarray
    observed: np.ndarray
    label: str

    @property
    def sorted(self):
        order = np.argsort(self.places)
        return Limits(self.places[order], self.expected[order], self.observed[order], self.label)


QUANTITIES = (("", "limit", "signal events"), ("_cross_section", "cross_section/limit", "cross-section [fb]"))  # suffix, group, words


def has(hunt, group):
    return f"{hunt['@quoted']}/{group}/expected" in hunt


def label(hunt, words):
    return f"{100 * hunt['@confidence']:g} % CLs limit: {words}"


def of_cuts(hunt, group, words):
    """Of a hunt against the percentage of the background that the declared cuts keep."""
    expected, observed = (hunt[f"{hunt['@quoted']}/{group}/{name}"][1:] for name in ("expected", "observed"))
    return Limits(100 * hunt["background_efficiency"][1:], expected, observed, label(hunt, words)).sorted


def draw(axis, limits):
    """Bands, their middle, and points of what is observed; returns `axis`."""
    for (low, high), colour, name in BANDS:
        pale = 0.55 + 0.45 * np.array(to_rgb(colour))  # not transparent: the inner band lies on the outer one
        axis.fill_between(*widened(limits.places, limits.expected[:, [low, high]]), color=pale, linewidth=0, label=name)
    places, middle = widened(limits.places, limits.expected[:, [2, 2]])[:2]
    axis.plot(places, middle, color=style.BLACK, linestyle="--", linewidth=1, label="expected")
    if np.isfinite(limits.observed).any():
        axis.plot(limits.places, limits.observed, color=style.BLACK, marker="o", linewidth=1, label="observed")
    axis.set_ylabel(limits.label)
    frame(axis, np.concatenate([limits.expected.ravel(), limits.observed]))
    return axis


def widened(places, pair):
    """(places, lower, upper): one that is alone has a width."""
    if len(places) > 1:
        return places, pair[:, 0], pair[:, 1]
    return places[0] * np.array([1 - ALONE, 1 + ALONE]), np.repeat(pair[0, 0], 2), np.repeat(pair[0, 1], 2)


def frame(axis, values):
    values = values[np.isfinite(values) & (values > 0)]
    if len(values) and values.max() > histogram.FAR_APART * values.min():
        axis.set(yscale="log", ylim=(values.min() / 1.5, 1.5 * values.max()))
        histogram.set_plain_ticks(axis.yaxis, histogram.ticks_of_decade(values.max() / values.min()))
    else:
        axis.set_ylim(0, None)


def draw_against_cuts(axis, limits):
    draw(axis, limits)
    axis.set_xlabel("Background kept by the cut [%]")
    if limits.places.max() > 3 * limits.places.min():
        axis.set_xscale("log")
        histogram.set_plain_ticks(axis.xaxis, histogram.TICKS)
    return axis


def panel_title(name, hunt):
    return f"{name}, blinded" if hunt["@blinded"] else name


def picture(run, names):
    panels = [Panel(f"{method}{suffix}", lambda axis, one=of_cuts(hunt, group, words): draw_against_cuts(axis, one),
                    panel_title(style.look(method).name, hunt))
              for suffix, group, words in QUANTITIES for method, hunt in run.hunts().items()
              if has(hunt, group) and np.isfinite(hunt[f"{hunt['@quoted']}/{group}/expected"][1:]).any()]
    return Picture(panels, "Upper limits of the search, first training", legend="common") if panels else None
