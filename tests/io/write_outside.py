#!/usr/bin/env python3
"""Writes what outside_values_test.cpp reads: write_outside.py FLOW.

Beside that flow file, files without a seal that say the same of themselves and hold the same, so that their content hash is right;
but for inside.h5 a part of each is in another file."""
import shutil
import sys
from pathlib import Path

import h5py

flow = Path(sys.argv[1])
SEAL = 512


def unseal(path):
    path.write_bytes(path.read_bytes()[SEAL:])


other = flow.with_name("other.h5")
shutil.copy(flow, other)
unseal(other)


def in_other(name):
    return h5py.ExternalLink(str(other), name)


def with_another(name, write):
    """A copy of the flow in which `write` puts something in the place of the weights; it returns what is a dataset of its own."""
    path = flow.with_name(name)
    shutil.copy(flow, path)
    with h5py.File(path, "r+") as file:
        values, rank = file["weights/w"][()], file["weights/w"].attrs["rank"]
        del file["weights/w"]
        made = write(file, values)
        if made is not None:
            made.attrs["rank"] = rank
    unseal(path)


def inside(file, values):
    return file.create_dataset("weights/w", data=values)


def dataset(file, _):
    file["weights/w"] = in_other("/weights/w")


def group(file, _):
    del file["weights"]
    file["weights"] = in_other("/weights")


def soft_link(file, _):
    file["provenance/other"] = in_other("/")  # of which the content hash knows nothing
    file["weights/w"] = h5py.SoftLink("/provenance/other/weights/w")


def provenance(file, values):
    del file["provenance"]
    file["provenance"] = in_other("/provenance")
    return inside(file, values)


def inputs(file, values):
    del file["provenance/inputs"]
    file["provenance/inputs"] = in_other("/provenance/inputs")
    return inside(file, values)


def virtual(file, values):
    layout = h5py.VirtualLayout(shape=values.shape, dtype=values.dtype)
    layout[:] = h5py.VirtualSource(str(other), "/weights/w", shape=values.shape, dtype=values.dtype)
    return file.create_virtual_dataset("weights/w", layout)


def external_storage(file, values):
    raw = flow.with_name("values.bin")
    values.tofile(raw)
    return file.create_dataset("weights/w", shape=values.shape, dtype=values.dtype, external=[(str(raw), 0, values.nbytes)])


for write in (inside, dataset, group, soft_link, provenance, inputs, virtual, external_storage):
    with_another(f"{write.__name__}.h5", write)
