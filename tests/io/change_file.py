#!/usr/bin/env python3
"""Changes one thing in a flow file of input_errors_test.cpp: change_file.py FILE WHAT."""
import sys

import h5py
import numpy as np

path, what = sys.argv[1:]
with h5py.File(path, "r+") as file:
    weights = file["weights"]
    if what == "version":
        file.attrs.modify("format_version", np.int64(2))
    elif what == "value":
        weights["w"][0, 0] = 7
    elif what == "attribute":
        weights["w"].attrs.modify("rank", 4.0)
    elif what == "new_attribute":
        file.attrs["note"] = "hello"
    elif what == "new_group_attribute":
        weights.attrs["note"] = np.int32(1)
    elif what == "new_dataset":
        weights["v"] = np.zeros(3, dtype="int16")
    elif what in ("shape", "type"):
        old = weights["w"][:]
        rank = weights["w"].attrs["rank"]
        del weights["w"]
        weights["w"] = old.reshape(4) if what == "shape" else old.astype("f8")
        weights["w"].attrs["rank"] = rank
    elif what == "link":
        weights["again"] = weights["w"]
    elif what == "same_name":
        file["@format"] = np.zeros(3)
    elif what == "format":
        file.attrs.modify("format", "lacathode.classifier")
    elif what == "no_provenance":
        del file["provenance"]
    elif what == "no_hash":
        del file["provenance"].attrs["content_hash"]
    else:
        sys.exit("unknown change: " + what)
