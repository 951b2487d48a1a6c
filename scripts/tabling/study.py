"""Tables of a study: headline quantities, numbers of events, and the curves that HEPData gets."""
from __future__ import annotations

import numpy as np
from reading import methods, p_values, results, searches

from . import hepdata, hunt

HEADLINE = ("max_median_sic", "max_median_sic_background_efficiency", "max_median_sic_selected_background", "sic_at_1e-2",
            "sic_at_1e-3", "initial_significance")
COLUMNS = ("chain", "method", "quantity", "value", "low", "high", "counting_error", "systematic_error")


def sic_rows(values):
    for name in HEADLINE:
        yield (name, values[f"@{name}"], *(values.get(f"@{name}_{part}") for part in ("low", "high", "counting_error")))


def sculpting_rows(values):
    for at in p_values.points(values["efficiency"]):
        name = f"at_{values['efficiency'][at]:g}"
        yield (f"chi2_per_dof_{name}", *(values[f"chi2_per_dof/{part}"][at] for part in ("median", "low", "high")), None)
        yield (f"random_selection_{name}", *(values[f"null/{part}"][at] for part in ("mean", "low", "high")), None)
        p = p_values.medians(values)[at]
        yield (f"p_value_{name}", f"< {p.value:.6g}" if p.at_most else p.value, None, None, None)


ROWS = {"sic": sic_rows, "sculpting": sculpting_rows}


def headline(study):
    """[COLUMNS] of all chains and methods."""
    rows = [(chain.name, method, *row, None) for kind, rows_of in ROWS.items()
            for chain, method, values in results.with_kind(study.chains, kind) for row in rows_of(values)]
    hunts = results.hunts(study.chains)
    several = len({kind for _, _, kind, _ in hunts}) > 1
    return rows + [(chain.name, method, f"{kind}_{row[0]}" if several else row[0], *row[1:])
                   for chain, method, kind, values in hunts for row in hunt.rows(values)]


POWER_COLUMNS = ("method", "members", "variant", "background_efficiency", "injected", "searches", "z", "low", "high",
                 "true_signal", "pull_mean", "pull_mean_error", "pull_width", "pull_width_error", "covered", "injected_for_3_sigma",
                 "injected_for_5_sigma")


def power_rows(study):
    """[POWER_COLUMNS] of all that the hunts are unblinded in: medians and central 68 % over searches of as many injected events."""
    for searched, by_injection in searches.trials(study.chains).items():
        reached = [searches.reaching(by_injection, level) for level in searches.LEVELS]
        for injected, one in by_injection.items():
            low, median, high = one.band
            yield (*searched, injected, len(one.z), median, low, high, np.median(one.true_signal),
                   *one.pull_moments, one.covered, *reached)


def events(study):
    """[chain, part, events] of all chains."""
    return [(chain.name, part, count) for chain in study.chains for part, count in chain.events.items()]


# What HEPData has of a kind of metrics: name of the table, of x and of y, keys of x and y.
CURVES = {"sic": (("SIC against background efficiency", "Background efficiency", "SIC", "background_efficiency", "sic"),
                  ("SIC against signal efficiency", "Signal efficiency", "SIC",
                   "by_signal_efficiency/signal_efficiency", "by_signal_efficiency")),
          "sculpting": (("chi2/ndof against efficiency", "Efficiency in the signal region", "chi2/ndof", "efficiency",
                         "chi2_per_dof"),)}


def dependent(method, quantity, values, key):
    """A column of a table; both errors of each value, where there are some."""
    counting = values.get(f"{key}/counting_error")
    several = len(values[f"{key}/runs"]) > 1
    median, low, high = (values[f"{key}/{part}"] for part in ("median", "low", "high"))

    def errors(at):
        of_retrainings = hepdata.asymmetric(median[at], low[at], high[at], "retrainings") if several else []
        return of_retrainings + (hepdata.symmetric(counting[at], "background events") if counting is not None else [])
    return hepdata.column(quantity, [hepdata.entry(median[at], errors(at)) for at in range(len(median))],
                          qualifiers=[{"name": "Method", "value": methods.name(method)}])


def tables(study):
    """[(name, description, content)] of all curves, then of all hunts."""
    for chain in study.chains:
        for kind, curves in CURVES.items():
            by_method = chain.metrics.get(kind, {})
            for title, x_name, y_name, x_key, y_key in curves if by_method else ():
                x = next(iter(by_method.values()))[x_key]
                content = hepdata.table([hepdata.column(x_name, [hepdata.entry(value) for value in x])],
                                        [dependent(method, y_name, values, y_key) for method, values in by_method.items()])
                yield f"{chain.name}: {title}", f"{study.called}. {title}, {chain.name}.", content
    for chain, _, kind, values in results.hunts(study.chains):
        for title, description, content in hunt.tables(values):
            yield f"{chain.name}: {title}, {kind}", f"{study.called}. {description}", content
