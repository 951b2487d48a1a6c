"""A hunt: the spectrum before and after each cut, what the estimates of the background expect, and pulls.

While a hunt is blinded its file holds nothing of the signal region after a cut, and no point stands there."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from reading import estimates, local_p

from . import histogram, style
from .names import Names, number, rate_label
from .page import Panel, Picture

LOOKS = {"spectrum": (style.ORANGE, (0, (4, 1))), "efficiency": (style.BLUE, "-")}  # of the estimates
ASIDE = 0.25  # of the sampled background: its point stands beside the data's, so much of the signal region's width
LARGEST_PULL = 4.5  # the axis ends there unless a pull of the sidebands is larger


@dataclass(frozen=True)
class Cut:
    """One cut of a hunt: cells [C], and by estimate (expected [C], its error [C], in the signal region with the systematic one), NaN where
    there is none."""
    efficiency: float
    edges: np.ndarray
    region: tuple
    signal_cell: int
    counts: np.ndarray
    estimates: dict
    quoted: str
    z: float  # of the quoted estimate, NaN while blinded
    by_toys: bool  # the local p, to which z, which is asymptotic, does not belong
    mass_name: str
    mass_unit: str
    reference: tuple = (np.nan, np.nan)  # what the sampled background expects in the signal region, and its error
    scale: float = 1  # of weighted events: counts have the variance of scale times themselves

    @property
    def centres(self):
        return (self.edges[1:] + self.edges[:-1]) / 2

    @property
    def widths(self):
        return np.diff(self.edges)

    @property
    def judged(self):
        """The estimate that pulls are taken from: the quoted one, or the other where that was not made."""
        return self.quoted if self.quoted in self.estimates else next(iter(self.estimates))

    def pulls(self):
        """(n - b) / sqrt(c b) [C], c the scale, of the signal region with the error of b."""
        expected, error = self.estimates[self.judged]
        variance = self.scale * expected
        variance[self.signal_cell] += error[self.signal_cell]**2
        with np.errstate(divide="ignore", invalid="ignore"):
            return (self.counts - expected) / np.sqrt(variance)


def cuts(hunt):
    """The Cuts of a hunt's metrics that have an estimate, without a cut first."""
    region = hunt["@signal_region_low"], hunt["@signal_region_high"]
    found = []
    for index, efficiency in enumerate(hunt["background_efficiency"]):
        made = {name: (hunt[f"{name}/bins/expected"][index], error_of(hunt, name, index))
                for name in LOOKS if np.isfinite(hunt[f"{name}/bins/expected"][index]).any()}
        if not made:
            continue  # no fit of it converged
        found.append(Cut(efficiency, hunt["edges"], region, int(hunt["@signal_cell"]), hunt["counts"][index], made,
                         hunt["@quoted"], hunt[f"{hunt['@quoted']}/z"][index], local_p.toys(hunt, hunt["@quoted"], index) > 0, hunt["@mass_name"], hunt["@mass_unit"],
                         reference=(hunt["reference/expected"][index], hunt["reference/error"][index]) if index else (np.nan, np.nan),
                         scale=estimates.weight_scale(hunt, index)))
    return found


def error_of(hunt, name, index):
    """Of an estimate in each cell [C]: of the fit, in the signal region together with the systematic one."""
    error, region = hunt[f"{name}/bins/error"][index].astype(float), int(hunt["@signal_cell"])
    error[region] = np.hypot(error[region], hunt[f"{name}/spurious"][index])
    return error


def draw(axis, pulls, cut, names=Names()):
    """Events a unit of mass with their Poisson errors, the estimates with their errors as bands; on the Axes `pulls` the
    distance of the events to one of them. Returns `axis`."""
    style.shade_region(axis, cut.region)
    for name, look in LOOKS.items():
        if name in cut.estimates:
            draw_estimate(axis, cut, *cut.estimates[name], estimates.WORDS[name], *look)
    draw_reference(axis, cut)
    here = cut.counts > 0
    errors = np.sqrt(cut.scale * np.maximum(cut.counts, cut.scale)) / cut.widths
    axis.errorbar(cut.centres[here], (cut.counts / cut.widths)[here], errors[here], cut.widths[here] / 2, fmt="o",
                  color=style.BLACK, elinewidth=0.7, label="data", zorder=3)
    make_logarithmic(axis, cut)
    axis.set_ylabel(rate_label(cut.mass_unit))
    draw_pulls(pulls, cut)
    pulls.set_xlabel(names.axis_label(cut.mass_name, cut.mass_unit))
    return axis


