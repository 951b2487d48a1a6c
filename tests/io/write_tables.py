#!/usr/bin/env python3
"""Writes the tables that column_table_test.cpp reads, as users of h5py write them: write_tables.py DIRECTORY."""
import pickle
import sys
from pathlib import Path

import h5py
import numpy as np

directory = Path(sys.argv[1])
rng = np.random.default_rng(1)
ROWS = 2500


def columns(group, rows=ROWS):
    group["mass"] = rng.normal(size=rows)
    group.create_dataset("zipped", data=rng.normal(size=rows).astype("f4"), compression="gzip", shuffle=True, chunks=(300,))


def records(parent, name, rows=ROWS):
    data = np.zeros(rows, dtype=[("m", "f8"), ("x", "f4"), ("label", "i8"), ("charge", "i1"), ("good", "?")])
    data["m"] = rng.normal(size=rows)
    data["x"] = rng.normal(size=rows)
    data["label"] = rng.integers(0, 2, rows)
    data["charge"] = rng.integers(-1, 2, rows)
    data["good"] = rng.integers(0, 2, rows)
    parent.create_dataset(name, data=data, chunks=(512,), compression="gzip")


with h5py.File(directory / "columns.h5", "w") as file:
    group = file.create_group("data")
    columns(group)
    group["flag"] = np.arange(ROWS) % 2 == 0
    group["big_endian"] = (np.arange(ROWS) * 1.5).astype(">f4")
    group["small"] = (np.arange(ROWS) % 100 - 3).astype("i1")
    group["matrix"] = np.zeros((ROWS, 3))  # no column
    group["words"] = np.array(["word"] * 7, dtype="S4")  # no column
    group.create_group("inside")["note"] = np.zeros((2, 2))

with h5py.File(directory / "root_columns.h5", "w") as file:
    columns(file)

with h5py.File(directory / "records.h5", "w") as file:
    records(file, "events")

with h5py.File(directory / "many.h5", "w") as file:
    columns(file.create_group("a"))
    records(file.create_group("b"), "records")
    frame = file.create_group("df")
    frame.attrs["pandas_type"] = np.bytes_("frame")
    frame["axis0"] = np.array([b"x"])
    file.create_group("series").attrs["pandas_type"] = np.bytes_("series")
    file["series"]["values"] = np.zeros(5)
    file["loop"] = h5py.SoftLink("/no/where")
    file.create_group("different")["short"] = np.zeros(5)
    file["different"]["long"] = np.zeros(6)

# As pandas writes a frame without rows: a placeholder and the shape in an attribute.
with h5py.File(directory / "no_rows.h5", "w") as file:
    frame = file.create_group("df")
    frame.attrs["pandas_type"] = np.bytes_("frame")
    frame.attrs["nblocks"] = 1
    frame["axis0"] = frame["block0_items"] = np.array([b"x", b"y"])
    frame["block0_values"] = np.zeros((1, 1))
    frame["block0_values"].attrs["shape"] = np.array([0, 2])
    frame["block0_values"].attrs["value_type"] = np.bytes_("float64")

# As pandas writes dates and durations: integers, and their type in an attribute.
with h5py.File(directory / "times.h5", "w") as file:
    frame = file.create_group("df")
    frame.attrs["pandas_type"] = np.bytes_("frame")
    frame.attrs["nblocks"] = 3
    frame["axis0"] = np.array([b"x", b"when", b"then", b"took"])
    for block, (items, dtype, kind) in enumerate((([b"x"], "f8", ""), ([b"when", b"then"], "i8", "datetime64[ns]"), ([b"took"], "i8", "timedelta64"))):
        frame[f"block{block}_items"] = np.array(items)
        values = frame.create_dataset(f"block{block}_values", data=np.arange(5 * len(items)).reshape(5, -1).astype(dtype))
        values.attrs["transposed"] = True
        if kind:
            values.attrs["value_type"] = np.bytes_(kind)

