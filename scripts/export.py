#!/usr/bin/env python3
"""Events as a Parquet file or a TTree: what lacathode-export wrote, or an events, latent or scores file.

The name of the output says which: .parquet or .root. Columns keep their names; those of a CSV table are int64 or float64, others of the
type that they have. Writes under a temporary name until all is done. The packages (pyarrow or uproot, and h5py) are those of this Python;
if it lacks them, they are installed once, from PyPI into a virtual environment under ~/.cache/lacathode.

example: lacathode-export --scores scores_00.h5 --efficiency 0.01 --output selected.csv
         export.py selected.csv --output selected.root
exit codes: 0 ok, 2 usage, 3 the input cannot be used, 4 the output or the environment cannot be made, 130 and 143 interrupted
"""
import argparse
import os
import sys
from pathlib import Path

from common import program, whole_file
from common.failure import USAGE, Failure
from converting import environment, sources
from converting.events import open_events


def write_parquet(path, types, chunks, _tree):
    import pyarrow  # only after environment.enter
    import pyarrow.parquet
    schema = pyarrow.schema([(name, pyarrow.from_numpy_dtype(kind)) for name, kind in types.items()])
    rows = 0
    with whole_file.whole_file(path) as temporary, pyarrow.parquet.ParquetWriter(temporary, schema) as writer:
        for chunk in chunks:
            table = pyarrow.table({name: pyarrow.array(values) for name, values in chunk.items()}, schema=schema)
            writer.write_table(table)
            rows += table.num_rows
    return rows


def write_root(path, types, chunks, tree):
    import uproot  # only after environment.enter
    rows = 0
    with whole_file.whole_file(path) as temporary, uproot.recreate(temporary) as file:
        branches = file.mktree(tree, types)
        for chunk in chunks:
            branches.extend(chunk)
            rows += len(next(iter(chunk.values())))
    return rows


WRITERS = {"parquet": write_parquet, "root": write_root}


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("input", type=Path, help="CSV table, or events, latent or scores file")
    parser.add_argument("--output", type=Path, required=True, help="file to write: NAME.parquet or NAME.root")
    parser.add_argument("--tree", metavar="NAME", default="events", help="name of the TTree (default: events)")
    parser.add_argument("--force", action="store_true", help="replace the output if it exists")
    return parser.parse_args()


def export(arguments):
    kind = arguments.output.suffix.lstrip(".")
    if kind not in WRITERS:
        raise Failure(USAGE, f"{arguments.output}: the name must end in .parquet or .root")
    if not os.path.isfile(arguments.input):
        open_events(arguments.input)  # says why not
    whole_file.check_output(arguments.output, arguments.input, arguments.force)
    environment.enter(kind, sources.PACKAGES[kind])
    events = open_events(arguments.input)
    rows = WRITERS[kind](arguments.output, events.types, events.chunks(), arguments.tree)
    print(f"{arguments.output}: {rows} rows, columns {', '.join(events.types)}")


if __name__ == "__main__":
    sys.exit(program.run_script("export.py", lambda: export(parse_arguments())))
