#!/usr/bin/env python3
"""Feeds damaged and hostile inputs of every kind to the programs, and counts how they end.

    scripts/fuzz.py --apps build/apps --rounds 2000 [--seed 1] [--jobs 2] [--keep DIR]

Each input is a sound file with a mutation: flipped bits, numbers replaced, parts cut off, copied over others or left out; for
HDF5 also structures that h5py makes (links into other files and in circles, values elsewhere, sizes that nobody has). A program
may accept an input (but no changed file of ours that has a seal) or refuse it (exit 0, 2, 3 or 5). A signal, another code or more than --limit seconds is a failure: its
number is printed, its file kept in DIR, and the exit code is 1. The inputs depend on --seed and --first only."""
import argparse
import collections
import concurrent.futures
import gzip
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import h5py
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
ACCEPTED = {0: "accepted", 2: "usage", 3: "refused", 5: "numerical"}
COLUMNS = ("mass", "a", "b")
SEAL = 512
SEALED = ("events", "flow")  # not one changed byte of them is accepted


# Sound files, by kind.

def columns(rows=400):
    values = np.random.default_rng(1)
    return {"mass": values.uniform(2.8, 4.2, rows), "a": values.normal(size=rows), "b": values.normal(size=rows)}


def write_columns(path, **options):
    with h5py.File(path, "w", **options) as file:
        for name, values in columns().items():
            file.create_dataset(f"events/{name}", data=values, chunks=(100,), compression="gzip")


def write_records(path):
    values = columns()
    records = np.zeros(400, dtype=[(name, "f8") for name in COLUMNS])
    for name in COLUMNS:
        records[name] = values[name]
    with h5py.File(path, "w") as file:
        file["records"] = records


def write_pandas(path):
    values = columns()
    with h5py.File(path, "w") as file:
        group = file.create_group("df")
        group.attrs["pandas_type"] = np.bytes_("frame")
        names = np.array(COLUMNS, dtype="S8")
        group["axis0"] = group["block0_items"] = names
        group["axis1"] = np.arange(400)
        group["block0_values"] = np.stack([values[name] for name in COLUMNS], axis=1)


def csv(separator):
    rows = zip(*(columns()[name] for name in COLUMNS))
    return "".join(separator.join(line) + "\n" for line in [COLUMNS] + [tuple(map(repr, map(float, row))) for row in rows])


def compressed(*texts):
    """One member of a gzip file each."""
    return b"".join(gzip.compress(text.encode(), mtime=0) for text in texts)


def unsealed(sealed, path):
    path.write_bytes(sealed.read_bytes()[SEAL:])


