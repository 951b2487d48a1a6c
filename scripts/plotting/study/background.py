"""The model of the background: its features beside the truth, its selected events, and how features follow the mass."""
import numpy as np

from .. import comparison, features, histogram, style
from ..comparison import Comparison, Sample
from ..names import Names, density_label
from ..page import Panel
from .results import require

POINTS = 60  # of a curve against the number of selected events
FEWEST = 10  # selected events
TAIL = 0.001


def first_with(chains, has):
    return next((chain for chain in chains if has(chain.run())), None)


def features_panels(study, chains, name, title):
    """Sampled background beside true background of the signal region (CATHODE, fig. 4)."""
    chain = require(first_with(chains, lambda run: run.samples() is not None), study, name)
    events, samples = chain.run().events(), chain.run().samples()
    truth = events.in_signal_region & (events.label == 0)

    def panel(feature):
        true = Sample("true background", features.finite(events.features[feature][truth]), style.BACKGROUND)
        sampled = Sample("sampled", features.finite(samples.features[feature][samples.in_signal_region]),
                         style.REFERENCE)
        edges = histogram.central_edges(true.values, sampled.values, tail=TAIL)
        return feature_panel(events, feature, Comparison(edges, true, sampled, (), divided=(sampled, true)),
                             "sampled /\ntrue")
    return [panel(feature) for feature in events.features]


def correlation_panels(study, chains, name, title):
    """Features below, in and above the signal region (LaCATHODE, fig. 1)."""
    chain = require(first_with(chains, lambda run: run.events() is not None), study, name)
    events = chain.run().events()
    low, high = events.region
    data = events.is_data & (True if events.label is None else events.label == 0)

    def panel(feature):
        values = events.features[feature]
        below = Sample("lower sideband", features.finite(values[data & (events.mass <= low)]), style.GREEN)
        inside = Sample("signal region", features.finite(values[data & events.in_signal_region]), style.BLACK)
        above = Sample("upper sideband", features.finite(values[data & (events.mass >= high)]), style.VERMILION, "--")
        edges = histogram.central_edges(inside.values, above.values, tail=TAIL)
        return feature_panel(events, feature, Comparison(edges, inside, below, (above,), divided=(below, inside)),
                             "lower /\nSR")
    return [panel(feature) for feature in events.features]


def feature_panel(events, feature, compared, ratio_label):
    def draw(axis, ratio):
        comparison.draw(axis, compared, ratio)
        axis.set_ylabel(density_label(events.units[feature]))
        ratio.set(xlabel=Names().axis_label(feature, events.units[feature]), ylabel=ratio_label)
        return axis
    return Panel(feature, draw, has_ratio=True)


def selected_ratio(background, sampled):
    """(background events selected [P], ratio [P] of the sampled to the true fraction above the same threshold, its
    Poisson error [P]) of two sets of scores."""
    background, sampled = np.sort(background)[::-1], np.sort(sampled)
    counts = np.unique(np.geomspace(FEWEST, len(background), POINTS).astype(int))
    above = len(sampled) - np.searchsorted(sampled, background[counts - 1])
    ratio = above / len(sampled) * len(background) / counts
    with np.errstate(divide="ignore"):
        return counts, ratio, ratio * np.sqrt(1 / counts + 1 / np.maximum(above, 1))


def ratio_panel(study, chains, name, title):
    """Sampled over true background above a threshold, against the true events selected (CATHODE, fig. 10 right)."""
    found = require([(method, chain.run()) for chain in chains for method in chain.run().methods
                     if chain.run().background_scores(method) is not None], study, name)

    def draw(axis):
        axis.axhline(1, color=style.GREY, linewidth=0.8)
        for method, run in found:
            draw_selected_ratio(axis, style.look(method), run.scores(method), run.background_scores(method))
        axis.set(xscale="log", ylim=(0.5, 1.5), xlabel="True background events selected",
                 ylabel="Sampled / true background")
        return axis
    return [Panel("sample_ratio", draw, title)]


def draw_selected_ratio(axis, look, scores, background_scores):
    """From background that no training has seen: test events, and the samples of the validation."""
    truth = scores.in_signal_region & (scores.label == 0) & scores.part("test")
    unseen = background_scores.part("validation") & background_scores.in_signal_region
    counts, ratio, error = selected_ratio(features.finite(scores.features["score"][truth]),
                                          features.finite(background_scores.features["score"][unseen]))
    axis.plot(counts, ratio, color=look.colour, linestyle=look.line, label=look.name)
    axis.fill_between(counts, ratio - error, ratio + error, color=look.colour, alpha=0.25, linewidth=0)
