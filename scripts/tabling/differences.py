"""Differences of the methods' SIC with both their errors; all methods score the same events."""
from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from common.failure import InputError
from reading.files import contents, event_weights, lacathode

UNMAPPED = {"rejected": -np.inf, "selected": np.inf}  # their score


@dataclass(frozen=True)
class Scores:
    """Scores [R, N] of R retrainings, higher for signal, on N events of known label [N], source_row [N] and weight [N]. `fewest`: SIC is not
    given where fewer background events pass (evaluate_sic.minimum_background; docs/method.md, 6.4)."""
    scores: np.ndarray
    label: np.ndarray
    source_row: np.ndarray
    weight: np.ndarray
    fewest: float = 6.25

    def at(self, rows):
        return replace(self, scores=self.scores[:, rows], label=self.label[rows], source_row=self.source_row[rows], weight=self.weight[rows])

    def first(self, retrainings):
        return replace(self, scores=self.scores[:retrainings])

    def weights_of(self, truth):
        return self.weight[self.label == truth]


def read(chain, method):
    """The events of a method that its SIC is made of, in the order of source_row."""
    settings = chain.config["evaluate_sic"]
    if settings["unmapped"] not in UNMAPPED:
        raise InputError(f"{chain.folder}: evaluate_sic.unmapped is {settings['unmapped']}: each training has its own events then, "
                         "which cannot be compared one by one")
    paths = chain.run().trainings(f"{method}/scores")
    if not paths:
        raise InputError(f"{chain.folder / method}: no scores")
    part = lacathode.PARTITIONS.index(settings["partition"])

    def rows_of(file):
        partition, mass = file["partition"][:], file["mass"][:]
        inside = (mass > file.attrs["signal_region_low"]) & (mass < file.attrs["signal_region_high"])
        label, source_row = file["label"][:], file["source_row"][:]
        later = (partition == lacathode.EVALUATION) & ((part == lacathode.TEST) | (label == 1))
        rows = np.flatnonzero(inside & ((partition == part) | later))
        return rows[np.argsort(source_row[rows], kind="stable")], label, source_row, event_weights(file)

    def scored(file, rows):
        mapped = file["mapped"][:][rows] != 0 if "mapped" in file else np.full(len(rows), True)
        return file["features/score"][:][rows].astype(float), mapped
    rows, *columns = contents(paths[0], ("lacathode.scores",), rows_of)
    scores, mapped = map(np.array, zip(*(contents(path, ("lacathode.scores",), lambda file: scored(file, rows)) for path in paths)))
    scores[:, ~mapped.all(axis=0)] = UNMAPPED[settings["unmapped"]]  # as lacathode-evaluate-sic counts what one training does not map
    return Scores(scores, *(column[rows] for column in columns), settings["minimum_background"])


def common(a, b):
    """Both on the events and retrainings that both have. Events of files that were prepared apart may have the same source_row: they are told
    from each other by their order, if both have all of them."""
    if not np.array_equal(a.source_row, b.source_row):
        if any(len(np.unique(one.source_row)) < len(one.source_row) for one in (a, b)):
            raise InputError("two methods of one chain score different events, of which several have the same source_row")
        _, rows_a, rows_b = np.intersect1d(a.source_row, b.source_row, return_indices=True)
        a, b = a.at(rows_a), b.at(rows_b)
    count = min(len(a.scores), len(b.scores))
    a, b = a.first(count), b.first(count)
    if not len(a.source_row) or (a.label != b.label).any():
        raise InputError("two methods of one chain do not score the same events")
    return a, b


class Roc:
    """One training's curve for any weights of the events: SIC at an eps_B is that of the event where it is reached."""

    def __init__(self, score, label, highest):
        background, signal = score[label == 0], score[label == 1]
        kept = min(len(background), int(2 * highest * len(background)) + 50)  # a replica of events that weigh one never needs more
        order = np.argpartition(-background, kept - 1)[:kept]
        self.first = order[np.argsort(-background[order], kind="stable")]  # background with the highest scores
        places = np.sort(-background)  # all of them: a step of equal scores may end beyond `first`
        above = amid_ties(*(np.searchsorted(places, -signal, side=side) for side in ("left", "right")))
        self.signal_order = np.argsort(above, kind="stable")
        self.above = above[self.signal_order]

    def sic(self, efficiencies, background_weights, signal_weights):
        """[E] SIC with the weights [B] and [S] of background and signal events."""
        passed = np.maximum.accumulate(np.cumsum(background_weights[self.first]))  # negative weights take back nothing that was reached
        reached = np.searchsorted(passed, efficiencies * background_weights.sum())  # events before the cut
        weights = np.concatenate(([0.0], np.cumsum(signal_weights[self.signal_order])))
        return weights[np.searchsorted(self.above, reached, side="right")] / weights[-1] / np.sqrt(efficiencies)


