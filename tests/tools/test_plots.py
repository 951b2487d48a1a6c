#!/usr/bin/env python3
"""plot.py on a made-up run: every picture is there and shows something, and bad input is told apart."""
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import h5py
import matplotlib.image
import numpy as np

HERE = Path(__file__).resolve().parent
PLOT = HERE.parents[1] / "scripts" / "plot.py"
PICTURES = ("losses", "features", "latent", "sic", "mass", "sculpting")


def python(*arguments):
    return subprocess.run([sys.executable, "-B", *map(str, arguments)], capture_output=True, text=True,
                          check=False)


def ink(path):
    """Share of pixels that are not white, and how many colours there are."""
    pixels = np.round(255 * matplotlib.image.imread(path)[..., :3]).astype(int)
    return (pixels.min(axis=-1) < 250).mean(), len(np.unique(pixels.reshape(-1, 3), axis=0))


class Plots(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp())
        cls.run_folder = cls.folder / "run"
        made = python(HERE / "make_synthetic_run.py", cls.run_folder, "--events", 20000, "--runs", 2,
                      "--bins", 60)
        assert made.returncode == 0, made.stderr

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def copy(self, *ignored):
        target = Path(tempfile.mkdtemp(dir=self.folder)) / "run"
        shutil.copytree(self.run_folder, target, ignore=shutil.ignore_patterns(*ignored, "plots"))
        return target

    def expect(self, code, pattern, *arguments):
        result = python(PLOT, *arguments)
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertRegex(result.stderr, pattern)
        self.assertNotIn("Traceback", result.stderr)

    def test_every_picture_shows_something(self):
        result = python(PLOT, self.run_folder, "--out", self.folder / "plots", "--format", "png")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stderr, "")
        for name in PICTURES:
            share, colours = ink(self.folder / "plots" / f"{name}.png")
            self.assertGreater(share, 0.03, name)
            self.assertLess(share, 0.7, name)
            self.assertGreater(colours, 30, name)

    def test_an_empty_axis_would_be_noticed(self):
        import matplotlib.pyplot as plt
        plt.subplots()[0].savefig(self.folder / "empty.png")
        self.assertLess(ink(self.folder / "empty.png")[0], 0.03)

    def test_draws_what_is_there(self):
        folder = self.copy("samples.h5", "cathode", "flow.h5")
        self.assertEqual(python(PLOT, folder, "--format", "pdf").returncode, 0)
        drawn = {path.name for path in (folder / "plots").iterdir()}
        self.assertEqual(drawn, {f"{name}.pdf" for name in PICTURES if name != "features"})

    def test_own_columns_without_truth(self):
        folder = self.copy()
        for name in ("events.h5", "samples.h5"):
            with h5py.File(folder / name, "a") as file:
                if "label" in file:
                    del file["label"]
                for column in ("delta_m", "tau21_j1", "tau21_j2"):
                    del file["features"][column]
                file.move("features/m_j1", "features/a column $ of_mine")
        self.expect(0, "^$", folder, "--only", "features")

    def test_usage(self):
        self.expect(2, "unknown: pie", self.run_folder, "--only", "pie")
        self.expect(2, "unknown: gif", self.run_folder, "--format", "gif")
        self.expect(2, "DIR")

    def test_missing_input(self):
        self.expect(3, "no such folder", self.folder / "nowhere")
        (self.folder / "hollow").mkdir()
        self.expect(3, "nothing to draw", self.folder / "hollow")
        self.expect(3, "lacks the files for the picture 'features'", self.copy("samples.h5"), "--only", "features")

    def test_foreign_input(self):
        folder = self.copy()
        shutil.copy(folder / "latent.h5", folder / "flow.h5")
        self.expect(3, "flow.h5: is 'lacathode.latent' version 1", folder, "--only", "losses")
        (folder / "flow.h5").write_text("not HDF5")
        self.expect(3, "flow.h5: cannot be read as HDF5", folder, "--only", "losses")
        shutil.copy(folder / "cathode" / "sculpting.h5", folder / "cathode" / "sic.h5")
        self.expect(3, "kind 'sculpting', expected 'sic'", folder, "--only", "sic")

    def test_incomplete_input(self):
        folder = self.copy()
        with h5py.File(folder / "cathode" / "sculpting.h5", "a") as file:
            del file["chi2_per_dof/runs"]
        self.expect(3, "sculpting.h5: lacks 'chi2_per_dof/runs'", folder, "--only", "sculpting")
        with h5py.File(folder / "flow.h5", "a") as file:
            del file["losses/training"]
        self.expect(3, "flow.h5: .*training", folder, "--only", "losses")

    def test_newer_version(self):
        folder = self.copy()
        with h5py.File(folder / "flow.h5", "a") as file:
            file.attrs["format_version"] = 2
        self.expect(3, "version 2, expected version 1", folder, "--only", "losses")

    def test_cannot_write(self):
        (self.folder / "file").touch()
        self.expect(4, "cannot write", self.run_folder, "--out", self.folder / "file" / "plots", "--only", "losses")


if __name__ == "__main__":
    unittest.main()
