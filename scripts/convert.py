#!/usr/bin/env python3
"""A TTree or RNTuple of a ROOT file, or a Parquet file, as an HDF5 table that lacathode-prepare reads.

Takes the named columns, or all that have one number a row; what is left out is told. Reads some rows at a time, so that any file
fits the memory, and writes under a temporary name until all is done. The packages (uproot or pyarrow, and h5py) are those of this
Python; if it lacks them, they are installed once, from PyPI into a virtual environment under ~/.cache/lacathode.

example: convert.py ntuple.root --tree events --columns m_jj,tau21=jet/tau21,label --output events.h5
         lacathode-prepare --input events.h5 --format table ...
exit codes: 0 ok, 2 usage, 3 the input cannot be used, 4 the output or the environment cannot be made, 130 and 143 interrupted
"""
import argparse
import sys
from pathlib import Path

from common import program, whole_file
from common.failure import BAD_INPUT, USAGE, Failure
from converting import environment, sources, table_file


def column_list(text):
    """NAME or NEW=NAME, with commas between them, as {new: name}."""
    columns = {}
    for part in text.split(","):
        new, equals, name = (word.strip() for word in part.partition("="))
        if not equals:
            name = new
        if not new or not name:
            raise argparse.ArgumentTypeError(f"'{part}': write NAME or NEW=NAME")
        if new in columns:
            raise argparse.ArgumentTypeError(f"'{new}' is named twice")
        columns[new] = name
    return columns


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("input", type=Path, help="ROOT or Parquet file")
    parser.add_argument("--output", type=Path, required=True, help="HDF5 file to write")
    parser.add_argument("--tree", metavar="NAME", help="TTree or RNTuple of a ROOT file (default: the only one)")
    parser.add_argument("--columns", metavar="LIST", type=column_list, help="comma-separated NAME or NEW=NAME (default: every column with "
                        "one number a row)")
    parser.add_argument("--force", action="store_true", help="replace the output if it exists")
    return parser.parse_args()


def one_line(error):
    return " ".join(str(error).split()) or type(error).__name__


def open_source(kind, path, key):
    try:
        return sources.SOURCES[kind](path, key)
    except Failure:
        raise
    except Exception as error:  # the packages raise any kind
        raise Failure(BAD_INPUT, f"{path}: cannot be opened: {one_line(error)}; copy or make it again") from error


def readable(path, chunks):
    """The chunks; what goes wrong in reading is told as that."""
    try:
        yield from chunks
    except Failure:
        raise
    except Exception as error:
        raise Failure(BAD_INPUT, f"{path}: cannot be read: {one_line(error)}; copy or make it again") from error


def wanted_columns(path, source, asked):
    """{new: name} of the columns to convert; all are there and hold one number a row."""
    if asked is None:
        asked = {name: name for name in source.columns if "/" not in name}
        for name, reason in source.others.items():
            print(f"left out: {name}: {reason}", file=sys.stderr)
        for name in source.columns.keys() - asked.keys():
            print(f"left out: {name}: name it without a slash, --columns NEW={name}", file=sys.stderr)
    there = f"columns of '{source.name}' with one number a row: {', '.join(source.columns) or 'none'}"
    for new, name in asked.items():
        if name in source.others:
            raise Failure(BAD_INPUT, f"{path}: column '{name}': {source.others[name]}; {there}")
        if name not in source.columns:
            raise Failure(BAD_INPUT, f"{path}: no column '{name}'; {there}")
        if "/" in new:
            raise Failure(USAGE, f"--columns {name}: HDF5 takes no slash in a name; write NEW={name}")
    if not asked:
        raise Failure(BAD_INPUT, f"{path}: nothing to convert; {there}")
    return asked


def convert(arguments):
    kind = sources.kind_of(arguments.input)
    whole_file.check_output(arguments.output, arguments.input, arguments.force)
    environment.enter(kind, sources.PACKAGES[kind])
    source = open_source(kind, arguments.input, arguments.tree)
    columns = wanted_columns(arguments.input, source, arguments.columns)
    chunks = ({new: chunk[name] for new, name in columns.items()} for chunk in source.chunks(list(dict.fromkeys(columns.values()))))
    types = {new: source.columns[name] for new, name in columns.items()}
    rows = table_file.write(arguments.output, types, readable(arguments.input, chunks))
    print(f"{arguments.output}: {rows} rows of '{source.name}', columns {', '.join(columns)}")


if __name__ == "__main__":
    sys.exit(program.run_script("convert.py", lambda: convert(parse_arguments())))
