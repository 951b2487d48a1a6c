#!/usr/bin/env python3
"""The jobs of a run or a study that are not done, bundled into tasks for a cluster.

usage: jobs.py [--minutes N] [--latency-wait TIME] [--dry-run] -- lacathode-study --config FILE --out DIR ...

A task makes the files of one or more jobs of the same round in one command: short jobs until their estimated minutes add up to
--minutes, a longer job alone. It needs the sum of their minutes, the most cores that one of them needs, and the memory of as many of
the largest as there are cores, since so many run side by side.
Writes into DIR/cluster
  round_N.txt  the tasks of round N, a shell command a line
  gather.txt   the command for the end
  tasks.json   all of that with inputs, outputs and needs
  outdated     if files are there that have to be made again: newer than these
and prints a table of the rounds, what the largest task of each needs. Paths hold in the folder in which it was called.

exit codes: 0 ok, 2 usage, 4 cannot write, 130 interrupted, 143 terminated; if the list cannot be made, the program's own
"""
import argparse
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from common.failure import USAGE, Failure, InputError  # noqa: E402  (found only now)
from common.program import run_script  # noqa: E402
from common.whole_file import write_bytes  # noqa: E402

COLUMNS = ("round", "tasks", "jobs", "cores", "memory_mb", "minutes")
LOST = os.fsdecode("\N{REPLACEMENT CHARACTER}".encode())  # what the programs' JSON has for bytes of a path that are no UTF-8


def needs_of_gathering(count):
    """(MB, minutes) for the results of so many jobs: 41 MB for a thousand, and a minute, on slow file systems longer."""
    return 100 + count // 30, 30 + count // 200


@dataclass(frozen=True)
class Task:
    name: str
    round: int
    jobs: list  # their ids
    command: list
    inputs: list
    outputs: list
    cores: int
    memory_mb: int
    minutes: int
    again: bool = False  # whether an output is there, but out of date

    @property
    def line(self):
        return shlex.join(self.command)


@dataclass(frozen=True)
class Plan:
    directory: str  # where the commands run
    folder: str  # OUT/cluster
    outputs: list  # of all jobs, those that are done included
    tasks: list
    gather: Task

    @property
    def outdated(self):
        """A file for what goes by the times of files, as Snakemake does: newer than the outputs that have to be made again."""
        return f"{self.folder}/outdated"

    def rounds(self):
        """[(number, its tasks)], in order."""
        return [(number, list(tasks)) for number, tasks in groupby(self.tasks, key=lambda task: task.round)]


def bundled(jobs, minutes):
    """Jobs of one round in lists, in their order; those of `minutes` or more each alone."""
    bundles, open_bundle, left = [], None, 0
    for job in jobs:
        if job["minutes"] >= minutes:
            bundles.append([job])
        elif open_bundle is not None and job["minutes"] <= left:
            open_bundle.append(job)
            left -= job["minutes"]
        else:
            open_bundle = [job]
            bundles.append(open_bundle)
            left = minutes - job["minutes"]
    return bundles


def without_doubles(paths):
    return list(dict.fromkeys(paths))


def waiting_words(latency):
    return ["--latency-wait", latency] if latency else []


def task_of(name, base, jobs, latency=None):
    """One command for all these jobs, which waits so long for what a slow file system does not show yet; a program that is not told its threads takes every core that it sees."""
    cores = max(job["cores"] for job in jobs)
    threads = [] if any(word.split("=")[0] == "--threads" for word in base) else ["--threads", str(cores)]
    ids = [job["id"] for job in jobs]
    return Task(name=name, round=jobs[0]["round"], jobs=ids, command=[*base, *threads, *waiting_words(latency), "--only", *ids],
                inputs=without_doubles(path for job in jobs for path in job["inputs"]), outputs=[job["output"] for job in jobs],
                cores=cores, memory_mb=sum(sorted((job["memory_mb"] for job in jobs), reverse=True)[:cores]),
                minutes=sum(job["minutes"] for job in jobs), again=any(job["done"] for job in jobs))


def folder_of(words):
    """DIR/cluster of a command line."""
    for word, following in zip(words, [*words[1:], ""]):
        if word == "--out":
            return str(Path(following) / "cluster")
        if word.startswith("--out="):
            return str(Path(word.removeprefix("--out=")) / "cluster")
    raise Failure(USAGE, f"{shlex.join(words)}: there is no --out DIR in it")


def check_paths(listed):
    """Tasks with a path that is told wrong would read and write another."""
    for word in (*listed["gather"], *(path for job in listed["jobs"] for path in (*job["inputs"], job["output"]))):
        if LOST in word:
            raise Failure(USAGE, f"{word}: a path that is no UTF-8 (where it shows {LOST}) cannot be in a list of jobs; rename it")
        if "\n" in word:
            raise Failure(USAGE, f"{word!r}: a list of tasks has one a line, and cannot hold words with a line's end; leave it out")


