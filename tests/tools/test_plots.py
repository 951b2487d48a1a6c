#!/usr/bin/env python3
"""The command line of plot.py: which files it writes, and how it tells bad input apart."""
import contextlib
import io
import shutil
import subprocess
import sys
import unittest
from pathlib import Path
from unittest import mock

import h5py
import matplotlib.image
import numpy as np
from plot_files import PlotTest

import plot  # of scripts/, which plot_files puts on the path

PLOT = Path(plot.__file__)
PICTURES = ("losses", "features", "latent", "score", "sic", "mass", "sculpting")


def run_plot(*arguments):
    """(exit code, stdout, stderr) of plot.py, in this process to spare the time of its start."""
    out, error = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
        try:
            code = plot.main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = end.code
    return code, out.getvalue(), error.getvalue()


def ink(path):
    """Share of pixels that are not white, and how many colours there are, in a ninth of the picture."""
    pixels = np.round(255 * matplotlib.image.imread(path)[::3, ::3, :3]).astype(int)
    return (pixels.min(axis=-1) < 250).mean(), len(np.unique(pixels @ [1, 256, 65536]))


class CommandLine(PlotTest):
    def expect(self, code, pattern, *arguments):
        found, out, error = run_plot(*arguments)
        self.assertEqual(found, code, error)
        self.assertRegex(error, pattern)
        self.assertNotIn("Traceback", error)
        return out

    def test_every_picture_shows_something(self):
        # A process of its own, as a user starts it.
        result = subprocess.run([sys.executable, "-B", PLOT, self.labelled.folder, "--out", self.folder / "plots"],
                                capture_output=True, text=True, check=False)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(result.stdout.split(), [str(self.folder / "plots" / f"{name}.png") for name in PICTURES])
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
        folder = self.copy("cathode", "latent*.h5", "events.h5")
        drawn = {name for name, _ in self.composed(folder)}
        self.assertEqual(drawn, {"losses", "score", "sic", "mass", "sculpting"})
        self.expect(0, "^$", folder, "--only", "losses", "--format", "pdf,svg")
        self.assertEqual(sorted(path.name for path in (folder / "plots").iterdir()), ["losses.pdf", "losses.svg"])

    def composed(self, *arguments):
        """[(name of the file, figure)] that these arguments lead to."""
        figures = []
        with mock.patch.object(plot, "save", lambda figure, _folder, name, _formats: figures.append((name, figure))):
            self.expect(0, "^$", *arguments)
        return figures

    def test_usage(self):
        self.expect(2, "unknown: pie", self.labelled.folder, "--only", "pie")
        self.expect(2, "unknown: gif", self.labelled.folder, "--format", "gif")
        self.expect(2, "DIR")

    def test_missing_input(self):
        self.expect(3, "no such folder", self.folder / "nowhere")
        (self.folder / "hollow").mkdir()
        self.expect(3, "nothing to draw", self.folder / "hollow")
        self.expect(3, "lacks the files for the picture 'features'", self.copy("events.h5"), "--only", "features")

    def test_foreign_input(self):
        folder = self.copy()
        flow, scores = folder / "flow.h5", folder / "cathode/scores_00.h5"
        for path in folder.glob("flow*.h5"):
            path.unlink()
        shutil.copy(scores, flow)
        self.expect(3, "flow.h5: is 'lacathode.scores' version 1", folder, "--only", "losses")
        flow.write_text("not HDF5")
        self.expect(3, "flow.h5: cannot be read as HDF5", folder, "--only", "losses")
        shutil.copy(folder / "events.h5", scores)
        self.expect(3, r"scores_00\.h5: is 'lacathode.events' version 1, expected version 1 of lacathode.scores", folder,
                    "--only", "score")
        shutil.copy(folder / "cathode/sculpting.h5", folder / "cathode/sic.h5")
        self.expect(3, "kind 'sculpting', expected 'sic'", folder, "--only", "sic")

    def test_incomplete_input(self):
        folder = self.copy()
        with h5py.File(folder / "cathode/sculpting.h5", "a") as file:
            del file["chi2_per_dof/runs"]
        self.expect(3, "sculpting.h5: lacks 'chi2_per_dof/runs'", folder, "--only", "sculpting")
        with h5py.File(folder / "cathode/classifier_00.h5", "a") as file:
            del file["losses/training"]
        self.expect(3, "classifier_00.h5: .*training", folder, "--only", "losses")

    def test_newer_version(self):
        folder = self.copy()
        with h5py.File(folder / "cathode/classifier_00.h5", "a") as file:
            file.attrs["format_version"] = 2
        self.expect(3, "version 2, expected version 1", folder, "--only", "losses")

    def test_cannot_write(self):
        (self.folder / "file").touch()
        self.expect(4, "cannot write", self.labelled.folder, "--out", self.folder / "file/plots", "--only", "losses")


if __name__ == "__main__":
    unittest.main()
