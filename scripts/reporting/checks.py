"""What in a run asks for caution."""
from __future__ import annotations

import math

from reading import methods, p_values
from reading.files import tell_truth

from . import page, provenance, results, words

ALARMING_MAPPING, ALARMING_SCULPTING = 0.05, 0.01
NOT_MAPPED = ("signal_region_not_mapped", "signal_region_events", "sideband_not_mapped", "sideband_events")


def log_choose(n, k):
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def excess_p_value(hits, events, other_hits, other_events):
    """Fisher's exact test, one-sided: (2.5) of docs/method.md."""
    if hits == 0:
        return 1.0
    all_hits, everything = hits + other_hits, events + other_events
    return min(1.0, math.fsum(
        math.exp(log_choose(all_hits, j) + log_choose(everything - all_hits, events - j) - log_choose(everything, events))
        for j in range(max(hits, events - (everything - all_hits)), min(all_hits, events) + 1)))


def mapping(run):
    """{counts NOT_MAPPED: scores files that have them}."""
    found = {}
    for method in run.methods:
        for name, said in run.of_kind("scores", method).items():
            if all(key in said["counts"] for key in NOT_MAPPED):
                found.setdefault(tuple(said["counts"][key] for key in NOT_MAPPED), []).append(name)
    return found


def mapping_table(run):
    """None without scores that say it."""
    rows = [[words.shortened(names), *(page.value(f"{hits:,} of {events:,} ({results.number(100 * hits / max(events, 1))} %)")
                                 for hits, events in (counts[:2], counts[2:])), page.value(results.number(excess_p_value(*counts)))]
            for counts, names in mapping(run).items()]
    return page.table(["scores", "signal region", "sidebands", "p"], rows,
                      "Events outside the box, the range of features that the flow knows: they have no score. p: the probability of as "
                      "many in the signal region if the rates are the same.") if rows else None


def mapping_warnings(run):
    for counts, names in mapping(run).items():
        hits, events, other_hits, other_events = counts
        p = excess_p_value(*counts)
        if p < ALARMING_MAPPING and hits * other_events > other_hits * events:
            yield (f"{words.shortened(names)}: {hits:,} of {events:,} events of the signal region lie outside the box, but "
                   f"{other_hits:,} of {other_events:,} of the sidebands (p = {results.number(p)}). They may be the signal itself: look at "
                   "them, evaluate with unmapped = selected, or widen the range with train_flow.box_margin.")


def sculpting_warnings(run):
    for method, metrics in run.pictured.metrics("sculpting").items():
        name, signal = methods.name(method), int(metrics.get("@signal_in_training", 0))
        worst = min(results.sculpting(metrics), key=lambda at: math.inf if math.isnan(at.p.value) else at.p.value)
        if signal:
            remedy = "" if method == "supervised" else " (prepare.injected_signal = 0)"  # which has signal of its own
            yield (f"{name}: sculpting was judged on a training with {signal:,} signal events. What its cut does to the spectrum "
                   f"is no measure of sculpting without signal{remedy}.")
        elif worst.p.value < ALARMING_SCULPTING:
            events = "data in the sidebands" if metrics.get("@judged") == "sidebands" else "background"
            yield page.joined(
                f"{name}: a cut that keeps {100 * worst.efficiency:.4g} % changes the spectrum of {events} (",
                page.value(f"χ²/ndof = {results.number(worst.chi2[0])}"), ", ", page.value(f"p {p_values.relation(worst.p)}"),
                "). No bump that such a cut leaves is to be trusted.")


def truth_warnings(run):
    if not tell_truth(run.counts):
        shown = (" The spectra after the cuts show the data themselves, signal included if there is any."
                 if run.pictured.metrics("sculpting") else "")
        yield f"The data have no labels: there is no significance improvement, and sculpting is judged in the sidebands alone.{shown}"


def told(run, attribute):
    """[(file, what it says)] of all files of the folder that have something to say there."""
    return [(name, said[attribute]) for name, said in {**run, **run.further}.items() if not isinstance(said, str) and said.get(attribute)]


def failed_checks(run):
    return [f"{name}: a check failed: {failures}." for name, failures in told(run, "failures")]


def told_warnings(run):
    """Of hunts, whose files have those of lacathode-hunt, a sentence a line; files of earlier versions have none."""
    mute = [name for method in run.methods for name, said in run.of_kind("hunt", method).items() if "warnings" not in said]
    return [f"{name}: {sentence}." for name, sentences in told(run, "warnings") for sentence in sentences.splitlines()] + (
        [f"{words.shortened(mute)}: do not say what lacathode-hunt warned of; make them again (--force) to have it told."] if mute else [])


def unfinished_warnings(run):
    if not run.methods:
        yield "No method has any file: the run is not finished."
    for method in run.methods:
        if not any(run.of_kind(kind, method) for kind in ("sic", "sculpting", "hunt")):
            yield f"{methods.name(method)}: has neither sic.h5 nor sculpting.h5 nor a hunt: it was not evaluated, or the run is not finished."


def version_warnings(run):
    revisions = dict.fromkeys((said["provenance"]["version"], said["provenance"]["git_revision"]) for said in run.values())
    if len(revisions) > 1:
        yield f"The files are of several versions: {words.listed(f'{version} ({revision})' for version, revision in revisions)}."


ALL = (failed_checks, truth_warnings, told_warnings, sculpting_warnings, mapping_warnings, unfinished_warnings, version_warnings,
       provenance.warnings)
OF_TOYS = (failed_checks, unfinished_warnings, version_warnings, provenance.warnings)  # what chance does to one of many is no warning


def warnings(run, kinds=ALL):
    """Sentences, in the order in which they matter."""
    return [sentence for found in kinds for sentence in found(run)]