class Inputs:
    """A sound file of every kind in a folder, and the command that reads a mutation of it."""

    PREPARE = ("--set", "prepare.format=table", "--set", "prepare.mass_column=mass", "--set", "prepare.features=a,b",
               "--set", "prepare.injected_signal=0", "-q")

    def __init__(self, apps, folder):
        self.apps, self.folder = apps, folder
        write_columns(self.at("columns"))
        write_columns(self.at("columns_latest"), libver="latest")
        write_records(self.at("records"))
        write_pandas(self.at("pandas"))
        self.at("csv").write_text(csv(","))
        self.at("csv_semicolons").write_text(csv(";"))
        self.at("csv_gzip").write_bytes(compressed(csv(",")))
        self.at("csv_gzip_members").write_bytes(compressed(csv("\t")[:9000], csv("\t")[9000:]))
        for sample in ("table_mixed_data_columns", "fixed_float32_int_label"):
            shutil.copy(ROOT / f"tests/data/formats/{sample}.h5", self.at(sample))
        shutil.copy(ROOT / "configs/toy.json", self.at("config"))
        self.must("prepare", "--input", self.at("columns"), *self.PREPARE, "--output", self.at("events"))
        self.must("train-flow", "--events", self.at("events"), "--blocks", "1", "--hidden", "4", "--epochs", "1",
                  "--keep-best", "1", "--threads", "1", "--output", self.at("flow"), "-q")
        for kind in ("events", "flow"):
            unsealed(self.at(kind), self.at(f"{kind}_unsealed"))
        self.kinds = sorted(path.name for path in folder.iterdir())
        for kind in self.kinds:  # else every mutation would be refused for the same reason
            subprocess.run(self.command(kind, self.at(kind), folder.parent / "sound.out"), check=True, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
            (folder.parent / "sound.out").unlink(missing_ok=True)

    def at(self, kind):
        return self.folder / kind

    def must(self, tool, *arguments):
        subprocess.run([self.apps / f"lacathode-{tool}", *map(str, arguments)], check=True,
                       stdout=subprocess.DEVNULL)

    def command(self, kind, path, output):
        if kind == "config":
            command = ("generate-toy", "--config", path, "--print-config")
        elif kind.startswith("events"):
            command = ("encode", "--events", path, "--flow", self.at("flow"))
        elif kind.startswith("flow"):
            command = ("encode", "--events", self.at("events"), "--flow", path)
        elif kind in ("table_mixed_data_columns", "fixed_float32_int_label"):
            command = ("prepare", "--input", path, *self.PREPARE, "--set", "prepare.mass_column=pxj1", "--set",
                       "prepare.features=pyj1,pzj1", "--set", "prepare.signal_region_low=-300", "--set",
                       "prepare.signal_region_high=300")
        else:
            command = ("prepare", "--input", path, *self.PREPARE)
        return [self.apps / f"lacathode-{command[0]}", *map(str, command[1:]), "--output", str(output)]


# Mutations of bytes.

def flip_bits(data, chance):
    for _ in range(chance.choice((1, 1, 1, 2, 4, 16))):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def replace_number(data, chance):
    length = chance.choice((1, 2, 4, 8))
    value = chance.choice((0, 1, 255, 2**15, 2**16 - 1, 2**31 - 1, 2**32 - 1, 2**33 + 1, 2**63, 2**64 - 1, chance.getrandbits(64)))
    place = chance.randrange(max(1, len(data) - length))
    data[place:place + length] = (value % 256**length).to_bytes(length, "little")


def replace_structure(data, chance):
    """A number near one of HDF5's own marks, where sizes and addresses lie."""
    marks = (b"\x89HDF", b"TREE", b"HEAP", b"SNOD", b"OHDR", b"GCOL", b"FRHP", b"FHDB", b"BTHD", b"BTLF", b"OCHK", b"FADB", b"FAHD")
    places = [place for mark in marks if (place := data.find(mark, chance.randrange(len(data)))) >= 0]
    if not places:
        return replace_number(data, chance)
    place = min(len(data) - 1, chance.choice(places) + chance.randrange(4, 64))
    data[place] = chance.choice((0, 1, 127, 128, 255, chance.randrange(256)))
    return None


def cut(data, chance):
    del data[chance.randrange(len(data)):]


def leave_out(data, chance):
    begin = chance.randrange(len(data))
    del data[begin:begin + chance.randrange(1, 4096)]


def splice(data, chance):
    length = chance.randrange(1, min(2048, len(data)))
    source, target = (chance.randrange(len(data) - length) for _ in range(2))
    data[target:target + length] = data[source:source + length]


BYTES = (flip_bits, flip_bits, replace_number, replace_structure, replace_structure, cut, leave_out, splice)


# Mutations of structure: files that are sound to HDF5 and mean harm.

def link_outside(file, path, chance):
    os.mkfifo(f"{path}.fifo")
    for name in COLUMNS:
        if chance.random() < 0.7:
            file[f"events/{name}_more"] = h5py.ExternalLink(f"{path}.fifo", "x")
    file["also"] = h5py.ExternalLink(chance.choice((f"{path}.fifo", str(path), "/dev/zero")), "/events")


def link_in_circles(file, path, chance):
    groups = [file.create_group(f"circle/{i}") for i in range(chance.choice((2, 30)))]
    for one, other in zip(groups, groups[1:] + groups[:1]):
        one["left"] = one["right"] = other


def soft_links(file, path, chance):
    file["one"] = h5py.SoftLink("/two")
    file["two"] = h5py.SoftLink(chance.choice(("/one", "/", "/nowhere", "/events")))


def values_elsewhere(file, path, chance):
    os.mkfifo(f"{path}.fifo")
    if chance.random() < 0.5:
        layout = h5py.VirtualLayout(shape=(400,), dtype="f8")
        layout[:] = h5py.VirtualSource(f"{path}.fifo", "x", shape=(400,))
        file.create_virtual_dataset("elsewhere/mass", layout)
    else:
        file.create_dataset("elsewhere/mass", shape=(400,), dtype="f8", external=[(f"{path}.fifo", 0, 3200)])
    del file["events"]


def huge(file, path, chance):
    rows = chance.choice((10**7, 10**9, 10**12, 2**62))
    del file["events"]
    for name in COLUMNS:
        file.create_dataset(f"events/{name}", shape=(rows,), dtype=chance.choice(("f8", "i1", "f4")),
                            chunks=(chance.choice((1, 1000, 10**6)),), compression="gzip")


def overflowing(file, path, chance):
    del file["events"]
    file.create_dataset("df/block0_values", shape=(2**33 + 1, 2**31), dtype="f8", chunks=(10, 10))
    file["df"].attrs["pandas_type"] = np.bytes_("frame")
    file["df/axis0"] = file["df/block0_items"] = np.array(COLUMNS, dtype="S8")


def many_columns(file, path, chance):
    for i in range(2000):
        file[f"events/column_{i}"] = h5py.SoftLink("/events/mass")


def deep(file, path, chance):
    file.create_group("/".join(["g"] * chance.choice((30, 40, 500))))


STRUCTURES = (link_outside, link_in_circles, soft_links, values_elsewhere, huge, overflowing, many_columns, deep)


def mutate(inputs, number, seed, folder):
    """The kind, the mutation's name and the path of an input, the same for the same number and seed."""
    chance = random.Random(f"{seed}/{number}")
    kind = inputs.kinds[number % len(inputs.kinds)]
    path = folder / f"{number}_{kind}"
    if kind.startswith("columns") and chance.random() < 0.4:
        change = chance.choice(STRUCTURES)
        shutil.copy(inputs.at(kind), path)
        with h5py.File(path, "r+") as file:
            change(file, path, chance)
        return kind, change.__name__, path
    sound = inputs.at(kind).read_bytes()
    data = bytearray(sound)
    while data == sound:
        change = chance.choice(BYTES)
        change(data, chance)
    path.write_bytes(data)
    return kind, change.__name__, path


def one_round(inputs, number, arguments, folder):
    kind, change, path = mutate(inputs, number, arguments.seed, folder)
    output = folder / f"{number}.out"
    try:
        process = subprocess.run(inputs.command(kind, path, output), capture_output=True, timeout=arguments.limit, check=False)
        code = process.returncode
        ending = ACCEPTED.get(code) or (f"signal {-code}" if code < 0 else f"exit {code}")
        guarded = b"trial reading of it ended" in process.stderr
        if code == 3 and guarded:
            ending = "refused, the trial crashed"
        elif code == 3 and b"takes longer" in process.stderr:
            ending = "refused, the trial took too long"
        bad = code not in ACCEPTED or (code == 0 and kind in SEALED)
    except subprocess.TimeoutExpired:
        ending, bad = "hang", True
    if bad and arguments.keep:
        arguments.keep.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, arguments.keep)
    for left in (path, output, Path(f"{path}.fifo")):
        left.unlink(missing_ok=True)
    return number, kind, change, ending, bad


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--apps", type=Path, default=ROOT / "build/apps")
    parser.add_argument("--rounds", type=int, default=500)
    parser.add_argument("--first", type=int, default=0, help="number of the first input")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--limit", type=float, default=120, help="seconds a program may take")
    parser.add_argument("--keep", type=Path, help="folder for the inputs that failed")
    arguments = parser.parse_args()
    if not (arguments.apps / "lacathode-prepare").is_file():
        parser.error(f"--apps {arguments.apps}: there is no lacathode-prepare in it; scripts/build.sh makes it")
    counts, failures = collections.Counter(), []
    with tempfile.TemporaryDirectory(prefix="lacathode-fuzz-") as name:
        folder = Path(name)
        (folder / "sound").mkdir()
        inputs = Inputs(arguments.apps, folder / "sound")
        with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
            numbers = range(arguments.first, arguments.first + arguments.rounds)
            for number, kind, change, ending, bad in pool.map(lambda i: one_round(inputs, i, arguments, folder), numbers):
                counts[kind, ending] += 1
                if bad:
                    failures.append(f"{number}: {kind}, {change}: {ending}")
    for (kind, ending), count in sorted(counts.items()):
        print(f"{kind:28} {ending:34} {count:8}")
    print(f"{sum(counts.values())} inputs, {len(failures)} failures")
    print("\n".join(failures))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
