"""Reads the files of the lacathode programs (docs/formats.md). Needs h5py and numpy; pandas for tables of events.

    import lacathode

    scores = lacathode.read("scores_00.h5")          # a pandas DataFrame, a row an event
    scores[scores.partition == lacathode.TEST].score.hist()
    scores.attrs["signal_region_low"], scores.attrs["units"], scores.attrs["provenance"]["config"]

    sic = lacathode.read("sic.h5")                   # everything else: arrays by name
    sic["sic/median"], sic.attrs["max_median_sic"]

    lacathode.attributes("sic.h5")                   # the attrs alone

A file that was damaged or changed is refused. Its length is always compared with what its seal says, its bytes if the
module xxhash is there: attrs["seal"] says which.
"""
from __future__ import annotations

import json
import os

import h5py
import numpy as np

__all__ = ["Arrays", "FileError", "PARTITIONS", "arrays", "attributes", "check_seal", "columns", "opened", "read", "value", "TRAINING",
           "VALIDATION", "TEST", "EVALUATION", "REFERENCE_TRAINING", "REFERENCE_VALIDATION", "APPLIED"]

# Values of the column `partition`.
TRAINING, VALIDATION, TEST, EVALUATION, REFERENCE_TRAINING, REFERENCE_VALIDATION, APPLIED = range(7)
PARTITIONS = ("training", "validation", "test", "evaluation", "reference_training", "reference_validation", "applied")

EVENT_FORMATS = ("lacathode.events", "lacathode.latent", "lacathode.scores")
FORMAT_VERSION = 1
SEAL_BYTES = 512
SEAL_BEGIN = b"lacathode file, seal 1\n"


class FileError(ValueError):
    """A file that is missing, damaged, changed, or none of lacathode's; the message names it."""


class Arrays(dict):
    """Every array of a file by its full name without the first slash, "sic/median"; `attrs` says the rest: `format`,
    `path`, `seal`, the attributes of the file, `units` by name of array, `counts`, and `provenance`."""

    def __init__(self, arrays, attrs):
        super().__init__(arrays)
        self.attrs = attrs

    def __missing__(self, name):
        raise KeyError(f"{self.attrs['path']} has no array '{name}'; it has {', '.join(self)}")


def read(path):
    """A table of events (events, latent coordinates, scores) as a pandas DataFrame, any other file as Arrays.

    The columns of a DataFrame are the resonant variable under its own name (attrs["mass"]), the features in their order
    (attrs["features"]), then log_prob, label, mapped, partition, source_row, fold and weight, those that there are. A feature that
    bears one of these names is "features/NAME". Metadata is in attrs, as in Arrays.
    """
    contents = arrays(path)
    return _frame(contents) if contents.attrs["format"] in EVENT_FORMATS else contents


def arrays(path):
    """Any file as Arrays."""
    seal = check_seal(path)
    with opened(path) as file:
        found = {}
        file.visititems(lambda name, item: found.update({name: item[()]}) if isinstance(item, h5py.Dataset) else None)
        return Arrays(found, _attrs(path, file, seal))


def attributes(path):
    """The attrs of arrays(path): what a file says of itself, without its arrays."""
    seal = check_seal(path)
    with opened(path) as file:
        return _attrs(path, file, seal)


def columns(path):
    """A table of events without pandas: Arrays of the columns that read gives its DataFrame."""
    contents = arrays(path)
    if contents.attrs["format"] not in EVENT_FORMATS:
        raise FileError(f"{path}: is a {contents.attrs['format']} file and no table of events")
    return _columns(contents)


def _columns(contents):
    others = [name for name in ("log_prob", "label", "mapped", "partition", "source_row", "fold", "weight") if name in contents]
    attrs, mass = contents.attrs, contents.attrs["mass"]
    found, units = {mass: contents["mass"]}, {mass: attrs["units"]["mass"]}
    for name in attrs["features"]:
        column = f"features/{name}" if name in (mass, *others) else name
        found[column] = contents[f"features/{name}"]
        units[column] = attrs["units"][f"features/{name}"]
    found.update((name, contents[name]) for name in others)
    return Arrays(found, {**attrs, "units": units})