def plan_of(listed, outstanding, minutes, latency=None):
    """listed: what --list-jobs --json says; outstanding: ids of the jobs to do."""
    check_paths(listed)
    *base, _ = listed["gather"]
    base[0] = shutil.which(base[0]) or base[0]  # the PATH of another machine may lack it
    todo = sorted((job for job in listed["jobs"] if job["id"] in outstanding), key=lambda job: job["round"])
    tasks = []
    for number, of_round in groupby(todo, key=lambda job: job["round"]):
        tasks += [task_of(f"round_{number}_{i:04}", base, bundle, latency) for i, bundle in enumerate(bundled(of_round, minutes))]
    outputs = [job["output"] for job in listed["jobs"]]
    memory, time_of_gathering = needs_of_gathering(len(outputs))
    gather = Task(name="gather", round=max((job["round"] for job in listed["jobs"]), default=0) + 1, jobs=[],
                  command=[*base, *waiting_words(latency), "--gather"], inputs=outputs, outputs=[], cores=1,
                  memory_mb=max([memory, *(job["memory_mb"] for job in listed["jobs"])]), minutes=time_of_gathering)
    return Plan(directory=os.getcwd(), folder=folder_of(base), outputs=outputs, tasks=tasks, gather=gather)


def asked(command, option):
    try:
        process = subprocess.run([*command, option, "--json"], stdout=subprocess.PIPE, check=False)
    except OSError as error:
        raise Failure(USAGE, f"{command[0]}: {error.strerror}; put the folder of the programs on the PATH") from error
    if process.returncode:
        code = process.returncode if process.returncode > 0 else 128 - process.returncode  # of a signal as a shell tells it
        raise Failure(code, f"{command[0]} {option} ended with {code}, nothing was written")
    try:
        listed = json.loads(os.fsdecode(process.stdout))
    except ValueError:
        listed = None
    if not isinstance(listed, dict) or "jobs" not in listed:
        raise Failure(USAGE, f"{command[0]} lists no jobs; lacathode-run, -study, -scan and -toys do")
    return listed


def plan_for(command, minutes, latency=None):
    """The plan of a command line; --dry-run also finds outputs that do not fit the settings."""
    outstanding = {job["id"] for job in asked(command, "--dry-run")["jobs"]}
    return plan_of(asked(command, "--list-jobs"), outstanding, minutes, latency)


def write_plan(plan):
    folder = Path(plan.folder)
    folder.mkdir(parents=True, exist_ok=True)
    if any(task.again for task in plan.tasks):
        write_whole(Path(plan.outdated), f"{time.time_ns()}\n")  # Snakemake takes a newer file of the same content for the same
    else:
        Path(plan.outdated).unlink(missing_ok=True)
    rounds = {folder / f"round_{number}.txt": tasks for number, tasks in plan.rounds()}
    for path, tasks in rounds.items():
        write_whole(path, "".join(task.line + "\n" for task in tasks))
    write_whole(folder / "gather.txt", plan.gather.line + "\n")
    write_whole(folder / "tasks.json", json.dumps(asdict(plan), indent=1) + "\n")
    for old in set(folder.glob("round_*.txt")) - rounds.keys():
        old.unlink()


def write_whole(path, text):
    """Whole, as other machines may read it at any time; names of files in it are as they are, UTF-8 or not."""
    write_bytes(path, os.fsencode(text))


def read_plan(path):
    """What write_plan wrote."""
    try:
        values = json.loads(Path(path).read_text())
        return Plan(**{**values, "tasks": [Task(**task) for task in values["tasks"]], "gather": Task(**values["gather"])})
    except (KeyError, OSError, TypeError, ValueError) as error:
        raise InputError(f"{path} cannot be read: {error}; jobs.py writes it") from error


def needs(tasks):
    """Cores, memory and minutes that are enough for each of the tasks."""
    return tuple(max(getattr(task, name) for task in tasks) for name in ("cores", "memory_mb", "minutes"))


def table(plan):
    rows = [*plan.rounds(), ("gather", [plan.gather])]
    lines = [COLUMNS, *((name, len(tasks), sum(len(task.jobs) for task in tasks), *needs(tasks)) for name, tasks in rows)]
    return "".join("  ".join(f"{value:>9}" for value in line) + "\n" for line in lines)


def whole_minutes(text):
    value = int(text)
    if value < 1:
        raise ValueError
    return value


def waiting_time(text):
    """As the programs take it, who would refuse it in each task."""
    if not re.fullmatch(r"0*[1-9][0-9]*[smh]", text):
        raise argparse.ArgumentTypeError(f"{text}: give a whole number and its unit, as 60s, 5m or 1h")
    return text


def parsed_options(description, **options):
    """Options, then -- and the command; options: more arguments by name, for argparse."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter,
                                     usage="%(prog)s [options] -- lacathode-study --config FILE --out DIR ...")
    parser.add_argument("--minutes", type=whole_minutes, default=20, help="of a task, unless one job is longer (default: 20)")
    parser.add_argument("--latency-wait", type=waiting_time, metavar="TIME", help="of each task, for files that a slow file system does not show yet (60s)")
    for name, values in options.items():
        parser.add_argument("--" + name.replace("_", "-"), **values)
    parser.add_argument("command", nargs="+", help="the run or the study, after --")
    return parser.parse_args()


def list_tasks():
    options = parsed_options(__doc__, dry_run={"action": "store_true", "help": "print the table, write nothing"},
                             where={"action": "store_true", "help": "print DIR/cluster and stop"})
    if options.where:
        print(folder_of(options.command))
        return
    plan = plan_for(options.command, options.minutes, options.latency_wait)
    if not options.dry_run:
        write_plan(plan)
    print(table(plan), end="")


if __name__ == "__main__":
    sys.exit(run_script("jobs.py", list_tasks))
