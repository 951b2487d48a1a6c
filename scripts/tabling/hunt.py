"""Tables of a hunt: what each cut expects and finds, and the spectrum after it."""
from __future__ import annotations

import numpy as np
from reading import estimates, local_p, methods

from . import hepdata

COLUMNS = ("quantity", "value", "low", "high", "counting_error", "systematic_error")


def rows(hunt):
    """[COLUMNS] of the quoted estimate after each cut, as the program names them; what is blinded is left out. The counting error of an
    expected background is that of its fit. Beside them: the sampled background, even if that fit failed, and without a cut the fit of the
    spectrum if that is quoted."""
    quoted = hunt["@quoted"]
    for cut, efficiency in enumerate(hunt["background_efficiency"]):
        has_fit = not np.isnan(hunt[f"{quoted}/expected"][cut])
        for name, *numbers in (*expected_rows(hunt, quoted, cut), *found_rows(hunt, quoted, cut)) if has_fit else sampled_rows(hunt, cut):
            yield (f"{name}_at_{efficiency:g}", *numbers, *[None] * (5 - len(numbers)))


def expected_rows(hunt, quoted, cut):
    """What is expected, blinded or not."""
    def limits(group):
        _, low, middle, high, _ = hunt[f"{quoted}/{group}/expected"][cut]
        return middle, low, high
    yield "background", hunt[f"{quoted}/expected"][cut], None, None, hunt[f"{quoted}/error"][cut], systematic(hunt, quoted, cut)
    yield "goodness", local_p.value(*local_p.of_goodness(hunt, quoted, cut))
    yield from sampled_rows(hunt, cut)
    yield "expected_limit", *limits("limit")
    if has_cross_section(hunt, cut):
        yield "expected_cross_section_limit_fb", *limits("cross_section/limit")


def sampled_rows(hunt, cut):
    """None without a cut."""
    if cut:
        yield "sampled_background", hunt["reference/expected"][cut], None, None, hunt["reference/error"][cut]


def found_rows(hunt, quoted, cut):
    """What the signal region holds; nothing while it is blinded."""
    if np.isnan(hunt[f"{quoted}/z"][cut]):
        return
    yield "signal", *(hunt[f"{quoted}/{name}"][cut] for name in ("signal", "signal_low", "signal_high"))
    yield "asymptotic_z" if local_p.toys(hunt, quoted, cut) else "z", hunt[f"{quoted}/z"][cut]
    yield "local_p_value", local_p.value(*local_p.of_cut(hunt, quoted, cut))
    yield "limit", hunt[f"{quoted}/limit/observed"][cut]
    if has_cross_section(hunt, cut):
        yield "cross_section_limit_fb", hunt[f"{quoted}/cross_section/limit/observed"][cut]


def has_cross_section(hunt, cut):
    return "events_per_fb" in hunt and np.isfinite(hunt["events_per_fb"][cut])


def systematic(hunt, estimate, cut):
    """The declared or widened error of an estimate; None without one."""
    return hunt[f"{estimate}/spurious"][cut] if hunt[f"{estimate}/spurious"][cut] > 0 else None


def of_estimate(hunt, estimate, label, efficiencies):
    """Columns of the table of cuts."""
    qualifiers = [{"name": "Method", "value": methods.name(hunt["@method"])}, {"name": "Background", "value": label}]

    def values(name):
        return hunt[f"{estimate}/{name}"]

    def column(name, entries, unit=None):
        return hepdata.column(name, entries, unit, qualifiers)

    def limits(group):
        for cut in efficiencies:
            low2, low, middle, high, high2 = values(f"{group}/expected")[cut]
            yield hepdata.entry(middle, hepdata.asymmetric(middle, low, high, "1 sigma") +
                                hepdata.asymmetric(middle, low2, high2, "2 sigma"))
    observed, expected, error = values("observed"), values("expected"), values("error")
    signal, low, high = values("signal"), values("signal_low"), values("signal_high")
    level = f"{100 * hunt['@confidence']:g} % CLs limit"
    yield column("Observed events", [counted(hunt, cut, observed[cut]) for cut in efficiencies])
    yield column("Expected background", [hepdata.entry(expected[cut], errors(hunt, estimate, cut, error[cut])) for cut in efficiencies])
    yield column("Signal events", [hepdata.entry(signal[cut], hepdata.asymmetric(signal[cut], low[cut], high[cut], "likelihood"))
                                   for cut in efficiencies])
    yield column("Local significance", [hepdata.entry(values("z")[cut]) for cut in efficiencies])
    yield column("Local p-value", [p_entry(*local_p.of_cut(hunt, estimate, cut)) for cut in efficiencies])
    yield column(f"Observed {level} on signal events", [hepdata.entry(values("limit/observed")[cut]) for cut in efficiencies])
    yield column(f"Expected {level} on signal events", list(limits("limit")))
    if "@luminosity" in hunt:
        observed_limit = values("cross_section/limit/observed")
        yield column(f"Observed {level} on the cross-section", [hepdata.entry(observed_limit[cut]) for cut in efficiencies], "FB")
        yield column(f"Expected {level} on the cross-section", list(limits("cross_section/limit")), "FB")


