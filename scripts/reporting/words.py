"""What was done, in words made from the files."""
from __future__ import annotations

from pathlib import PurePath

from plotting.names import number
from reading import methods

from . import page, sentences

NO_BREAK = "\N{NO-BREAK SPACE}"
DATA = ("training", "validation", "test")


def listed(items):
    """a, b and c."""
    *most, last = map(str, items)
    return f"{', '.join(most)} and {last}" if most else last


def shortened(names):
    """The first of the names, and how many there are beside it."""
    return names[0] + (f" and {len(names) - 1} more" if len(names) > 1 else "")


def with_unit(name, unit):
    return name if unit in ("", "1") else f"{name} [{unit}]"


def source_names(run):
    """Names of the files that the events were read from, without their folders."""
    return [PurePath(source["path"]).name for source in run.events["provenance"]["inputs"].values()] or ["generated events"]


def count(run, parts, kinds, suffix=""):
    """Events of the parts of the data, of all kinds given: background, signal, or events (of unknown truth)."""
    return sum(run.events["counts"].get(f"{part}_{kind}{suffix}", 0) for part in parts for kind in kinds)


def total(run, parts=DATA, suffix=""):
    return count(run, parts, ("background", "signal", "events"), suffix)


def has_truth(run):
    return any(name.startswith("test_background") for name in run.events["counts"])


def signal_region(run):
    said = run.events
    unit = said["units"].get("mass", "")
    low, high = number(said["signal_region_low"]), number(said["signal_region_high"])
    return f"{low} < {said['mass']} < {high} {'' if unit == '1' else unit}".strip().replace(" ", NO_BREAK)


def data(run):
    inside = "_in_signal_region"
    text = (f"The data are {total(run):,} events of {listed(source_names(run))}, {total(run, suffix=inside):,} of them in the signal "
            f"region {signal_region(run)}; {split(run)}. ")
    if not has_truth(run):
        return text + "Their truth is not known."
    signal = count(run, DATA, ("signal",))
    if signal == 0:
        return text + "They are background alone: no signal was injected."
    return text + (f"Among them are {signal:,} injected signal events, {count(run, DATA, ('signal',), inside):,} of these in the "
                   "signal region.")


def split(run):
    if run.folds:
        return f"each is a test event of one of {run.folds} folds, of which flow and classifiers have seen only the other events"
    return f"they are split at random into {listed(f'{total(run, (part,)):,} {part}' for part in DATA)} events"


def features(run):
    said = run.events
    names = listed(with_unit(name, said["units"].get(f"features/{name}", "")) for name in said["features"])
    return (f"Each event has the features {names} beside the resonant variable {with_unit(said['mass'], said['units'].get('mass', ''))}.")


def trainings(run):
    """How often what was repeated; a number for each method if they differ."""
    numbers = {method: len(run.of_kind("scores", method) or run.of_kind("hunt", method)) for method in run.methods}  # scores may be discarded
    if len(set(numbers.values())) > 1:
        return f"Trainings: {listed(f'{number_} of {methods.name(method)}' for method, number_ in numbers.items())}."
    number_, flows = next(iter(numbers.values()), 0), len(run.of_kind("flow")) // max(run.folds, 1)
    if number_ < 2:
        return "Everything was trained once." if number_ else "No method has scores yet."
    if flows == number_:
        return f"There are {number_} full retrainings: flow, encoding or sampling, and classifier anew each time."
    return f"Classifiers were trained {number_} times" + (f", on {flows} flow." if flows else ".")


def origin(run):
    """Programs, versions and seeds, all that there are."""
    found = [said["provenance"] for said in run.values()]

    def distinct(name):
        return list(dict.fromkeys(provenance[name] for provenance in found if name in provenance))
    versions = list(dict.fromkeys(f"{one['program']} {one['version']} (revision {one['git_revision']})" for one in found))
    text = f"Made by {listed(versions)}; seed {listed(distinct('seed'))}."
    return text + (f" Networks were computed by {listed(distinct('networks'))}." if distinct("networks") else "")


def summary(run):
    told = [page.joined(page.element("b", methods.name(method)), ": ", sentences.of(method)) for method in run.methods]
    return [page.paragraph(" ".join((data(run), features(run), trainings(run), origin(run)))), page.bullets(told)]
