"""Panels of curves with their bands: SIC, rejection, chi2/ndof, and SIC relative to the first chain's."""
from reading.results import require, with_kind

from .. import bands, histogram, sculpting, sic, style
from ..page import Panel
from . import looks

DRAWN = {"sic": ("sic", sic.draw_by_background), "sic_by_signal": ("sic", sic.draw_by_signal),
         "rejection": ("sic", sic.draw_roc), "sculpting": ("sculpting", sculpting.draw)}


def by_look(found):
    """{Look: metrics} of [(chain, method, metrics)]."""
    return dict(zip(looks.looks([(chain, method) for chain, method, _ in found]), (values for *_, values in found)))


def panel(kind):
    def make(study, chains, name, title):
        metrics_kind, draw = DRAWN[kind]
        metrics = by_look(require(with_kind(chains, metrics_kind), study, name))
        return [Panel(kind, lambda axis: draw(axis, metrics), title)]
    return make


def ratio_panel(study, chains, name, title):
    """SIC against eps_S, divided by that of the same method in the study's first chain."""
    found = require(with_kind(chains, "sic"), study, name)
    first = {method: values for chain, method, values in found if chain is found[0][0]}
    divided = require([(chain, method, values) for chain, method, values in found
                       if chain is not found[0][0] and method in first], study, name)
    lines = looks.looks([(chain, method) for chain, method, _ in divided])

    def draw(axis):
        axis.axhline(1, color=style.GREY, linewidth=0.8)
        axis.set(xlim=(0, 1), ylim=(0, 1.6))
        for look, (_, method, values) in zip(lines, divided):
            draw_ratio(axis, look, values, first[method])
        axis.set(xlabel=r"Signal efficiency $\epsilon_S$",
                 ylabel=f"SIC relative to {looks.words(found[0][0].name)}")
        return axis
    return [Panel("sic_ratio", draw, title)]


def draw_ratio(axis, look, values, reference):
    key = "by_signal_efficiency"
    below = reference[f"{key}/median"]
    x, ratio = values[f"{key}/signal_efficiency"], values[f"{key}/median"] / below
    histogram.mark_beyond(axis, x, ratio, look.colour)
    axis.plot(x, ratio, color=look.colour, linestyle=look.line,
              label=bands.label(values, key, look))
    if len(values[f"{key}/runs"]) > 1:
        axis.fill_between(x, values[f"{key}/low"] / below, values[f"{key}/high"] / below, color=look.colour,
                          alpha=0.25, linewidth=0)
