"""What the signal regions of a scan say of the background estimates together: observed against expected, without the signal that labels tell."""
from __future__ import annotations

from itertools import pairwise
from math import erfc, exp, fsum, lgamma, log, sqrt

import numpy as np
from reading import results
from reading.estimates import weight_scale

COLUMNS = ("method", "members", "estimate", "background_efficiency", "regions", "searches", "relative", "relative_error", "spread", "p_value")
ESTIMATES = ("efficiency", "spectrum")
FEWEST = 2  # signal regions
ROUNDING = 1e-9  # of a region's width; regions may touch


def chi2_p_value(chi2, dof):
    """P of at least so much, a sum of Poisson's probabilities."""
    half = chi2 / 2
    if half == 0:
        return 1.0
    terms = fsum(exp(k * log(half) - half - lgamma(k + 1)) for k in np.arange(dof % 2 / 2, dof / 2))
    return terms if dof % 2 == 0 else erfc(sqrt(half)) + terms


def together(observed, expected, variance):
    """(mean, its error, spread beyond statistics, p that there is nothing) of (n - b) / b in regions [W] with variances [W] of n - b:
    docs/method.md (11.9)."""
    distance, weight = (observed - expected) / expected, expected**2 / variance
    chi2 = (weight * distance**2).sum()
    spread = sqrt(max(0, (chi2 - len(distance)) / weight.sum()))
    return (weight * distance).sum() / weight.sum(), 1 / sqrt(weight.sum()), spread, chi2_p_value(chi2, len(distance))


def observations(chains):
    """{(method, members, estimate, efficiency): {signal region: [(observed, expected, variance)]}} of all that is unblinded, the first
    retraining of each: others look at the same events. Observed are the events without the true signal among them; without labels all, a
    signal that nobody knows of included."""
    found = {}
    for chain, method, hunt in results.with_kind(chains, "hunt_00"):
        signal = np.nan_to_num(hunt.get("true_signal", np.zeros(len(hunt["background_efficiency"]))))
        for estimate in ESTIMATES:
            for cut, efficiency in enumerate(hunt["background_efficiency"]):
                observed, expected, error = (float(hunt[f"{estimate}/{name}"][cut]) for name in ("observed", "expected", "error"))
                if cut > 0 and np.isfinite(observed) and expected > 0:
                    key = method, chain.config["run"]["members"], estimate, float(efficiency)
                    variance = weight_scale(hunt, cut) * expected + error**2
                    found.setdefault(key, {}).setdefault(chain.region, []).append((observed - signal[cut], expected, variance))
    return found


def are_independent(chains, by_region):
    """Whether each search has events of its own in the signal region: regions that do not overlap, one search of each, or toys without signal.
    Splits and injections share their events, and so do toys that draw the data again."""
    if any(high - low > ROUNDING * (high - first) for (first, high), (low, _) in pairwise(sorted(by_region))):
        return False
    if any(map(results.is_toy, chains)):
        return all(map(results.is_null, chains))
    return all(len(searches) == 1 for searches in by_region.values())


def rows(study):
    """[COLUMNS] of every cut that two signal regions have at least, if their searches are independent."""
    for key, by_region in observations(study.chains).items():
        if len(by_region) >= FEWEST and are_independent(study.chains, by_region):
            searches = [one for of_region in by_region.values() for one in of_region]
            yield (*key, len(by_region), len(searches), *together(*np.transpose(searches)))
