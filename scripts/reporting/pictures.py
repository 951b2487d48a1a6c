"""The pictures of a run (docs/pictures.md) as images within the page."""
from __future__ import annotations

import base64
import io

import matplotlib
from plotting import page as layout
from plotting import style
from plotting.names import Names

from . import page

LARGEST_SVG, DPI = 500_000, 200  # bytes; a larger one becomes a PNG
CAPTIONS = {
    "losses": "Losses of every training, with folds of the first one's, with the epochs that were kept.",
    "features": "Data in the signal region beside sampled background (with folds, of the first one), or else beside data of the sideband; "
                "the signal where it is known.",
    "latent": "Data in the latent space of the first flow, sideband and signal region, beside the normal distribution that background has.",
    "check": "Mean and standard deviation of every latent coordinate in bins of the mass, and p of the normal distribution there.",
    "score": "The score of data in the signal region beside that of background, or else of the sideband; the truth where it is known.",
    "sic": "Significance improvement against either efficiency, and background rejection: median and central 68 % of the trainings.",
    "mass": "The mass spectrum before and after cuts on the score, and selected over expected.",
    "sculpting": "How much a cut changes the mass spectrum, beside what a random selection does.",
    "hunt": "Data before and after the declared cuts, what both estimates of the background expect, and pulls to the quoted one.",
    "limit": "Upper limits on the signal after each declared cut: expected without signal with central 68 and 95 %, and observed."}

BUMPS = {True: "It is that of background alone: a bump in the shaded region is sculpting.",
         False: "A bump in the shaded region that grows as the cut tightens may be a signal, or what the flow's interpolation gets wrong: it is a "
                "hint and no p-value, which a search gives."}  # by whether labels tell the truth


def saved(figure, form):
    content = io.BytesIO()
    figure.savefig(content, format=form, dpi=DPI, metadata={"Date": None} if form == "svg" else {"Software": None})
    return content.getvalue()


def data_uri(figure):
    """The figure as a data URI; the same figure gives the same bytes."""
    kind, content = "svg+xml", saved(figure, "svg")
    if len(content) > LARGEST_SVG:
        kind, content = "png", saved(figure, "png")
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def figures(run, known):
    """A figure for each picture of `known` ({name: module}) that the folder has files for."""
    matplotlib.rcParams.update(style.parameters())
    drawn = {name: module.picture(run, Names()) for name, module in known.items()}
    return [embedded(layout.compose(picture), name, caption(run, name)) for name, picture in drawn.items() if picture is not None]


def caption(run, name):
    if name != "mass":
        return CAPTIONS[name]
    return f"{CAPTIONS[name]} {BUMPS[any(run.has_truth(method) for method in run.methods)]}"


def embedded(figure, name, words):
    return page.picture(data_uri(figure), f"Picture: {name}", figure.get_figwidth(), words)
