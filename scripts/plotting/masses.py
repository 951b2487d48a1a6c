"""The resonant mass of background events before and after cuts on the score."""
from dataclasses import dataclass

import numpy as np

from . import style

EFFICIENCIES = (0.20, 0.05, 0.01)
LOOKS = ((style.ORANGE, "o"), (style.GREEN, "s"), (style.PURPLE, "^"))
EVENTS_A_BIN = 25  # selected events wanted in a drawn bin of the tightest cut
FEWEST_BINS = 8


@dataclass
class Spectra:
    """Counts before the cut [B] and after each shown cut, in bins with the given edges [B+1]."""
    edges: np.ndarray
    full: np.ndarray
    selected: dict  # efficiency -> counts [B]

    def ratio(self, counts):
        """Normalised after / normalised before, and its Poisson error."""
        expected = self.full / self.full.sum() * counts.sum()
        return counts / expected, np.sqrt(counts) / expected


def nearest(grid, wanted):
    """Indices of the grid points next to the wanted efficiencies, each once, loosest first."""
    return list(dict.fromkeys(int(np.argmin(np.abs(np.log(grid / value)))) for value in wanted))


def group_size(metrics):
    """How many equal-content bins to draw as one: the same for all methods."""
    sizes = []
    for values in metrics.values():
        tightest = values["histogram/selected"][0, nearest(values["efficiency"], EFFICIENCIES)[-1]]
        wanted = np.ceil(EVENTS_A_BIN / max(tightest.mean(), 1e-9))
        sizes.append(np.clip(wanted, 1, max(1, len(tightest) // FEWEST_BINS)))
    return int(max(sizes))


def merge(values, group):
    """Spectra of the first training with `group` neighbouring bins made one (the last may hold fewer)."""
    starts = np.arange(0, len(values["histogram/full"]), group)
    return Spectra(
        edges=np.append(values["edges"][starts], values["edges"][-1]),
        full=np.add.reduceat(values["histogram/full"], starts),
        selected={values["efficiency"][index]: np.add.reduceat(values["histogram/selected"][0, index], starts)
                  for index in nearest(values["efficiency"], EFFICIENCIES)})


def draw_spectra(axis, spectra):
    width = np.diff(spectra.edges)
    axis.stairs(spectra.full / spectra.full.sum() / width, spectra.edges, fill=True, color=style.GREY,
                alpha=0.4, label="no cut")
    for (efficiency, counts), (colour, _) in zip(spectra.selected.items(), LOOKS):
        axis.stairs(counts / counts.sum() / width, spectra.edges, color=colour, linewidth=1.4,
                    label=f"{100 * efficiency:.3g} % kept ({counts.sum():,} events)")
    if (spectra.full / width).max() > 20 * (spectra.full / width).min():
        axis.set_yscale("log")
    low, high = axis.get_ylim()
    axis.set_ylim(low, high * (30 if axis.get_yscale() == "log" else 1.5))  # room for the legend


def draw_ratios(axis, spectra, last_edge):
    """The last bin reaches far out: its point stands in the part that is shown."""
    edges = np.append(spectra.edges[:-1], max(last_edge, spectra.edges[-2]))
    centres, half = (edges[1:] + edges[:-1]) / 2, np.diff(edges) / 2
    axis.axhline(1, color=style.BLACK, linewidth=0.9)
    for counts, (colour, marker) in zip(spectra.selected.values(), LOOKS):
        ratio, error = spectra.ratio(counts)
        axis.errorbar(centres, ratio, error, half, fmt=marker, markersize=3, elinewidth=0.8, color=colour)
        style.mark_off_range(axis, centres, ratio, colour)


def ratio_limits(all_spectra):
    """One range for all methods; strong sculpting is cut off at 2.5."""
    ratios = np.concatenate([spectra.ratio(counts)[0] for spectra in all_spectra
                             for counts in spectra.selected.values()])
    return max(0, min(0.75, 0.9 * ratios.min())), min(2.5, max(1.25, 1.1 * ratios.max()))


def draw(run):
    metrics = run.metrics("sculpting")
    if not metrics:
        return None
    events = run.table("events.h5")
    name, unit = (events.mass_name, events.mass_unit) if events else ("m", "")
    figure, axes = style.columns_with_ratio(len(metrics), width=5.2, height=5.2, top_share=1.7)
    group = group_size(metrics)
    all_spectra = {method: merge(values, group) for method, values in metrics.items()}
    limits = ratio_limits(all_spectra.values())
    for (upper, lower), (method, spectra) in zip(axes.T, all_spectra.items()):
        values = metrics[method]
        for axis in (upper, lower):
            axis.axvspan(values["@signal_region_low"], values["@signal_region_high"], color=style.SKY,
                         alpha=0.25, linewidth=0, zorder=0)
        draw_spectra(upper, spectra)
        upper.set_title(f"{style.method_name(method)}, background events", fontsize=11)
        upper.set_xlim(values["edges"][0], values["edges"][-2])
        upper.legend(loc="upper right", title="shaded: signal region")
        lower.set_ylim(*limits)
        draw_ratios(lower, spectra, values["edges"][-2])
        lower.set_xlabel(style.axis_label(name, unit))
    axes[0][0].set_ylabel(style.density_label(unit))
    axes[1][0].set_ylabel("after / before")
    figure.align_ylabels(axes[:, 0])
    return figure
