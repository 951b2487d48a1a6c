"""Losses and accuracies against the epoch, with moving averages over five epochs (CATHODE, figs. 3 and 5)."""
import numpy as np
from reading.results import require

from .. import losses, style
from ..page import Panel
from . import looks

WIDTH = 5
STEPS = {"Epoch": "epochs", "Trees": "trees"}


def flow_panel(study, chains, name, title):
    found = require([(chain, one) for chain in chains for one in chain.run().flows()], study, name)
    chain, first = found[0]
    labels = looks.labels_of(chain for chain, _ in found)
    return [loss_panel("flow_losses", first, losses.FLOW, joined(labels[chain.name], title))]


def classifier_panel(study, chains, name, title):
    found = require(first_classifiers(chains), study, name)
    return [loss_panel(f"losses_{method}", one, "Binary cross entropy", method_title) for method, one, method_title in titled(found, title)]


def first_classifiers(chains):
    """[(chain, method, losses of its first training)]."""
    return [(chain, method, one) for chain in chains for method in chain.methods for one in chain.run().classifiers(method)[:1]]


def titled(found, title):
    """[(method, what was found of it, title of its panel)] of [(chain, method, what)]: the method, what tells the chain from the others, and what
    the panel's name chooses, unless that is the method."""
    labels = looks.labels_of(chain for chain, *_ in found)
    return [(method, what, joined(style.look(method).name, labels[chain.name], title if title != method else ""))
            for chain, method, what in found]


def joined(*parts):
    return ", ".join(filter(None, parts))


def accuracy_panel(study, chains, name, title):
    """Part of the validation weight on its own side of 1/2. A classifier that knows nothing has 1/2, if validation has as
    many background events per data event as training; else that line is left out, as the weights are the training set's."""
    found = require([one for one in first_classifiers(chains) if one[2]["accuracy"]], study, name)

    def panel(method, one, method_title):
        def draw(axis):
            if one["equal_ratios"]:
                axis.axhline(0.5, color=style.GREY, linewidth=0.8)
            draw_curves(axis, one["accuracy"], one["step"])
            axis.set_ylabel("Accuracy")
            return axis
        return Panel(f"accuracy_{method}", draw, method_title)
    return [panel(*one) for one in titled(found, title)]


def loss_panel(name, training, quantity, title):
    """Of the first training; the loss before the first epoch is left out."""
    def draw(axis):
        draw_curves(axis, {part: training[part][1:] for part in ("training", "validation")}, training["step"])
        axis.ticklabel_format(axis="y", useOffset=False)
        axis.set_ylabel(quantity)
        return axis
    return Panel(name, draw, title)


def draw_curves(axis, curves, step):
    """Each dotted, and its moving average as a line, at the middle of the epochs (or trees, as `step` says) that it averages."""
    for (part, values), colour in zip(curves.items(), (style.BLUE, style.VERMILION)):
        epochs = np.arange(1, len(values) + 1)
        averages = moving_average(values)
        axis.plot(epochs, values, color=colour, linestyle=":", linewidth=0.8, label=part)
        axis.plot(epochs[WIDTH // 2:WIDTH // 2 + len(averages)], averages, color=colour,
                  label=f"{part}, {WIDTH} {STEPS[step]} averaged")
    losses.label_steps(axis, step)


def moving_average(values):
    """Mean of WIDTH neighbours, [N] to [N - WIDTH + 1]; of fewer than that none."""
    if len(values) < WIDTH:
        return np.array([])
    return np.convolve(values, np.ones(WIDTH) / WIDTH, mode="valid")
