#!/usr/bin/env python3
"""Compares the HDF5 files below two directories, array by array and bit by bit.

usage: compare_outputs.py BEFORE AFTER [--attributes]

The gate for changes of structure: run the same commands with the programs from before and from after the change, each
into a directory of its own, then compare. Every dataset must hold the same type, shape and bytes, and every file must
have its counterpart. Attributes are listed where they differ, and count as differences with --attributes; those that
name a run and not a result (the provenance, content hashes) are left out.
Exit code: 0 the same, 1 different, 2 usage, 3 a file cannot be read.
"""
import argparse
import sys
from pathlib import Path

import h5py
import numpy

# Recorded of the run, or changed by any spelling: content hashes, of the file and of those it was made from.
OF_THE_RUN = ("provenance",)
HASHES = {"content_hash", "flow_hash"}


def contents(path):
    """({dataset: array}, {(object, attribute): value}) of one file."""
    arrays, attributes = {}, {}

    def visit(name, item):
        if name.split("/")[0] in OF_THE_RUN:
            return
        if isinstance(item, h5py.Dataset):
            arrays[name] = item[()]
        for key, value in item.attrs.items():
            if key not in HASHES:
                attributes[name, key] = value

    try:
        with h5py.File(path, "r") as file:
            visit("", file)
            file.visititems(visit)
    except (OSError, RuntimeError, ValueError) as error:  # h5py raises any
        print(f"{path}: cannot be read: {error}", file=sys.stderr)
        sys.exit(3)
    return arrays, attributes


def array_difference(a, b):
    """What differs between two arrays; empty if nothing."""
    a, b = numpy.asarray(a), numpy.asarray(b)
    if a.dtype != b.dtype or a.shape != b.shape:
        return f"{a.dtype}{list(a.shape)} became {b.dtype}{list(b.shape)}"
    if a.tobytes() == b.tobytes():
        return ""
    differing = int(numpy.count_nonzero(~((a == b) | ((a != a) & (b != b)))))
    return f"{differing} of {a.size} values differ" if differing else "the bytes differ (NaN or signed zero)"


def compare(before, after):
    """(differences of arrays, differences of attributes) of two files, one line each, and how many arrays there were before."""
    arrays, attributes = contents(before)
    new_arrays, new_attributes = contents(after)
    lines = [f"{name}: absent" for name in sorted(arrays.keys() - new_arrays.keys())]
    lines += [f"{name}: new" for name in sorted(new_arrays.keys() - arrays.keys())]
    for name in sorted(arrays.keys() & new_arrays.keys()):
        difference = array_difference(arrays[name], new_arrays[name])
        if difference:
            lines.append(f"{name}: {difference}")
    notes = []
    for owner, key in sorted(attributes.keys() | new_attributes.keys()):
        old, new = attributes.get((owner, key)), new_attributes.get((owner, key))
        if old is None or new is None or array_difference(old, new):
            notes.append(f"/{owner}@{key}: {old} became {new}")
    return lines, notes, len(arrays)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--attributes", action="store_true", help="attributes count too")
    options = parser.parse_args()
    files = [{path.relative_to(top) for path in top.rglob("*.h5")} for top in (options.before, options.after)]
    for top, found in zip((options.before, options.after), files):
        if not found:
            print(f"{top} holds no .h5 file", file=sys.stderr)
            return 2
    different = datasets = 0
    for name in sorted(files[0] | files[1]):
        if name not in files[0] or name not in files[1]:
            print(f"{name}: only {'before' if name in files[0] else 'after'}")
            different += 1
            continue
        lines, notes, count = compare(options.before / name, options.after / name)
        datasets += count
        for line in lines:
            print(f"{name}: {line}")
        for note in notes:
            print(f"{name}: attribute {note}")
        different += bool(lines) or (options.attributes and bool(notes))
    print(f"{len(files[0] | files[1])} files, {datasets} arrays: {different} files differ")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
