#!/usr/bin/env python3
"""Outputs are whole or absent, and what stood under the name stays; the same seed gives the same bytes."""
import json
import os
import resource
import signal
import subprocess
import time
import unittest

import h5py
import numpy as np

from tool_files import (APPS, CANNOT_WRITE, PREPARE, SIGINT, SIGTERM, SMALL_CLASSIFIER, SMALL_FLOW, SMALL_SAMPLE,
                        SMALL_SCULPTING, ToolTest, content_hash, must)


def stages(file):
    """Every stage by name: its command without --output."""
    return {
        "generate-toy": ("generate-toy", "--events", "500"),
        "prepare": ("prepare", "--input", file("table.h5"), *PREPARE),
        "train-flow": ("train-flow", "--events", file("events.h5"), *SMALL_FLOW[:-2]),
        "sample/lacathode": ("sample", "--method", "lacathode", "--events", file("events.h5"), "--flow", file("flow.h5"),
                             *SMALL_SAMPLE),
        "sample/cathode": ("sample", "--method", "cathode", "--events", file("events.h5"), "--flow", file("flow.h5"),
                           *SMALL_SAMPLE),
        "encode": ("encode", "--events", file("events.h5"), "--flow", file("flow.h5")),
        "train-classifier": ("train-classifier", "--data", file("latent.h5"), "--background", file("normal.h5"),
                             *SMALL_CLASSIFIER[:-2]),
        "score": ("score", "--classifier", file("lacathode_classifier.h5"), "--events", file("latent.h5")),
        "evaluate-sic": ("evaluate-sic", "--scores", file("cathode_scores.h5")),
        "evaluate-sculpting": ("evaluate-sculpting", "--scores", file("cathode_scores.h5"), *SMALL_SCULPTING),
    }


class Overwriting(ToolTest):
    def test_existing_output_needs_force(self):
        self.out.write_text("precious")
        for name, command in stages(self.file).items():
            with self.subTest(name):
                self.expect(CANNOT_WRITE, (r"out\.h5: exists", "--force"), *command, "--output", self.out)
                self.assertEqual(self.out.read_text(), "precious")
                self.expect_no_partial()

    def test_force_replaces(self):
        self.out.write_text("old")
        must(*stages(self.file)["prepare"], "--output", self.out, "--force")
        self.assertEqual(content_hash(self.out), content_hash(self.file("events.h5")))
        self.expect_no_partial()

    def test_directory_missing_or_a_file(self):
        (self.folder / "file").write_text("")
        for parent, pattern in (("nowhere", "make it first"), ("file", "(?i)not a directory")):
            self.expect(CANNOT_WRITE, (r"new\.h5", pattern), *stages(self.file)["prepare"], "--output",
                        self.folder / parent / "new.h5")
        self.expect(CANNOT_WRITE, "is a directory", *stages(self.file)["encode"], "--output", self.folder)
        self.expect(CANNOT_WRITE, "file", "run", "--set", f"prepare.input={self.file('table.h5')}", "--out",
                    self.folder / "file/out")


class FullDisk(ToolTest):
    """A limit on the size of files stands for a disk that runs full."""

    def test_old_output_stays_and_nothing_else_is_left(self):
        for name, limit in (("prepare", 20_000), ("train-flow", 5_000), ("encode", 20_000), ("score", 20_000),
                            ("evaluate-sculpting", 2_000)):
            with self.subTest(name):
                self.out.write_text("precious")
                command = stages(self.file)[name]
                self.expect(CANNOT_WRITE, r"out\.h5", *command, "--output", self.out, "--force",
                            preexec_fn=lambda limit=limit: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
                self.assertEqual(self.out.read_text(), "precious")
                self.expect_no_partial()

    def test_full_file_system(self):
        disk = self.folder / "disk"
        disk.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], capture_output=True, check=False)
        if mounted.returncode != 0:
            self.skipTest("a tmpfs cannot be mounted here")
        self.addCleanup(subprocess.run, ["umount", disk], check=True)
        self.expect(CANNOT_WRITE, r"out\.h5", *stages(self.file)["prepare"], "--output", disk / "out.h5")
        self.assertEqual(os.listdir(disk), [])


