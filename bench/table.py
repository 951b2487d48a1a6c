"""The table of scripts/bench.sh from the JSON files of its rounds.

usage: table.py RESULTS
Times are medians over the rounds; ratios are medians of the rounds' ratios, so that both sides of one
were measured within minutes of each other.
"""
import json
import re
import sys
from collections import defaultdict
from pathlib import Path
from statistics import median

# The papers' study on the full dijet sample.
TRAINING, VALIDATION, BATCH = 430_000, 143_000, 256


def read(folder):
    """{(source, case): {round: benchmark}}; source is "engine", "eigen" or the directory of a BLAS."""
    cases = defaultdict(dict)
    for path in sorted(Path(folder).glob("*.*.json")):
        source, number = path.name.split(".")[:2]
        for benchmark in json.loads(path.read_text())["benchmarks"]:
            cases[source, benchmark["name"].removesuffix("/real_time")][int(number)] = benchmark
    return cases


def named(name, backend, features=4, blocks=15, events=256, threads=1):
    return f"{name}/{backend}/features:{features}/blocks:{blocks}/events:{events}/threads:{threads}"


class Results:
    def __init__(self, folder):
        self.cases = read(folder)

    def times(self, source, case):
        """{round: microseconds}"""
        return {number: b["real_time"] for number, b in self.cases[source, case].items()}

    def engine(self, case):
        return self.times("engine", case)

    def eager(self, case, only=None, **setting):
        """({round: microseconds}, setting) of the number of threads, and the BLAS unless it is given, that are best."""
        found = []
        for source, name in list(self.cases):
            if only not in (None, source):
                continue
            match = re.match(re.escape(named(case, "eager", **setting).rsplit(":", 1)[0]) + r":(\d+)$", name)
            if match:
                times = self.times(source, name)
                found.append((median(times.values()), times, f"{source}, {match[1]} thread{'s' if match[1] != '1' else ''}"))
        return min(found, key=lambda entry: entry[0])[1:] if found else ({}, "-")

    def counter(self, source, case, key):
        return median(b[key] for b in self.cases[source, case].values())

    def threads(self, case):
        pattern = re.compile(re.escape(named(case[0], "engine", **case[1]).rsplit(":", 1)[0]) + r":(\d+)$")
        return sorted(int(m[1]) for source, name in self.cases if source == "engine" and (m := pattern.match(name)))


