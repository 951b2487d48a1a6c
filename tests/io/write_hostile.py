#!/usr/bin/env python3
"""Writes HDF5 files that are sound to HDF5 and mean harm: write_hostile.py DIR."""
import os
import sys

import h5py
import numpy as np

folder = sys.argv[1]
pipe = f"{folder}/pipe"
os.mkfifo(pipe)  # whoever opens it to read waits for ever


def new(name):
    return h5py.File(f"{folder}/{name}", "w")


with new("outside_column.h5") as file:
    file["events/mass"] = np.arange(5.0)
    file["events/a"] = h5py.ExternalLink(pipe, "a")
with new("outside_group.h5") as file:
    file["events"] = h5py.ExternalLink(pipe, "events")
with new("outside_by_soft_link.h5") as file:
    file["outside"] = h5py.ExternalLink(pipe, "events")
    file["events"] = h5py.SoftLink("/outside/events")
with new("virtual.h5") as file:
    layout = h5py.VirtualLayout(shape=(5,), dtype="f8")
    layout[:] = h5py.VirtualSource(pipe, "mass", shape=(5,))
    file.create_virtual_dataset("events/mass", layout)
with new("external_storage.h5") as file:
    file.create_dataset("events/mass", shape=(5,), dtype="f8", external=[(pipe, 0, 40)])
with new("circles.h5") as file:
    groups = [file.create_group(f"circle/{i}") for i in range(30)]
    for one, other in zip(groups, groups[1:] + groups[:1]):
        one["left"] = one["right"] = other
    file["events/mass"] = np.arange(5.0)
with new("beyond_record.h5") as file:
    file["records"] = np.zeros(5, dtype=[("mass", "f8"), ("a", "f8")])
with open(f"{folder}/beyond_record.h5", "r+b") as file:
    content = file.read()
    place = content.index(b"a" + 7 * b"\0" + (8).to_bytes(4, "little")) + 8  # name and offset of the field
    file.seek(place)
    file.write((2**23 + 8).to_bytes(4, "little"))
with new("overflow.h5") as file:
    file.create_dataset("df/block0_values", shape=(2**33 + 1, 2**31), dtype="f8", chunks=(10, 10))
    file["df"].attrs["pandas_type"] = np.bytes_("frame")
    file["df/axis0"] = file["df/block0_items"] = np.array(["mass", "a"], dtype="S8")
with new("late.h5") as file:
    file["events/id"] = np.append(np.arange(70_000), 2**53 + 1)  # behind the first block of rows
with new("unsealed_overflow.h5") as file:
    file.attrs["format"] = "lacathode.metrics"
    file.attrs["format_version"] = np.int64(1)
    file.create_dataset("x", shape=(2**33 + 1, 2**31), dtype="f8", chunks=(10, 10))
    provenance = file.create_group("provenance")
    provenance.create_group("inputs")
    for name in ("program", "version", "git_revision", "command_line", "config", "host", "content_hash"):
        provenance.attrs[name] = ""
    provenance.attrs["seed"] = np.uint64(1)
