"""Runs of the programs that the tests of the pictures draw, and what these tests share.

The folder of the runs comes from the environment variable LACATHODE_PLOT_FILES (made by `plot_files.py DIR`, which
ctest runs first), that of the executables from LACATHODE_APPS."""
import contextlib
import importlib.util
import json
import os
import resource
import shutil
import sys
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path

import h5py
import matplotlib
import numpy as np
from matplotlib.figure import Figure
from tool_files import must, table, write_csv, write_hdf5

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
from plotting import style  # noqa: E402  (found only now)
from plotting.study import figure  # noqa: E402
from reading import files, results  # noqa: E402

ODD_NAMES = ("m_{a}$x_1$", "100 % a^b_c \\frac")
SMALL = ("--set", "train_flow.blocks=2", "--set", "train_flow.hidden=16", "--set", "train_flow.epochs=3",
         "--set", "train_flow.keep_best=1", "--set", "train_flow.learning_rate=0.003",
         "--set", "sample.training=3000", "--set", "sample.validation=1000",
         "--set", "train_classifier.epochs=5", "--set", "train_classifier.keep_best=2",
         "--set", "train_classifier.hidden=16,16", "--set", "evaluate_sculpting.bins=50",
         "--set", "run.check_flow=true", "--threads", "1")
SEARCH = ("--set", "prepare.features=a,b", "--set", "prepare.injected_signal=0", "--set", "run.sic=false", "--set", "run.sculpting=false",
          "--set", "run.folds=2", "--set", "run.hunt=true", "--set", "run.retrainings=1", "--set", "run.reference=5000",
          "--set", "fit_background.low=2.8", "--set", "fit_background.efficiency_low=2.8", "--set", "fit_background.high=4.2",
          "--set", "fit_background.shape=log_polynomial", "--set", "fit_background.least_parameters=1", "--set", "fit_background.most_parameters=2",
          "--set", "fit_background.efficiencies=0.3,0.1,0.002", "--set", "fit_background.toys=50", "--set", "hunt.toys=100",
          "--set", "hunt.luminosity=4", "--set", "hunt.signal_efficiencies=0.5,0.4,0.1")
OWN_TABLE = ("--set", "prepare.format=table", "--set", "prepare.mass_column=mass")


def make_runs(folder):
    """`labelled`: both methods, two trainings, truth, and scored background samples. `unlabelled`: LaCATHODE alone, two
    features with names that look like mathematics, no truth. `study`: see make_study. `search`, `found`: see make_searches."""
    folder = Path(folder)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    columns = table(12_000, 1_500, features=3)
    write_hdf5(folder / "labelled.h5", columns)
    must("run", *OWN_TABLE, "--set", f"prepare.input={folder / 'labelled.h5'}", "--set", "prepare.features=a,b,c",
         "--set", "prepare.label_column=truth", "--set", "prepare.injected_signal=600", "--set", "run.retrainings=2",
         *SMALL, "--out", folder / "labelled")
    samples = files.Run(folder / "labelled").trainings("samples")[0]
    must("score", "--classifier", folder / "labelled/cathode/classifier_00.h5", "--events", samples,
         "--output", folder / "labelled/cathode/background_scores_00.h5")
    make_study(folder)
    odd = {"mass": columns["mass"], ODD_NAMES[0]: columns["a"], ODD_NAMES[1]: columns["b"]}
    write_csv(folder / "unlabelled.csv", odd)
    must("run", *OWN_TABLE, "--set", f"prepare.input={folder / 'unlabelled.csv'}",
         "--set", f"prepare.features={','.join(ODD_NAMES)}", "--set", "prepare.injected_signal=0",
         "--set", "run.sic=false", "--set", "run.methods=lacathode", *SMALL, "--out", folder / "unlabelled")
    make_searches(folder, columns)


