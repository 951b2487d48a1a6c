"""Mass spectra before and after cuts: of all methods at one efficiency, or of one method at several."""
import numpy as np
from common.failure import InputError
from reading.results import require, with_kind

from .. import bands, histogram, mass, style
from ..names import Names
from ..page import Panel
from . import looks
from .training import titled

TIGHT = (0.01,)  # LaCATHODE, figs. 6 to 8, bottom
LOOSE = (0.20, 0.05)  # CATHODE, fig. 10


def spectra(chain, method, metrics, efficiencies):
    found = mass.of_run(chain.run(), method, metrics, efficiencies)
    if found is None:
        raise InputError(f"{chain.folder / method}: has no scores, which the panel draws; studies with --discard delete them")
    return found


def methods_panel(study, chains, name, title):
    """Normalised spectra after the cut next to 1 %, first training, of each method, over that before."""
    found = require(with_kind(chains, "sculpting"), study, name)
    lines = looks.looks([(chain, method) for chain, method, _ in found])
    drawn = [spectra(*one, TIGHT) for one in found]
    frame = histogram.frame_of(*(values for one in drawn for values in mass.ratios(one)))

    def draw(axis, ratio):
        axis.stairs(drawn[0].full.density, drawn[0].edges, fill=True, color=style.GREY, alpha=0.35, label="no cut")
        style.shade_region(axis, drawn[0].region)
        style.shade_region(frame.put_on(ratio), drawn[0].region)
        for look, one, (_, _, metrics) in zip(lines, drawn, found):
            draw_spectrum(axis, ratio, look, one, bands.label(metrics, "chi2_per_dof", look))
        axis.set(yscale="log", xlim=drawn[0].shown, ylabel="Normalised events")
        ratio.set(xlabel=Names().axis_label(drawn[0].mass_name, drawn[0].mass_unit), ylabel="selected /\nexpected")
        return axis
    kept = " and ".join(dict.fromkeys(f"{100 * cut:.3g} %" for one in drawn for cut in one.selected))
    return [Panel("mass", draw, ", ".join(filter(None, (title, f"{kept} kept, first training"))), has_ratio=True)]


def draw_spectrum(axis, ratio, look, one, label):
    """Labelled as the method's curves beside it are."""
    selected, = one.selected.values()
    axis.stairs(selected.density, one.edges, color=look.colour, linestyle=look.line, label=label)
    edges = np.clip(one.edges, *one.shown)
    histogram.draw_ratio(ratio, (edges[1:] + edges[:-1]) / 2, *one.ratio(selected), np.diff(edges) / 2,
                         colour=look.colour)


def cuts_panel(study, chains, name, title):
    """One panel a method and chain, as the picture `mass` of a run, with the cuts of CATHODE's fig. 10."""
    found = require(with_kind(chains, "sculpting"), study, name)
    drawn = [(chain, method, spectra(chain, method, values, LOOSE)) for chain, method, values in found]
    return [Panel(f"mass_{method}", lambda axis, ratio, one=one: mass.draw(axis, one, ratio), method_title, has_ratio=True)
            for method, one, method_title in titled(drawn, title)]
