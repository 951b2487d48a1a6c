"""Histograms with their counting errors, and ratios of them."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter

from . import style

BINS = 40
HALF_RANGES = (0.1, 0.25, 0.5, 1.0)  # of a ratio's linear axis around 1
SHOWN = 0.9  # of a ratio's points that a linear axis holds at least
TICKS = (1, 2, 5)  # that are labelled of a decade of a low logarithmic axis
FAR_APART = 8  # ratio of values from which their axis is logarithmic
FARTHEST = 1000  # a ratio that a logarithmic axis shows


@dataclass(frozen=True)
class Histogram:
    """Sums of weights [B] and of their squares [B] in bins with edges [B+1]; `total`: of all weights, those beyond the edges too.
    Where events weigh one each, the sums are counts with Poisson errors."""
    edges: np.ndarray
    counts: np.ndarray
    variances: np.ndarray
    total: float

    @property
    def centres(self):
        return (self.edges[1:] + self.edges[:-1]) / 2

    @property
    def widths(self):
        return np.diff(self.edges)

    @property
    def density(self):
        return self.counts / self.unit

    @property
    def density_error(self):
        return np.sqrt(self.variances) / self.unit

    @property
    def unit(self):
        """Of a density of 1 [B]."""
        return (self.total if self.total > 0 else 1) * self.widths


def fill(values, edges, weights):
    """Of values [N] with weights [N]."""
    sums = [np.histogram(values, edges, weights=factor)[0] for factor in (weights, weights**2)]
    return Histogram(edges, *sums, weights.sum())


def central_edges(*samples, tail=0.001, bins=BINS):
    """Edges over nearly all of the samples: a fraction `tail` on either side is left out, as it would squeeze the rest.

    If the first sample has whole numbers, each bin holds equally many of these."""
    values = np.concatenate(samples).astype(float)
    values = values[np.isfinite(values)]
    if not len(values):
        return np.linspace(0, 1, bins + 1)
    low, high = np.quantile(values, [tail, 1 - tail])
    if len(samples[0]) and np.array_equal(samples[0], np.round(samples[0])):
        low, high = np.round([low, high])
        width = max(1, np.ceil((high - low) / bins))
        return np.arange(low - 0.5, high + 0.5 + width, width)
    if low == high:
        low, high = low - 0.5, high + 0.5
    return np.linspace(low, high, bins + 1)


def ratio(top, bottom):
    """(ratio [B] of two densities, its error [B]); NaN where either has nothing."""
    filled = (top.counts > 0) & (bottom.counts > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(filled, top.density / bottom.density, np.nan)
        return value, value * np.sqrt(top.variances / top.counts**2 + bottom.variances / bottom.counts**2)


@dataclass(frozen=True)
class Frame:
    """The axis of a ratio."""
    scale: str
    low: float
    high: float

    def put_on(self, axis):
        """Sets the axis, and draws a line at 1."""
        axis.axhline(1, color=style.GREY, linewidth=0.8, zorder=1)
        axis.set(yscale=self.scale, ylim=(self.low, self.high))
        if self.scale == "linear":
            axis.yaxis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 5, 10], prune="both"))
        else:
            set_plain_ticks(axis.yaxis, ticks_of_decade(self.high / self.low))
        return axis


def ticks_of_decade(span):
    """What is labelled of each decade of a low logarithmic axis with that ratio of its ends."""
    if span < 12:
        return TICKS
    return (1, 3) if span < 60 else (1,)


def set_plain_ticks(axis, ticks):
    """Labels such as 0.5 and 20 on an x or y axis that is logarithmic."""
    axis.set_major_locator(LogLocator(subs=ticks))
    axis.set_major_formatter("{x:g}")
    axis.set_minor_formatter(NullFormatter())


def frame_of(*ratios):
    """The smallest of a few ranges around 1 that holds nearly all of the points; logarithmic where none does."""
    values = np.concatenate([np.ravel(values) for values in ratios])
    values = values[np.isfinite(values)]
    wanted = np.quantile(np.abs(values - 1), SHOWN) if len(values) else 0
    for half in HALF_RANGES:
        if half >= wanted:
            return Frame("linear", 1 - 1.15 * half, 1 + 1.15 * half)
    positive = np.clip(values[values > 0], 1 / FARTHEST, FARTHEST)
    return Frame("log", positive.min() / 1.5, positive.max() * 1.5)


def draw_ratio(axis, places, values, errors, half_widths=None, marker="o", colour=style.BLACK):
    """Points with errors; a triangle at the edge of the axis for each point beyond it."""
    shown = np.isfinite(values)
    across = None if half_widths is None else half_widths[shown]
    axis.errorbar(places[shown], values[shown], errors[shown], across, fmt=marker, elinewidth=0.7, color=colour)
    mark_beyond(axis, places, values, colour)
    return axis


def mark_beyond(axis, places, values, colour):
    """A triangle at the edge of the axis for each point beyond it."""
    low, high = axis.get_ylim()
    with np.errstate(invalid="ignore"):
        for beyond, place, triangle in ((values > high, 0.94, "^"), (values < low, 0.06, "v")):
            axis.plot(places[beyond], np.full(beyond.sum(), place), triangle, color=colour, markersize=3,
                      transform=axis.get_xaxis_transform())
