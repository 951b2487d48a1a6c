"""The classifier's score of data in the signal region beside that of background, and of the truth.

While a search is blinded the data of the signal region are left out: beyond a declared cut they are what it hides."""
import numpy as np

from . import comparison, histogram, style
from .comparison import Comparison, sample
from .page import Panel, Picture

TAIL = 0.0005  # fraction of the events beyond each end of the axis, for scores that are no probabilities


def compare(scores, background=None, blinded=False):
    """Comparison of test events in the signal region with background that was scored, or else with the sideband's test
    events; blinded without the former.

    `scores`: scores table of the data; `background`: one of events that stand for background, or None."""
    inside = scores.in_signal_region
    if background is None:
        reference = sample("SB data", scores, "score", scores.part("test") & ~inside, style.SIDEBAND)
    else:
        reference = held_out(background)
    classes = truth(scores)
    if blinded:
        return Comparison(edges_of(reference, *classes), None, reference, classes)
    data = sample("SR data", scores, "score", scores.part("test") & inside, style.DATA)
    return Comparison(edges_of(data, reference, *classes), data, reference, classes, divided=(data, reference))


def edges_of(*samples):
    """From the lowest to the highest score of a classifier; a ratio of densities (ANODE) has tails that are left out."""
    values = [sample.values for sample in samples]
    drawn = np.concatenate(values)
    return histogram.central_edges(*values, tail=0 if np.all((0 <= drawn) & (drawn <= 1)) else TAIL)


def held_out(background):
    """Those in the signal region that the classifier did not learn from; if there are none all, which are called so."""
    inside = background.in_signal_region
    unseen = inside & background.part("validation")
    name, rows = ("background sample", unseen) if unseen.any() else ("background trained on", inside)
    return sample(name, background, "score", rows, style.REFERENCE)


def truth(scores):
    """Background and signal of the signal region that no training has seen, as far as labels tell them."""
    if scores.label is None:
        return ()
    unseen = scores.in_signal_region & (scores.part("test") | scores.part("evaluation"))
    classes = (sample("true background", scores, "score", unseen & (scores.label == 0), style.BACKGROUND),
               sample("true signal", scores, "score", unseen & (scores.label == 1), style.SIGNAL, "--"))
    return tuple(one for one in classes if len(one.values))


def draw(axis, scores, background=None, ratio=None, blinded=False):
    """Scores on a logarithmic axis, and data / background on the Axes `ratio` (blinded neither); returns `axis`."""
    compared = compare(scores, background, blinded)
    comparison.draw(axis, compared, ratio)
    comparison.make_logarithmic(axis, compared)
    axis.set_ylabel("Density")
    (axis if ratio is None else ratio).set_xlabel("Score")
    if ratio is not None:
        ratio.set_ylabel("SR / SB" if background is None else "data / bkg")
    return axis


def panel(run, method):
    scores, background = run.scores(method), run.background_scores(method)
    if run.blinded(method):
        return Panel(method, lambda axis: draw(axis, scores, background, blinded=True),
                     f"{style.look(method).name}: signal region blinded")
    return Panel(method, lambda axis, ratio: draw(axis, scores, background, ratio), style.look(method).name,
                 has_ratio=True)


def picture(run, names):
    panels = [panel(run, method) for method in run.methods if run.scores(method) is not None]
    return Picture(panels, "Test events, first training") if panels else None
