"""The results as `lacathode-run` prints them: significance improvement and sculpting."""
from __future__ import annotations

import math
from dataclasses import dataclass

from reading import methods, p_values

from . import page, words

EPSILON_S, EPSILON_B = page.subscript("ε", "S"), page.subscript("ε", "B")
SIC = {"sic_at_1e-2": page.joined("SIC at ", EPSILON_B, " = 1e-2"), "sic_at_1e-3": page.joined("SIC at ", EPSILON_B, " = 1e-3"),
       "max_median_sic": "highest SIC", "max_median_sic_background_efficiency": page.joined("at ", EPSILON_B),
       "max_median_sic_selected_background": "B kept", "initial_significance": "S/√B"}
UNKNOWN = "–"


@dataclass(frozen=True)
class Sculpted:
    """chi2/ndof (median, low, high over the trainings) and median p of a cut, and chi2/ndof of a random selection."""
    efficiency: float
    chi2: tuple
    random: float
    p: p_values.PValue


def number(value):
    return f"{value:.4g}" if math.isfinite(value) else UNKNOWN


def quantity(value, low=None, high=None, error=None):
    """Value, [central 68 % over the trainings], ± counting error; what there is of it."""
    text = number(value)
    if not math.isfinite(value):
        return text
    if low is not None and low < high:
        text += f" [{number(low)}, {number(high)}]"
    return text + (f" ± {error:.2g}" if error is not None and math.isfinite(error) else "")


def sic_table(run):
    """None where no method has a SIC."""
    found = run.pictured.metrics("sic")
    if not found:
        return None
    rows = [[methods.name(method), *(page.value(sic_text(metrics, key)) for key in SIC)] for method, metrics in found.items()]
    first = next(iter(found.values()))
    counts = f"{int(first['@signal_events']):,} signal and {int(first['@background_events']):,} background events"
    caption = page.joined(
        "Significance improvement SIC = ", EPSILON_S, "/√", EPSILON_B, f" (median of the trainings), on {counts} of the signal region: "
        f"{evaluated(run, first['@partition'])}. In brackets the central 68 % of the trainings, after ± the counting "
        f"error of the background. The highest SIC stands with where it lies, and {kept(first)} there; S/√B is the "
        "significance of the injected signal without a cut.")
    return page.table(["method", *SIC.values()], rows, caption)


def kept(metrics):
    """What "B kept" counts (docs/formats.md)."""
    if "sic/effective_background" in metrics:
        return "how many equal events would know as much as the weighted background that is kept"
    return "how many background events are kept"


def evaluated(run, partition):
    """Which events SIC is of. Further background is for results, not for choosing settings on validation events."""
    further = "further background that no training has seen" if partition == "test" and words.count(run, ("evaluation",), ("background",)) else ""
    signal = "signal that is in no data" if words.count(run, ("evaluation",), ("signal",)) else ""
    *most, last = filter(None, (f"{partition} events", further, signal))
    return f"{', '.join(most)}, and {last}" if most else last


def sic_text(metrics, key):
    return quantity(metrics[f"@{key}"], *(metrics.get(f"@{key}{suffix}") for suffix in ("_low", "_high", "_counting_error")))


def sculpting(metrics):
    """Sculpted at the efficiencies that the programs print, or those next to them."""
    grid, p = metrics["efficiency"], p_values.medians(metrics)
    return [Sculpted(grid[at], tuple(metrics[f"chi2_per_dof/{key}"][at] for key in ("median", "low", "high")),
                     metrics["null/mean"][at], p[at]) for at in p_values.points(grid)]


def tables(run):
    """Of what was evaluated; none without."""
    return [table for table in (sic_table(run), sculpting_table(run), hidden_note(run)) if table]


def hidden_note(run):
    """Of metrics that a blinded search hides; None if it hides none."""
    hidden = run.pictured.hidden("sculpting")
    names = ", ".join(methods.name(method) for method in hidden)
    return page.paragraph(f"{names}: sculpting is not told while the search is blinded, as data of the signal region set its "
                          "cuts.") if hidden else None


def sculpting_table(run):
    """None where no method has it."""
    found = run.pictured.metrics("sculpting")
    if not found:
        return None
    rows = [[methods.name(method), *map(page.value, (f"{100 * at.efficiency:.4g} %", quantity(*at.chi2), number(at.random), p_values.relation(at.p).removeprefix("= ")))]
            for method, metrics in found.items() for at in sculpting(metrics)]
    first = next(iter(found.values()))
    kind = "data in the sidebands" if first.get("@judged") == "sidebands" else "background"
    events = f"{int(first['@events']):,} {first['@partition']} events ({kind})"
    return page.table(["method", "kept", "χ²/ndof", "of a random selection", "p"], rows,
                      f"Sculpting: the change of the mass spectrum under a cut that keeps a part of the signal region, on "
                      f"{events}. p: the probability that a random selection changes it as much (median of the trainings).")
