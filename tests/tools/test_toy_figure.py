#!/usr/bin/env python3
"""scripts/toy_figures.sh on few events, and the figure that it draws."""
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from plot_files import PlotTest, style
from tool_files import APPS

from plotting import toy
from reading import files

SCRIPT = Path(__file__).resolve().parents[2] / "scripts/toy_figures.sh"
SMALL = {"generate_toy": {"events": 40_000}, "train_classifier": {"epochs": 2, "keep_best": 1, "hidden": [8, 8]},
         "evaluate_sculpting": {"bins": 20}}


class ToyFigure(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        matplotlib.use("Agg")
        matplotlib.rcParams.update(style.parameters())
        cls.folder = Path(tempfile.mkdtemp(prefix="lacathode-toy-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        config = cls.folder / "toy.json"
        config.write_text(json.dumps(SMALL))
        # As it is installed: without a build beside it.
        environment = {**os.environ, "LACATHODE_BUILD_DIR": str(cls.folder), "PATH": f"{APPS.resolve()}:{os.environ['PATH']}", "OMP_NUM_THREADS": "1"}
        subprocess.run([SCRIPT, cls.folder / "toy", config], env=environment, check=True, capture_output=True, timeout=300)

    def setUp(self):
        self.picture = toy.picture(self.folder / "toy")

    @staticmethod
    def drawn(panel):
        axis, ratio = Figure().subplots(2)
        panel.draw(axis, ratio)
        return axis, ratio

    def test_the_script_ends_with_the_figure(self):
        self.assertTrue((self.folder / "toy/plots/toy.png").exists())

    def test_panels_say_what_they_show(self):
        self.assertEqual([panel.title for panel in self.picture.panels[:3]],
                         [r"$x \sim N(c\,m, 1)$, $c = 0.001$", r"$x \sim N(c\,m, 1)$, $c = 0.1$", r"$z = x - c\,m$, $c = 0.1$"])
        self.assertEqual([panel.name.rpartition("_")[0] for panel in self.picture.panels],
                         2 * ["x_small_correlation", "x_large_correlation", "z"])
        self.assertEqual([self.drawn(panel)[1].get_xlabel() for panel in self.picture.panels],
                         ["$x_1$", "$x_1$", "$z_1$", "$m$", "$m$", "$m$"])

    def test_spectra_are_those_of_three_classifiers(self):
        run = files.Run(self.folder / "toy/x_large_correlation")
        metrics = run.metrics("sculpting")["toy"]
        at = int(np.argmin(np.abs(metrics["efficiency"] - 0.01)))
        self.assertEqual(metrics["threshold"].shape[0], 3)
        axis, _ = self.drawn(self.picture.panels[4])
        for number, path in enumerate(run.trainings("toy/scores")):
            scores = files.read_table(path, "scores")
            passed = scores.part("test") & (scores.features["score"] >= metrics["threshold"][number, at])
            label = f"classifier {number + 1} ({metrics['chi2_per_dof/runs'][number, at]:.2f})"
            (density, edges, _), = (patch.get_data() for patch in axis.patches if patch.get_label() == label)
            self.assertEqual(np.isclose(edges, scores.region[0]).sum() + np.isclose(edges, scores.region[1]).sum(), 2)
            np.testing.assert_allclose(density, np.histogram(scores.mass[passed], edges)[0] / passed.sum() / np.diff(edges))

    def test_events_of_another_model(self):
        folder = shutil.copytree(self.folder / "toy", self.folder / "other")
        self.addCleanup(shutil.rmtree, folder)
        PlotTest.changed(folder, "z/events.h5", lambda file: file["provenance"].attrs.update(config="{}"))
        with self.assertRaisesRegex(files.InputError, r"z/events\.h5: is not of the toy model"):
            toy.picture(folder)

    def test_scores_that_are_not_there(self):
        folder = shutil.copytree(self.folder / "toy", self.folder / "lacking")
        self.addCleanup(shutil.rmtree, folder)
        (folder / "z/toy/scores_02.h5").unlink()
        with self.assertRaisesRegex(files.InputError, re.escape("has 3 trainings, and beside it are 2 files of scores")):
            toy.picture(folder)


if __name__ == "__main__":
    unittest.main()
