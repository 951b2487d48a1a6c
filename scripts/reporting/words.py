"""What was done, in words made from the files."""
from __future__ import annotations

from pathlib import PurePath

from plotting.names import number
from reading import methods
from reading.files import DATA, tell_truth

from . import page, sentences

NO_BREAK = "\N{NO-BREAK SPACE}"
GENERATED = "generated events"
FURTHER = "extra_background"  # role of files that are no data


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
    """Names of the files that the data were read from, without their folders."""
    return input_names(run, further=False) or [GENERATED]


def input_names(run, further):
    """Of the events, or of the further background."""
    inputs = run.events["provenance"]["inputs"]
    return [PurePath(source["path"]).name for role, source in inputs.items() if role.startswith(FURTHER) == further]


def count(run, parts, kinds, suffix=""):
    """Events of the parts of the data, of all kinds given: background, signal, or events (of unknown truth)."""
    return sum(run.counts.get(f"{part}_{kind}{suffix}", 0) for part in parts for kind in kinds)


def total(run, parts=DATA, suffix=""):
    return count(run, parts, ("background", "signal", "events"), suffix)


def signal_region(run):
    said = run.events
    unit = said["units"].get("mass", "")
    low, high = number(said["signal_region_low"]), number(said["signal_region_high"])
    return f"{low} < {said['mass']} < {high} {'' if unit == '1' else unit}".strip().replace(" ", NO_BREAK)


def data(run):
    inside, sources = "_in_signal_region", source_names(run)
    text = (f"The data are {total(run):,} {GENERATED if sources == [GENERATED] else f'events of {listed(sources)}'}, "
            f"{total(run, suffix=inside):,} of them in the signal region {signal_region(run)}; {split(run)}. ")
    return text + truth(run) + further_background(run)


def truth(run):
    if not tell_truth(run.counts):
        return "Their truth is not known."
    inside, signal = "_in_signal_region", count(run, DATA, ("signal",))
    if signal == 0:
        return "They are background alone: no signal was injected."
    return (f"Among them are {signal:,} injected signal events, {count(run, DATA, ('signal',), inside):,} of these in the signal region.")


def further_background(run):
    names, parts = input_names(run, further=True), ("evaluation", "extra_training", "extra_validation")
    return f" Beside them there is further background, {count(run, parts, ('background',)):,} events of {listed(names)}." if names else ""


def split(run):
    if run.folds:
        return f"each is a test event of one of {run.folds} folds, of which flow and classifiers have seen only the other events"
    return f"they are split at random into {listed(f'{total(run, (part,)):,} {part}' for part in DATA)} events"


def features(run):
    said = run.events
    names = listed(with_unit(name, said["units"].get(f"features/{name}", "")) for name in said["features"])
    return (f"Each event has the features {names} beside the resonant variable {with_unit(said['mass'], said['units'].get('mass', ''))}.")


def repeated(run, method, members):
    """(retrainings, members) of a method: how many scores it has, and how many trainings each of them combines, None where no file tells."""
    scores, hunts, combined = (run.of_kind(kind, method) for kind in ("scores", "hunt", "member_scores"))
    times = len(scores or hunts)  # scores may be discarded
    if not members and (scores or combined or not hunts):
        members = max(len(combined) // max(run.folds * times, times, 1), 1)
    return times, members


def trainings(run, members=None):
    """How often what was repeated and combined; the number of trainings of each method if they differ. `members`: run.members, where known."""
    numbers = {method: repeated(run, method, members) for method in run.methods}
    if any(not members for _, members in numbers.values()):
        return "How many trainings were combined is not known, as the scores are discarded."
    if len(set(numbers.values())) > 1:
        return f"Trainings: {listed(f'{times * members} of {methods.name(method)}' for method, (times, members) in numbers.items())}."
    times, members = next(iter(numbers.values()), (0, 1))
    flows = len(run.of_kind("flow")) // max(run.folds, 1)
    if times == 0:
        return "No method has scores yet."
    return how_often(times * members, flows) + (f" The scores of {members} are combined{' each time' if times > 1 else ''}." if members > 1 else "")


def how_often(number_, flows):
    if number_ == 1:
        return "Everything was trained once."
    if flows == number_:
        return f"There are {number_} full retrainings: flow, encoding or sampling, and classifier anew each time."
    return f"Classifiers were trained {number_} times" + (f", on {flows} flow{'s' if flows > 1 else ''}." if flows else ".")


def origin(run):
    """Programs, versions and seeds, all that there are."""
    found = [said["provenance"] for said in run.values()]

    def distinct(name):
        return list(dict.fromkeys(provenance[name] for provenance in found if name in provenance))
    versions = list(dict.fromkeys(f"{one['program']} {one['version']} (revision {one['git_revision']})" for one in found))
    text = f"Made by {listed(versions)}; seed {listed(distinct('seed'))}."
    return text + (f" Networks were computed by {listed(distinct('networks'))}." if distinct("networks") else "")


def summary(run, members=None):
    told = [page.joined(page.element("b", methods.name(method)), ": ", sentences.of(method)) for method in run.methods]
    return [page.paragraph(" ".join((data(run), features(run), trainings(run, members), origin(run)))), page.bullets(told)]
