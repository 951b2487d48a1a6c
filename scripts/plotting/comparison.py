"""Data beside what they are compared with: points, a filled histogram, and the truth as lines."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import histogram


@dataclass(frozen=True)
class Sample:
    """Finite values [N] of some events with their weights [N], and what they are called; `scale` is a factor on their drawn
    density."""
    name: str
    values: np.ndarray
    weights: np.ndarray
    colour: str
    line: object = "-"
    scale: float = 1.0

    @property
    def label(self):
        return f"{self.name} ({self.weights.sum():,.0f})"


def sample(name, table, column, rows, colour, line="-"):
    """Of a column of a table those `rows` (indices or a mask) that are finite."""
    values, weights = table.features[column][rows], table.weight[rows]
    finite = np.isfinite(values)
    return Sample(name, values[finite], weights[finite], colour, line)


@dataclass(frozen=True)
class Comparison:
    """Samples of one quantity in bins with the given edges [B+1].

    `data` are None where they are blinded; `truth` lists the classes of events that labels tell; `divided` is (numerator,
    denominator) of the ratio."""
    edges: np.ndarray
    data: Sample | None
    reference: Sample
    truth: tuple = ()
    divided: tuple = ()

    def histogram(self, sample):
        return histogram.fill(sample.values, self.edges, sample.weights)


def draw(axis, compared, ratio=None):
    """Densities with counting errors on `axis`, their ratio on the Axes `ratio`; returns `axis`."""
    reference = compared.histogram(compared.reference)
    axis.stairs(reference.density, compared.edges, fill=True, color=compared.reference.colour, alpha=0.5,
                label=compared.reference.label)
    for sample in compared.truth:
        axis.stairs(sample.scale * compared.histogram(sample).density, compared.edges, color=sample.colour,
                    linestyle=sample.line, linewidth=1.2, label=sample.label)
    if compared.data is not None:
        draw_points(axis, compared.data, compared.histogram(compared.data))
    axis.set_xlim(compared.edges[0], compared.edges[-1])
    axis.set_ylim(0, None)
    if ratio is not None:
        draw_ratio(ratio, compared)
    return axis


def draw_points(axis, sample, data):
    filled = data.counts > 0
    axis.errorbar(data.centres[filled], data.density[filled], data.density_error[filled], fmt="o", elinewidth=0.7,
                  color=sample.colour, label=sample.label)


def draw_ratio(axis, compared):
    top, bottom = map(compared.histogram, compared.divided)
    values, errors = histogram.ratio(top, bottom)
    histogram.frame_of(values).put_on(axis)
    return histogram.draw_ratio(axis, top.centres, values, errors)


def make_logarithmic(axis, compared):
    """A logarithmic axis from just below the emptiest bin with an event to just above the fullest."""
    drawn = np.concatenate([sample.scale * compared.histogram(sample).density
                            for sample in (compared.data, compared.reference, *compared.truth) if sample is not None])
    if (drawn > 0).any():
        axis.set(yscale="log", ylim=(drawn[drawn > 0].min() / 2, 2 * drawn.max()))
    return axis
