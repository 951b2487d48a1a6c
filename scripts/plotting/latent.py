"""Marginals of the latent coordinates against the base distribution N(0, 1)."""
import math
from dataclasses import dataclass

import numpy as np

from . import histogram, style
from .names import Names
from .page import Panel, Picture

EDGES = np.linspace(-4, 4, 41)
APART = 0.03  # of the two regions' points in z, so that neither hides the other
HEADROOM = 1.4  # times the highest point, for the moments above it


@dataclass(frozen=True)
class Region:
    """One coordinate [N] of the data in one region of the mass with the events' weights [N], and how it looks."""
    name: str
    values: np.ndarray
    weights: np.ndarray
    colour: str
    marker: str
    offset: float

    @property
    def histogram(self):
        return histogram.fill(self.values, EDGES, self.weights)

    @property
    def places(self):
        """Of the points [B]."""
        return self.histogram.centres + self.offset

    @property
    def moments(self):
        """In words. Few events with weights of both signs may have a sum or a variance that is none."""
        count, values = len(self.values), self.values.astype(float)
        if count < 2 or self.weights.sum() <= 0:
            return f"{self.name}: too few events"
        mean = np.average(values, weights=self.weights)
        variance = np.average((values - mean)**2, weights=self.weights) * count / (count - 1)
        if variance < 0:
            return f"{self.name}: too few events"
        return f"{self.name}: mean {mean:+.3f}, std {np.sqrt(variance):.3f}".replace("-", "−")

    def ratio(self):
        """(share of the events in each bin / that of N(0, 1), its error), NaN in empty bins, and in all without a sum of weights."""
        drawn, total = self.histogram, self.weights.sum()
        expected = (total if total > 0 else np.nan) * normal_shares()
        return np.where(drawn.counts > 0, drawn.counts, np.nan) / expected, np.sqrt(drawn.variances) / expected


def regions(latent, name):
    values, inside = latent.features[name], latent.in_signal_region
    chosen = latent.is_data & np.isfinite(values)

    def region(name, rows, *look):
        return Region(name, values[rows], latent.weight[rows], *look)
    return (region("SB", chosen & ~inside, style.SIDEBAND, "s", -APART), region("SR", chosen & inside, style.DATA, "o", APART))


def normal_shares():
    """Probability of N(0, 1) in every bin of EDGES."""
    return np.diff([0.5 * (1 + math.erf(edge / math.sqrt(2))) for edge in EDGES])


def draw(axis, latent, name, ratio=None, names=Names()):
    """One coordinate of the data in a latent table, and data / N(0, 1) on the Axes `ratio`; returns `axis`."""
    drawn, grid = regions(latent, name), np.linspace(EDGES[0], EDGES[-1], 400)
    normal = np.exp(-grid**2 / 2) / np.sqrt(2 * np.pi)
    axis.plot(grid, normal, color=style.GREY, linewidth=1.0, zorder=1, label=r"$\mathcal{N}(0, 1)$")
    for region in drawn:
        axis.errorbar(region.places, region.histogram.density, region.histogram.density_error, fmt=region.marker,
                      elinewidth=0.7, color=region.colour, label=f"{region.name} data ({region.weights.sum():,.0f})")
    axis.text(0.03, 0.96, "\n".join(region.moments for region in drawn), transform=axis.transAxes, va="top",
              fontsize=style.SMALL)
    highest = max(normal.max(), *(region.histogram.density.max() for region in drawn))
    axis.set(ylim=(0, HEADROOM * highest), xlim=(EDGES[0], EDGES[-1]), ylabel="Density")
    (axis if ratio is None else ratio).set_xlabel(names.symbol(name))
    if ratio is not None:
        draw_ratio(ratio, drawn)
    return axis


def draw_ratio(axis, drawn):
    histogram.frame_of(*(region.ratio()[0] for region in drawn)).put_on(axis)
    for region in drawn:
        histogram.draw_ratio(axis, region.places, *region.ratio(), marker=region.marker, colour=region.colour)
    axis.set_ylabel(r"data / $\mathcal{N}$")
    return axis


def picture(run, names):
    latent = run.latent()
    if latent is None:
        return None
    finite = np.all([np.isfinite(values) for values in latent.features.values()], axis=0)
    not_mapped = int((latent.is_data & ~finite).sum())
    panels = [Panel(name, lambda axis, ratio, name=name: draw(axis, latent, name, ratio, names), has_ratio=True)
              for name in latent.features]
    return Picture(panels, f"Data in the latent space; {not_mapped:,} events are not mapped", legend="common")