def counted(hunt, cut, events):
    """The entry of what was counted; of a sum of weights, whose error is not the root of itself, with its error."""
    scale = estimates.weight_scale(hunt, cut)
    return hepdata.entry(events, hepdata.symmetric(np.sqrt(scale * max(events, scale)), "sum of weights") if scale != 1 else ())


def words_of_weights(hunt):
    """For a description."""
    return " Events have weights, of which their numbers are sums." if estimates.has_weights(hunt) else ""


def errors(hunt, estimate, cut, of_fit):
    """Entries of the errors of an expected background in the signal region."""
    return hepdata.symmetric(of_fit, "fit") + hepdata.symmetric(systematic(hunt, estimate, cut) or np.nan, "systematic")


def p_entry(p_value, bound):
    return {"value": local_p.text(p_value, bound)} if bound and np.isfinite(p_value) else hepdata.entry(p_value)


def of_reference(hunt, efficiencies):
    qualifiers = [{"name": "Method", "value": methods.name(hunt["@method"])}, {"name": "Background", "value": estimates.REFERENCE}]
    return hepdata.column("Expected background", [
        hepdata.entry(hunt["reference/expected"][cut], hepdata.symmetric(hunt["reference/error"][cut], "reference counting"))
        for cut in efficiencies], qualifiers=qualifiers)


def made(hunt, cut):
    """[(estimate, its words)] that the cut has."""
    return [(name, label) for name, label in estimates.WORDS.items() if np.isfinite(hunt[f"{name}/expected"][cut])]


def tables(hunt):
    """[(name, description, content)]: the declared cuts, then the spectrum before and after each."""
    method = methods.name(hunt["@method"])
    declared = range(1, len(hunt["background_efficiency"]))
    region = f"{hunt['@signal_region_low']:g} to {hunt['@signal_region_high']:g} {hunt['@mass_unit']}"
    cuts = hepdata.column("Background efficiency of the cut",
                          [hepdata.entry(hunt["background_efficiency"][cut]) for cut in declared])
    columns = [one for name, label in estimates.WORDS.items() if np.isfinite(hunt[f"{name}/expected"][1:]).any()
               for one in of_estimate(hunt, name, label, declared)] + [of_reference(hunt, declared)]
    yield (f"{method}: the signal region after each cut",
           f"Events in the signal region, {region}, and the background expected there from the sidebands.{words_of_weights(hunt)}",
           hepdata.table([cuts], columns))
    for cut, efficiency in enumerate(hunt["background_efficiency"]):
        yield spectrum(hunt, cut, f"{method}: spectrum, " + ("no cut" if cut == 0 else f"cut at {100 * efficiency:g} %"))


def spectrum(hunt, cut, title):
    edges = hunt["edges"]
    mass = hepdata.column(hunt["@mass_name"], list(zip(edges[:-1], edges[1:])), hunt["@mass_unit"].upper())
    columns = [hepdata.column("Events", [counted(hunt, cut, count) for count in hunt["counts"][cut]])]
    for name, label in made(hunt, cut):
        expected, error = hunt[f"{name}/bins/expected"][cut], hunt[f"{name}/bins/error"][cut]
        entries = [hepdata.entry(*one) for one in zip(expected, [hepdata.symmetric(value, "fit") for value in error])]
        region = int(hunt["@signal_cell"])
        entries[region] = hepdata.entry(expected[region], errors(hunt, name, cut, error[region]))
        columns.append(hepdata.column("Expected background", entries,
                                      qualifiers=[{"name": "Background", "value": label}]))
    return title, f"Events in bins of the mass; the signal region is one of them.{words_of_weights(hunt)}", hepdata.table([mass], columns)
