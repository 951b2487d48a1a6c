"""How searches of pseudo-data without signal came out (lacathode-toys): whether z and the local p are what they say."""
from __future__ import annotations

from math import exp, pi, sqrt

import numpy as np
from plotting.names import number as plain
from reading import calibrations, local_p, methods
from reading.results import REPEATED, SIGNAL_REGION, hunts, is_null, is_toy, variants

from . import page
from .results import number

LEVEL, ALARMING_GOODNESS = 0.05, 0.01  # of the local p and of the fit's p, whose frequencies are told
HIGH = 0.95  # quantile of the largest z
FALSE_ALARM = 0.01  # of warnings, over all windows and cuts


def are_toys(study):
    return all(map(is_toy, study.chains))


def are_null(study):
    return all(map(is_null, study.chains))


def searches(study):
    """{(method, variant, efficiency): {signal region: [(toy, z, p, p of the fit)]}} of the quoted estimates after each cut; z is NaN where a
    fit failed."""
    found, variant = {}, variants(study.chains, REPEATED + SIGNAL_REGION)
    toy = {chain.name: chain.settings(SIGNAL_REGION) for chain in study.chains}
    for chain, method, _, hunt in hunts(study.chains):
        for cut, efficiency in enumerate(hunt["background_efficiency"]):
            if cut > 0:
                one = toy[chain.name], *(hunt[f"{hunt['@quoted']}/{name}"][cut] for name in ("z", "p_value", "goodness_p_value"))
                found.setdefault((method, variant[chain.name], float(efficiency)), {}).setdefault(chain.region, []).append(one)
    return found


def kolmogorov_p_value(p_values):
    """That so many values are uniform, as lacathode-toys tells it (Kolmogorov's limit, with Stephens' correction)."""
    ordered, n = np.sort(p_values), len(p_values)
    rank = np.arange(n)
    distance = max((ordered - rank / n).max(), ((rank + 1) / n - ordered).max())
    t = distance * (sqrt(n) + 0.12 + 0.11 / sqrt(n))
    if t < 0.2:
        return 1.0
    if t < 1.18:
        return 1 - sqrt(2 * pi) / t * sum(exp(-(k * pi)**2 / (8 * t * t)) for k in (1, 3, 5, 7))
    return sum((-1)**(k - 1) * 2 * exp(-2 * (k * t)**2) for k in range(1, 6))


def with_error(value, error):
    return f"{number(value)} ± {error:.2g}"


def row(of_region, null):
    z, p_values, goodness = np.array([one[1:] for one in of_region]).T
    good = np.isfinite(z)
    z, p_values, goodness, n = z[good], p_values[good], goodness[good], good.sum()
    cells = [f"{n:,}", f"{(~good).sum():,}"]
    if n < 2:
        return [*cells, *[number(np.nan)] * 5]
    width = z.std(ddof=1)
    return [*cells, with_error(z.mean(), width / sqrt(n)), with_error(width, width / sqrt(2 * (n - 1))),
            below(p_values, LEVEL),
            number(kolmogorov_p_value(p_values) if null else np.nan), below(goodness, ALARMING_GOODNESS)]


def below(p_values, level):
    return f"{(p_values < level).sum():,} ({level * len(p_values):.3g})"


def largest(by_region):
    """Of each toy the largest z of its signal regions, in [T]; a toy with a failed fit is left out."""
    by_toy = {}
    for of_region in by_region.values():
        for toy, z, *_ in of_region:
            by_toy.setdefault(toy, []).append(z)
    values = np.array([max(z) for z in by_toy.values() if np.isfinite(z).all()])
    return values


NULL = "The pseudo-data have no signal: z of a calibrated search has mean 0 and width 1, and the local p is uniform."
SIGNAL = "The pseudo-data have signal, or are drawn from data that may: z and p are those of what is found, and p is not uniform."


def called(method, variant):
    return methods.name(method) + (f", {variant}" if variant else "")


def section(study):
    found, null = searches(study), are_null(study)
    rows = [[called(method, variant), *map(page.value, (f"{100 * efficiency:.4g} %", f"{plain(low)} to {plain(high)}", *row(of_region, null)))]
            for (method, variant, efficiency), by_region in found.items() for (low, high), of_region in by_region.items()]
    head = ["method", "cut", "signal region", "toys", "failed", "mean of z", "width of z", f"p < {LEVEL:g} (expected)", "p that p is uniform",
            f"fit p < {ALARMING_GOODNESS:g} (expected)"]
    return page.section("Searches of pseudo-data", page.table(
        head, rows, f"z and local p of the quoted estimate. {NULL if null else SIGNAL} Failed: a fit did not converge."),
        *(largest_table(found) if null else ()), *global_table(study))


def warnings(study):
    """Where the local p is none, of toys without signal."""
    if not are_null(study):
        return
    tested = [(called(method, variant), efficiency, region, np.array([(z, p) for _, z, p, _ in of_region if np.isfinite(z)]))
              for (method, variant, efficiency), by_region in searches(study).items() for region, of_region in by_region.items()]
    for name, efficiency, (low, high), values in tested:
        if len(values) and (p_value := kolmogorov_p_value(values[:, 1])) * len(tested) < FALSE_ALARM:
            yield (f"{name}, {100 * efficiency:.4g} %, {plain(low)} to {plain(high)}: over the {len(values):,} toys without signal the local p is "
                   f"not uniform (p = {number(p_value)}; z is {number(values[:, 0].mean())} on average). There it is no probability: compare the "
                   "data with the toys, as the global p does.")


def global_table(study):
    """What the largest z of an unblinded scan is worth; nothing before there is one."""
    rows = [[methods.name(one.method), *map(page.value, (f"{100 * one.efficiency:.4g} %", "{:g} to {:g}".format(*one.region), f"{one.z:.2f}",
                                                         local_p.text(*one.local, digits=3), f"{one.text} [{one.low:.2g}, {one.high:.2g}]",
                                                         f"{one.above:,} of {one.toys:,}", f"{one.by_crossings:.3g}"))]
            for one in calibrations.of_study(study)]
    return [page.table(["method", "cut", "signal region", "largest z", "local p", "global p", "toys above", "by up-crossings"], rows,
                       "The largest z of the scan of the data, and its p among all signal regions, for one cut fixed beforehand: by toys, with "
                       "the 68 % interval of their number (with none of n above a bound, 1 / (n + 1)), and estimated from their up-crossings, too large "
                       "for a few regions.")] if rows else []


def largest_table(found):
    """Where there are several signal regions."""
    rows = [[called(method, variant), *map(page.value, (f"{100 * efficiency:.4g} %", f"{len(values):,}", f"{np.median(values):.2f}",
                                                     f"{np.quantile(values, HIGH):.2f}"))]
            for (method, variant, efficiency), by_region in found.items() if len(by_region) > 1 and len(values := largest(by_region))]
    return [page.table(["method", "cut", "toys", "median", f"{100 * HIGH:g} % are below"], rows,
                       "The largest z of a toy's signal regions, for one cut fixed beforehand. lacathode-toys tells with it the global p of an "
                       "unblinded scan of data with the same settings.")] if rows else []
