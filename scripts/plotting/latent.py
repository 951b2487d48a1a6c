"""Marginals of the latent coordinates against the base distribution N(0, 1)."""
import math

import numpy as np

from . import style

EDGES = np.linspace(-4, 4, 41)


def expected():
    """Probability of N(0, 1) in every bin."""
    cumulative = np.array([0.5 * (1 + math.erf(edge / math.sqrt(2))) for edge in EDGES])
    return np.diff(cumulative)


def panel(upper, lower, name, regions):
    centres, width = (EDGES[1:] + EDGES[:-1]) / 2, np.diff(EDGES)
    grid = np.linspace(EDGES[0], EDGES[-1], 400)
    upper.plot(grid, np.exp(-grid**2 / 2) / np.sqrt(2 * np.pi), color=style.BLACK, linewidth=1.2,
               label=r"$\mathcal{N}(0, 1)$")
    lower.axhline(1, color=style.BLACK, linewidth=0.9)
    lower.set_ylim(0.7, 1.3)
    lines = []
    for offset, (label, colour, marker, values) in zip((-0.03, 0.03), regions):
        counts, _ = np.histogram(values, EDGES)
        share, error = counts / len(values), np.sqrt(counts) / len(values)
        style_of = dict(fmt=marker, markersize=3, elinewidth=0.9, color=colour)
        upper.errorbar(centres + offset, share / width, error / width,
                       label=f"{label} ({len(values):,} events)", **style_of)
        filled = counts > 0
        lower.errorbar((centres + offset)[filled], (share / expected())[filled],
                       (error / expected())[filled], **style_of)
        style.mark_off_range(lower, centres + offset, np.where(filled, share / expected(), 1), colour)
        lines.append(f"{label}: mean {values.mean():+.3f}, std {values.std(ddof=1):.3f}")
    upper.text(0.04, 0.97, "\n".join(lines), transform=upper.transAxes, va="top", fontsize=8)
    upper.set_ylim(0, 0.52)
    upper.set_xlim(EDGES[0], EDGES[-1])
    lower.set_xlabel(style.symbol(name))


def draw(run):
    latent = run.table("latent.h5")
    if latent is None:
        return None
    finite = np.all([np.isfinite(values) for values in latent.features.values()], axis=0)
    inside, chosen = latent.in_signal_region, latent.is_data & finite
    not_mapped = int((latent.is_data & ~finite).sum())
    figure, axes = style.columns_with_ratio(len(latent.features))
    for (upper, lower), (name, values) in zip(axes.T, latent.features.items()):
        panel(upper, lower, name,
              [("sideband", style.BLUE, "o", values[chosen & ~inside]),
               ("signal region", style.VERMILION, "s", values[chosen & inside])])
    axes[0][0].set_ylabel("Density")
    axes[1][0].set_ylabel(r"data / $\mathcal{N}(0, 1)$")
    figure.align_ylabels(axes[:, 0])
    style.legend_above(figure, axes[0][0].get_legend_handles_labels(),
                       f"Data in the latent space ({not_mapped:,} events not mapped, not shown)")
    return figure
