#!/usr/bin/env python3
"""Differences of the methods or chains of a study: SIC of one minus that of another on the same events, with both errors.

For each chain, pair of methods and background efficiency (with --chains: each method and pair of chains): the mean difference
over the retrainings, the standard error of that mean over the retrainings, the counting error of the events (replicas in which
every event counts Poisson(1) times, for both alike), and the difference in units of both errors together. An efficiency that too
few background events pass, with weights as docs/method.md (6.8) counts them, is left out and told. Prints them and writes
FOLDER/tables/comparisons.csv.

example: compare.py out/paper/lacathode_fig6 --methods supervised,idealised,cathode,lacathode --neighbours
exit codes: 0 ok, 2 usage, 3 missing or foreign input, 4 cannot write, 130 and 143 interrupted
"""
import argparse
import sys
from itertools import combinations, pairwise
from pathlib import Path

try:
    from common import whole_file
    from common.failure import InputError
    from common.program import run_script
    from reading import results
    from tabling import differences
except ImportError as error:
    sys.exit(f"compare.py: {error}; it needs h5py and numpy (Debian: python3-h5py)")

COLUMNS = ("of", "this", "minus", "background_efficiency", "difference", "spread_error", "counting_error", "sigma")
EFFICIENCIES = (1e-2, 1e-3)


def rows_of(name, scores, arguments):
    """`scores` by what is compared."""
    for a, b in pairwise(scores) if arguments.neighbours else combinations(scores, 2):
        enough = differences.with_enough_events(scores[a], scores[b], EFFICIENCIES)
        for efficiency in EFFICIENCIES:
            if efficiency not in enough:
                print(f"compare.py: left out: {name}, {a} minus {b} at {efficiency:g}: {differences.too_few(scores[a], scores[b])}", file=sys.stderr)
        if not enough:
            continue
        found = differences.difference(scores[a], scores[b], enough)
        for at, efficiency in enumerate(enough):
            yield (name, a, b, f"{efficiency:g}",
                   *(f"{values[at]:.4g}" for values in (found.value, found.spread, found.counting, found.sigma)))


def methods_of(chain, wanted):
    """Methods of the chain that have a SIC, in the wanted order; those it has, if none are wanted."""
    has = chain.metrics.get("sic", {})
    unknown = [name for name in wanted if name not in has]
    if unknown and has:
        raise InputError(f"{chain.folder}: no SIC of '{unknown[0]}', only of {', '.join(has)}")
    return wanted or list(has)


def chosen(chains, names):
    """The chains of these names, in this order; all, if there are no names."""
    by_name = {chain.name: chain for chain in chains}
    unknown = [name for name in names if name not in by_name]
    if unknown:
        raise InputError(f"no chain '{unknown[0]}' with SIC, only {', '.join(by_name)}")
    return [by_name[name] for name in names] or chains


def compared(chains, arguments):
    """(name, {name: scores}) of what is compared with each other."""
    if arguments.chains:
        for method in methods_of(chains[0], arguments.methods):
            yield method, {chain.name: differences.read(chain, method) for chain in chains}
        return
    for chain in chains:
        yield chain.name, {method: differences.read(chain, method) for method in methods_of(chain, arguments.methods)}


def compare(arguments):
    study = results.read(arguments.folder)
    with_sic = [chain for chain in study.chains if chain.metrics.get("sic")]
    chains = chosen(results.require(with_sic, study, "sic"), arguments.chains)
    out = arguments.out or study.folder / "tables"
    rows = []
    for name, scores in compared(chains, arguments):
        for row in rows_of(name, scores, arguments):
            print(*row, sep="\t", flush=True)
            rows.append(row)
    if not rows:
        raise InputError(f"{study.folder}: nothing to compare")
    out.mkdir(parents=True, exist_ok=True)
    whole_file.write_rows(out / "comparisons.csv", [COLUMNS, *rows])


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", metavar="FOLDER", help="folder of a study")
    parser.add_argument("--methods", metavar="A,B,...", type=lambda names: names.split(","), default=[],
                        help="methods to compare, in this order (default: all of a chain)")
    parser.add_argument("--chains", metavar="A,B,...", type=lambda names: names.split(","), default=[],
                        help="compare these chains instead, method by method")
    parser.add_argument("--neighbours", action="store_true", help="compare each one with the next only")
    parser.add_argument("--out", metavar="DIR", type=Path, help="folder for the table (default: FOLDER/tables)")
    arguments = parser.parse_args(arguments)
    return run_script("compare.py", lambda: compare(arguments))


if __name__ == "__main__":
    sys.exit(main())
