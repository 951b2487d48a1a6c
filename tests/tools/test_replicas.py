#!/usr/bin/env python3
"""Several retrainings in one call are those of as many calls: their numbers, their files, what stops and what fails them."""
import re
import signal
import subprocess
import unittest

import h5py
import numpy as np

from tool_files import APPS, CANNOT_WRITE, NUMERICAL, SMALL_CLASSIFIER, USAGE, ToolTest, content_hash, must, small_chain, \
    table, write_hdf5

TRY_AGAIN = 75
# By --set, so that an option of its own can override it.
SMALL_FLOW = ("--threads", "1", "--set", "train_flow.blocks=2", "--set", "train_flow.hidden=8", "--set", "train_flow.epochs=2",
              "--set", "train_flow.keep_best=2")


def flow_losses(path):
    with h5py.File(path) as file:
        return file["losses/validation"][...], file["losses/training"][...]


def settings(path):
    with h5py.File(path) as file:
        return file["provenance"].attrs["config"]


class Replicas(ToolTest):
    def setUp(self):
        super().setUp()
        self.flow_command = ("train-flow", "--events", self.file("events.h5"), *SMALL_FLOW)
        self.classifier_command = ("train-classifier", "--data", self.file("latent.h5"), "--background", self.file("normal.h5"),
                                   *SMALL_CLASSIFIER)

    def replicas(self, command, count, *more):
        return must(*command, "--replicas", count, "--output", self.out, *more)

    def outputs(self):
        return sorted(path.name for path in self.folder.iterdir())

    def alone(self, command, number, *more):
        path = self.folder / "alone.h5"
        must(*command, "--retraining", number, "--output", path, "--force", *more)
        return path

    def test_on_the_engine_they_are_the_bytes_of_single_calls(self):
        for command in (self.flow_command, self.classifier_command, (*self.classifier_command, "--model", "trees", "--tree-count", 20)):
            with self.subTest(command[0]):
                self.replicas(command, 3, "--force", "--retraining", 4)
                self.assertEqual(self.outputs(), ["out_04.h5", "out_05.h5", "out_06.h5"])
                for number in (4, 5, 6):
                    alone = self.alone(command, number)
                    self.assertEqual(content_hash(self.folder / f"out_0{number}.h5"), content_hash(alone))
                    self.assertEqual(settings(self.folder / f"out_0{number}.h5"), settings(alone))
                    alone.unlink()

    def test_on_libtorch_they_are_one_computation(self):
        torch = ("--backend", "torch", "--device", "cpu")
        process = self.replicas(self.flow_command, 3, *torch)
        self.assertRegex(process.stderr, "3 trainings as one computation, in 1 parts")
        self.assertEqual(self.outputs(), ["out_00.h5", "out_01.h5", "out_02.h5"])
        for number in range(3):
            path = self.folder / f"out_0{number}.h5"
            alone = self.alone(self.flow_command, number, *torch)
            self.assertEqual(content_hash(path), content_hash(alone))
            self.assertEqual(settings(path), settings(alone))
            must("encode", "--events", self.file("events.h5"), "--flow", path, "--output", self.folder / "latent.h5", "--force")
        self.assertGreater(np.abs(np.subtract(*(flow_losses(self.folder / f"out_0{i}.h5")[0] for i in (0, 1)))).max(), 1e-2)

    def test_classifiers_on_libtorch(self):
        for more in ((), ("--further-inputs", "noise")):
            torch = ("--backend", "torch", "--device", "cpu", *more)
            self.replicas(self.classifier_command, 2, "--force", *torch)
            for number in range(2):
                alone = self.alone(self.classifier_command, number, *torch)
                self.assertEqual(content_hash(self.folder / f"out_0{number}.h5"), content_hash(alone))

    def test_what_is_there_is_not_made_again(self):
        self.replicas(self.flow_command, 2, "--backend", "torch")
        before = {name: (self.folder / name).stat().st_mtime_ns for name in self.outputs()}
        (self.folder / "out_01.h5").unlink()
        process = self.replicas(self.flow_command, 2, "--backend", "torch")
        self.assertRegex(process.stderr, r"out_00\.h5 is up to date")
        self.assertEqual((self.folder / "out_00.h5").stat().st_mtime_ns, before["out_00.h5"])
        self.assertTrue((self.folder / "out_01.h5").exists())
        self.assertRegex(self.replicas(self.flow_command, 2, "--backend", "torch").stdout, r"trained\s+0")
        self.expect(CANNOT_WRITE, r"out_00\.h5 is there already, but it was made with other settings: common\.seed",
                    *self.flow_command, "--backend", "torch", "--replicas", 2, "--output", self.out, "--seed", 5)

    def test_a_chain_trains_its_retrainings_as_one(self):
        sections = small_chain(write_hdf5(self.folder / "table.h5", table()), retrainings=3)
        sections["run"]["retrain"] = "all"
        run = ("run", "--config", self.config(sections), "--out", self.folder / "out", "--backend", "torch", "--threads", "2")
        process = must(*run)
        # The flows, and the classifiers of both methods, each of a latent space or sample of its own.
        self.assertEqual(re.findall(r"(\d+) trainings as one computation", process.stderr), ["3", "6"], process.stderr)
        alone = self.folder / "alone.h5"
        must("train-flow", "--config", self.config(sections), "--events", self.folder / "out/events.h5", "--backend", "torch",
             "--retraining", 2, "--output", alone)
        self.assertEqual(settings(self.folder / "out/flow_02.h5"), settings(alone))
        for together, single in zip(flow_losses(self.folder / "out/flow_02.h5"), flow_losses(alone)):
            np.testing.assert_allclose(together, single, atol=1e-3)  # on a GPU; Adam follows the sign of what rounding leaves
        self.assertNotIn("as one computation", must(*run).stderr, "all is up to date")
        # Alone it is what it was beside the others; else all that was made from it would be out of date.
        flow = self.folder / "out/flow_01.h5"
        content = content_hash(flow)
        flow.unlink()
        must(*run)
        self.assertEqual(content_hash(flow), content)

    def test_a_chain_trains_classifiers_of_one_flow_and_all_methods_as_one(self):
        sections = small_chain(write_hdf5(self.folder / "table.h5", table()), retrainings=2)
        sections["run"]["retrain"] = "classifier"
        run = ("run", "--config", self.config(sections), "--threads", "2")
        process = must(*run, "--backend", "torch", "--out", self.folder / "out")
        self.assertEqual(re.findall(r"(\d+) trainings as one computation", process.stderr), ["4"], process.stderr)
        self.assertNotIn("as one computation", must(*run, "--out", self.folder / "engine").stderr)

    def test_folds_of_a_chain_are_trained_as_one(self):
        """Other events, and other numbers of them, for each; made again alone, a file has the same bytes."""
        sections = small_chain(write_hdf5(self.folder / "table.h5", table(background=6_001)), retrainings=1)
        sections["run"] |= {"folds": 2, "reference": 200}
        run = ("run", "--config", self.config(sections), "--threads", "2", "--backend", "torch", "--out", self.folder / "out")
        process = must(*run)
        self.assertEqual(re.findall(r"(\d+) trainings as one computation", process.stderr), ["2", "4"], process.stderr)
        for name in ("fold_0/flow_00.h5", "fold_1/flow_00.h5", "fold_0/lacathode/classifier_00.h5", "fold_1/cathode/classifier_00.h5"):
            path = self.folder / "out" / name
            content = content_hash(path)
            path.unlink()
            self.assertNotIn("as one computation", must(*run).stderr)
            self.assertEqual(content_hash(path), content, name)

    def test_splits_of_a_study_are_trained_as_one(self):
        sections = small_chain(write_hdf5(self.folder / "table.h5", table()), retrainings=1)
        sections["study"] = {"name": "fig", "vary": [{f"split{seed}": {"common": {"seed": seed}} for seed in (1, 2, 3)}]}
        study = ("study", "--config", self.config(sections), "--threads", "2", "--backend", "torch", "--out")
        process = must(*study, self.folder / "out")
        self.assertEqual(re.findall(r"(\d+) trainings as one computation", process.stderr), ["3", "6"], process.stderr)
        # Two threads, but more than two chains at a time.
        process = must(*study, self.folder / "lean", "--discard")
        self.assertEqual(re.findall(r"(\d+) trainings as one computation", process.stderr), ["3", "6"], process.stderr)
        self.assertEqual(content_hash(self.folder / "lean/fig/results.h5"), content_hash(self.folder / "out/fig/results.h5"))
        sections["study"]["vary"] = [{"split2": {"common": {"seed": 2}}}]
        self.config(sections)
        process = must(*study, self.folder / "alone")
        self.assertEqual(re.findall(r"(\d+) trainings as one computation", process.stderr), ["2"], "classifiers of two methods")
        for name in ("flow_00", "lacathode/classifier_00", "cathode/classifier_00"):
            together, alone = (self.folder / out / "fig/split2" / f"{name}.h5" for out in ("out", "alone"))
            self.assertEqual(content_hash(together), content_hash(alone), name)

    def test_numbers_that_are_none(self):
        for text in ("0", "-1", "two", "1.5"):
            self.expect(USAGE, f"--replicas {text}: give a whole number, 1 or more", *self.flow_command, f"--replicas={text}",
                        "--output", self.out)
        self.expect(USAGE, "at most 10000", *self.flow_command, "--replicas", 10_001, "--output", self.out)

    def test_numbers_beyond_those_that_a_retraining_may_have(self):
        self.expect(USAGE, r"--replicas 3 from retraining 98 on; ask for fewer, or begin earlier:\n  train_flow\.retraining = 100 "
                    "must be 0 to 99", *self.flow_command, "--retraining", 98, "--replicas", 3, "--output", self.out)
        self.assertEqual(self.outputs(), [])
        self.replicas(self.flow_command, 2, "--retraining", 98)
        self.assertEqual(self.outputs(), ["out_98.h5", "out_99.h5"])

    def test_too_little_memory(self):
        self.expect(USAGE, r"one training takes some \d+.* GB of the device's memory", *self.flow_command, "--hidden", 60_000,
                    "--backend", "torch", "--replicas", 2, "--output", self.out)

    def test_no_gpu(self):
        if "CUDA: yes" in must("encode", "--version").stdout:
            self.skipTest("this machine has a GPU")
        self.expect(USAGE, "built without CUDA|sees no GPU", *self.flow_command, "--device", "cuda", "--replicas", 2, "--output",
                    self.out)
        process = self.replicas(self.flow_command, 9, "--device", "automatic")
        self.assertRegex(process.stderr, "networks run on the CPU: LibTorch sees no GPU")

    def test_those_that_diverge_are_named(self):
        command = (*self.flow_command, "--learning-rate", 1e4, "--replicas", 2, "--output", self.out)
        for backend in ("torch", "engine"):
            process = self.expect(NUMERICAL, r"2 of 2 trainings failed, the others are written:\n  .*", *command, "--backend", backend)
            self.assertEqual(len(re.findall("try a lower learning rate", process.stderr)), 2)
            self.assertEqual(self.outputs(), [])

    def test_one_that_diverges_is_named_alone(self):
        for backend in ("torch", "engine"):
            process = self.expect(NUMERICAL, "try a lower learning rate", *self.flow_command, "--learning-rate", 1e4, "--output",
                                  self.out, "--backend", backend)
            self.assertNotIn("trainings failed", process.stderr)
            self.assertEqual(self.outputs(), [])

    def test_stopped_they_go_on_where_they_were(self):
        command = (*self.flow_command, "--epochs", 40, "--backend", "torch", "--replicas", 3)
        must(*command, "--output", self.folder / "whole.h5")
        state = self.folder / "out_00.h5.training"
        log = ""
        # Pipe and reader hold the log of 27 epochs at most: it cannot end before the signal, however busy the machine is.
        with subprocess.Popen([APPS / "lacathode-train-flow", *map(str, command[1:]), "--output", self.out, "--save-minutes", "0.0003",
                               "--verbose"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, pipesize=4096) as process:
            while not state.exists() and (line := process.stderr.readline()):
                log += line
            process.send_signal(signal.SIGUSR1)
            log += process.stderr.read()
        self.assertEqual(process.returncode, TRY_AGAIN, log)
        self.assertTrue(state.exists())
        again = must(*command, "--output", self.out)
        self.assertRegex(again.stderr, r"3 trainings: go on in epoch \d")
        self.assertFalse(state.exists())
        for number in range(3):
            self.assertEqual(content_hash(self.folder / f"out_0{number}.h5"), content_hash(self.folder / f"whole_0{number}.h5"))


if __name__ == "__main__":
    unittest.main()