def amid_ties(first, last):
    """[S] places of signal events among the background, `first` [S] but for those that have the score of the background events first ... last - 1:
    all of these are selected together, a straight step of the curve, along which the signal lies evenly."""
    places, tied = first.copy(), np.flatnonzero(last > first)
    _, step, counts = np.unique(first[tied], return_inverse=True, return_counts=True)
    rank = np.empty(len(tied), int)
    rank[np.argsort(step, kind="stable")] = np.arange(len(tied)) - np.repeat(np.cumsum(counts) - counts, counts)
    places[tied] += rank * (last - first)[tied] // counts[step]
    return places


@dataclass(frozen=True)
class Difference:
    """SIC of a minus that of b at each of E efficiencies: mean over the retrainings and its errors, all [E]."""
    value: np.ndarray
    spread: np.ndarray  # standard error of the mean over the retrainings, NaN for one
    counting: np.ndarray  # of the events, which both share

    @property
    def sigma(self):
        """In units of both errors; NaN for one retraining, whose spread nobody knows."""
        return self.value / np.hypot(self.spread, self.counting)


def effective(weights, efficiencies):
    """[E] events without weights that would know eps_B as well as the background that passes (docs/method.md (6.8)); its weights [B] by
    descending scores."""
    sums = np.cumsum(weights)
    reached = np.searchsorted(np.maximum.accumulate(sums), efficiencies * weights.sum())
    last = np.minimum(reached, len(weights) - 1)  # by rounding all of them may not reach their sum
    return sums[last]**2 / np.cumsum(weights**2)[last]


def passing(scores, efficiencies):
    """[E] background events that pass; of unequal weights the median of `effective` over the retrainings."""
    weights, background = scores.weights_of(0), scores.scores[:, scores.label == 0]
    if not len(weights) or (weights == weights[0]).all():
        return efficiencies * len(weights)
    return np.median([effective(weights[np.argsort(-one, kind="stable")], efficiencies) for one in background], axis=0)


def fewest(a, b):
    """Background events that have to pass the cuts of both."""
    return max(a.fewest, b.fewest)


def too_few(a, b):
    return f"fewer than {fewest(a, b):g} background events pass, or more have one score"


def are_enough(a, b, efficiencies):
    """[E] whether enough background passes the cuts of both, which score the same events, and there is a cut as tight."""
    efficiencies = np.asarray(efficiencies, float)
    enough = np.minimum(passing(a, efficiencies), passing(b, efficiencies)) >= fewest(a, b)
    return enough & (efficiencies >= max(first_step(a), first_step(b)))


def first_step(scores):
    """The lowest eps_B that a cut has in every retraining: that of the background with the highest score."""
    weights, background = scores.weights_of(0), scores.scores[:, scores.label == 0]
    return max((weights[one == one.max()].sum() / weights.sum() for one in background if len(one)), default=0)


def with_enough_events(a, b, efficiencies):
    """Those of the efficiencies that enough of the background events pass which both score."""
    return [efficiency for efficiency, enough in zip(efficiencies, are_enough(*common(a, b), efficiencies)) if enough]


def difference(a, b, efficiencies, seed=1, replicas=200):
    """The counting error is the standard deviation over replicas in which every event counts Poisson(1) times its weight, for both
    methods and all retrainings alike; retrainings are compared one by one, as they share flows."""
    a, b = common(a, b)
    efficiencies = np.asarray(efficiencies, float)
    if not are_enough(a, b, efficiencies).all():
        raise InputError(f"{too_few(a, b)} at the lowest efficiency")
    weights_of = [a.weights_of(truth) for truth in (0, 1)]
    highest = efficiencies.max() if (a.weight == 1).all() else 1
    pairs = [[Roc(score, a.label, highest) for score in both] for both in zip(a.scores, b.scores)]

    def differences(weights):
        return np.array([first.sic(efficiencies, *weights) - second.sic(efficiencies, *weights) for first, second in pairs])
    values = differences(weights_of)
    generator = np.random.default_rng(seed)
    replica = [differences([generator.poisson(1.0, len(weights)) * weights for weights in weights_of]).mean(axis=0)
               for _ in range(replicas)]
    spread = values.std(axis=0, ddof=1) / np.sqrt(len(values)) if len(values) > 1 else np.full(len(efficiencies), np.nan)
    return Difference(values.mean(axis=0), spread, np.std(replica, axis=0, ddof=1))
