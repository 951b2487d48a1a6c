#!/usr/bin/env python3
"""What pictures, tables and reports of a blinded search show does not depend on how the signal region is scored."""
import contextlib
import io
import shutil
import unittest

import h5py
import numpy as np
from plot_files import PlotTest
from plotting import score
from plotting.study import figure
from reading import files, results, run_files
from tool_files import must

import plot  # of scripts/, which plot_files puts on the path
import tables
from common.failure import InputError
from reporting import checks
from reporting import run as run_report


SIDEBANDS = {"@judged": "sidebands"}  # of sculpting, without truth


class BlindingTest(PlotTest):
    def searched(self, name):
        """A copy of the search, with a judgement of sculpting that somebody made by hand."""
        folder = self.copy(run=name)
        must("evaluate-sculpting", "--scores", folder / "lacathode/scores_00.h5", "--bins", "20", "--efficiencies", "0.01,0.05,0.2",
             "--output", folder / "lacathode/sculpting.h5")
        return folder

    @staticmethod
    def with_signal(folder):
        """Gives half of the signal region's data the highest score, as an excess would."""
        for path in folder.glob("*/scores_00.h5"):
            path.write_bytes(path.read_bytes()[512:])  # without the seal
            with h5py.File(path, "a") as file:
                mass, score_ = file["mass"][:], file["features/score"][:]
                inside = np.flatnonzero((3.3 < mass) & (mass < 3.7))
                score_[inside[::2]] = np.nanmax(score_)
                file["features/score"][:] = score_
        return folder

    def shown(self, folder):
        """{what: bytes} of all pictures, which a report has too, and tables."""
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            self.assertEqual(plot.main([str(folder)]), 0)
            for path in folder.glob("*/hunt_00.h5"):
                self.assertEqual(tables.main([str(path)]), 0)
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*")
                 if path.suffix in (".png", ".csv", ".yaml")}


class Blinded(BlindingTest):
    def test_nothing_depends_on_the_scores_of_the_signal_region(self):
        folder = self.searched("search")
        before, after = self.shown(folder), self.shown(self.with_signal(folder))
        self.assertEqual(before.keys(), after.keys())
        self.assertIn("plots/score.png", before)
        self.assertIn("lacathode/hunt_00_tables/results.csv", before)
        self.assertEqual([name for name in before if before[name] != after[name]], [])

    def test_unblinded_it_does(self):
        folder = self.searched("found")
        before = self.shown(folder)
        self.assertIn("plots/mass.png", before)
        (folder / "lacathode/sculpting.h5").unlink()  # of the scores that were
        after = self.shown(self.with_signal(folder))
        self.assertNotEqual(before["plots/score.png"], after["plots/score.png"])

    def test_the_score_has_no_data_of_the_signal_region(self):
        run = files.Run(self.runs / "search")
        compared = score.compare(run.scores("cathode"), None, run.blinded("cathode"))
        self.assertIsNone(compared.data)
        self.assertEqual((compared.truth, compared.divided), ((), ()))
        for panel in score.picture(run, None).panels:
            self.assertRegex(panel.title, "signal region blinded$")
            self.assertFalse(panel.has_ratio)

    def test_folds_without_a_hunt_are_blinded(self):
        folder = self.copy("hunt_00.h5", run="search")
        self.assertTrue(files.Run(folder).blinded("lacathode"))
        self.assertFalse(self.unlabelled.blinded("lacathode"))  # no search
        self.assertFalse(files.Run(self.runs / "found").blinded("lacathode"))

    def test_without_scores_the_same_is(self):
        """A study may discard them: of folds that no hunt has looked at, and of data with truth whose hunt is blinded."""
        folder = self.searched("search")
        for name in ("scores_00.h5", "hunt_00.h5"):
            (folder / "lacathode" / name).unlink()
        self.assertEqual(files.Run(folder).hidden("sculpting"), ["lacathode"])
        self.assertEqual(files.Run(folder).metrics("sculpting"), {})
        folder = self.copy("scores_0*.h5")
        shutil.copy(self.runs / "search/lacathode/hunt_00.h5", folder / "lacathode")
        self.assertTrue(files.Run(folder).blinded("lacathode"))
        self.assertEqual(files.Run(folder).hidden("sculpting"), [])
        self.assertEqual([*files.Run(folder).metrics("sculpting")], ["lacathode", "cathode"])

    def test_what_is_left_out_is_told(self):
        folder = self.searched("search")
        error = io.StringIO()
        with contextlib.redirect_stderr(error):
            self.assertEqual(plot.main([str(folder), "--only", "mass"]), 3)
        self.assertRegex(error.getvalue(), "the picture 'mass' is not drawn while the search is blinded")
        run = run_files.RunFiles(folder)
        self.assertRegex("".join(map(str, run_report.tables(run))), "LaCATHODE: sculpting is not told while the search is blinded")
        self.assertNotIn("show the data themselves", " ".join(map(str, checks.warnings(run))))

    def test_so_it_is_in_a_study(self):
        metrics = {"sculpting": {"lacathode": SIDEBANDS, "cathode": SIDEBANDS}, "hunt_00": {"lacathode": {"@blinded": 1}}}
        self.assertEqual(results.shown(metrics, of_folds=False), {**metrics, "sculpting": {"cathode": SIDEBANDS}})
        with_truth = {**metrics, "sculpting": {"lacathode": {"@judged": "everywhere"}}}
        self.assertEqual(results.shown(with_truth, of_folds=True), with_truth)
        del metrics["sculpting"]["cathode"]
        self.assertNotIn("sculpting", results.shown(metrics, of_folds=False))
        chain = results.Chain("one", {}, {}, {"hunt_00": metrics["hunt_00"]}, self.folder)
        with self.assertRaisesRegex(files.Blinded, "'sculpting@one' that may be shown while the hunts are blinded"):
            results.require([], results.Study(self.folder, "Study", (), (chain,)), "sculpting@one")
        for kind in ("losses@one", "sic"):  # nothing that blinding hides
            with self.assertRaisesRegex(InputError, f"nothing for the panel '{kind}'$"):
                results.require([], results.Study(self.folder, "Study", (), (chain,)), kind)
        self.assertLessEqual(set(results.BLINDED_PANELS), figure.KINDS.keys())
        metrics["hunt_00"]["lacathode"]["@blinded"] = 0
        self.assertEqual(results.shown(metrics, of_folds=True), metrics)

    def test_folds_of_a_study_without_a_hunt_are_blinded(self):
        metrics = {"sculpting": {"lacathode": SIDEBANDS, "cathode": SIDEBANDS}, "hunt_00": {"lacathode": {"@blinded": 0}}}
        self.assertEqual(results.shown(metrics, of_folds=True), {**metrics, "sculpting": {"lacathode": SIDEBANDS}})
        self.assertEqual(results.shown(metrics, of_folds=False), metrics)
        self.assertEqual(results.shown({"sculpting": {"cathode": SIDEBANDS}}, of_folds=True), {})


if __name__ == "__main__":
    unittest.main()
