"""Bins of a mass spectrum that resolve the signal region."""
import numpy as np

FEWEST, MOST = 5, 10  # bins in the signal region
EVENTS_IN_REGION = 100  # that pass the cut, wanted in each of them
EVENTS_OUTSIDE = 15  # that pass it, expected in each bin outside
MOST_OUTSIDE = 40  # bins on either side, before neighbours are joined


def edges(mass, region, passed):
    """Edges [B+1] of bins over all masses [N]; `passed` [N] tells which events pass a cut.

    Equal bins fill the signal region from edge to edge; outside, neighbours are joined until a bin can be expected to
    hold a few events after the cut."""
    low, high = region
    in_region = int(passed[(low < mass) & (mass < high)].sum())
    count = int(np.clip(in_region // EVENTS_IN_REGION, FEWEST, MOST))
    inside = np.linspace(low, high, count + 1)
    width = (high - low) / count
    wanted = EVENTS_OUTSIDE / max(passed.mean(), 1e-9)
    above = outwards(mass[mass >= high] - high, width, wanted)
    below = outwards(low - mass[mass <= low], width, wanted)
    return np.concatenate([low - below[::-1], inside, high + above])


def outwards(distances, width, wanted):
    """Ends [B] of bins from 0 outwards, as wide as `width` or as it takes to hold `wanted` of the distances [N]."""
    if not len(distances):
        return np.array([])
    farthest = max(distances.max(), width) * (1 + 1e-9)  # so that rounding leaves no event out
    steps = int(min(np.ceil(farthest / width), MOST_OUTSIDE))
    ends = np.arange(1, steps + 1) * max(width, farthest / steps)
    counts = np.histogram(distances, np.concatenate([[0], ends]))[0]
    kept, held = [], 0
    for end, count in zip(ends, counts):
        held += count
        if held >= wanted:
            kept.append(end)
            held = 0
    # What is left beyond the last full bin belongs to it.
    return np.array([*kept[:-1], ends[-1]])
