"""The global p of a scan, by its toys."""
from __future__ import annotations

from reading import calibrations, local_p, methods

from . import hepdata

COLUMNS = ("method", "background_efficiency", "signal_region_low", "signal_region_high", "largest_z", "local_p_value", "global_p_value", "low",
           "high", "toys_above", "toys", "by_up_crossings")


def rows(study):
    """[COLUMNS] of each method and cut; the global p as a bound where no toy is above."""
    for one in calibrations.of_study(study):
        yield (one.method, one.efficiency, *one.region, one.z, local_p.value(*one.local), one.text if one.above == 0 else one.p_value,
               one.low, one.high, int(one.above), int(one.toys), one.by_crossings)


def tables(study):
    """[(name, description, content)]: one, of all methods; none without toys."""
    found = calibrations.of_study(study)
    if not found:
        return
    efficiencies = sorted({one.efficiency for one in found}, reverse=True)
    columns = [column for method in dict.fromkeys(one.method for one in found)
               for column in of_method({one.efficiency: one for one in found if one.method == method}, method, efficiencies)]
    yield ("Global p-value", f"{study.called}. The largest local significance of all signal regions after each cut, and its p-value by toys.",
           hepdata.table([hepdata.column("Background efficiency of the cut", [hepdata.entry(value) for value in efficiencies])], columns))


def of_method(by_cut, method, efficiencies):
    qualifiers = [{"name": "Method", "value": methods.name(method)}]
    chosen = [by_cut[efficiency] for efficiency in efficiencies]
    yield hepdata.column("Largest local significance", [hepdata.entry(one.z) for one in chosen], qualifiers=qualifiers)
    yield hepdata.column("Global p-value", [entry(one) for one in chosen], qualifiers=qualifiers)


def entry(one):
    return ({"value": one.text} if one.above == 0 else
            hepdata.entry(one.p_value, hepdata.asymmetric(one.p_value, one.low, one.high, "number of toys")))