def draw_estimate(axis, cut, expected, error, label, colour, line):
    """In the signal region, one wide cell, it is the number that is compared."""
    first, last = np.flatnonzero(np.isfinite(expected))[[0, -1]]
    cells, edges = slice(first, last + 1), cut.edges[first:last + 2]
    middle, width = expected[cells], error[cells]
    axis.stairs(middle / cut.widths[cells], edges, baseline=None, color=colour, linestyle=line, label=label)
    axis.stairs((middle + width) / cut.widths[cells], edges, baseline=(middle - width) / cut.widths[cells], fill=True,
                color=colour, alpha=0.3, linewidth=0)


def draw_reference(axis, cut):
    """What the sampled background expects in the signal region, where there is a cut."""
    expected, error = np.array(cut.reference) / cut.widths[cut.signal_cell]
    if np.isfinite(expected):
        low, high = cut.region
        axis.errorbar([low + (0.5 - ASIDE) * (high - low)], [expected], [error], fmt="D", color=style.GREEN, elinewidth=0.7,
                      label=estimates.REFERENCE)


def make_logarithmic(axis, cut):
    drawn = np.concatenate([cut.counts / cut.widths, [cut.reference[0] / cut.widths[cut.signal_cell]],
                            *(expected / cut.widths for expected, _ in cut.estimates.values())])
    drawn = drawn[np.isfinite(drawn) & (drawn > 0)]
    filled = cut.edges[1:][np.nan_to_num(cut.counts, nan=1) > 0]
    last = filled.max() if len(filled) else cut.edges[-1]
    low, high = max(drawn.min(), 0.3 / cut.widths.max()) / 2, 3 * drawn.max()
    axis.set(yscale="log", ylim=(low, high), xlim=(cut.edges[0], last + cut.widths[0]))
    ticks = histogram.ticks_of_decade(high / low)
    if len(ticks) > 1:  # less than two decades, which may have but one power of ten
        histogram.set_plain_ticks(axis.yaxis, ticks)


def draw_pulls(axis, cut):
    style.shade_region(axis, cut.region)
    values = cut.pulls()
    here = np.isfinite(values)
    axis.bar(cut.centres[here], values[here], cut.widths[here], color=LOOKS[cut.judged][0], alpha=0.6, linewidth=0)
    axis.axhline(0, color=style.GREY, linewidth=0.8)
    beside = np.delete(values, cut.signal_cell)  # an excess may be far larger: the panel's title tells its z
    largest = max(LARGEST_PULL, 1.15 * np.abs(beside[np.isfinite(beside)]).max(initial=0))
    axis.set(ylim=(-largest, largest), ylabel="pull")


def panel_title(cut, method):
    text = "no cut" if cut.efficiency == 1 else f"{number(100 * cut.efficiency)} %"
    z = "" if np.isnan(cut.z) else f": $z$ = {cut.z:.1f}{' (asymptotic)' if cut.by_toys else ''}"
    are_clear = cut.judged == cut.quoted or cut.efficiency == 1  # without a cut there is but the spectrum's
    pulls = "" if are_clear else f"\npulls: {estimates.WORDS[cut.judged]}"
    return f"{style.look(method).name}, {text}{z}{pulls}"


def picture(run, names):
    hunts = run.hunts()
    panels = [Panel(f"{method}_{index}", lambda axis, pulls, cut=cut: draw(axis, pulls, cut, names),
                    panel_title(cut, method), has_ratio=True)
              for method, hunt in hunts.items() for index, cut in enumerate(cuts(hunt))]
    if not panels:
        return None
    blinded = any(hunt["@blinded"] for hunt in hunts.values())
    return Picture(panels, "Search" + (" (signal region blinded)" if blinded else ""), legend="common")
