#!/usr/bin/env python3
"""The methods that compare with true events or move events to other masses, through the whole chain."""
import json
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np

from tool_files import ToolTest, must, small_chain, table, write_hdf5

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "python"))
import lacathode  # noqa: E402

METHODS = ("curtains", "idealised", "supervised", "double_map")
MIDDLE = 3.5  # TeV, of the signal region
TRAINING, VALIDATION, TEST, EVALUATION, REFERENCE_TRAINING, REFERENCE_VALIDATION = range(6)
ASIDE = {"extra_training": 500, "extra_validation": 250, "extra_signal_training": 40, "extra_signal_validation": 20}


def steep(columns):
    """So strong a dependence on the mass that a map at a wrong one is seen: the width of `a` is 0.1 TeV."""
    return {**columns, "a": columns["a"] + 10 * columns["mass"]}


def inside(events):
    return (events["mass"] > 3.3) & (events["mass"] < 3.7)


def points(events, *names):
    return np.stack([events[name] for name in names], axis=1).astype(float)


def distances(points_of, others):
    """From each point to the nearest of the others."""
    return np.linalg.norm(points_of[:, None] - others[None], axis=2).min(axis=1)


class Methods(ToolTest):
    """What one chain of all of them leaves behind."""

    @classmethod
    def setUpClass(cls):
        cls.inputs = Path(tempfile.mkdtemp(prefix="lacathode-tools-"))
        cls.addClassCleanup(shutil.rmtree, cls.inputs)
        sections = small_chain(write_hdf5(cls.inputs / "table.h5", steep(table(1500, 200))), retrainings=1)
        sections["run"]["methods"] = METHODS
        sections["prepare"] |= {"extra_background": str(write_hdf5(cls.inputs / "extra.h5", steep(table(3000, 0, seed=2)))), **ASIDE}
        sections["train_flow"] |= {"hidden": 16, "epochs": 20, "learning_rate": 0.01}
        sections["sample"] = {"training": 1000, "validation": 300}
        config = cls.inputs / "config.json"
        config.write_text(json.dumps(sections))
        cls.made = cls.inputs / "out"
        cls.summary = json.loads(must("run", "--config", config, "--out", cls.made, "--threads", "1", "--json").stdout)
        cls.events = cls.columns("events")

    @classmethod
    def columns(cls, name):
        return lacathode.columns(cls.made / f"{name}.h5")

    def encoded(self, events):
        """Latent coordinates by the chain's flow."""
        latent = self.folder / "latent.h5"
        must("encode", "--events", events, "--flow", self.made / "flow_00.h5", "--output", latent, "--force")
        return lacathode.columns(latent)

    def test_each_ends_with_its_metrics(self):
        self.assertEqual(set(self.summary["results"]), set(METHODS))
        for method in METHODS:
            with self.subTest(method):
                self.assertGreater(self.summary["results"][method]["max_median_sic"], 0)
                self.assertGreater(self.summary["results"][method]["chi2_per_dof_at_0.2"], 0)
                for metrics in ("sic", "sculpting"):
                    self.assertEqual(lacathode.attributes(self.made / method / f"{metrics}.h5")["method"], method)

    def test_signal_that_is_set_aside_is_in_no_data(self):
        partition, signal = self.events["partition"], self.events["label"] == 1
        in_parts = lambda *parts: np.isin(partition, parts) & signal
        self.assertEqual(np.count_nonzero(signal), 200)
        self.assertEqual(np.count_nonzero(in_parts(TRAINING, VALIDATION, TEST)), 100, "what is injected")
        self.assertEqual(len(set(self.events["source_row"])), len(partition), "no event twice")
        counted = self.summary["steps"]["prepare"]
        for part, name in ((REFERENCE_TRAINING, "training"), (REFERENCE_VALIDATION, "validation")):
            rows = in_parts(part)
            self.assertEqual(np.count_nonzero(rows), ASIDE[f"extra_signal_{name}"])
            self.assertTrue(inside(self.events)[rows].all())
            self.assertEqual(counted[f"extra_{name}_signal"], ASIDE[f"extra_signal_{name}"])
            self.assertEqual(self.summary["steps"]["supervised"]["train_classifier_0"][f"{name}_data"], ASIDE[f"extra_signal_{name}"])

    def test_true_background_is_of_the_signal_region_and_in_no_data(self):
        part_of = dict(zip(self.events["source_row"], self.events["partition"]))
        for method in ("idealised", "supervised"):
            background = self.columns(f"{method}/background")
            self.assertEqual(set(background["label"]), {0})
            self.assertTrue(inside(background).all())
            for part, of_events in ((TRAINING, REFERENCE_TRAINING), (VALIDATION, REFERENCE_VALIDATION)):
                rows = background["source_row"][background["partition"] == part]
                self.assertEqual({part_of[row] for row in rows}, {of_events})
                available = inside(self.events) & (self.events["partition"] == of_events) & (self.events["label"] == 0)
                self.assertEqual(len(rows), np.count_nonzero(available))

    def test_background_of_the_double_map_is_that_of_one_mass(self):
        """f(x'; m0) is z, which was drawn from N(0, 1); f(x'; m) of another mass is not."""
        drawn = self.columns("moved_normal_00")
        self.assertGreater(np.ptp(drawn["mass"]), 0.3, "masses in the file are those of data")
        x = points(drawn, "a", "b")[drawn["mapped"] == 1]
        self.assertEqual(len(x), 1300)
        masses = np.repeat([MIDDLE, 3.2], len(x))
        moved = write_hdf5(self.folder / "moved.h5", {"mass": masses, **dict(zip("ab", np.tile(x, (2, 1)).T))})
        events = self.folder / "events.h5"
        must("prepare", "--input", moved, "--set", "prepare.format=table", "--set", "prepare.mass_column=mass", "--set", "prepare.features=a,b",
             "--set", "prepare.injected_signal=0", "--output", events)
        latent = self.encoded(events)

        def errors_off(mass):
            """How many standard errors mean and width of z are off those of N(0, 1), at most."""
            z = points(latent, "z0", "z1")[(latent["mass"] == mass) & (latent["mapped"] == 1)]
            self.assertGreater(len(z), 1000)
            return np.sqrt(len(z)) * max(np.abs(z.mean(axis=0)).max(), np.sqrt(2) * np.abs(z.std(axis=0) - 1).max())

        # Four numbers within four errors: 3e-4 false alarms. Drawn at the masses of the file the width is 15 errors off.
        self.assertLess(errors_off(MIDDLE), 4)
        self.assertGreater(errors_off(3.2), 20)

    def test_curtains_move_events_of_the_sidebands_only(self):
        """f(x'; m') of a moved event is the z of one of the sidebands, of its own part."""
        moved, data = self.encoded(self.made / "moved_sideband_00.h5"), self.encoded(self.made / "events.h5")
        self.assertTrue(inside(moved).all(), "moved to masses of the signal region")
        z, of_data = points(moved, "z0", "z1"), points(data, "z0", "z1")
        mapped = data["mapped"] == 1
        for part, size in ((TRAINING, 1000), (VALIDATION, 300)):
            rows = (moved["partition"] == part) & (moved["mapped"] == 1)
            self.assertEqual(np.count_nonzero(rows), size)
            known = mapped & ~inside(data) & (data["partition"] == part)
            own, others = distances(z[rows], of_data[known]), distances(z[rows], of_data[mapped & ~known])
            self.assertLess(own.max(), 1e-4, "there and back in float32")
            self.assertTrue((own < others).all())


if __name__ == "__main__":
    unittest.main()
