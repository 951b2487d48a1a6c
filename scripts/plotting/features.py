"""Features in the signal region: data, background sampled from the flow, and their ratio."""
import numpy as np

from . import style

BINS = 40


def density(values, edges):
    """Normalised histogram and its Poisson errors."""
    counts, _ = np.histogram(values, edges)
    scale = 1 / (len(values) * np.diff(edges))
    return counts, counts * scale, np.sqrt(counts) * scale


def edges_for(data, sampled):
    """Equal bins over nearly all of both; far tails would squeeze the rest."""
    low, high = np.quantile(np.concatenate([data, sampled]), [0.001, 0.999])
    return np.linspace(low, high, BINS + 1)


def ratio(top, top_counts, bottom, bottom_counts):
    """top / bottom with both Poisson errors; NaN where either has no event."""
    filled = (top_counts > 0) & (bottom_counts > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(filled, top / bottom, np.nan)
        return value, value * np.sqrt(1 / top_counts + 1 / bottom_counts)


def panel(upper, lower, data, sampled, signal):
    edges = edges_for(data, sampled)
    centres = (edges[1:] + edges[:-1]) / 2
    data_counts, data_density, data_error = density(data, edges)
    counts, sampled_density, _ = density(sampled, edges)
    upper.stairs(sampled_density, edges, fill=True, color=style.SKY, alpha=0.55,
                 label=f"sampled background ({len(sampled):,})")
    upper.errorbar(centres, data_density, data_error, fmt="o", markersize=2.8, elinewidth=0.9,
                   color=style.BLACK, label=f"data ({len(data):,})")
    if len(signal):
        upper.stairs(density(signal, edges)[1], edges, color=style.VERMILION, linestyle="--",
                     linewidth=1.4, label="signal (truth)")
    value, error = ratio(data_density, data_counts, sampled_density, counts)
    lower.axhline(1, color=style.GREY, linewidth=0.9)
    lower.errorbar(centres, value, error, fmt="o", markersize=2.8, elinewidth=0.9, color=style.BLACK)
    lower.set_ylim(0.6, 1.4)
    style.mark_off_range(lower, centres, value, style.BLACK)
    upper.set_xlim(edges[0], edges[-1])
    upper.set_ylim(0, None)


def draw(run):
    events, samples = run.table("events.h5"), run.table("samples.h5")
    if events is None or samples is None:
        return None
    chosen = events.is_data & events.in_signal_region
    signal = np.zeros(len(events.mass), bool) if events.label is None else \
        (events.label == 1) & events.in_signal_region
    common = [name for name in events.features if name in samples.features]
    figure, axes = style.columns_with_ratio(len(common))
    for (upper, lower), name in zip(axes.T, common):
        sampled = samples.features[name]
        panel(upper, lower, events.features[name][chosen], sampled[np.isfinite(sampled)],
              events.features[name][signal])
        upper.set_ylabel(style.density_label(events.units[name]))
        lower.set_xlabel(style.axis_label(name, events.units[name]))
    axes[1][0].set_ylabel("data / sampled")
    figure.align_ylabels(axes[:, 0])
    low, high = events.region
    title = f"{low:g} < {style.symbol(events.mass_name)} < {high:g} {events.mass_unit}".rstrip(" 1")
    style.legend_above(figure, axes[0][0].get_legend_handles_labels(), f"Signal region, {title}")
    return figure
