"""The mass spectrum of test events before and after cuts on the score, and selected over expected.

With truth they are background events and the cut should leave the spectrum's shape alone; without they are the data,
in which a bump may be the signal that is searched for."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from common.failure import InputError

from . import histogram, mass_bins, style
from .names import Names, rate_label
from .page import Panel, Picture

EFFICIENCIES = (0.20, 0.05, 0.01)
TAIL = 0.005  # fraction of the events beyond each end of the axis, in the outermost bins
LOOKS = ((style.ORANGE, "o", "-"), (style.GREEN, "s", (0, (4, 1))), (style.PURPLE, "^", (0, (1.5, 0.8))))


@dataclass(frozen=True)
class Spectra:
    """Histograms before the cut and after each shown cut, in bins with the given edges [B+1]."""
    edges: np.ndarray
    shown: tuple  # (low, high) of the axis: the outermost bins may reach further
    region: tuple
    full: histogram.Histogram
    selected: dict  # efficiency in the signal region -> Histogram
    mass_name: str
    mass_unit: str

    @property
    def in_region(self):
        """The bins [B] that lie in the signal region; its edges are edges of bins."""
        centres = (self.edges[1:] + self.edges[:-1]) / 2
        return (self.region[0] < centres) & (centres < self.region[1])

    def expected(self, selected):
        """The full spectrum [B], scaled to what is selected outside the signal region."""
        outside = ~self.in_region
        before = self.full.counts[outside].sum()
        return self.full.counts * (selected.counts[outside].sum() / (before if before > 0 else 1))

    def ratio(self, selected):
        """(selected / expected, its counting error, that of one event where there is none); NaN in bins that are empty
        before the cut."""
        expected = self.expected(selected)
        with np.errstate(divide="ignore", invalid="ignore"):
            of_one = self.full.variances.sum() / self.full.counts.sum()
            variances = np.where(selected.variances > 0, selected.variances, of_one**2)
            return selected.counts / expected, np.sqrt(variances) / expected


def evaluated(scores, metrics):
    """Rows [N] of the part of the data that was evaluated, of these the background where truth tells it."""
    rows = scores.part(metrics.get("@partition", "test"))
    if scores.label is not None:
        rows &= scores.label == 0
    if metrics.get("@unmapped") == "excluded":
        rows &= np.isfinite(scores.features["score"])
    return rows


def nearest(grid, wanted):
    """Indices of the grid points next to the wanted efficiencies, each once, loosest first."""
    return list(dict.fromkeys(int(np.argmin(np.abs(np.log(grid / value)))) for value in wanted))


def spectra(scores, metrics, efficiencies=EFFICIENCIES, edges=None):
    """Spectra of a scores table with the cuts of a sculpting metrics file that was made of it (its first training; see of_run), in
    bins with these edges, or of widths that follow the spectrum."""
    rows = evaluated(scores, metrics)
    mass, weight, score = scores.mass[rows], scores.weight[rows], scores.features["score"][rows].astype(float)
    if metrics.get("@unmapped") == "selected":
        score[np.isnan(score)] = np.inf
    judged = ~scores.in_signal_region[rows] if metrics.get("@judged") == "sidebands" else np.ones(len(mass), bool)
    cuts = {metrics["efficiency"][index]: passing(score, judged, metrics, index)
            for index in nearest(metrics["efficiency"], efficiencies)}
    medium = list(cuts.values())[len(cuts) // 2]
    edges = mass_bins.edges(mass, scores.region, medium) if edges is None else edges
    return Spectra(edges, shown(mass, scores.region), scores.region, histogram.fill(mass, edges, weight),
                   {efficiency: histogram.fill(mass[passed], edges, weight[passed]) for efficiency, passed in cuts.items()},
                   scores.mass_name, scores.mass_unit)


def of_run(run, method, metrics, efficiencies=EFFICIENCIES):
    """Spectra of the first training, of the events that the metrics of all trainings count; None where it has no scores."""
    scores = run.judged_scores(method, len(metrics["threshold"]))
    return None if scores is None else spectra(scores, metrics, efficiencies)


def shown(mass, region):
    """(low, high) of an axis with nearly all of the masses [N], and with the signal region and room beside it."""
    (low, high), (left, right) = np.quantile(mass, [TAIL, 1 - TAIL]), region
    room = (right - left) / mass_bins.FEWEST
    return min(low, left - room), max(high, right + room)


def passing(score, judged, metrics, index):
    """Which scores [N] pass the cut (an event without a score passes none); `judged` [N] are those that the metrics
    count."""
    passed = score >= metrics["threshold"][0, index]
    found, wanted = passed[judged].sum(), metrics["selected"][0, index]
    if found != wanted:
        raise InputError(f"{metrics.path}: its cut keeps {wanted} events, but {found} of the scores beside it: "
                         "evaluate them again")
    return passed


def draw(axis, spectra, ratio=None, names=Names(), frame=None):
    """Events a unit of mass before and after the cuts (thin: expected after them); selected / expected on the Axes
    `ratio`, with a Frame that it is to have or one of its own. Returns `axis`."""
    widths = np.diff(spectra.edges)
    style.shade_region(axis, spectra.region)
    axis.stairs(spectra.full.counts / widths, spectra.edges, fill=True, color=style.GREY, alpha=0.35,
                label=f"no cut ({spectra.full.total:,.0f})")
    for (efficiency, selected), (colour, _, line) in zip(spectra.selected.items(), LOOKS):
        axis.stairs(spectra.expected(selected) / widths, spectra.edges, color=colour, linewidth=0.6, alpha=0.8)
        axis.stairs(selected.counts / widths, spectra.edges, color=colour, linestyle=line, linewidth=1.3,
                    label=f"{100 * efficiency:.3g} % kept ({selected.total:,.0f})")
    axis.plot([], [], color=style.GREY, linewidth=0.6, label="expected")
    make_logarithmic(axis, spectra, widths)
    axis.set_ylabel(rate_label(spectra.mass_unit))
    (axis if ratio is None else ratio).set_xlabel(names.axis_label(spectra.mass_name, spectra.mass_unit))
    if ratio is not None:
        draw_ratio(ratio, spectra, frame or histogram.frame_of(*ratios(spectra)))
    return axis


def make_logarithmic(axis, spectra, widths):
    """A logarithmic axis that ends at the emptiest bin that has an event."""
    drawn = np.concatenate([one.counts / widths for one in (spectra.full, *spectra.selected.values())])
    axis.set_xlim(*spectra.shown)
    if (drawn > 0).any():
        axis.set(yscale="log", ylim=(drawn[drawn > 0].min() / 2, 2 * drawn.max()))


def ratios(spectra):
    """Selected / expected [B] after each cut."""
    return [spectra.ratio(selected)[0] for selected in spectra.selected.values()]


def draw_ratio(axis, spectra, frame):
    style.shade_region(frame.put_on(axis), spectra.region)
    edges = np.clip(spectra.edges, *spectra.shown)  # a point stands in the visible part of its bin
    centres, half = (edges[1:] + edges[:-1]) / 2, np.diff(edges) / 2
    for selected, (colour, marker, _) in zip(spectra.selected.values(), LOOKS):
        histogram.draw_ratio(axis, centres, *spectra.ratio(selected), half, marker, colour)
    axis.set_ylabel("selected /\nexpected")
    return axis


def title(scores, metrics):
    kind = "Data" if scores.label is None else "Background"
    return f"{kind}: {metrics.get('@partition', 'test')} events, first training"


def picture(run, names):
    metrics = {method: values for method, values in run.metrics("sculpting").items() if run.scores(method) is not None}
    if not metrics:
        return None
    drawn = {method: of_run(run, method, values) for method, values in metrics.items()}
    frame = histogram.frame_of(*(values for one in drawn.values() for values in ratios(one)))  # one range for all
    panels = [Panel(method, lambda axis, ratio, one=one: draw(axis, one, ratio, names, frame), style.look(method).name,
                    has_ratio=True) for method, one in drawn.items()]
    first = panels[0].name
    return Picture(panels, title(run.scores(first), metrics[first]) + style.hidden_note(run.hidden("sculpting")))
