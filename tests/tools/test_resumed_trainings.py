#!/usr/bin/env python3
"""A training that was stopped, in whatever way, goes on from its saved state and ends with the same bytes."""
import fcntl
import os
import random
import re
import resource
import signal
import subprocess
import time
import unittest
from pathlib import Path

import h5py

from tool_files import APPS, BAD_INPUT, CANNOT_WRITE, OK, SIGTERM, SMALL_CLASSIFIER, SMALL_FLOW, USAGE, ToolTest, content_hash, must, tool

TRY_AGAIN = 75
SHOTS = int(os.environ.get("LACATHODE_SHOTS", 12))  # of each kind of training
OFTEN = ("--save-minutes", "0.0003")  # 18 ms


class ResumedTrainings(ToolTest):
    def setUp(self):
        super().setUp()
        self.training = self.out.with_name(self.out.name + ".training")

    def flow(self, epochs=12):
        return ("train-flow", "--events", self.file("events.h5"), "--threads", "1", "--blocks", "3", "--hidden", "32", "--epochs",
                epochs, "--keep-best", "2")

    def trainings(self):
        """Commands of half a second, without --output."""
        classifier = ("train-classifier", "--data", self.file("latent.h5"), "--background", self.file("normal.h5"), "--threads", "1")
        return {"flow": self.flow(epochs=200),
                "mlp": (*classifier, "--epochs", "200", "--keep-best", "3"),
                "trees": (*classifier, "--model", "trees", "--tree-count", "2000", "--tree-patience", "2000")}

    def start(self, *command):
        name, *arguments = map(str, (*command, "--output", self.out))
        return subprocess.Popen([APPS / f"lacathode-{name}", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def whole(self, command):
        """Content hash and seconds of an uninterrupted run."""
        begin = time.monotonic()
        must(*command, "--output", self.out)
        seconds = time.monotonic() - begin
        content = content_hash(self.out)
        self.out.unlink()
        self.assertFalse(self.training.exists(), "nothing is left behind")
        return content, seconds

    def test_killed_at_any_moment(self):
        """How long a training takes while other tests run nobody knows: the shots go on, later and later, until one has hit it."""
        generator = random.Random(5)
        for name, command in self.trainings().items():
            with self.subTest(name):
                content, seconds = self.whole(command)
                resumed = 0
                for shot in range(20 * SHOTS):
                    if shot >= SHOTS and resumed:
                        break
                    number = generator.choice((signal.SIGKILL, signal.SIGTERM, signal.SIGUSR1))
                    process = self.start(*command, *OFTEN)
                    time.sleep(generator.uniform(0, 1.2 * seconds * max(1, shot / SHOTS)))
                    process.send_signal(number)
                    log = process.communicate()[1]
                    resumed += bool(re.search(r": goes on (in epoch|after) \d+", log))  # the message of an interrupt says so too
                    self.assertIn(process.returncode, (OK, -number, SIGTERM if number == signal.SIGTERM else TRY_AGAIN), log)
                    if self.out.exists():
                        self.assertEqual(content_hash(self.out), content)
                        self.out.unlink()
                must(*command, "--output", self.out)
                self.assertEqual(content_hash(self.out), content)
                self.assertFalse(self.training.exists())
                self.out.unlink()
                self.assertTrue(resumed, "some shot hit a training")

    def stop(self, *command):
        """Once the flow has trained for an epoch; returns the log. What it would log of 2000 epochs does not fit into the pipe: it
        cannot end before the signal, however busy the machine is."""
        name, *arguments = map(str, (*command, "--verbose"))
        with subprocess.Popen([APPS / f"lacathode-{name}", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
            log = ""
            while "flow epoch" not in log and (line := process.stderr.readline()):
                log += line
            process.send_signal(signal.SIGUSR1)
            log += process.stderr.read()
        self.assertEqual(process.returncode, TRY_AGAIN, log)
        self.assertRegex(log, "interrupted by SIGUSR1; .*the states of trainings are kept: the same command goes on")
        return log

    def stop_in_the_middle(self):
        """Of a training that takes very long; its state is there."""
        log = self.stop(*self.flow(epochs=100_000), "--output", self.out)
        self.assertTrue(self.training.exists())
        self.assertFalse(self.out.exists())
        return log

    def test_what_another_process_made_in_the_meantime_stays(self):
        """If it is the same; hours of work on it are then no error."""
        for more, code in (((), OK), (("--learning-rate", "1e-3"), CANNOT_WRITE)):
            slow = self.start(*self.flow(epochs=40))
            while "training and" not in slow.stderr.readline():
                pass
            slow.send_signal(signal.SIGSTOP)
            must(*self.flow(epochs=40), *more, "--output", self.out)
            content = self.out.read_bytes()
            slow.send_signal(signal.SIGCONT)
            log = slow.communicate()[1]
            self.assertEqual(slow.returncode, code, log)
            self.assertRegex(log, r"out\.h5 was made by another process in the meantime" if code == OK else "exists; pass --force")
            self.assertEqual(self.out.read_bytes(), content)
            self.out.unlink()
            self.training.unlink(missing_ok=True)

    def test_stopped_on_purpose_it_goes_on_where_it_was(self):
        self.stop_in_the_middle()
        described = must("info", self.training).stdout
        self.assertIn("lacathode.training", described)
        again = self.stop_in_the_middle()
        first = int(re.search(r"flow: goes on in epoch (\d+), after \d+ batches", again)[1])
        self.assertGreaterEqual(int(re.search(r"flow: goes on in epoch (\d+)", self.stop_in_the_middle())[1]), first)

    def test_time_limit(self):
        command = (*self.flow(epochs=100_000), "--output", self.out)
        for seconds in (1, 4, 16):  # a busy machine may need the first for its start
            process = tool(*command, "--time-limit", f"{seconds}s")
            self.assertEqual(process.returncode, TRY_AGAIN, process.stderr)
            self.assertRegex(process.stderr, "interrupted by the time limit")
            if self.training.exists():
                break
        self.assertTrue(self.training.exists())
        for text in ("50", "1.5h", "m", "-3s", "0s", "2d"):
            self.expect(USAGE, f"--time-limit {re.escape(text)}: give a whole number and its unit", *command, f"--time-limit={text}")

    def test_a_state_of_other_settings_is_not_used(self):
        command = self.flow()
        content, _ = self.whole(command)
        self.stop_in_the_middle()
        process = tool(*command, "--output", self.out)
        self.assertEqual(process.returncode, OK, process.stderr)
        self.assertRegex(process.stderr, r"out\.h5\.training belongs to a training with other settings or inputs, or on another "
                                         "instruction set: this one begins anew")
        self.assertEqual(content_hash(self.out), content)

    def test_a_damaged_state_is_not_used(self):
        command = self.flow()
        content, _ = self.whole(command)
        self.stop_in_the_middle()
        whole = self.training.read_bytes()
        for damage in (whole[:len(whole) // 2], whole[:3000] + b"?" + whole[3001:], whole[:2]):
            self.training.write_bytes(damage)
            process = tool(*command, "--output", self.out)
            self.assertEqual(process.returncode, OK, process.stderr)
            self.assertRegex(process.stderr, r"out\.h5\.training.*(begins anew|left alone)")
            self.assertEqual(content_hash(self.out), content)
            self.out.unlink()

    def test_a_state_that_another_program_holds_is_not_lost(self):
        command = self.flow()
        self.stop_in_the_middle()
        state = self.training.read_bytes()
        with open(self.training, "rb") as held:
            fcntl.flock(held, fcntl.LOCK_EX)  # as HDF5 does of a file that it writes
            self.expect(BAD_INPUT, r"out\.h5\.training: .*; it may hold the state of this training: let the other program end",
                        *command, "--output", self.out)
        self.assertEqual(self.training.read_bytes(), state)
        self.assertFalse(self.out.exists())

    def test_a_state_that_cannot_be_looked_at_is_not_lost(self):
        self.training.symlink_to(self.training)  # as where a network file system does not answer
        self.expect(BAD_INPUT, r"out\.h5\.training: cannot be read: .*; it may hold the state of this training", *self.flow(), "--output",
                    self.out)
        self.assertTrue(self.training.is_symlink())
        self.assertFalse(self.out.exists())

    def test_somebody_elses_file_is_left_alone(self):
        command = self.flow()
        self.training.write_text("precious")
        process = tool(*command, *OFTEN, "--output", self.out)
        self.assertEqual(process.returncode, OK, process.stderr)
        self.assertRegex(process.stderr, "is no training of these programs and is left alone")
        self.assertEqual(self.training.read_text(), "precious")

    def test_without_room_for_it_the_training_goes_on(self):
        command = (*self.flow(epochs=100), *OFTEN)
        content, _ = self.whole(command)
        largest = 60_000  # bytes of a file: more than the flow's logs, less than its state with Adam's moments
        process = subprocess.Popen([APPS / "lacathode-train-flow", *map(str, command[1:]), "--output", str(self.out)],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                                   preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY)))
        warning = ""
        while "goes on without saving its state" not in warning and process.poll() is None:
            warning = process.stderr.readline()
        self.assertRegex(warning, r"out\.h5\.training: .*; the training goes on without saving its state")
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        log = process.communicate()[1]
        self.assertEqual(process.returncode, OK, log)
        self.assertNotIn("goes on without saving its state", log, "said once")
        self.assertEqual(content_hash(self.out), content)

    def test_a_chain_goes_on_inside_a_training(self):
        config = {"run": {"methods": ["lacathode"]}, "prepare": {"input": str(Path(self.file("table.h5")).absolute()), "format": "table",
                                                                 "mass_column": "mass", "features": ["a", "b"],
                                                                 "injected_signal": 0},
                  "train_flow": {"blocks": 2, "hidden": 16, "epochs": 2000, "keep_best": 1},
                  "sample": {"training": 300, "validation": 100}, "train_classifier": {"hidden": [8], "epochs": 2, "keep_best": 1},
                  "evaluate_sculpting": {"bins": 10, "efficiencies": [0.2, 0.5]}}
        config["run"]["sic"] = False
        out = self.folder / "chain"
        command = ("run", "--config", self.config(config), "--out", out, "--threads", "1")
        self.stop(*command)
        self.assertTrue((out / "flow_00.h5.training").exists())
        self.assertRegex(must(*command).stderr, "flow: goes on in epoch")
        content = content_hash(out / "flow_00.h5")
        must(*command[:3], "--out", self.folder / "other")
        self.assertEqual(content_hash(self.folder / "other/flow_00.h5"), content)
        self.assertFalse(list(out.rglob("*.training")))


if __name__ == "__main__":
    unittest.main()
