#!/usr/bin/env python3
"""Files that cannot be used: always exit code 3 and a message that names the file, never a crash."""
import shutil
import unittest

import h5py
import numpy as np

from tool_files import BAD_INPUT, PREPARE, SMALL_CLASSIFIER, SMALL_FLOW, SMALL_SAMPLE, ToolTest, write_hdf5


def command(reader, path, output, file):
    """A command of the tool that reads `path` in the role under test; everything else is sound."""
    return {
        "prepare": ("prepare", "--input", path, *PREPARE),
        "train-flow": ("train-flow", "--events", path, *SMALL_FLOW),
        "encode/events": ("encode", "--events", path, "--flow", file("flow.h5")),
        "encode/flow": ("encode", "--events", file("events.h5"), "--flow", path),
        "sample/events": ("sample", "--method", "cathode", "--events", path, "--flow", file("flow.h5"), *SMALL_SAMPLE),
        "sample/flow": ("sample", "--method", "cathode", "--events", file("events.h5"), "--flow", path, *SMALL_SAMPLE),
        "train-classifier/data": ("train-classifier", "--data", path, "--background", file("normal.h5"),
                                  *SMALL_CLASSIFIER),
        "train-classifier/background": ("train-classifier", "--data", file("latent.h5"), "--background", path,
                                        *SMALL_CLASSIFIER),
        "score/classifier": ("score", "--classifier", path, "--events", file("latent.h5")),
        "score/events": ("score", "--classifier", file("lacathode_classifier.h5"), "--events", path),
        "apply/flow": ("apply", "--flow", path, "--classifiers", file("lacathode_classifier.h5"), "--input", file("table.h5")),
        "apply/classifiers": ("apply", "--flow", file("flow.h5"), "--classifiers", path, "--input", file("table.h5")),
        "apply/input": ("apply", "--flow", file("flow.h5"), "--classifiers", file("lacathode_classifier.h5"), "--input", path,
                        "--set", "prepare.format=table"),
        "evaluate-sic": ("evaluate-sic", "--scores", path),
        "evaluate-sculpting": ("evaluate-sculpting", "--scores", path, "--bins", "20"),
    }[reader] + ("--output", output)


# What each reader wants, a sound file of another kind, and the tool that the message must name.
READERS = {
    "prepare": ("table.h5", None, None),
    "train-flow": ("events.h5", "flow.h5", "lacathode-prepare"),
    "encode/events": ("events.h5", "lacathode_scores.h5", "lacathode-prepare"),
    "encode/flow": ("flow.h5", "lacathode_classifier.h5", "lacathode-train-flow"),
    "sample/events": ("events.h5", "latent.h5", "lacathode-prepare"),
    "sample/flow": ("flow.h5", "events.h5", "lacathode-train-flow"),
    "train-classifier/data": ("latent.h5", "events.h5", "lacathode-encode"),
    "train-classifier/background": ("normal.h5", "flow.h5", "lacathode-(sample|encode|prepare)"),
    "score/classifier": ("lacathode_classifier.h5", "flow.h5", "lacathode-train-classifier"),
    "score/events": ("latent.h5", "events.h5", "lacathode-encode"),
    "apply/flow": ("flow.h5", "events.h5", "lacathode-train-flow"),
    "apply/classifiers": ("lacathode_classifier.h5", "flow.h5", "lacathode-train-classifier"),
    "apply/input": ("table.h5", None, None),
    "evaluate-sic": ("lacathode_scores.h5", "latent.h5", "lacathode-score"),
    "evaluate-sculpting": ("cathode_scores.h5", "events.h5", "lacathode-score"),
}


class Readers(ToolTest):
    """Every role of every tool that reads."""

    def refuse(self, reader, path, *patterns):
        with self.subTest(reader, path=path):
            self.expect(BAD_INPUT, (r"\berror\b", path.name, *patterns), *command(reader, path, self.out, self.file))
            self.assertFalse(self.out.exists())
            self.expect_no_partial()

    def test_missing_file(self):
        for reader in READERS:
            self.refuse(reader, self.folder / "nowhere.h5", "(?i)no such file|does not exist|not found")

    def test_another_kind_of_file(self):
        for reader, (_, wrong, maker) in READERS.items():
            if wrong:
                self.refuse(reader, self.file(wrong), maker)

    def test_directory_and_foreign_file(self):
        foreign = write_hdf5(self.folder / "foreign.h5", {"x": np.arange(3.0)})
        text = self.folder / "text.h5"
        text.write_text("not HDF5\n")
        for reader in ("train-flow", "encode/flow", "train-classifier/background", "score/classifier", "evaluate-sic"):
            self.refuse(reader, foreign, "lacathode")
        for reader in ("score/events", "evaluate-sculpting"):
            self.refuse(reader, text, "HDF5")
        for reader in ("prepare", "sample/flow"):
            self.refuse(reader, self.folder, "(?i)directory")

    def test_changed_content(self):
        for reader, (name, _, maker) in READERS.items():
            if not maker:
                continue
            path = self.copy(name)
            with h5py.File(path, "r+") as file:
                target = []
                file.visititems(lambda key, item, target=target: target.append(item)
                                if isinstance(item, h5py.Dataset) and not key.startswith("provenance") else None)
                values = target[0][()]
                values.view(np.uint8).reshape(-1)[0] ^= 1
                target[0][...] = values
            self.refuse(reader, path, "(?i)hash|changed|damaged")


class Truncated(ToolTest):
    """50 lengths over all formats."""

    def check(self, reader, lengths):
        whole = self.file(READERS[reader][0])
        size = whole.stat().st_size
        for length in np.unique(np.geomspace(1, size - 1, lengths - 2).astype(int)).tolist() + [0, size // 2 + 1]:
            with self.subTest(reader, length=length, size=size):
                path = self.folder / "cut.h5"
                shutil.copy(whole, path)
                with open(path, "r+b") as file:
                    file.truncate(length)
                self.expect(BAD_INPUT, r"cut\.h5", *command(reader, path, self.out, self.file))
                self.assertFalse(self.out.exists())

    def test_table(self):
        self.check("prepare", 10)

    def test_events(self):
        self.check("train-flow", 10)

    def test_flow(self):
        self.check("encode/flow", 8)

    def test_classifier(self):
        self.check("score/classifier", 8)

    def test_latent(self):
        self.check("train-classifier/data", 7)

    def test_scores(self):
        self.check("evaluate-sculpting", 7)


if __name__ == "__main__":
    unittest.main()
