"""The toy study of the LaCATHODE paper, figures 3 to 5: a case beside the other, its feature above, its flat mass below."""
from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from common.failure import InputError
from reading import files
from reading.files import Metrics, Run, read_table

from . import features, histogram, mass, style
from .names import Names
from .page import Panel, Picture

METHOD = "toy"
CUT = 0.01
LOOKS = ((style.BLUE, "-"), (style.VERMILION, (0, (5, 1.5))), (style.GREEN, (0, (1.2, 0.8))))


def folders(folder):
    """Those of the cases below a folder; empty where it holds no toy study."""
    return sorted(path.parents[1] for path in Path(folder).glob(f"*/{METHOD}/sculpting.h5")) if os.path.isdir(folder) else []


def settings(folder):
    """(whether z stands for x, correlation c) of the events of a case."""
    path = folder / "events.h5"
    generated = files.contents(path, ("lacathode.events",), files.settings).get("generate_toy", {})
    if not {"latent", "correlation"} <= generated.keys():
        raise InputError(f"{path}: is not of the toy model (lacathode-generate-toy)")
    return generated["latent"], generated["correlation"]


def title(latent, correlation):
    c = f"c = {correlation:g}"
    return f"$z = x - c\\,m$, ${c}$" if latent else f"$x \\sim N(c\\,m, 1)$, ${c}$"


def of_training(metrics, training):
    """The metrics with one training alone."""
    rows = {name: metrics[name][training:training + 1] for name in ("threshold", "selected")}
    return Metrics(metrics.path, {**metrics, **rows})


def edges(mass_values, region):
    """As wide as the signal region, which is one bin, from end to end of the masses."""
    low, high = region
    width = high - low
    below, above = (low - mass_values.min()) // width, (mass_values.max() - high) // width
    return low + width * np.arange(-below, above + 2)


def nearest(metrics):
    """The place of the efficiency that is next to the cut."""
    return int(np.argmin(np.abs(metrics["efficiency"] - CUT)))


def spectra(run, metrics):
    """[(histograms before and after the cut, chi2/ndof of the cut)] of each training."""
    at = nearest(metrics)
    paths, runs = run.trainings(f"{METHOD}/scores"), metrics["chi2_per_dof/runs"]
    if len(paths) != len(runs):
        raise InputError(f"{metrics.path}: has {len(runs)} trainings, and beside it are {len(paths)} files of scores")

    def of(path, training):
        scores = read_table(path, "scores")
        return mass.spectra(scores, of_training(metrics, training), (CUT,), edges(scores.mass, scores.region))
    return [(of(path, training), runs[training, at]) for training, path in enumerate(paths)]


def feature_panel(folder, run):
    events = run.events()
    first = next(iter(events.features))
    symbol = "z" if settings(folder)[0] else "x"
    names = Names({first: f"${symbol}_1$"})
    return Panel(f"{folder.name}_feature", lambda axis, ratio: features.draw(axis, events, None, first, ratio, names),
                 title(*settings(folder)), has_ratio=True)


def mass_panel(folder, drawn, frame, efficiency):
    one = drawn[0][0]

    def draw(axis, ratio):
        axis.stairs(one.full.density, one.edges, fill=True, color=style.GREY, alpha=0.35, label="no cut")
        style.shade_region(axis, one.region)
        style.shade_region(frame.put_on(ratio), one.region)
        for number, ((spectrum, chi2), (colour, line)) in enumerate(zip(drawn, LOOKS), 1):
            selected, = spectrum.selected.values()
            axis.stairs(selected.density, spectrum.edges, color=colour, linestyle=line,
                        label=f"classifier {number} ({chi2:.2f})")
            histogram.draw_ratio(ratio, (one.edges[1:] + one.edges[:-1]) / 2, *spectrum.ratio(selected), colour=colour)
        axis.set(xlim=one.edges[[0, -1]], ylim=(0, None), ylabel="Normalised events")
        ratio.set(xlabel=Names().axis_label(one.mass_name, one.mass_unit), ylabel="selected /\nexpected")
        return axis
    return Panel(f"{folder.name}_mass", draw, rf"{100 * efficiency:.3g} % kept ($\chi^2/n_\mathrm{{dof}}$)", has_ratio=True)


def picture(folder):
    """Of all cases of a folder: features in the order of the correlation, then z."""
    found = sorted(folders(folder), key=settings)
    runs = {case: Run(case) for case in found}
    metrics = {case: run.metrics("sculpting")[METHOD] for case, run in runs.items()}
    drawn = {case: spectra(run, metrics[case]) for case, run in runs.items()}
    frame = histogram.frame_of(*(values for of_case in drawn.values() for one, _ in of_case for values in mass.ratios(one)))
    return Picture([feature_panel(case, run) for case, run in runs.items()] +
                   [mass_panel(case, of_case, frame, metrics[case]["efficiency"][nearest(metrics[case])]) for case, of_case in drawn.items()],
                   "LaCATHODE, figs. 3 to 5: the toy model, without signal", "own")
