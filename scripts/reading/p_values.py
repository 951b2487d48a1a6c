"""p-values of sculpting over the retrainings: their median, and whether it is only a bound."""
from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .local_p import SMALLEST, rounded_up

JUDGED = (0.01, 0.05, 0.19)  # efficiencies whose sculpting is told
SMALLEST_SIMULATED = 1 / 2000  # at most that, where simulation ends


class PValue(NamedTuple):
    value: float
    at_most: bool  # what is known is that it is not larger


def points(efficiency):
    """Positions in [G] of what is next to the efficiencies that are told; with few of them one may be the next to several."""
    return sorted({int(np.argmin(np.abs(efficiency - wanted))) for wanted in JUDGED})


def median(runs):
    """[G] of [R, G], where half of the trainings have a value."""
    columns = (column[~np.isnan(column)] for column in runs.T)
    return np.array([np.median(column) if len(column) and 2 * len(column) >= len(runs) else np.nan for column in columns])


def medians(metrics):
    """[G] PValue. The median of upper bounds is one; a bound below all that the median is made of does not enter it."""
    p, simulated = metrics["p_value"], metrics["p_value_simulated"]
    found = []
    for value, column, of_simulation in zip(median(p), p.T, simulated.T):
        bounded = ((of_simulation == 1) & (column == SMALLEST_SIMULATED)).any()
        present = np.sort(column[~np.isnan(column)])
        enters = bool(bounded and present[(len(present) - 1) // 2] <= SMALLEST_SIMULATED)
        found.append(PValue(max(value, SMALLEST), np.isfinite(value) and (enters or value <= SMALLEST)))
    return found


def relation(p):
    """= p, or < what it is at most, as programs tell it."""
    if not np.isfinite(p.value):
        return "= –"
    return f"< {rounded_up(p.value, 4)}" if p.at_most else f"= {p.value:.4g}"
