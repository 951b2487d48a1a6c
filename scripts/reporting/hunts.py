"""What the hunts of a run expect and find."""
from __future__ import annotations

import numpy as np
from reading import estimates, local_p, methods

from . import page
from .results import UNKNOWN, number

BLINDED = "blinded"


def found(run):
    """[(name of method and training, hunt)] of all trainings."""
    named = []
    for method in run.methods:
        hunts = run.pictured.all_hunts(method)
        named += [(methods.name(method) + (f", training {index}" if len(hunts) > 1 else ""), hunt) for index, hunt in enumerate(hunts)]
    return named


def tables(run):
    """None without a hunt."""
    hunts = found(run)
    if not hunts:
        return []
    blinded = [name for name, hunt in hunts if hunt["@blinded"]]
    note = [page.paragraph(page.element("b", ", ".join(blinded)), ": blinded. What is in the signal region after a cut is neither shown nor "
                           "used; hunt.unblind looks at it.")] if blinded else []
    return [*note, excess_table(hunts), limit_table(hunts)]


def excess_table(hunts):
    rows = [[name, page.value(cut), estimate, *map(page.value, row)] for name, hunt in hunts for cut, estimate, *row in excess_rows(hunt)]
    return page.table(["method", "cut", "background by", "expected", "observed", "z", "local p", "signal", "p of the fit"], rows,
                      "Events in the signal region after each cut on the background efficiency, and what is expected there: ± the error of "
                      "the fit (of the sampled background: the reference's counting alone), and the systematic error that was declared or "
                      "found, if any. The quoted estimate was declared beforehand and is the one whose result counts. Local p: of this "
                      "signal region and cut alone; the smallest of several cuts or regions is worth less; where few events are expected it is by toys, "
                      "and z, which is asymptotic, is not that p's. Signal: its interval in brackets. "
                      "p of the fit: of its deviance in the sidebands, by toys.")


def excess_rows(hunt):
    for cut, efficiency in enumerate(hunt["background_efficiency"]):
        made = [name for name in sorted(estimates.WORDS, key=lambda name: name != hunt["@quoted"]) if np.isfinite(hunt[f"{name}/expected"][cut])]
        for name in made:
            yield [cut_name(cut, efficiency), estimates.WORDS[name] + (" (quoted)" if name == hunt["@quoted"] else ""), *excess(hunt, name, cut)]
        if cut:
            yield [cut_name(cut, efficiency), estimates.REFERENCE,
                   with_errors(hunt["reference/expected"][cut], hunt["reference/error"][cut]), *[""] * 5]


def cut_name(cut, efficiency):
    return f"{100 * efficiency:.4g} %" if cut else "no cut"


def events(value):
    """Four digits, or all before the point."""
    return f"{value:,.0f}" if 9999.5 <= abs(value) < np.inf else number(value)


def with_errors(value, error, systematic=0):
    """The errors with two digits."""
    text = f"{events(value)} ± {events(float(f'{error:.2g}'))}"
    return text + (f" ± {events(float(f'{systematic:.2g}'))} (syst.)" if systematic > 0 else "")


def excess(hunt, estimate, cut):
    """What one estimate says of a cut."""
    def value(name):
        return hunt[f"{estimate}/{name}"][cut]
    said = [with_errors(value("expected"), value("error"), value("spurious"))]
    if hunt["@blinded"]:
        said += [BLINDED] * 4
    else:
        asymptotic = " (asymptotic)" if local_p.toys(hunt, estimate, cut) > 0 else ""  # beside a p that is by toys
        said += [events(value("observed")), f"{value('z'):.2f}{asymptotic}", local_p.text(*local_p.of_cut(hunt, estimate, cut)),
                 interval(*(value(name) for name in ("signal_low", "signal", "signal_high")))]
    return [*said, goodness_text(hunt, estimate, cut)]


def goodness_text(hunt, estimate, cut):
    p_value, bound = local_p.of_goodness(hunt, estimate, cut)
    return local_p.text(p_value, bound) if bound else number(p_value)


def interval(low, middle, high):
    return f"{events(middle)} [{events(low)}, {events(high)}]"


def limit_table(hunts):
    """Of the quoted estimates."""
    crossed = any("@luminosity" in hunt for _, hunt in hunts)
    groups = ("limit", "cross_section/limit") if crossed else ("limit",)
    rows = [[name, *map(page.value, (cut_name(cut, efficiency), *limit_cells(hunt, cut, groups)))]
            for name, hunt in hunts for cut, efficiency in enumerate(hunt["background_efficiency"]) if cut]
    levels = ", ".join(dict.fromkeys(f"{100 * hunt['@confidence']:g} %" for _, hunt in hunts))
    head = ["expected", "central 95 %", "observed"]
    return page.table(["method", "cut", *(f"{name}, events" for name in head), *(f"{name}, fb" for name in head if crossed)], rows,
                      f"Upper limits on the signal (CLs, {levels}) by the quoted estimate; expected without signal, with central 68 % in brackets.")


def limit_cells(hunt, cut, groups):
    for group in groups:
        group = f"{hunt['@quoted']}/{group}"
        if f"{group}/expected" not in hunt:
            yield from [UNKNOWN] * 3
            continue
        limits = hunt[f"{group}/expected"][cut]
        yield interval(*limits[1:4])
        yield f"[{events(limits[0])}, {events(limits[4])}]"
        yield BLINDED if hunt["@blinded"] else events(hunt[f"{group}/observed"][cut])
