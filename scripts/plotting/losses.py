"""Training and validation losses of the flow and of every classifier."""
import numpy as np
from matplotlib.ticker import MaxNLocator

from . import files, style


def panel(axis, trainings, title, ylabel):
    """Losses of one or several trainings, with a mark at every epoch that was kept."""
    for index, losses in enumerate(trainings):
        epochs = np.arange(len(losses["training"]))
        look = {} if len(trainings) == 1 else dict(alpha=0.5, linewidth=1.1)
        named = index == 0
        axis.plot(epochs[1:], losses["training"][1:], color=style.GREY, **look,
                  label="training" if named else None)
        axis.plot(epochs[1:], losses["validation"][1:], color=style.BLUE, **look,
                  label="validation" if named else None)
        axis.plot(losses["kept"], losses["validation"][losses["kept"]], "o", markersize=4.5,
                  markerfacecolor=style.ORANGE, markeredgecolor=style.BLACK, markeredgewidth=0.6,
                  label="kept" if named else None, zorder=3)
    axis.set(xlabel=trainings[0]["step"], ylabel=ylabel, title=title)
    low, high = axis.get_ylim()
    axis.set_ylim(low, high + 0.4 * (high - low))  # room for the legend
    axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    axis.legend(loc="upper right", title=note(trainings))


def note(trainings):
    """What the curves do not show: the untrained loss, validation events left out of it."""
    untrained = np.mean([losses["validation"][0] for losses in trainings])
    lines = [f"untrained: {untrained:.4f}"]
    left_out = max(losses["left_out"] for losses in trainings)
    if left_out:
        lines.append(f"events left out of an epoch: up to {left_out}")
    return "\n".join(lines)


def draw(run):
    panels = []
    flow = run.path("flow.h5")
    if flow:
        panels.append(([files.read_losses(flow)], "Density estimator", r"Mean $-\log\,p\,(y\,|\,m)$"))
    for method in run.methods:
        trainings = run.classifiers(method)
        if trainings:
            count = f", {len(trainings)} trainings" if len(trainings) > 1 else ""
            panels.append((trainings, f"Classifier, {style.method_name(method)}{count}",
                           "Binary cross entropy"))
    if not panels:
        return None
    figure, axes = style.new_figure(len(panels))
    for axis, (trainings, title, ylabel) in zip(axes, panels):
        panel(axis, trainings, title, ylabel)
    return figure