def number(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def shown(times, unit=1):
    return number(median(times.values()) * unit) if times else "-"


def ratio(slow, fast):
    both = fast.keys() & slow.keys()
    return f"{median(slow[each] / fast[each] for each in both):.1f}" if both else "-"


def print_table(title, header, rows):
    print(f"\n{title}")
    widths = [max(len(str(row[i])) for row in [header, *rows]) for i in range(len(header))]
    for row in [header, *rows]:
        print("  ".join(str(cell).ljust(width) if i == 0 else str(cell).rjust(width)
                        for i, (cell, width) in enumerate(zip(row, widths))))


def side_by_side(results):
    rows = []
    parts = defaultdict(dict)
    for name, events, per, label in (
            ("flow_step", 256, 256, "flow step, batch 256 [us]"), ("encode", 8192, 1e6, "encode 1e6 events [s]"),
            ("sample", 8192, 1e6, "sample 1e6 events [s]"), ("population_statistics", 65536, 1e6, "batch norm statistics, 1e6 events [s]"),
            ("classifier_step", 128, 128, "classifier step, batch 128 [us]"), ("score", 65536, 1e6, "score 1e6 events [s]")):
        one = results.engine(named(name, "engine", events=events))
        most = results.threads((name, {"events": events}))[-1]
        all_cores = results.engine(named(name, "engine", events=events, threads=most))
        eager, setting = results.eager(name, events=events)
        reference, _ = results.eager(name, only="blas", events=events)
        unit = per / events * (1e-6 if per == 1e6 else 1)
        rows.append((label, *(shown(times, unit) for times in (one, all_cores, reference, eager)), setting,
                     ratio(eager, one), ratio(eager, all_cores)))
        for key, times in (("one", one), ("all", all_cores), ("reference", reference), ("eager", eager)):
            parts[key][name] = {number: value / events for number, value in times.items()}
    epoch = {key: {number: 1e-6 * (TRAINING * (part["flow_step"][number] + part["population_statistics"][number]) +
                                   VALIDATION * part["encode"][number]) for number in part["flow_step"]}
             for key, part in parts.items()}
    rows.append(("flow epoch of 430,000 events [s], from its parts", *(shown(epoch[key]) for key in parts), "",
                 ratio(epoch["eager"], epoch["one"]), ratio(epoch["eager"], epoch["all"])))
    print_table("Engine and LibTorch's eager mode (4 features, the papers' networks)",
                ("", "1 thread", f"{most} threads", "eager, reference BLAS", "eager, its best", "which is", "best / 1 thread",
                 f"best / {most} threads"), rows)


def rates(results):
    products = {f"sgemm of {source}, {name.split('/')[1]}": (source, name) for source, name in results.cases
                if name.startswith(("sgemm", "eigen_sgemm"))}
    gflops = {label: results.counter(source, name, "GFLOP/s") for label, (source, name) in products.items()}
    rows = [(label, f"{value:.1f}", "") for label, value in sorted(gflops.items(), key=lambda item: item[1])]
    best = max(gflops.values())
    rows.append(("the engine's register tile", f"{results.counter('engine', 'dense_tile', 'GFLOP/s'):.1f}", ""))
    for name, events in (("flow_step", 256), ("encode", 8192), ("sample", 8192), ("classifier_step", 128), ("score", 65536)):
        case = named(name, "engine", events=events)
        done = results.counter("engine", case, "operations") * 1e-3
        rate = median(done / time for time in results.engine(case).values())
        rows.append((name.replace("_", " ") + ", what the masks leave", f"{rate:.1f}", f"{100 * rate / best:.0f} %"))
    print_table("Single precision on one core", ("", "GFLOP/s", "of the best sgemm"), rows)


def scaling(results):
    pattern = re.compile(r"(\w+)/engine/features:(\d+)/blocks:(\d+)/events:(\d+)/threads:(\d+)$")
    rows = []
    for source, name in results.cases:
        if source != "engine" or not (match := pattern.match(name)):
            continue
        what, (features, blocks, events, threads) = match[1], map(int, match.groups()[1:])
        time = median(results.engine(name).values())
        rows.append((what, features, blocks, events, threads, f"{time:.0f}", f"{events / time * 1e6:,.0f}",
                     f"{median(results.counter('engine', name, 'operations') * 1e-3 / t for t in results.engine(name).values()):.1f}"))
    rows.sort(key=lambda row: row[:5])
    print_table("The engine with features, blocks, events and threads",
                ("", "features", "blocks", "events", "threads", "us", "events/s", "GFLOP/s"), rows)


def statistics(results):
    names = sorted(name for source, name in results.cases if source == "engine" and name.startswith("statistics/"))
    rows = [(name.removeprefix("statistics/"), f"{median(results.engine(name).values()) * 1e-3:.1f}") for name in names]
    print_table("Statistics of 1,000,000 events", ("", "ns an event"), rows)


def tools(path):
    table = json.loads(path.read_text())
    names = list(next(iter(table.values())))
    rows = [(events, *(f"{row[name]['seconds']:.2f} s, {row[name]['megabytes']:.0f} MB" for name in names))
            for events, row in table.items()]
    print_table("Tools, whole process, all cores", ("events", *names), rows)


def main(folder):
    results = Results(folder)
    if not results.cases:
        sys.exit(f"table.py: no results in {folder}")
    side_by_side(results)
    rates(results)
    scaling(results)
    statistics(results)
    if (path := Path(folder) / "tools.json").exists():
        tools(path)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
