#!/usr/bin/env python3
"""Outputs are whole or absent, and what stood under the name stays; the same seed gives the same bytes."""
import json
import os
import re
import resource
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import h5py
import numpy as np

from tool_files import (APPS, CANNOT_WRITE, OK, PREPARE, SIGINT, SIGTERM, SMALL_CLASSIFIER, SMALL_FLOW, SMALL_SAMPLE,
                        SMALL_SCULPTING, USAGE, ToolTest, content_hash, must, table, write_csv, write_hdf5)


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
        "apply": ("apply", "--flow", file("flow.h5"), "--classifiers", file("lacathode_classifier.h5"), "--input",
                  file("table.h5"), "--set", "prepare.format=table"),
        "evaluate-sic": ("evaluate-sic", "--scores", file("cathode_scores.h5")),
        "evaluate-sculpting": ("evaluate-sculpting", "--scores", file("cathode_scores.h5"), *SMALL_SCULPTING),
    }


def processor_seconds(pid):
    """Time on the processor that a child has used so far; None if it has ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return None if fields[0] == "Z" else (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


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

    def test_output_that_is_an_input(self):
        """--force would destroy it; a link to it is the same file."""
        events, flow = self.copy("events.h5"), self.copy("flow.h5")
        link = self.folder / "link.h5"
        link.symlink_to(flow)
        before = {path: path.read_bytes() for path in (events, flow)}
        for output, role in ((events, "events"), (flow, "flow"), (link, "flow")):
            for force in ((), ("--force",)):
                self.expect(USAGE, (f"is the same file as the input '{role}'", "name another"), "encode", "--events", events,
                            "--flow", flow, "--output", output, *force)
        table = self.copy("table.h5")
        self.expect(USAGE, "same file as the input", "prepare", "--input", table, *PREPARE, "--output", table, "--force")
        self.assertEqual({path: path.read_bytes() for path in (events, flow)}, before)

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


class InterruptsAnywhere(ToolTest):
    """Signals at random moments of work that takes seconds. The limit is on the time on the processor after the signal,
    which a busy machine does not stretch."""

    SECONDS = 1.0
    SHOTS = 4
    LOADING = 0.03

    @classmethod
    def setUpClass(cls):
        cls.large = Path(tempfile.mkdtemp(prefix="lacathode-tools-"))
        cls.addClassCleanup(shutil.rmtree, cls.large)
        at = lambda name: cls.large / name
        write_hdf5(at("table.h5"), table(1_500_000, 2000))
        head, *rows = write_csv(at("table.csv"), table(5000, 50)).read_text().splitlines(keepends=True)
        at("table.csv").write_text(head + "".join(rows) * 100)
        must("prepare", "--input", at("table.h5"), *PREPARE, "--output", at("events.h5"))
        must("encode", "--events", at("events.h5"), "--flow", cls.file("flow.h5"), "--output", at("latent.h5"))
        must("sample", "--method", "lacathode", "--events", at("events.h5"), "--flow", cls.file("flow.h5"),
             "--training", 500_000, "--validation", 200_000, "--output", at("normal.h5"))
        must("score", "--classifier", cls.file("lacathode_classifier.h5"), "--events", at("latent.h5"),
             "--output", at("scores.h5"))

    @classmethod
    def stages(cls):
        """Commands without --output, of a thread each."""
        at, small = lambda name: cls.large / name, cls.file
        events = ("--events", at("events.h5"), "--flow", small("flow.h5"))
        classifier = ("train-classifier", "--data", at("latent.h5"), "--background", at("normal.h5"))
        return {
            "generate-toy": ("generate-toy", "--events", 5_000_000),
            "prepare/hdf5": ("prepare", "--input", at("table.h5"), *PREPARE),
            "prepare/csv": ("prepare", "--input", at("table.csv"), *PREPARE),
            "train-flow": ("train-flow", "--events", at("events.h5"), "--batch-size", 10_000),
            "train-flow/torch": ("train-flow", "--events", at("events.h5"), "--batch-size", 10_000, "--backend", "torch"),
            "sample/lacathode": ("sample", "--method", "lacathode", *events, "--training", 3_000_000),
            "sample/cathode": ("sample", "--method", "cathode", *events, "--training", 3_000_000),
            "encode": ("encode", *events, "--block-rows", 3_000_000),
            "train-classifier": (*classifier, "--batch-size", 10_000),
            "train-classifier/trees": (*classifier, "--model", "trees"),
            "score": ("score", "--classifier", small("lacathode_classifier.h5"), "--events", at("latent.h5"),
                      "--block-rows", 3_000_000),
            "evaluate-sic": ("evaluate-sic", "--scores", at("scores.h5")),
            "evaluate-sculpting": ("evaluate-sculpting", "--scores", at("scores.h5"), "--bins", 10_000, "--efficiencies",
                                   ",".join(f"{0.01 + 0.0005 * i:.4f}" for i in range(100))),
            "export": ("export", "--scores", at("scores.h5"), "--events", at("events.h5"), "--input", at("table.h5"),
                       "--input-columns", "a,truth"),
        }

    def shoot(self, command, number, delay, code, threads=1, said=""):
        """Sends the signal so long after the log says `said`; returns the seconds that it took to end, or None if it ended
        before."""
        with open(self.folder / "log", "w+", encoding="utf-8") as log:
            process = subprocess.Popen([APPS / f"lacathode-{command[0]}", *map(str, command[1:])], stderr=log,
                                       stdout=subprocess.DEVNULL)
            while said not in (self.folder / "log").read_text() and process.poll() is None:
                time.sleep(0.05)
            time.sleep(delay)
            used = processor_seconds(process.pid)
            if used is None:
                process.wait()
                return None
            sent = time.monotonic()
            os.kill(process.pid, number)  # Popen's send_signal would wait for a process that has just ended, wait4 then fails
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.monotonic() - sent
            process.returncode = os.waitstatus_to_exitcode(status)
        text = (self.folder / "log").read_text()
        self.assertLess(usage.ru_utime + usage.ru_stime - used, threads * self.SECONDS, f"after {delay} s\n{text}")
        if process.returncode == OK:  # it was done
            return seconds
        if process.returncode == -number and used < self.LOADING:  # a busy machine had not come to main yet
            return seconds
        self.assertEqual(process.returncode, code, f"after {delay} s\n{text}")
        self.assertRegex(text, "interrupted by (Ctrl-C|SIGTERM)")
        return seconds

    def test_every_stage(self):
        random = np.random.default_rng(1)
        for name, command in self.stages().items():
            with self.subTest(name):
                command += ("--threads", 1, "--output", self.out, "--force")
                longest = 4.0
                for shot in range(self.SHOTS):
                    self.out.write_text("precious")
                    number, code = ((signal.SIGTERM, SIGTERM), (signal.SIGINT, SIGINT))[shot % 2]
                    delay = random.uniform(0.1, longest)
                    seconds = self.shoot(command, number, delay, code)
                    if seconds is None:
                        longest = max(delay, 0.2)
                        continue
                    print(f"{name}: ended {seconds:.3f} s after a signal at {delay:.2f} s", flush=True)
                    self.assertTrue(self.out.read_bytes() == b"precious" or self.out.read_bytes()[512:516] == b"\x89HDF"
                                    or self.out.read_bytes().startswith(b"mass,"))
                    self.expect_no_partial()

    def test_trainings_side_by_side(self):
        settings = ("run.retrainings=4", "run.sic=false", "run.methods=cathode", "train_flow.blocks=2", "train_flow.hidden=8",
                    "train_flow.epochs=1", "train_flow.keep_best=1", "train_flow.batch_size=10000", "sample.checkpoints=1")
        for said in ("train_flow_0", "train_classifier_1"):
            command = ("run", *PREPARE, "--set", f"prepare.input={self.large / 'table.h5'}",
                       *(word for setting in settings for word in ("--set", setting)), "--threads", 2, "--out",
                       self.folder / "out")
            seconds = self.shoot(command, signal.SIGTERM, 0.5, SIGTERM, threads=2, said=said)
            self.assertIsNotNone(seconds)
            print(f"run: ended {seconds:.3f} s after a signal 0.5 s after {said}", flush=True)
            self.expect_no_partial()

    @staticmethod
    def seconds_of(command):
        begin = time.monotonic()
        subprocess.run(command, capture_output=True, check=True, timeout=60)
        return time.monotonic() - begin

    def test_from_the_first_instruction_on(self):
        """Before main the signal itself ends the program, which a shell tells by the same number. When main begins nobody knows:
        the delays go on, a little longer each time around, until a signal has come after it."""
        for command in (("lacathode-run", "--dump-reference"), ("lacathode-info", self.large / "latent.h5")):
            command, seen = [APPS / command[0], *command[1:]], set()
            longest = 1.2 * min(self.seconds_of(command) for _ in range(3))
            for i in range(900):
                if i >= 60 and SIGTERM in seen:
                    break
                with open(self.folder / "log", "w+", encoding="utf-8") as log:
                    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log)
                    time.sleep(longest * (i % 59) / 59 * (1 + i // 59 / 10))
                    process.terminate()
                    process.communicate(timeout=60)
                self.assertIn(process.returncode, (-signal.SIGTERM, SIGTERM, OK))
                seen.add(process.returncode)
                if process.returncode == SIGTERM:
                    self.assertEqual((self.folder / "log").read_text(), "interrupted by SIGTERM; no file is unfinished\n")
            self.assertIn(SIGTERM, seen, command)

    def test_looking_at_a_file(self):
        for i, (name, delay) in enumerate((("latent.h5", 0.05), ("latent.h5", 0.3), ("table.csv", 0.1), ("table.h5", 0.1))):
            number, code = ((signal.SIGTERM, SIGTERM), (signal.SIGINT, SIGINT))[i % 2]
            self.shoot(("info", self.large / name), number, delay, code)


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

    def test_a_shell_reads_the_recorded_command(self):
        source = write_hdf5(self.folder / "it's a table.h5", table(300, 150))
        words = ["--input", str(source), *PREPARE, "--output", str(self.folder / "events.h5")]
        must("prepare", *words)
        with h5py.File(self.folder / "events.h5") as file:
            recorded = file["provenance"].attrs["command_line"]
        self.assertEqual(shlex.split(recorded)[1:], words)

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

    def test_what_computed_the_networks_is_recorded(self):
        sets = re.search("instruction sets: (.*)", must("encode", "--version").stdout).group(1).split(", ")
        for name in self.CHAIN:
            with self.subTest(name), h5py.File(self.file(name)) as file:
                networks = file["provenance"].attrs.get("networks")
                self.assertEqual(networks, None if name == "events.h5" else f"engine, {sets[0]}")
        for choice, text in ((("--instruction-set", sets[-1]), f"engine, {sets[-1]}"),
                             (("--backend", "torch"), r"LibTorch \d+\.\d+\S* \(CUDA: \w+\), cpu")):
            must("encode", "--events", self.file("events.h5"), "--flow", self.file("flow.h5"), "--output", self.out,
                 "--force", *choice)
            with h5py.File(self.out) as file:
                self.assertRegex(file["provenance"].attrs["networks"], f"^{text}$")

    def test_trees_are_no_network(self):
        must("train-classifier", "--data", self.file("latent.h5"), "--background", self.file("normal.h5"), "--model",
             "trees", "--output", self.out)
        with h5py.File(self.out) as file:
            self.assertNotIn("networks", file["provenance"].attrs)

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
