"""The model of the background: its features beside the truth, its selected events, and how features follow the mass."""
from dataclasses import replace

import numpy as np
from common.failure import InputError
from reading.results import require

from .. import comparison, histogram, style
from ..comparison import Comparison, sample
from ..names import Names, density_label
from ..page import Panel
from . import looks

POINTS = 60  # of a curve against the number of selected events
FEWEST = 10  # selected events
TAIL = 0.001


def first_with(chains, has):
    return next((chain for chain in chains if has(chain.run())), None)


def has_truth(table):
    return table is not None and table.label is not None


def features_panels(study, chains, name, title):
    """Mass and features of sampled background beside true background of the signal region (CATHODE, fig. 4)."""
    chain = require(first_with(chains, lambda run: run.samples() is not None and has_truth(run.events())), study, name)
    events, samples = with_mass(chain.run().events()), with_mass(chain.run().samples())
    truth = events.in_signal_region & (events.label == 0)

    def panel(feature):
        true = sample("true background", events, feature, truth, style.BACKGROUND)
        sampled = sample("sampled", samples, feature, samples.in_signal_region, style.REFERENCE)
        edges = histogram.central_edges(true.values, sampled.values, tail=TAIL)
        return feature_panel(events, feature, Comparison(edges, true, sampled, (), divided=(sampled, true)),
                             "sampled /\ntrue")
    return [panel(feature) for feature in events.features]


def with_mass(table):
    """The table with the mass as the first of its features."""
    return replace(table, features={table.mass_name: table.mass, **table.features},
                   units={table.mass_name: table.mass_unit, **table.units})


def correlation_panels(study, chains, name, title):
    """Features below, in and above the signal region (LaCATHODE, fig. 1)."""
    chain = require(first_with(chains, lambda run: run.events() is not None), study, name)
    events = chain.run().events()
    low, high = events.region
    data = events.is_data & (True if events.label is None else events.label == 0)

    def panel(feature):
        below = sample("lower sideband", events, feature, data & (events.mass <= low), style.GREEN)
        inside = sample("signal region", events, feature, data & events.in_signal_region, style.BLACK)
        above = sample("upper sideband", events, feature, data & (events.mass >= high), style.VERMILION, "--")
        edges = histogram.central_edges(inside.values, below.values, above.values, tail=TAIL)
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
    """(background selected [P], ratio [P] of the sampled to the true fraction above the same threshold, its counting
    error [P]) of two Samples of scores."""
    if len(background.values) < FEWEST:
        raise InputError(f"{len(background.values)} true background events in the test part of the signal region have a score; {FEWEST} are needed")
    ranks = np.unique(np.geomspace(FEWEST, len(background.values), POINTS).astype(int))
    thresholds = np.sort(background.values)[::-1][ranks - 1]
    true, true_variance = above(background, thresholds)
    drawn, drawn_variance = above(sampled, thresholds)
    ratio = drawn / sampled.weights.sum() * background.weights.sum() / true
    with np.errstate(divide="ignore", invalid="ignore"):
        return true, ratio, ratio * np.sqrt(true_variance / true**2 + np.where(drawn > 0, drawn_variance / drawn**2, 1))


def above(sample, thresholds):
    """Sums of the weights and of their squares [P] of the values that reach each threshold [P]."""
    order = np.argsort(sample.values)
    first = np.searchsorted(sample.values[order], thresholds)
    sums = (np.append(np.cumsum(weights[order][::-1])[::-1], 0) for weights in (sample.weights, sample.weights**2))
    return [one[first] for one in sums]


def ratio_panel(study, chains, name, title):
    """Sampled over true background above a threshold, against the true events selected (CATHODE, fig. 10 right)."""
    runs = [(chain, chain.run()) for chain in chains]
    found = require([(chain, method, run) for chain, run in runs for method in chain.methods
                     if run.background_scores(method) is not None and has_truth(run.scores(method))], study, name)
    for chain, method, run in found:
        if not unseen(run.background_scores(method)).any():
            raise InputError(f"{chain.folder / method}: nothing for the panel '{name}': its background_scores have no validation events in "
                             "the signal region, as classifiers that draw theirs count all as training; set "
                             "train_classifier.validation_fraction = 0, or have references drawn (run.members > 1 with "
                             "combine_scores.by = aligned)")
    lines = looks.looks([(chain, method) for chain, method, _ in found])

    def draw(axis):
        axis.axhline(1, color=style.GREY, linewidth=0.8)
        axis.set(xscale="log", ylim=(0.5, 1.5))
        for look, (_, method, run) in zip(lines, found):
            draw_selected_ratio(axis, look, run.scores(method), run.background_scores(method))
        axis.set(xlabel="True background events selected", ylabel="Sampled / true background")
        return axis
    return [Panel("sample_ratio", draw, title)]


def unseen(background_scores):
    """Rows [N] in the signal region that no training has learned from."""
    return background_scores.part("validation") & background_scores.in_signal_region


def draw_selected_ratio(axis, look, scores, background_scores):
    """From background that no training has seen: test events, and the samples of the validation."""
    truth = scores.in_signal_region & (scores.label == 0) & scores.part("test")
    counts, ratio, error = selected_ratio(sample("true", scores, "score", truth, look.colour),
                                          sample("sampled", background_scores, "score", unseen(background_scores), look.colour))
    histogram.mark_beyond(axis, counts, ratio, look.colour)
    axis.plot(counts, ratio, color=look.colour, linestyle=look.line, label=look.name)
    axis.fill_between(counts, ratio - error, ratio + error, color=look.colour, alpha=0.25, linewidth=0)
