"""Runs the executables, and makes the small files that their tests share.

The directory of the executables comes from the environment variable LACATHODE_APPS, that of the shared files from
LACATHODE_TOOL_FILES (made by `tool_files.py DIR`, which ctest runs first)."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import h5py
import numpy as np

APPS = Path(os.environ.get("LACATHODE_APPS", "build/apps"))
SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
TOOLS = ("generate-toy", "prepare", "train-flow", "sample", "encode", "train-classifier", "score", "apply", "check-flow",
         "evaluate-sic", "evaluate-sculpting", "transport", "select-background", "density-ratio", "combine-scores", "combine-folds", "fit-background", "hunt", "pseudo-data",
         "export",
         "run", "study", "scan", "toys")
OK, USAGE, BAD_INPUT, CANNOT_WRITE, NUMERICAL, FAILED_CHECK, SIGINT, SIGTERM = 0, 2, 3, 4, 5, 6, 130, 143

# By --set, so that an option of its own can override it.
PREPARE = ("--set", "prepare.format=table", "--set", "prepare.mass_column=mass", "--set", "prepare.features=a,b",
           "--set", "prepare.label_column=truth", "--set", "prepare.injected_signal=100")
SMALL_FLOW = ("--blocks", "2", "--hidden", "8", "--epochs", "2", "--keep-best", "2", "--threads", "1")
SMALL_SAMPLE = ("--training", "600", "--validation", "200")
SMALL_CLASSIFIER = ("--hidden", "8,8", "--epochs", "2", "--keep-best", "1", "--threads", "1")
SMALL_SCULPTING = ("--bins", "20", "--efficiencies", "0.1,0.2,0.5")


def tool(name, *arguments, **options):
    """Runs lacathode-NAME and returns the finished process; a crash is an error at once."""
    options.setdefault("timeout", 300)
    process = subprocess.run([APPS / f"lacathode-{name}", *map(str, arguments)], capture_output=True, text=True,
                             check=False, **options)
    if process.returncode < 0:
        raise AssertionError(f"lacathode-{name} died of signal {-process.returncode}\n{process.stderr}")
    return process


def must(name, *arguments, **options):
    process = tool(name, *arguments, **options)
    if process.returncode != OK:
        raise AssertionError(f"lacathode-{name} {' '.join(map(str, arguments))}: {process.returncode}\n{process.stderr}")
    return process


def table(background=3000, signal=300, features=2, seed=1):
    """Columns of a table of one's own: mass in TeV, features a, b, ..., truth; signal near 3.5 TeV."""
    random = np.random.default_rng(seed)
    mass = np.concatenate([random.uniform(2.8, 4.2, background), random.normal(3.5, 0.1, signal)])
    truth = np.concatenate([np.zeros(background), np.ones(signal)]).astype(np.int64)
    columns = {"mass": mass, "truth": truth}
    for i in range(features):
        columns[chr(ord("a") + i)] = random.normal(2.0 * truth + 0.1 * mass, 1.0)
    order = random.permutation(len(mass))
    return {name: values[order] for name, values in columns.items()}


def write_hdf5(path, columns):
    with h5py.File(path, "w") as file:
        for name, values in columns.items():
            file[name] = values
    return path


def write_csv(path, columns):
    rows = zip(*columns.values())
    text = "\n".join(",".join(repr(float(value)) for value in row) for row in rows)
    Path(path).write_text(",".join(columns) + "\n" + text + "\n")
    return path


def content_hash(path):
    with h5py.File(path, "r") as file:
        return file["provenance"].attrs["content_hash"]


def make_files(folder):
    """The files of both methods, and those of another flow of the same events."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    at = lambda name: folder / name
    force = ("--force",)
    write_hdf5(at("table.h5"), table())
    must("prepare", "--input", at("table.h5"), *PREPARE, "--output", at("events.h5"), *force)
    for flow, seed in (("flow.h5", 1), ("other_flow.h5", 2)):
        must("train-flow", "--events", at("events.h5"), *SMALL_FLOW, "--seed", seed, "--output", at(flow), *force)
    for latent, flow in (("latent.h5", "flow.h5"), ("other_latent.h5", "other_flow.h5")):
        must("encode", "--events", at("events.h5"), "--flow", at(flow), "--output", at(latent), *force)
    for method, data, sample in (("lacathode", "latent.h5", "normal.h5"), ("cathode", "events.h5", "samples.h5")):
        must("sample", "--method", method, "--events", at("events.h5"), "--flow", at("flow.h5"), *SMALL_SAMPLE,
             "--output", at(sample), *force)
        must("train-classifier", "--data", at(data), "--background", at(sample), *SMALL_CLASSIFIER,
             "--output", at(f"{method}_classifier.h5"), *force)
        must("score", "--classifier", at(f"{method}_classifier.h5"), "--events", at(data),
             "--output", at(f"{method}_scores.h5"), *force)


def small_chain(table_file, retrainings=2):
    """Sections of a chain on a table of 1500 background and 200 signal events, seconds long."""
    return {"run": {"methods": ["lacathode", "cathode"], "retrainings": retrainings},
            "prepare": {"input": str(table_file), "format": "table", "mass_column": "mass", "features": ["a", "b"],
                        "label_column": "truth", "injected_signal": 100},
            "train_flow": {"blocks": 2, "hidden": 8, "epochs": 2, "keep_best": 1},
            "sample": {"training": 300, "validation": 100},
            "train_classifier": {"hidden": [8], "epochs": 2, "keep_best": 1},
            "evaluate_sculpting": {"bins": 10, "efficiencies": [0.2, 0.5]}}


class ToolTest(unittest.TestCase):
    """A test with a folder of its own, a copy of no shared file, and exact exit codes."""

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="lacathode-tools-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.out = self.folder / "out.h5"

    @staticmethod
    def file(name):
        return Path(os.environ["LACATHODE_TOOL_FILES"]) / name

    def copy(self, name):
        return Path(shutil.copy(self.file(name), self.folder / name))

    def expect(self, code, patterns, name, *arguments, **options):
        """Demands the exit code and every pattern in stderr; on stdout is what was made, so nothing of an error."""
        process = tool(name, *arguments, **options)
        self.assertEqual(process.returncode, code, f"{name} {arguments}\n{process.stderr}")
        for pattern in (patterns,) if isinstance(patterns, str) else patterns:
            self.assertRegex(process.stderr, pattern)
        if code != OK:
            self.assertNotIn("internal error", process.stderr)
        if code not in (OK, FAILED_CHECK):
            self.assertEqual(process.stdout, "")
        return process

    def script(self, code, patterns, name, *arguments, **environment):
        """Runs scripts/NAME, and demands the exit code and every pattern in stderr."""
        process = subprocess.run([sys.executable, "-B", SCRIPTS / name, *map(str, arguments)], capture_output=True, text=True, check=False,
                                 timeout=300, env={**os.environ, **environment})
        self.assertEqual(process.returncode, code, process.stderr)
        for pattern in patterns:
            self.assertRegex(process.stderr, pattern)
        if code != OK:
            self.assertEqual(process.stdout, "")
            self.assertNotIn("Traceback", process.stderr)
            self.expect_no_partial()
        return process

    def expect_no_partial(self):
        self.assertEqual([*self.folder.rglob("*.partial"), *self.folder.rglob(".*.lock")], [])

    def config(self, sections, name="config.json"):
        path = self.folder / name
        path.write_text(json.dumps(sections))
        return path


if __name__ == "__main__":
    make_files(sys.argv[1])
