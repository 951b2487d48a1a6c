"""Features of the data in the signal region beside background sampled from the flow, or else beside the sideband."""
from dataclasses import replace

from . import comparison, histogram, style
from .comparison import Comparison, sample
from .names import Names, density_label, number, unit_text
from .page import Panel, Picture

TAIL = 0.001  # fraction of the events beyond each end of the axis


def compare(events, samples, name):
    """Comparison of one feature of an events table, with a table of sampled background or None."""
    inside = events.in_signal_region
    data = sample("data" if samples else "SR data", events, name, events.is_data & inside, style.DATA)
    if samples:
        reference = sample("sampled background", samples, name, samples.in_signal_region, style.REFERENCE)
    else:
        reference = sample("SB data", events, name, events.is_data & ~inside, style.SIDEBAND)
    compared = Comparison(histogram.central_edges(data.values, reference.values, tail=TAIL), data, reference, divided=(reference, data))
    if events.label is None:
        return compared
    signal = sample("true signal, scaled", events, name, inside & (events.label == 1), style.SIGNAL, "--")
    return replace(compared, truth=(as_high_as_data(signal, compared),)) if len(signal.values) else compared


def as_high_as_data(signal, compared):
    """The true signal, scaled: its peak would leave the data no room."""
    highest = compared.histogram(signal).density.max()
    return replace(signal, scale=compared.histogram(compared.data).density.max() / highest) if highest > 0 else signal


def draw(axis, events, samples, name, ratio=None, names=Names()):
    """One feature, and sampled / data (or sideband / signal region) on the Axes `ratio`; returns `axis`."""
    comparison.draw(axis, compare(events, samples, name), ratio)
    axis.set_ylabel(density_label(events.units[name]))
    (axis if ratio is None else ratio).set_xlabel(names.axis_label(name, events.units[name]))
    if ratio is not None:
        ratio.set_ylabel("sampled /\ndata" if samples else "SB / SR")
    return axis


def title(events, names):
    low, high = map(number, events.region)
    region = f"{low} < {names.symbol(events.mass_name)} < {high} {unit_text(events.mass_unit)}".rstrip()
    return f"Signal region: {region}; the outer {200 * TAIL:g} % of the events lie beyond the axes"


def picture(run, names):
    events, samples = run.events(), run.samples()
    if events is None:
        return None
    common = [name for name in events.features if samples is None or name in samples.features]
    panels = [Panel(name, lambda axis, ratio, name=name: draw(axis, events, samples, name, ratio, names),
                    has_ratio=True) for name in common]
    return Picture(panels, title(events, names), legend="common")