# As pandas writes categories, dates and durations in a table: codes and nanoseconds, and what they are in attributes.
with h5py.File(directory / "coded_table.h5", "w") as file:
    frame = file.create_group("df")
    frame.attrs["pandas_type"] = np.bytes_("frame_table")
    table = frame.create_dataset("table", data=np.ones(3, dtype=[
        ("index", "i8"), ("values_block_0", "f8", (1,)), ("values_block_1", "i1", (1,)), ("when", "i8"), ("took", "i8"), ("kind", "i1")]))
    for block, name in enumerate(("x", "jets")):
        table.attrs[f"values_block_{block}_kind"] = np.bytes_(pickle.dumps([name], protocol=0))
    for column in ("values_block_1", "kind"):
        table.attrs[f"{column}_meta"] = np.bytes_("category")
    table.attrs["when_dtype"] = np.bytes_("datetime64[ns]")
    table.attrs["took_dtype"] = np.bytes_("timedelta64[ns]")

with h5py.File(directory / "lzf.h5", "w") as file:
    file.create_dataset("data/x", data=np.zeros(1000), compression="lzf")

with h5py.File(directory / "no_table.h5", "w") as file:
    file["matrix"] = np.zeros((10, 3))
    file["text"] = "hello"

with h5py.File(directory / "odd.h5", "w") as file:
    file["integers/id"] = np.array([1, 2**53 + 1], dtype="i8")
    file["integers/x"] = np.array([1.0, np.nan])
    data = np.zeros(4, dtype=[("x", "f8"), ("name", "S4"), ("vector", "f8", (3,)), ("id", "u8")])
    data["id"] = 2**64 - 1
    file["records"] = data
    codes = h5py.enum_dtype({"electron": -1, "muon": 5}, basetype="i1")
    file.create_dataset("codes/kind", data=np.array([-1, 5], dtype="i1"), dtype=codes)
    file["codes/x"] = np.zeros(2)
    file.create_dataset("coded", data=np.zeros(2, dtype=[("x", "f8"), ("kind", "i1")]), dtype=np.dtype([("x", "f8"), ("kind", codes)]))
    file.create_dataset("unwritten/hole", shape=(1000,), dtype="f8", chunks=(100,), compression="gzip")[100:] = 1
    file.create_dataset("never_written/chunks", shape=(1000,), dtype="f8", chunks=(100,))
    file.create_dataset("never_written_at_once/x", shape=(1000,), dtype="f8")
    names = file.create_group("names")
    names.attrs["pandas_type"] = np.bytes_("frame_table")
    names["table"] = np.zeros(3, dtype=[("index", "i8"), ("values_block_0", "f8", (2,))])
    multi = file.create_group("multi")
    multi.attrs["pandas_type"] = np.bytes_("frame")
    multi["axis0_level0"] = np.array([b"x"])
    shape = file.create_group("shape")
    shape.attrs["pandas_type"] = np.bytes_("frame")
    shape["axis0"] = shape["block0_items"] = np.array([b"x", b"y"])
    shape["block0_values"] = np.zeros((5, 3))
    for lengths in ((5, 6), (6, 5), (5, 5, 4), (0, 5), (5, 0)):
        blocks = file.create_group("blocks_of_" + "_".join(map(str, lengths)))
        blocks.attrs["pandas_type"] = np.bytes_("frame")
        blocks["axis0"] = np.array([f"x{block}" for block in range(len(lengths))], dtype="S2")
        for block, rows in enumerate(lengths):
            blocks[f"block{block}_items"] = np.array([f"x{block}"], dtype="S2")
            values = blocks.create_dataset(f"block{block}_values", data=np.zeros((max(rows, 1), 1)))
            if rows == 0:  # a placeholder
                values.attrs["shape"] = np.array([0, 1])
                values.attrs["value_type"] = np.bytes_("float64")
    words = file.create_group("words")
    words.attrs["pandas_type"] = np.bytes_("frame")
    words["axis0"] = np.array([b"x", b"w"])
    words["block0_items"] = np.array([b"x"])
    words["block0_values"] = np.zeros((5, 1))
    words["block1_items"] = np.array([b"w"])
    words["block1_values"] = np.array([[b"a"]] * 5)
