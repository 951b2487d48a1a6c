"""Training and validation losses of the flows and of every classifier."""
import numpy as np
from matplotlib.ticker import MaxNLocator

from . import style
from .page import Panel, Picture

FLOW = r"Mean $-\log\,p\,(y\,|\,m)$"
KINDS = {"Epoch": "networks", "Trees": "trees"}  # of classifiers, by what their losses stand against


def draw(axis, trainings, colour=style.BLACK):
    """Losses of one or several trainings (files.read_losses), with a mark at every epoch that was kept."""
    for losses in trainings:
        epochs = np.arange(len(losses["training"]))
        first = losses is trainings[0]
        thin = {"linewidth": 1.2 if len(trainings) == 1 else 0.8}
        axis.plot(epochs[1:], losses["training"][1:], color=style.GREY, linestyle="--", **thin,
                  label="training" if first else None)
        axis.plot(epochs[1:], losses["validation"][1:], color=colour, **thin,
                  label="validation" if first else None)
        axis.plot(losses["kept"], losses["validation"][losses["kept"]], "o", markersize=3.2, zorder=3,
                  markerfacecolor=style.ORANGE, markeredgecolor=style.BLACK, markeredgewidth=0.4,
                  label="kept" if first else None)
    axis.ticklabel_format(axis="y", useOffset=False)
    label_steps(axis, trainings[0]["step"])
    return axis


def label_steps(axis, step):
    """Of epochs or trees, which are whole."""
    axis.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6, steps=[1, 2, 5, 10]))
    axis.set_xlabel(step)


def note(trainings):
    """What the curves do not show: the untrained loss, validation events left out of it."""
    untrained = np.mean([losses["validation"][0] for losses in trainings])
    left_out = max(losses["left_out"] for losses in trainings)
    return f"untrained: {untrained:.4g}" + (f"; up to {left_out} events left out of an epoch" if left_out else "")


def panel(name, trainings, title, quantity, colour=style.BLACK):
    count = f", {len(trainings)} trainings" if len(trainings) > 1 else ""

    def draw_with_label(axis):
        draw(axis, trainings, colour).set_ylabel(quantity)
        return axis
    return Panel(name, draw_with_label, f"{title}{count}\n{note(trainings)}")


def by_kind(classifiers):
    """{what they are: trainings}, as the losses of networks and of trees have no axis in common."""
    found = {}
    for one in classifiers:
        found.setdefault(KINDS[one["step"]], []).append(one)
    return found


def picture(run, names):
    panels = []
    flows = run.flows()
    if flows:
        panels.append(panel("flow", flows, "Flow", FLOW))
    for method in run.methods:
        look = style.look(method)
        flows, kinds = run.flows(method), by_kind(run.classifiers(method))
        if flows:
            panels.append(panel(method, flows, look.name, FLOW, look.colour))
        for kind, trainings in kinds.items():
            name, title = (f"{method}_{kind}", f"{look.name}, {kind}") if len(kinds) > 1 else (method, look.name)
            panels.append(panel(name, trainings, title, "Binary cross entropy", look.colour))
    return Picture(panels) if panels else None
