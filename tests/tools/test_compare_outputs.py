#!/usr/bin/env python3
"""scripts/compare_outputs.py, the gate for changes of structure, passes what is the same and nothing else."""
import shutil
import subprocess
import sys
import unittest

import h5py
import numpy as np

from tool_files import SCRIPTS, ToolTest

SAME, DIFFERENT, USAGE, BAD_INPUT = 0, 1, 2, 3


def replace(file, name, values):
    del file[name]
    file[name] = values


class CompareOutputs(ToolTest):
    def setUp(self):
        super().setUp()
        self.before, self.after = self.folder / "before", self.folder / "after"
        (self.before / "cathode").mkdir(parents=True)
        for name in ("events.h5", "cathode/scores.h5"):
            with h5py.File(self.before / name, "w") as file:
                file["features/a"] = np.array([0.0, 1.0, np.nan], dtype=np.float32)
                file["partition"] = np.arange(3, dtype=np.uint8)
                file.attrs.update({"method": "cathode", "content_hash": "1", "flow_hash": "1"})
                file["features"].attrs["low"] = 3.3
                file.create_group("provenance/inputs").attrs["events"] = "one.h5 1"
                file["provenance"].attrs["host"] = "one"
        shutil.copytree(self.before, self.after)

    def change(self, edit, name="cathode/scores.h5"):
        with h5py.File(self.after / name, "r+") as file:
            edit(file)

    def compare(self, code, pattern, *options, before=None, after=None):
        """The comparison must end with this code, and say this."""
        process = subprocess.run([sys.executable, "-B", SCRIPTS / "compare_outputs.py", before or self.before, after or self.after, *options],
                                 capture_output=True, text=True, check=False, timeout=60)
        self.assertEqual(process.returncode, code, process.stdout + process.stderr)
        self.assertRegex(process.stdout + process.stderr, pattern)
        self.assertNotIn("Traceback", process.stderr)

    def test_two_runs_of_the_same_are_the_same(self):
        """Whatever names the run and not the result is left out."""
        def other_run(file):
            file.attrs.update({"content_hash": "2", "flow_hash": "2"})
            file["provenance"].attrs["host"] = "two"
            file["provenance/inputs"].attrs["events"] = "two.h5 2"

        self.change(other_run)
        self.compare(SAME, r"\A2 files, 4 arrays: 0 files differ\n\Z", "--attributes")

    def test_any_other_array_is_different(self):
        def bit(file):
            values = file["features/a"][()]
            values.view(np.uint32)[1] ^= 1
            file["features/a"][...] = values

        changes = {
            "bit": (bit, r"features/a: 1 of 3 values differ"),
            "sign of zero": (lambda file: file["features/a"].write_direct(np.array([-0.0, 1, np.nan], np.float32)),
                             r"features/a: the bytes differ \(NaN or signed zero\)"),
            "NaN": (lambda file: file["features/a"].write_direct(np.array([0, 1, -np.nan], np.float32)), r"features/a: the bytes differ"),
            "type": (lambda file: replace(file, "partition", np.arange(3, dtype=np.int8)), r"partition: uint8\[3\] became int8\[3\]"),
            "byte order": (lambda file: replace(file, "features/a", file["features/a"][()].astype(">f4")),
                           r"features/a: float32\[3\] became >f4\[3\]"),
            "shape": (lambda file: replace(file, "partition", np.arange(3, dtype=np.uint8)[None]), r"partition: uint8\[3\] became uint8\[1, 3\]"),
            "absent": (lambda file: file.pop("partition"), r"partition: absent"),
            "new": (lambda file: file.update({"weight": 1.0}), r"weight: new")}
        for what, (edit, pattern) in changes.items():
            with self.subTest(what):
                shutil.copytree(self.before, self.after, dirs_exist_ok=True)
                self.change(edit)
                self.compare(DIFFERENT, rf"\Acathode/scores\.h5: {pattern}.*\n2 files, 4 arrays: 1 files differ\n\Z")

    def test_a_file_without_counterpart_is_different(self):
        (self.after / "events.h5").unlink()
        self.compare(DIFFERENT, r"\Aevents\.h5: only before\n2 files, 2 arrays: 1 files differ\n\Z")
        self.compare(DIFFERENT, r"\Aevents\.h5: only after\n", before=self.after, after=self.before)

    def test_attributes_count_if_asked_to(self):
        changes = {
            "value": (lambda file: file["features"].attrs.modify("low", np.nextafter(3.3, 4)), "/features@low: 3.3 became 3.3"),
            "type": (lambda file: file["features"].attrs.create("low", 3.3, dtype=np.float32), "/features@low"),
            "text": (lambda file: file.attrs.modify("method", "lacathode"), "/@method: cathode became lacathode"),
            "absent": (lambda file: file.attrs.pop("method"), "/@method: cathode became None"),
            "of an array": (lambda file: file["partition"].attrs.create("unit", "1"), "/partition@unit: None became 1")}
        for what, (edit, pattern) in changes.items():
            with self.subTest(what):
                shutil.copytree(self.before, self.after, dirs_exist_ok=True)
                self.change(edit)
                told = rf"\Acathode/scores\.h5: attribute {pattern}.*\n2 files, 4 arrays: %d files differ\n\Z"
                self.compare(SAME, told % 0)
                self.compare(DIFFERENT, told % 1, "--attributes")

    def test_a_file_that_cannot_be_read(self):
        (self.after / "events.h5").write_text("no HDF5")
        self.compare(BAD_INPUT, r"after/events\.h5: cannot be read: ")

    def test_usage(self):
        self.compare(USAGE, r"nothing holds no \.h5 file", before=self.folder / "nothing")
        self.compare(USAGE, "usage: ", "--tolerance")


if __name__ == "__main__":
    unittest.main()