def make_searches(folder, columns):
    """`search`: both methods in two folds of data without truth, blinded. `found`: the same, unblinded. `searches`: scan of two
    signal regions, blinded, and toys of it. `unblinded`: the same scan, unblinded."""
    rare = (columns["truth"] == 0) | (np.arange(len(columns["truth"])) % 10 == 0)  # a signal that hides in the spectrum of all events
    write_csv(folder / "search.csv", {name: columns[name][rare] for name in ("mass", "a", "b")})
    options = (*OWN_TABLE, "--set", f"prepare.input={folder / 'search.csv'}", *SMALL, "--set", "run.check_flow=false", *SEARCH)
    must("run", *options, "--out", folder / "search")
    shutil.copytree(folder / "search", folder / "found")
    must("run", *options, "--set", "hunt.unblind=true", "--out", folder / "found")
    options += ("--set", "run.methods=lacathode", "--set", "scan.centres=3.3,3.6", "--set", "scan.width=0.3")
    must("scan", *options, "--out", folder / "searches")
    shutil.copytree(folder / "searches", folder / "unblinded", symlinks=True)
    must("scan", *options, "--set", "hunt.unblind=true", "--out", folder / "unblinded")
    must("toys", *options, "--first", "1", "--count", "3", "--out", folder / "searches")


def make_study(folder):
    """`study/figure`: two injections and no signal, with two splits of the events each."""
    no_signal = {"prepare": {"injected_signal": 0}, "run": {"sic": False, "sculpting": True, "score_background": True}}
    vary = [{"600": {}, "300": {"prepare": {"injected_signal": 300}}, "none": no_signal},
            {"split1": {}, "split2": {"common": {"seed": 2}}}]
    panels = ["sic", "sic_by_signal@600-*", "sic_by_signal@*-split1/cathode", "sic_ratio", "max_sic", "significance",
              "sculpting", "mass@none-split1", "mass_cuts@none-split1", "flow_losses", "losses@600-split1", "accuracy@600-split1",
              "features@600-split1", "sample_ratio", "correlation"]
    config = folder / "study.json"
    config.write_text(json.dumps({"study": {"name": "figure", "title": "All panels", "panels": panels, "vary": vary},
                                  "run": {"retrainings": 2, "sculpting": False}}))
    must("study", "--config", config, *OWN_TABLE, "--set", f"prepare.input={folder / 'labelled.h5'}",
         "--set", "prepare.features=a,b,c", "--set", "prepare.label_column=truth", "--set", "prepare.injected_signal=600",
         *SMALL, "--out", folder / "study")


# Where scripts/setup.sh has installed it, as in continuous integration, it is asked for.
needs_xxhash = unittest.skipUnless(importlib.util.find_spec("xxhash") or os.environ.get("CI") == "true", "needs xxhash")


class PlotTest(unittest.TestCase):
    """A test with the runs, and with a folder of its own for what it changes."""

    @classmethod
    def setUpClass(cls):
        matplotlib.use("Agg")
        matplotlib.rcParams.update(style.parameters())
        cls.runs = Path(os.environ["LACATHODE_PLOT_FILES"])
        cls.labelled, cls.unlabelled = files.Run(cls.runs / "labelled"), files.Run(cls.runs / "unlabelled")

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="lacathode-plots-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def copy(self, *ignored, run="labelled"):
        """A copy of a run without the files of these names."""
        target = self.folder / f"run{len(list(self.folder.iterdir()))}"
        return shutil.copytree(self.runs / run, target, ignore=shutil.ignore_patterns(*ignored))

    @staticmethod
    def changed(folder, name, change):
        """Changes a file of a copy of a run, which then has no seal."""
        path = folder / name
        content = path.read_bytes()
        path.write_bytes(content[512:] if content.startswith(b"lacathode file") else content)
        with h5py.File(path, "a") as file:
            change(file)

    @staticmethod
    def change_byte(path):
        content = bytearray(path.read_bytes())
        content[-100] ^= 1
        path.write_bytes(content)

    @staticmethod
    @contextlib.contextmanager
    def full_disk(length=40):
        """No file becomes longer than so many bytes."""
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (length, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    @staticmethod
    def contents(folder):
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    def assert_near(self, found, expected, message=None):
        """Equal up to rounding of sums and quotients in float64."""
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12, err_msg=message or "")


class StudyTest(PlotTest):
    """A test with the study `study/figure`."""

    def setUp(self):
        super().setUp()
        self.study = results.read(self.runs / "study/figure")
        self.chains = {chain.name: chain for chain in self.study.chains}

    def panels(self, *names):
        return figure.picture(replace(self.study, panels=names)).panels

    @staticmethod
    def lines(panel):
        """{label: (x, y)} of a panel's lines."""
        axis, ratio = Figure().subplots(2)
        panel.draw(axis, ratio) if panel.has_ratio else panel.draw(axis)
        return {line.get_label(): line.get_data() for line in axis.get_lines()}


if __name__ == "__main__":
    make_runs(sys.argv[1])