def _frame(contents):
    try:
        import pandas
    except ImportError as error:
        raise ImportError("lacathode.read makes a table of events a pandas DataFrame; install pandas (Debian: "
                          "python3-pandas), or use lacathode.arrays") from error
    table = _columns(contents)
    frame = pandas.DataFrame(dict(table))
    frame.attrs.update(table.attrs)
    return frame


def value(attribute):
    """An attribute as a Python object."""
    if isinstance(attribute, bytes):
        return attribute.decode()
    return attribute.item() if isinstance(attribute, np.generic) else attribute


def _attributes(file, group):
    return {name: value(attribute) for name, attribute in file[group].attrs.items()} if group in file else {}


def opened(path):
    """The open file, of a format that this module reads."""
    try:
        file = h5py.File(path, "r")
    except OSError as error:
        raise FileError(f"{path}: cannot be read as HDF5: {error}") from error
    try:
        _check_format(path, file)
    except FileError:
        file.close()
        raise
    return file


def _attrs(path, file, seal):
    units = {}

    def visit(name, item):
        if isinstance(item, h5py.Dataset) and "unit" in item.attrs:
            units[name] = value(item.attrs["unit"])

    file.visititems(visit)
    attrs = {name: value(attribute) for name, attribute in file.attrs.items()}
    attrs.update(path=os.fspath(path), seal=seal, units=units, counts=_attributes(file, "counts"), provenance=_provenance(file))
    if attrs["format"] in EVENT_FORMATS:
        attrs["mass"] = value(file["mass"].attrs["name"])
        attrs["features"] = sorted(file["features"], key=lambda name: file["features"][name].attrs["index"])
    return attrs


def _provenance(file):
    provenance = _attributes(file, "provenance")
    if "config" in provenance:
        provenance["config"] = json.loads(provenance["config"])
    split = {role: text.rpartition(" ") for role, text in _attributes(file, "provenance/inputs").items()}
    provenance["inputs"] = {role: {"path": path, "content_hash": digest} for role, (path, _, digest) in split.items()}
    return provenance


def _check_format(path, file):
    name, version = value(file.attrs.get("format", "")), file.attrs.get("format_version", 0)
    if not str(name).startswith("lacathode."):
        raise FileError(f"{path}: is no file of lacathode (it has no attribute 'format')")
    if version != FORMAT_VERSION:
        raise FileError(f"{path}: format_version is {version}; this module reads {FORMAT_VERSION}")


REMEDY = "; copy it again, or make it again with the program that wrote it"


def check_seal(path):
    """Compares length and digest with the seal: a FileError where they differ, else "verified", or why the bytes were not compared."""
    try:
        with open(path, "rb") as file:
            seal = file.read(SEAL_BYTES)
            if not seal.startswith(SEAL_BEGIN):
                return "none"
            recorded = dict(line.split() for line in seal.splitlines()[1:3])
            if os.fstat(file.fileno()).st_size != int(recorded[b"bytes"]):
                raise FileError(f"{path}: is truncated or has grown: it has not the {int(recorded[b'bytes'])} bytes "
                                f"that were written{REMEDY}")
            return _check_digest(path, file, recorded[b"xxh3_128"].decode())
    except OSError as error:
        raise FileError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, KeyError) as error:
        raise error if isinstance(error, FileError) else FileError(f"{path}: its seal is damaged{REMEDY}") from error


def _check_digest(path, file, recorded):
    try:
        import xxhash
    except ImportError:
        return "length verified; install xxhash to verify the bytes"
    digest = xxhash.xxh3_128()
    while block := file.read(1 << 20):
        digest.update(block)
    if digest.hexdigest() != recorded:
        raise FileError(f"{path}: its content has changed since it was written (the checksum of its bytes is not that in "
                        f"its seal){REMEDY}")
    return "verified"
