#!/usr/bin/env python3
"""scripts/paper_figures.sh: two figures of few events that share their flow."""
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from tool_files import APPS

ROOT = Path(__file__).resolve().parents[2]
SMALL = ["--preset", "fast", "--seed", "2", "--set", f"prepare.input={ROOT / 'data/dijets_mini.features.h5'}", "--set", "prepare.extra_background=",
         "--set", "prepare.extra_training=0", "--set", "prepare.extra_validation=0", "--set", "run.retrainings=1",
         "--set", "prepare.extra_signal_training=0", "--set", "prepare.extra_signal_validation=0",
         "--set", "train_flow.epochs=1", "--set", "train_flow.keep_best=1", "--set", "train_flow.blocks=1", "--set", "train_flow.hidden=8",
         "--set", "sample.checkpoints=1", "--set", "sample.training=20000", "--set", "sample.validation=20000",
         "--set", "train_classifier.epochs=1", "--set", "train_classifier.keep_best=1"]


class PaperFigures(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="lacathode-paper-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def run_script(self, figures, *options):
        # As it is installed: without a build beside it.
        environment = {**os.environ, "LACATHODE_BUILD_DIR": str(self.folder), "PATH": f"{APPS.resolve()}:{os.environ['PATH']}",
                       "OMP_NUM_THREADS": "1", "LACATHODE_FIGURES": figures}
        return subprocess.run([ROOT / "scripts/paper_figures.sh", self.folder / "paper", *options], env=environment, text=True,
                              capture_output=True, timeout=600)

    def test_figures_tables_and_times(self):
        figures = ["cathode_fig3", "lacathode_fig1"]
        done = self.run_script(" ".join(figures), *SMALL)
        self.assertEqual(done.returncode, 0, done.stderr)
        for figure in figures:
            self.assertTrue((self.folder / f"paper/{figure}/plots/{figure}.png").exists(), figure)
            self.assertTrue(list((self.folder / f"paper/{figure}").rglob("events.csv")), figure)
        rows = [line.split() for line in done.stdout.splitlines()[-3:]]
        self.assertEqual([row[0] for row in rows], [*figures, "together"])
        for column in (1, 2):
            times = [float(row[column]) for row in rows]
            self.assertAlmostEqual(times[2], times[0] + times[1], delta=0.11)
        made = sorted((self.folder / "paper/shared").glob("*.h5"))
        before = [path.stat().st_mtime_ns for path in made]
        again = self.run_script(" ".join(figures), *SMALL)
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertEqual([path.stat().st_mtime_ns for path in made], before)

    def test_an_interrupted_toy_study_goes_on_and_is_drawn(self):
        """By programs that write nothing but an empty output, and a python that draws nothing."""
        log, apps = self.folder / "log", self.folder / "apps"
        apps.mkdir()
        for name in ("python", *(f"lacathode-{stage}" for stage in ("generate-toy", "train-classifier", "score", "evaluate-sculpting"))):
            output = '[[ ! -e ${@: -1} ]] || exit 4; touch "${@: -1}"' if name != "python" else ""
            (apps / name).write_text(f"#!/usr/bin/env bash\necho {name} >>{log}\n{output}\n")
            (apps / name).chmod(0o755)

        def calls():
            log.write_text("")
            with mock.patch.dict(os.environ, LACATHODE_PYTHON=str(apps / "python")):
                done = self.run_script("toy")
            self.assertEqual(done.returncode, 0, done.stderr)
            return [call for call in log.read_text().split() if call != "python"], log.read_text().count("python")
        everything, drawn = calls()
        self.assertEqual(len(everything), 3 * (2 + 3 + 3 + 1))
        self.assertEqual(calls(), ([], drawn))
        for name in ("x_large_correlation/toy/scores_02.h5", "z/events.h5", "z/toy/sculpting.h5"):
            (self.folder / "paper/toy" / name).unlink()
        self.assertEqual(calls(), (["lacathode-score", "lacathode-generate-toy", "lacathode-evaluate-sculpting"], drawn))

    def test_what_is_wrong(self):
        unknown = self.run_script("cathode_fig3 cathode_fig13", *SMALL)  # told before anything is made
        self.assertEqual((unknown.returncode, unknown.stdout), (1, ""))
        self.assertRegex(unknown.stderr, re.escape("cathode_fig13: no such figure; there are lacathode_fig6 ") + ".* toy$")
        self.assertFalse((self.folder / "paper").exists())
        # A study that fails ends the script with its exit code, and its message is seen.
        refused = self.run_script("cathode_fig3", *SMALL, "--set", "train_flow.no_such_key=1")
        self.assertEqual(refused.returncode, 2)
        self.assertIn("no_such_key", refused.stderr)


if __name__ == "__main__":
    unittest.main()
