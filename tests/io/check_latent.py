#!/usr/bin/env python3
"""Checks the file of h5py_test.cpp against docs/formats.md: check_latent.py FILE."""
import ctypes
import ctypes.util
import sys

import h5py
import numpy as np



class Hash128(ctypes.Structure):
    _fields_ = [("low", ctypes.c_uint64), ("high", ctypes.c_uint64)]


xxhash = ctypes.CDLL(ctypes.util.find_library("xxhash"))
xxhash.XXH3_128bits.restype = Hash128
xxhash.XXH3_128bits.argtypes = [ctypes.c_char_p, ctypes.c_size_t]


def digest(data):
    value = xxhash.XXH3_128bits(data, len(data))
    return f"{value.high:016x}{value.low:016x}"


def content_hash(file):
    """The definition in docs/formats.md, word by word."""
    lines = {}

    def add_attributes(name, item):
        for key, value in item.attrs.items():
            text = isinstance(value, str)
            lines[f"{name}@{key}"] = ("string" if text else str(value.dtype), "[]",
                                      value.encode() if text else value.tobytes())

    def add(name, item):
        if name.split("/")[0] == "provenance":
            return
        add_attributes("/" + name, item)
        if isinstance(item, h5py.Dataset):
            lines["/" + name] = (str(item.dtype), str(list(item.shape)), item[:].tobytes())

    add_attributes("/", file)
    file.visititems(add)
    return digest(b"".join(f"{name}\t{kind}\t{shape}\t{digest(data)}\n".encode()
                           for name, (kind, shape, data) in sorted(lines.items())))


TYPES = {"mass": "<f8", "features/z0": "<f4", "features/z1": "<f4", "partition": "u1", "source_row": "<i8",
         "mapped": "u1", "log_prob": "<f8"}
PROVENANCE = {"program": "lacathode-test", "version": "1.2.3", "git_revision": "abc", "algorithm": 3, "host": "here",
              "command_line": "lacathode-test --out 'a b.h5'", "config": '{"seed": 7}', "seed": 2**64 - 1}

def seal(data):
    """The first 512 bytes as docs/formats.md defines them."""
    text = f"lacathode file, seal 1\nbytes {len(data)}\nxxh3_128 {digest(data[512:])}\n"
    return (text.ljust(511) + "\n").encode()


with open(sys.argv[1], "rb") as stream:
    whole = stream.read()
    assert whole[:512] == seal(whole), whole[:512]

with h5py.File(sys.argv[1]) as file:
    assert file.userblock_size == 512
    attributes = dict(file.attrs)
    assert attributes == {"format": "lacathode.latent", "format_version": 1, "signal_region_low": 3.3,
                          "signal_region_high": 3.7, "flow_hash": "0123", "method": ""}, attributes
    assert attributes["format_version"].dtype == np.int64
    datasets = {}
    file.visititems(lambda name, item: datasets.update({name: item}) if isinstance(item, h5py.Dataset) else None)
    assert {name: item.dtype for name, item in datasets.items()} == {k: np.dtype(v) for k, v in TYPES.items()}
    assert all(item.shape == (20_000,) and item.compression is None for item in datasets.values())
    assert dict(file["mass"].attrs) == {"name": "m_jj", "unit": "TeV"}
    assert dict(file["features/z1"].attrs) == {"unit": "1", "index": 1}
    assert dict(file["counts"].attrs) == {"rows_read": 20_000}
    provenance = dict(file["provenance"].attrs)
    recorded = provenance.pop("content_hash")
    assert recorded == content_hash(file), (recorded, content_hash(file))
    assert provenance == PROVENANCE, provenance
    assert dict(file["provenance/inputs"].attrs) == {"events": "some dir/events.h5 00ff", "flow": "flow.h5 "}

    rows = np.arange(20_000)
    mapped = rows % 7 != 3
    assert (file["mapped"][:] == mapped).all()
    assert (np.isnan(file["features/z0"][:]) == ~mapped).all()
    assert (file["log_prob"][:][mapped] == -0.25 * rows[mapped]).all()
    assert (file["source_row"][:] == rows - 5).all()
    assert ((file["mass"][:] > 3) & (file["mass"][:] < 4)).all()
