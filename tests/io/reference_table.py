#!/usr/bin/env python3
"""Reads one table with h5py alone and writes names and float64 values: reference_table.py FILE KEY OUT."""
import pickle
import sys

import h5py
import numpy as np


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def pandas_fixed(group):
    columns = {}
    for block in range(int(group.attrs["nblocks"])):
        items = group[f"block{block}_items"][:]
        values = group[f"block{block}_values"][:]
        for i, item in enumerate(items):
            columns[text(item)] = values[:, i]
    names = [text(name) for name in group["axis0"][:]]
    return {name: columns[name] for name in names}


def pandas_table(group):
    table = group["table"]
    rows = table[:]
    columns = {}
    for field in rows.dtype.names:
        if field == "index":
            continue
        names = pickle.loads(bytes(table.attrs[field + "_kind"]))
        for i, name in enumerate(names):
            columns[name] = rows[field].reshape(len(rows), -1)[:, i]
    ((_, order),) = pickle.loads(bytes(group.attrs["non_index_axes"]))
    return {name: columns[name] for name in order}


def read(thing):
    if isinstance(thing, h5py.Dataset):
        return {name: thing[name] for name in thing.dtype.names}
    kind = text(thing.attrs.get("pandas_type", ""))
    if kind == "frame":
        return pandas_fixed(thing)
    if kind == "frame_table":
        return pandas_table(thing)
    columns = {name: thing[name] for name in sorted(thing) if isinstance(thing[name], h5py.Dataset)}
    return {name: data[:] for name, data in columns.items() if data.ndim == 1 and data.dtype.kind in "biuf"}


with h5py.File(sys.argv[1]) as file:
    columns = read(file[sys.argv[2]])
with open(sys.argv[3], "wb") as out:
    out.write("\t".join(columns).encode() + b"\n")
    out.write(np.stack([values.astype("f8") for values in columns.values()], axis=1).tobytes())