class Interrupts(ToolTest):
    def interrupt(self, number, code):
        self.out.write_text("precious")
        command = ("train-flow", "--events", self.file("events.h5"), "--blocks", "4", "--hidden", "64", "--epochs", "100000",
                   "--keep-best", "1", "--threads", "1", "--output", self.out, "--force")
        with open(self.folder / "log", "w+", encoding="utf-8") as log:
            process = subprocess.Popen([APPS / f"lacathode-{command[0]}", *map(str, command[1:])], stderr=log,
                                       stdout=subprocess.PIPE, text=True)
            deadline = time.monotonic() + 120
            while "sideband training" not in (self.folder / "log").read_text() and time.monotonic() < deadline:
                time.sleep(0.05)
            time.sleep(0.2)
            process.send_signal(number)
            self.assertEqual(process.communicate(timeout=120)[0], "")
        self.assertEqual(process.returncode, code, (self.folder / "log").read_text())
        self.assertRegex((self.folder / "log").read_text(), "interrupted by (Ctrl-C|SIGTERM)")
        self.assertEqual(self.out.read_text(), "precious")
        self.expect_no_partial()

    def test_sigint(self):
        self.interrupt(signal.SIGINT, SIGINT)

    def test_sigterm(self):
        self.interrupt(signal.SIGTERM, SIGTERM)


class Determinism(ToolTest):
    """One stage a subtest: the same command gives the same bytes, threads change nothing, another seed does."""

    def test_bytes_threads_and_seeds(self):
        seeded = {"generate-toy", "prepare", "train-flow", "sample/lacathode", "sample/cathode", "train-classifier"}
        for name, command in stages(self.file).items():
            with self.subTest(name):
                command += ("--output", self.out, "--force")
                must(*command, "--threads", "1")
                first, first_hash = self.out.read_bytes(), content_hash(self.out)
                if name in ("prepare", "train-flow", "train-classifier", "evaluate-sculpting"):
                    must(*command, "--threads", "1")
                    self.assertEqual(self.out.read_bytes(), first)
                must(*command, "--threads", "2")
                self.assertEqual(content_hash(self.out), first_hash)
                if name in seeded:
                    must(*command, "--threads", "1", "--seed", "2")
                    self.assertNotEqual(content_hash(self.out), first_hash)

    def test_runs_of_a_classifier_differ(self):
        command = stages(self.file)["train-classifier"] + ("--output", self.out, "--force", "--run")
        hashes = set()
        for run in ("0", "1"):
            must(*command, run)
            hashes.add(content_hash(self.out))
        self.assertEqual(len(hashes), 2)


class Provenance(ToolTest):
    CHAIN = {"events.h5": {}, "flow.h5": {"events": "events.h5"}, "latent.h5": {"events": "events.h5", "flow": "flow.h5"},
             "normal.h5": {"events": "events.h5", "flow": "flow.h5"},
             "samples.h5": {"events": "events.h5", "flow": "flow.h5"},
             "lacathode_classifier.h5": {"data": "latent.h5", "background": "normal.h5"},
             "cathode_classifier.h5": {"data": "events.h5", "background": "samples.h5"},
             "lacathode_scores.h5": {"classifier": "lacathode_classifier.h5", "events": "latent.h5"},
             "cathode_scores.h5": {"classifier": "cathode_classifier.h5", "events": "events.h5"}}

    def test_hashes_chain_and_everything_is_recorded(self):
        for name, inputs in self.CHAIN.items():
            with self.subTest(name), h5py.File(self.file(name)) as file:
                file.visititems(lambda key, item: item[()] if isinstance(item, h5py.Dataset) else dict(item.attrs))
                made = file["provenance"].attrs
                self.assertIn("--output", made["command_line"])
                self.assertRegex(made["program"], "^lacathode-")
                self.assertEqual(int(made["seed"]), json.loads(made["config"])["common"]["seed"])
                self.assertEqual(len(made["content_hash"]), 32)
                recorded = dict(file["provenance/inputs"].attrs)
                for role, source in inputs.items():
                    path, digest = recorded[role].rsplit(" ", 1)
                    self.assertTrue(path.endswith("/" + source))
                    self.assertEqual(digest, content_hash(self.file(source)))

    def test_source_row_points_back_to_the_table(self):
        with h5py.File(self.file("table.h5")) as source:
            mass, truth, feature = source["mass"][()], source["truth"][()], source["a"][()]
        for name in ("events.h5", "latent.h5", "lacathode_scores.h5", "cathode_scores.h5"):
            with self.subTest(name), h5py.File(self.file(name)) as file:
                rows = file["source_row"][()]
                self.assertEqual(len(np.unique(rows)), 3300)
                np.testing.assert_array_equal(file["mass"], mass[rows])
                np.testing.assert_array_equal(file["label"], truth[rows])
                if name == "events.h5":
                    np.testing.assert_array_equal(file["features/a"], feature[rows].astype(np.float32))


if __name__ == "__main__":
    unittest.main()
