#!/usr/bin/env python3
"""lacathode-run makes what is missing or stale, and nothing else."""
import json
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

import h5py
import numpy as np

from tool_files import BAD_INPUT, CANNOT_WRITE, USAGE, ToolTest, must, small_chain, table, tool, write_hdf5

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "python"))
import lacathode  # noqa: E402


def numbers(path):
    """All arrays of the file, without its provenance."""
    arrays = {}
    with h5py.File(path) as file:
        file.visititems(lambda name, item: arrays.update({name: item[()]}) if isinstance(item, h5py.Dataset) else None)
    return arrays


class Chain(ToolTest):
    def setUp(self):
        super().setUp()
        self.directory = self.folder / "out"
        self.input = write_hdf5(self.folder / "table.h5", table(1500, 200))
        self.sections = small_chain(self.input)
        self.command = ("run", "--config", self.config(self.sections), "--out", self.directory, "--threads", "2")

    def times(self):
        return {str(path.relative_to(self.directory)): path.stat().st_mtime_ns for path in self.directory.rglob("*.h5")}

    def remade(self, before):
        return {name for name, time in self.times().items() if before.get(name) != time}

    def test_skips_what_is_up_to_date_and_remakes_what_is_stale(self):
        process = must(*self.command)
        self.assertRegex(process.stdout, r"(?s)lacathode +cathode\nmax_median_sic .*chi2_per_dof_at_0\.2")
        before = self.times()
        self.assertEqual(len(before), 21)
        process = must(*self.command, "--json")
        self.assertEqual(self.remade(before), set())
        summary = json.loads(process.stdout)
        self.assertEqual(summary["out"], str(self.directory))
        self.assertGreater(summary["results"]["lacathode"]["max_median_sic"], 0)
        self.assertEqual(summary["steps"]["prepare"]["status"], "up to date")
        self.assertEqual(summary["steps"]["cathode"]["sic"]["output"], str(self.directory / "cathode/sic.h5"))

        self.expect(CANNOT_WRITE, (r"lacathode/classifier_00\.h5: it was made with other settings: train_classifier\.epochs "
                                   r"\(was 2, is 3\)\n", r"cathode/scores_01\.h5: an input of it has to be made again",
                                   "--force"), *self.command, "--set", "train_classifier.epochs=3")
        self.assertEqual(self.remade(before), set())

        must(*self.command, "--set", "train_classifier.epochs=3", "--force")
        kept = {name for name in before if "/" not in name}
        self.assertEqual(self.remade(before), set(before) - kept)

        # Metrics take seconds: they are made again without being asked to.
        before = self.times()
        process = must(*self.command, "--set", "evaluate_sculpting.bins=12", "--set", "train_classifier.epochs=3")
        self.assertIn("evaluate_sculpting.bins (was 10, is 12)", process.stderr)
        self.assertEqual(self.remade(before), {"lacathode/sculpting.h5", "cathode/sculpting.h5"})

    def test_a_retraining_repeats_every_step_or_the_classifier_only(self):
        must(*self.command)
        with h5py.File(self.directory / "flow_00.h5") as first, h5py.File(self.directory / "flow_01.h5") as second:
            weights = "states/00/block_00/input_weight"
            self.assertFalse(np.array_equal(first[weights], second[weights]))
        with h5py.File(self.directory / "lacathode/classifier_01.h5") as file:
            self.assertIn("latent_01.h5", file["provenance/inputs"].attrs["data"])
            self.assertIn("normal_01.h5", file["provenance/inputs"].attrs["background"])
        # One flow for both: the first retraining is the same, the second is not.
        before = self.times()
        must(*self.command, "--set", "run.retrain=classifier", "--force")
        self.assertTrue(all("_01" in name or name.endswith(("sic.h5", "sculpting.h5")) for name in self.remade(before)))
        with h5py.File(self.directory / "lacathode/classifier_01.h5") as file:
            self.assertIn("latent_00.h5", file["provenance/inputs"].attrs["data"])

    def test_anode_compares_with_a_flow_of_the_signal_region(self):
        """The chain does what a user does program by program."""
        must(*self.command, "--set", "run.methods=anode", "--set", "run.retrainings=1")
        at = lambda name: self.directory / f"{name}.h5"
        flow = ("train-flow", "--config", self.config(self.sections), "--events", at("events"))
        must(*flow, "--region", "signal_region", "--output", at("inner"))
        must("encode", "--events", at("events"), "--flow", at("inner"), "--output", at("inner_latent"))
        must("density-ratio", "--inner", at("inner_latent"), "--outer", at("latent_00"), "--output", at("scores"))
        with h5py.File(at("scores")) as mine, h5py.File(at("anode/scores_00")) as chain:
            np.testing.assert_array_equal(mine["features/score"], chain["features/score"])
        with h5py.File(at("anode/flow_00")) as file:
            self.assertEqual(json.loads(file["provenance"].attrs["config"])["train_flow"]["region"], "signal_region")
        self.expect(USAGE, r"train_flow\.region = signal_region: lacathode-run trains such a flow by itself", *self.command,
                    "--set", "train_flow.region=signal_region")
        for path in ("inner", "inner_latent", "anode/flow_00", "anode/latent_00", "anode/scores_00"):
            with h5py.File(at(path)) as file:
                self.assertEqual(file.attrs["flow_region"], "signal_region")
        self.expect(BAD_INPUT, r"latent_00\.h5: the flow was trained in the sidebands", "density-ratio", "--inner", at("latent_00"),
                    "--outer", at("latent_00"), "--output", at("never"))

    def scores(self, name):
        with h5py.File(self.directory / f"{name}.h5") as file:
            return file["features/score"][()], file["mass"][()], file["partition"][()]

    def assert_mean_of(self, combined, members):
        scores = [self.scores(member)[0].astype(float) for member in members]
        self.assertFalse(np.array_equal(scores[0], scores[1], equal_nan=True))
        np.testing.assert_array_equal(self.scores(combined)[0], np.mean(scores, axis=0).astype(np.float32))

    def test_members_are_combined(self):
        """The mean of three classifiers of one flow; the first is the classifier that a run of one member has."""
        command = self.command + ("--set", "run.methods=cathode", "--set", "run.retrainings=1")
        must(*command)
        alone = self.scores("cathode/scores_00")[0]
        before = self.times()
        must(*command, "--set", "run.members=3")
        self.assertEqual({name for name in before if name in self.remade(before)},
                         {f"cathode/{name}.h5" for name in ("scores_00", "sic", "sculpting")})
        members = [f"cathode/member_scores_{i:02}" for i in range(3)]
        np.testing.assert_array_equal(self.scores(members[0])[0], alone)
        self.assert_mean_of("cathode/scores_00", members)
        with h5py.File(self.directory / "cathode/sic.h5") as file:
            self.assertEqual([path for path in file["provenance/inputs"].attrs], ["scores_00"])
        before = self.times()
        must(*command, "--set", "run.members=3")
        self.assertEqual(self.remade(before), set())
        pictures = self.folder / "pictures"
        process = subprocess.run([sys.executable, ROOT / "scripts/plot.py", self.directory, "--out", pictures],
                                 capture_output=True, text=True, check=False, timeout=600)
        self.assertEqual(process.returncode, 0, process.stderr)

    def test_an_input_in_the_place_of_an_output_is_never_replaced(self):
        there = self.directory / "lacathode/scores_00.h5"
        there.parent.mkdir(parents=True)
        shutil.copy(self.input, there)
        before = there.read_bytes()
        for options in ((), ("--force",), ("--list-jobs", "--force"), ("--dry-run", "--force")):
            process = tool(*self.command, "--set", f"prepare.input={there}", *options)
            if "--list-jobs" not in options:
                self.assertEqual(process.returncode, USAGE, process.stderr)
                self.assertRegex(process.stderr, r"scores_00\.h5: is the same file as the input '\w+', ")
            self.assertEqual(there.read_bytes(), before)

    def test_aligned_members_of_different_models(self):
        """Each event's background efficiencies, counted anew from the scores of background; its own events each among the others."""
        command = self.command + ("--set", "run.methods=cathode", "--set", "run.retrainings=1", "--set", "run.members=2",
                                  "--set", "run.models=mlp,trees", "--set", "combine_scores.by=aligned")
        must(*command, "--set", "run.score_background=true")
        for file, kind in (("classifier_00", "mlp"), ("classifier_01", "trees")):
            with h5py.File(self.directory / f"cathode/{file}.h5") as model:
                self.assertEqual(model.attrs["kind"], kind)
        for what in ("scores", "background_scores"):
            logarithms = []
            for i in range(2):
                background, mass, partition = self.scores(f"cathode/member_background_scores_{i:02}")
                is_reference = (partition == 1) & (3.3 < mass) & (mass < 3.7) & np.isfinite(background)
                reference = np.sort(background[is_reference])
                scores = self.scores(f"cathode/member_{what}_{i:02}")[0]
                passing = len(reference) - np.searchsorted(reference, scores, side="left")
                efficiency = (1 + passing) / (1 + len(reference))
                if what == "background_scores":
                    efficiency = np.where(is_reference, passing / len(reference), efficiency)
                with np.errstate(divide="ignore"):
                    logarithms.append(np.where(np.isfinite(scores), np.log(efficiency), np.nan))
            np.testing.assert_allclose(self.scores(f"cathode/{what}_00")[0], -np.mean(logarithms, axis=0), rtol=1e-6)

    def test_every_event_is_scored_by_models_that_have_not_seen_it(self):
        command = self.command + ("--set", "run.retrainings=1", "--set", "run.folds=2", "--set", "run.reference=2000")
        must(*command)
        for method in ("lacathode", "cathode"):
            with h5py.File(self.directory / f"{method}/scores_00.h5") as file:
                fold, rows, partition, combined = (file[name][()] for name in ("fold", "source_row", "partition",
                                                                               "features/score"))
            data = partition == 2
            self.assertEqual(np.count_nonzero(data), 1600)
            self.assertEqual(np.count_nonzero(~data), np.count_nonzero(partition == 3))
            for i in range(2):
                score, _, split = self.scores(f"fold_{i}/{method}/scores_00")
                reference = np.sort(self.scores(f"fold_{i}/{method}/background_scores_00")[0])
                reference = reference[np.isfinite(reference)]
                self.assertGreater(len(reference), 1990)
                self.assertLessEqual(len(reference), 2000)
                own = rows[fold == i]  # of one input: the row in the table
                self.assertEqual(set(rows[data & (fold == i)]), set(np.flatnonzero(split == 2)))
                passing = len(reference) - np.searchsorted(reference, score[own], side="left")
                expected = np.where(np.isfinite(score[own]), -np.log((1 + passing) / (1 + len(reference))), np.nan)
                np.testing.assert_allclose(combined[fold == i], expected, rtol=1e-6)
        before = self.times()
        summary = json.loads(must(*command, "--json").stdout)
        self.assertEqual(self.remade(before), set())
        self.assertEqual(summary["steps"]["fold_1"]["prepare"]["status"], "up to date")
        self.export_by_the_reference()

    def export_by_the_reference(self):
        """The cut of folds is that of a hunt, not a quantile of the data; features come from any fold's events."""
        table = self.folder / "selected.csv"
        must("export", "--scores", self.directory / "cathode/scores_00.h5", "--efficiency", 0.3, "--keep", "source_row,fold,a",
             "--events", self.directory / "fold_1/events.h5", "--output", table)
        selected = np.genfromtxt(table, delimiter=",", names=True)
        scored = lacathode.columns(self.directory / "cathode/scores_00.h5")
        passing = scored["score"] >= -np.log(0.3)
        np.testing.assert_array_equal(selected["source_row"], scored["source_row"][passing])
        np.testing.assert_array_equal(selected["fold"], scored["fold"][passing])
        with h5py.File(self.input) as file:
            np.testing.assert_allclose(selected["a"], file["a"][()][selected["source_row"].astype(int)], rtol=1e-6)
        self.assertRegex(must("info", self.directory / "cathode/scores_00.h5").stdout, r"source_row +\[1\]\n +fold +\[1\]\n")

    def test_a_hunt_stays_blinded_until_it_is_told(self):
        self.sections["fit_background"] = {"low": 2.6, "efficiency_low": 2.6, "high": 4.4, "shape": "log_polynomial", "efficiencies": [0.3],
                                           "bin_width": 0.1, "least_parameters": 1, "most_parameters": 2, "toys": 50}
        command = ("run", "--config", self.config(self.sections), "--out", self.directory, "--threads", "2",
                   "--set", "run.retrainings=1", "--set", "run.folds=2", "--set", "run.reference=2000", "--set", "run.hunt=true")
        process = must(*command)
        self.assertRegex(process.stdout, r"background_at_0\.3 .*\ngoodness_at_0\.3 .*\nexpected_limit_at_0\.3 ")
        self.assertNotRegex(process.stdout, r"\bz_at|p_value_at_0\.3\b.*\n.*limit_at_0\.3|signal_at")
        self.assertIn("hunt.unblind", process.stderr)
        before = self.times()
        process = must(*command, "--set", "hunt.unblind=true")
        self.assertEqual(self.remade(before), {"lacathode/hunt_00.h5", "cathode/hunt_00.h5"})
        with h5py.File(self.directory / "cathode/scores_00.h5") as file:
            score, mass, partition = (file[name][()] for name in ("features/score", "mass", "partition"))
        with h5py.File(self.directory / "cathode/hunt_00.h5") as file:
            edges, cell = file["edges"][()], file.attrs["signal_cell"]
            np.testing.assert_allclose(edges[cell:cell + 2], (3.3, 3.7))
            inside = (partition == 2) & (3.3 < mass) & (mass < 3.7)
            passing = np.count_nonzero(inside & (score >= -np.log(0.3)))
            self.assertEqual(file["counts"][1, cell], passing)
            self.assertEqual(file["efficiency/observed"][1], passing)
            self.assertAlmostEqual(file["reference/expected"][1], 0.3 * np.count_nonzero(inside))
            self.assertAlmostEqual(file["efficiency/signal"][1], passing - file["efficiency/expected"][1])
        # The programs say what the chain does.
        for program in ("fit-background", "hunt"):
            must(program, "--config", self.config(self.sections), "--scores", self.directory / "cathode/scores_00.h5",
                 "--output", self.directory / f"{program}.h5")
        self.assertRegex(must("info", self.directory / "fit-background.h5").stdout, "spectrum_background_at_0.3")

    def test_a_hunt_that_cannot_be_is_refused_before_any_training(self):
        command = ("--set", "run.hunt=true", "--set", "run.reference=2000")
        self.expect(USAGE, "run.hunt needs scores of all data by models that have not seen them", *self.command, *command)
        self.expect(USAGE, (r"fit_background\.efficiencies has 0\.003, of which run\.reference \(2000 background events\)",
                            r"3\.3 < m < 3\.7 does not lie within the range of the fit, 3\.4 to 8"),
                    *self.command, *command, "--set", "run.folds=2", "--set", "fit_background.low=3.4")
        self.expect(USAGE, r"fit_background\.bin_width = 2 leaves 5 bins, the signal region among them, for 5 parameters",
                    *self.command, *command, "--set", "run.folds=2", "--set", "fit_background.bin_width=2",
                    "--set", "fit_background.least_parameters=5", "--set", "fit_background.efficiencies=0.3")
        self.assertEqual(self.times(), {})
        self.expect(USAGE, r"fit_background\.bin_width = 1e-09 makes more than 10000 bins of the range from 2\.4 to 8",
                    *self.command, *command, "--set", "run.folds=2", "--set", "fit_background.bin_width=1e-9")
        self.expect(USAGE, r"hunt\.background_uncertainty must list numbers from 0 to 10",
                    *self.command, *command, "--set", "hunt.background_uncertainty=0.1,-0.1,0")
        self.expect(USAGE, (r"hunt\.signal_efficiencies has 1 numbers, but 3 cuts", r"hunt\.signal_mean = 9 lies outside",
                            r"hunt\.background_uncertainty has 2 numbers, but 3 cuts"),
                    *self.command, *command, "--set", "run.folds=2", "--set", "hunt.luminosity=1", "--set", "hunt.signal_efficiencies=0.1",
                    "--set", "hunt.background_uncertainty=0.1,0.2", "--set", "hunt.signal=gaussian", "--set", "hunt.signal_width=0.1", "--set", "hunt.signal_mean=9")
        self.assertEqual(self.times(), {})
        # The cuts of a sculpting study of data without truth are set by the signal region's own events.
        self.sections["prepare"].update({"label_column": "", "injected_signal": 0})
        self.sections["run"]["sic"] = False
        unlabelled = ("run", "--config", self.config(self.sections), *self.command[3:], *command, "--set", "run.folds=2",
                      "--set", "fit_background.efficiencies=0.3")
        self.expect(BAD_INPUT, "tells what run.hunt keeps blinded: set run.sculpting to false until hunt.unblind", *unlabelled)

    def test_folds_leak_nothing(self):
        """Other features of the events of one fold change nothing that this fold's models have learned."""
        command = self.command + ("--set", "run.retrainings=1", "--set", "run.folds=2", "--set", "run.reference=2000")
        must(*command)
        with h5py.File(self.directory / "lacathode/scores_00.h5") as file:
            rows = file["source_row"][()][(file["fold"][()] == 0) & (file["partition"][()] == 2)]
        changed = table(1500, 200)
        for name in ("a", "b"):
            changed[name][rows] = 0.9 * changed[name][rows] + 0.01
        write_hdf5(self.input, changed)
        other = ("run", "--config", self.config(self.sections), "--out", self.folder / "other", *command[5:])
        must(*other)
        for what in ("flow_00", "samples_00", "lacathode/classifier_00", "cathode/classifier_00",
                     "lacathode/reference_00", "cathode/background_scores_00"):
            for fold, is_equal in ((0, True), (1, False)):
                before, after = (numbers(folder / f"fold_{fold}/{what}.h5") for folder in (self.directory, self.folder / "other"))
                equal = before.keys() == after.keys() and all(np.array_equal(before[k], after[k], equal_nan=True)
                                                              for k in before)
                self.assertEqual(equal, is_equal, (what, fold))

    def test_ratios_of_densities_are_averaged(self):
        must(*self.command, "--set", "run.methods=anode", "--set", "run.retrainings=1", "--set", "run.members=2")
        self.assert_mean_of("anode/scores_00", ["anode/member_scores_00", "anode/member_scores_01"])
        self.assertEqual([path.name for path in self.directory.glob("flow_*.h5")], ["flow_00.h5"])

    def test_events_that_are_too_few_are_told_before_any_training(self):
        self.expect(BAD_INPUT, r"(?s)lacks events:.*only 500 test events for evaluate_sculpting\.bins = 501 of equal content",
                    *self.command, "--set", "evaluate_sculpting.bins=501")
        self.assertEqual(set(self.times()), {"events.h5"})

    def test_the_split_of_the_cathode_paper(self):
        """No test part: the significance improvement has the events that are in no data, sculpting has none."""
        random = np.random.default_rng(3)
        extra = {"mass": random.uniform(3.31, 3.69, 400), "truth": np.zeros(400), "a": random.normal(0.35, 1, 400),
                 "b": random.normal(0.35, 1, 400)}
        split = {"training_fraction": 0.5, "validation_fraction": 0.5, "sideband_training_fraction": 0.57,
                 "sideband_validation_fraction": 0.43, "extra_background": str(write_hdf5(self.folder / "extra.h5", extra))}
        self.sections["prepare"].update(split)
        self.sections["run"] = {"methods": ["cathode"]}
        command = ("run", "--config", self.config(self.sections), "--out", self.directory)
        self.expect(BAD_INPUT, ("no test event in the signal region, which sets the thresholds", "set run.sculpting to false"), *command)
        self.assertEqual(set(self.times()), {"events.h5"})
        process = must(*command, "--set", "run.sculpting=false", "--json")
        summary = json.loads(process.stdout)["steps"]
        self.assertEqual(summary["cathode"]["sic"]["background_events"], 400)
        with h5py.File(self.directory / "events.h5") as file:
            mass, partition = file["mass"][()], file["partition"][()]
        inside = (mass > 3.3) & (mass < 3.7)
        self.assertNotIn(2, partition)
        for rows, fraction in ((inside, 0.5), (~inside, 0.57)):
            training, validation = (np.count_nonzero(rows & (partition == part)) for part in (0, 1))
            self.assertAlmostEqual(training / (training + validation), fraction, delta=0.005)
        self.expect(USAGE, r"leave nothing for the test set: .* or prepare\.extra_background", *command, "--set",
                    "prepare.extra_background=")

    def test_another_algorithm_makes_a_file_stale(self):
        command = self.command + ("--set", "run.methods=cathode", "--set", "run.retrainings=1")
        must(*command)
        path = self.directory / "cathode/classifier_00.h5"
        content = path.read_bytes()[512:]  # without its seal it may be changed
        path.write_bytes(content)
        with h5py.File(path, "a") as file:
            file["provenance"].attrs["algorithm"] = np.int64(99)
        self.expect(CANNOT_WRITE, r"classifier_00\.h5: it was made with version 99 of the stage's algorithm", *command)

    def test_settings_that_the_chain_makes_are_refused(self):
        self.expect(USAGE, (r"train_flow\.retraining = 1: lacathode-run numbers the retrainings itself",
                            r"sample\.retraining = 1", r"train_classifier\.retraining = 1"), *self.command,
                    "--set", "train_flow.retraining=1", "--set", "sample.retraining=1", "--set",
                    "train_classifier.retraining=1")
        self.expect(USAGE, r"sample\.checkpoints = 2, but no method of run\.methods samples in feature space",
                    *self.command, "--set", "run.methods=lacathode", "--set", "sample.checkpoints=2", "--set",
                    "train_flow.keep_best=2")

    def test_further_inputs_need_a_classifier(self):
        further = ("--set", "train_classifier.further_inputs=noise")
        self.expect(USAGE, "no method of run.methods trains a classifier", *self.command, *further, "--set", "run.methods=anode")
        must(*self.command, *further, "--set", "run.methods=anode,cathode", "--set", "run.retrainings=1")
        with h5py.File(self.directory / "cathode/classifier_00.h5") as file:
            self.assertEqual(file["standardisation"].attrs["names"], "a,b,noise")
            self.assertEqual(file["box/min"].shape, (2,))

    def test_every_step_has_its_summary(self):
        process = must(*self.command, "--set", "run.methods=cathode", "--set", "run.retrainings=1", "--json")
        summary = json.loads(process.stdout)
        self.assertEqual(list(summary), ["out", "steps", "results"])
        self.assertEqual(list(summary["steps"]), ["prepare", "train_flow_0", "cathode"])
        self.assertEqual(list(summary["steps"]["cathode"]),
                         ["sample_0", "train_classifier_0", "score_0", "sic", "sculpting"])
        self.assertEqual(summary["steps"]["prepare"]["input_rows"], 1700)  # a number, not a text
        self.assertEqual(summary["steps"]["train_flow_0"]["epochs"], 2)

    def test_goes_on_after_an_interruption_and_mends_a_damaged_file(self):
        command = self.command + ("--set", "run.methods=cathode")
        must(*command)
        before = self.times()
        for name in ("cathode/scores_01.h5", "cathode/sic.h5"):
            (self.directory / name).unlink()
        must(*command)
        self.assertEqual(self.remade(before), {"cathode/scores_01.h5", "cathode/sic.h5"})

        before = self.times()
        with open(self.directory / "cathode/scores_00.h5", "r+b") as file:
            file.truncate(3000)
        before["cathode/scores_00.h5"] = self.times()["cathode/scores_00.h5"]
        self.expect(CANNOT_WRITE, (r"cathode/scores_00\.h5: it is damaged", "--force"), *command)
        self.assertEqual(self.remade(before), set())
        must(*command, "--force")
        self.assertEqual(self.remade(before), {"cathode/scores_00.h5"})

    def test_another_input_makes_everything_stale(self):
        command = self.command + ("--set", "run.methods=cathode", "--set", "run.runs=1")
        must(*command)
        before = self.times()
        write_hdf5(self.input, table(1500, 200, seed=2))
        self.expect(CANNOT_WRITE, (r"events\.h5: it was made with another input 'events'",
                                   r"flow_00\.h5: an input of it has to be made again"), *command)
        must(*command, "--force")
        self.assertEqual(self.remade(before), set(before))

    def test_only_what_is_part_of_the_run_is_shown(self):
        command = self.command + ("--set", "run.methods=cathode", "--set", "run.retrainings=1")
        must(*command)
        process = must(*command, "--set", "run.sic=false", "--seed", "7", "--force")
        self.assertNotIn("sic", process.stdout)
        self.assertIn("chi2_per_dof", process.stdout)
        process = must(*command, "--set", "run.sic=false", "--set", "run.sculpting=false", "--seed", "7", "--force")
        self.assertRegex(process.stdout, "^scores are in .*out\n$")

    def test_results_of_other_settings_are_told(self):
        command = self.command + ("--set", "run.methods=cathode")
        must(*command)
        one = (*command, "--set", "run.retrainings=1")
        told = (r"warning .*/out: results of other settings lie there too, and pictures and reports show them: cathode/scores_01\.h5; "
                "move them away")
        for arguments in (one, (*one, "--gather")):
            self.assertRegex(must(*arguments).stderr, told)
        self.assertTrue((self.directory / "cathode/scores_01.h5").exists())
        self.assertNotIn("results of other settings", must(*command).stderr)

    def test_its_outputs_can_be_drawn(self):
        """The names that the pictures read are those that the programs write, for both kinds of classifier."""
        for model in ("mlp", "trees"):
            with self.subTest(model):
                must(*self.command, "--set", f"train_classifier.model={model}", "--force")
                pictures = self.folder / f"pictures_{model}"
                process = subprocess.run([sys.executable, ROOT / "scripts/plot.py", self.directory, "--out", pictures],
                                         capture_output=True, text=True, check=False, timeout=600)
                self.assertEqual(process.returncode, 0, process.stderr)
                self.assertEqual({path.name for path in pictures.glob("*.png")},
                                 {"features.png", "latent.png", "losses.png", "mass.png", "score.png", "sculpting.png",
                                  "sic.png"})

    def test_usage(self):
        self.expect(USAGE, (r"sample\.checkpoints = 2 exceeds train_flow\.keep_best = 1", r"methods = 'atode': there is no 'atode'; choose from: lacathode"), *self.command,
                    "--set", "sample.checkpoints=2", "--set", "run.methods=atode")
        self.expect(BAD_INPUT, r"nowhere\.h5", *self.command, "--set", "prepare.input=nowhere.h5")


if __name__ == "__main__":
    unittest.main()
