#!/usr/bin/env python3
"""What is in the files: values that make no sense, files not made for one another, tables of one's own."""
import json
import unittest

import h5py
import numpy as np

from tool_files import (BAD_INPUT, NUMERICAL, OK, PREPARE, SMALL_CLASSIFIER, SMALL_FLOW,
                        SMALL_SAMPLE, SMALL_SCULPTING, USAGE, ToolTest, must, table, write_csv,
                        write_hdf5)


class Content(ToolTest):
    """Values that make no sense."""

    def prepare(self, columns, *arguments, name="user.h5"):
        return ("prepare", "--input", write_hdf5(self.folder / name, columns), *PREPARE, "--output", self.out, *arguments)

    def test_missing_column(self):
        columns = table()
        del columns["b"]
        self.expect(BAD_INPUT, (r"user\.h5", "'?b'?", "(?i)column"), *self.prepare(columns))

    def test_missing_label_column(self):
        self.expect(BAD_INPUT, (r"user\.h5", "nolabel"), *self.prepare(table(), "--label-column", "nolabel"))

    def test_nan_is_an_error_and_can_be_dropped(self):
        columns = table()
        columns["b"][17] = np.nan
        columns["mass"][23] = np.inf
        command = self.prepare(columns)
        self.expect(BAD_INPUT, (r"user\.h5: row 17: column 'b' is nan", "prepare.invalid_rows"), *command)
        process = self.expect(OK, "2 of 3300 rows", *command, "--invalid-rows", "drop")
        with h5py.File(self.out) as file:
            self.assertEqual(file["counts"].attrs["invalid_rows"], 2)
            self.assertEqual(file["counts"].attrs["input_rows"], 3300)
            kept = np.delete(np.arange(3300), [17, 23])
            np.testing.assert_array_equal(file["source_row"], kept)
            np.testing.assert_array_equal(file["features/b"], columns["b"][kept].astype(np.float32))
        self.assertRegex(process.stdout, r"invalid_rows +2\n")

    def test_nan_label(self):
        columns = table()
        columns["truth"] = columns["truth"].astype(float)
        columns["truth"][5] = np.nan
        self.expect(BAD_INPUT, "row 5: column 'truth' is nan", *self.prepare(columns))

    def test_label_that_is_neither_0_nor_1(self):
        columns = table()
        columns["truth"][7] = 2
        self.expect(BAD_INPUT, (r"user\.h5: column 'truth', row 7: label 2", "0 .*1 "), *self.prepare(columns))

    def test_value_beyond_float32(self):
        columns = table()
        columns["a"][3] = 1e39
        self.expect(BAD_INPUT, (r"user\.h5: row 3", "float32"), *self.prepare(columns))

    def test_zero_rows_and_one_row(self):
        for rows in (0, 1):
            with self.subTest(rows):
                columns = {name: values[:rows] for name, values in table().items()}
                self.expect(BAD_INPUT, (r"user\.h5", rf"{rows}.*at least 6|no rows"),
                            *self.prepare(columns, "--injected-signal", "0", "--force"))

    def test_more_signal_than_there_is(self):
        self.expect(USAGE, (r"prepare\.injected_signal = 301", "300 signal"), *self.prepare(table(), "--injected-signal", "301"))

    def test_injection_without_labels(self):
        self.expect(USAGE, (r"prepare\.injected_signal = 100", "no truth labels", "label_column"),
                    *self.prepare(table(), "--label-column", ""))

    def test_signal_region_is_empty(self):
        self.expect(BAD_INPUT, (r"user\.h5: no event in the signal region 5 < m < 6", "masses lie between 2.8"),
                    *self.prepare(table(), "--signal-region-low", "5", "--signal-region-high", "6"))

    def test_masses_in_another_unit(self):
        self.expect(BAD_INPUT, ("no event in the signal region 3300 < m < 3700", r"another unit\? prepare\.mass_scale"),
                    *self.prepare(table(), "--signal-region-low", "3300", "--signal-region-high", "3700"))

    def test_all_events_in_the_signal_region(self):
        self.expect(BAD_INPUT, (r"user\.h5: no event in the sidebands of 0 < m < 10", "flow needs events"),
                    *self.prepare(table(), "--signal-region-low", "0", "--signal-region-high", "10"))

    def toy(self, low, high):
        """A toy, which is not judged as a user's events are."""
        must("generate-toy", "--events", "500", "--signal-region-low", low, "--signal-region-high", high, "--output", self.out)

    def test_later_stages_judge_regions_themselves(self):
        self.toy("20", "30")
        flow = self.folder / "flow.h5"
        must("train-flow", "--events", self.out, *SMALL_FLOW, "--output", flow)
        self.expect(BAD_INPUT, (r"out\.h5", "0 signal-region training events", "signal region's edges"), "sample", "--method",
                    "cathode", "--events", self.out, "--flow", flow, "--output", self.folder / "s.h5")

    def test_no_sideband_for_the_flow(self):
        self.toy("-20", "20")
        self.expect(BAD_INPUT, (r"out\.h5", "0 sideband training events", "signal region's edges"), "train-flow", "--events",
                    self.out, *SMALL_FLOW, "--output", self.folder / "flow.h5")

    def test_no_validation_event(self):
        must(*self.prepare(table(), "--validation-fraction", "0.0001"))
        self.expect(BAD_INPUT, (r"out\.h5", "0 sideband validation events", "split fractions"), "train-flow", "--events",
                    self.out, *SMALL_FLOW, "--output", self.folder / "flow.h5")

    def test_constant_feature(self):
        columns = table()
        columns["b"][:] = 1.5
        must(*self.prepare(columns))
        self.expect(BAD_INPUT, (r"out\.h5", "feature 1 is the constant 1.5"), "train-flow", "--events", self.out, *SMALL_FLOW, "--output",
                    self.folder / "flow.h5")

    def test_a_training_that_blows_up(self):
        must(*self.prepare(table()))
        flow = self.folder / "flow.h5"
        self.expect(NUMERICAL, (r"training loss of the flow is \S+ in epoch 1, batch \d+", "lower learning rate"), "train-flow",
                    "--events", self.out, *SMALL_FLOW, "--learning-rate", "1e10", "--output", flow)
        self.assertFalse(flow.exists())

    def test_signal_region_upside_down(self):
        self.expect(USAGE, r"signal_region_low", *self.prepare(table(), "--signal-region-low", "4", "--signal-region-high", "3"))


class Mismatch(ToolTest):
    """Files that are sound, but not made for one another."""

    def test_classifier_of_another_flow(self):
        self.expect(BAD_INPUT, (r"other_latent\.h5", r"lacathode_classifier\.h5", "flow"), "score", "--classifier",
                    self.file("lacathode_classifier.h5"), "--events", self.file("other_latent.h5"), "--output", self.out)

    def test_training_on_latent_events_of_another_flow(self):
        self.expect(BAD_INPUT, (r"other_latent\.h5", r"normal\.h5", "different flows"), "train-classifier", "--data",
                    self.file("other_latent.h5"), "--background", self.file("normal.h5"), *SMALL_CLASSIFIER, "--output", self.out)

    def test_background_that_was_not_sampled(self):
        self.expect(BAD_INPUT, (r"events\.h5", "lacathode-sample"), "train-classifier", "--data", self.file("events.h5"),
                    "--background", self.file("events.h5"), *SMALL_CLASSIFIER, "--output", self.out)

    def test_flow_of_other_columns(self):
        events = self.folder / "narrow.h5"
        must("prepare", "--input", self.file("table.h5"), *PREPARE, "--features", "a", "--output", events)
        for name, method in (("encode", ()), ("sample", ("--method", "lacathode"))):
            self.expect(BAD_INPUT, (r"narrow\.h5", r"flow\.h5", r"\bb\b"), name, *method, "--events", events, "--flow",
                        self.file("flow.h5"), "--output", self.out)

    def test_flow_of_another_signal_region(self):
        events = self.folder / "moved.h5"
        must("prepare", "--input", self.file("table.h5"), *PREPARE, "--signal-region-high", "3.8", "--output", events)
        self.expect(BAD_INPUT, (r"moved\.h5", r"flow\.h5", r"3\.8"), "encode", "--events", events, "--flow",
                    self.file("flow.h5"), "--output", self.out)

    def test_scores_of_different_events_or_methods(self):
        scores = self.folder / "scores.h5"
        events = self.folder / "events2.h5"
        other = write_hdf5(self.folder / "other.h5", table(seed=2))
        must("prepare", "--input", other, *PREPARE, "--output", events)
        must("score", "--classifier", self.file("cathode_classifier.h5"), "--events", events, "--output", scores)
        for name in ("evaluate-sic", "evaluate-sculpting"):
            self.expect(BAD_INPUT, (r"scores\.h5", r"cathode_scores\.h5", "different events"), name, "--scores",
                        self.file("cathode_scores.h5"), scores, "--output", self.out)
        self.expect(BAD_INPUT, "method", "evaluate-sic", "--scores", self.file("cathode_scores.h5"),
                    self.file("lacathode_scores.h5"), "--output", self.out)

    def test_the_same_scores_twice(self):
        self.expect(BAD_INPUT, (r"cathode_scores\.h5", "twice"), "evaluate-sic", "--scores", self.file("cathode_scores.h5"),
                    self.file("cathode_scores.h5"), "--output", self.out)


class InnerFlows(ToolTest):
    """Flows of the signal region, from which only ANODE's inner density may come."""

    def setUp(self):
        super().setUp()
        self.flow, self.latent = self.folder / "inner.h5", self.folder / "inner_latent.h5"
        self.make(self.file("events.h5"))

    def make(self, events):
        must("train-flow", "--events", events, *SMALL_FLOW, "--region", "signal_region", "--output", self.flow, "--force")
        return must("encode", "--events", events, "--flow", self.flow, "--output", self.latent, "--force", "--json")

    def test_their_files_say_so(self):
        for path in (self.flow, self.latent):
            with h5py.File(path) as file:
                self.assertEqual(file.attrs["flow_region"], "signal_region")
        for name in ("flow.h5", "latent.h5"):
            with h5py.File(self.file(name)) as file:
                self.assertNotIn("flow_region", file.attrs)

    def test_they_are_no_models_of_the_background(self):
        flow = ("--events", self.file("events.h5"), "--flow", self.flow)
        commands = [("transport", *flow), ("check-flow", *flow, "--bins", "2"), ("pseudo-data", *flow)]
        commands += [("sample", "--method", method, *flow, *SMALL_SAMPLE) for method in ("lacathode", "cathode", "double_map", "curtains")]
        commands += [("train-classifier", "--data", self.latent, "--background", self.file("normal.h5"), *SMALL_CLASSIFIER),
                     ("score", "--classifier", self.file("lacathode_classifier.h5"), "--events", self.latent),
                     ("density-ratio", "--inner", self.latent, "--outer", self.latent)]
        for command in commands:
            with self.subTest(command[0]):
                self.expect(BAD_INPUT, (r"/inner\w*\.h5: the flow was trained in the signal region", "use a flow of the sidebands"),
                            *command, "--output", self.out)
                self.assertFalse(self.out.exists())

    def test_each_flow_of_a_ratio_has_its_place(self):
        outer = self.file("latent.h5")
        process = must("density-ratio", "--inner", self.latent, "--outer", outer, "--output", self.out, "--json")
        self.assertNotIn("not_mapped_excess_p_value", json.loads(process.stdout))
        for other in (self.latent, self.file("other_latent.h5"), outer):
            self.expect(BAD_INPUT, (r"/latent\.h5: the flow was trained in the sidebands", r"train_flow\.region = signal_region"),
                        "density-ratio", "--inner", outer, "--outer", other, "--output", self.folder / "never.h5")

    def test_events_outside_their_box_are_no_excess(self):
        """The signal region has spanned the box: that its test events are the ones outside says nothing."""
        columns = table(seed=5)
        beside = ~((3.3 < columns["mass"]) & (columns["mass"] < 3.7))
        for name in "ab":
            columns[name][beside] *= 0.01
        events = self.folder / "events.h5"
        must("prepare", "--input", write_hdf5(self.folder / "narrow.h5", columns), *PREPARE, "--training-fraction", "0.1",
             "--output", events)
        process = self.make(events)
        summary = json.loads(process.stdout)
        self.assertGreater(summary["not_mapped"], 10)
        for key in ("not_mapped_excess_p_value", "signal_region_not_mapped_rate", "signal_region_not_mapped"):
            self.assertNotIn(key, summary)
        self.assertRegex(process.stderr, r"\d+ of \d+ events are not mapped")
        for told in ("p = ", "signal itself"):
            self.assertNotIn(told, process.stderr)


class Spaces(ToolTest):
    """Events in a space where a method does not see them, and background in the place of data."""

    def setUp(self):
        super().setUp()
        self.moved, self.drawn, self.strips, self.double = (self.folder / f"{name}.h5" for name in ("moved", "drawn", "strips", "double"))
        flow = ("--events", self.file("events.h5"), "--flow", self.file("flow.h5"), "--output")
        must("transport", *flow, self.moved)
        must("sample", "--method", "double_map", *SMALL_SAMPLE, *flow, self.drawn)
        must("select-background", "--method", "cwola", "--strip-width", "0.2", "--events", self.file("events.h5"), "--output", self.strips)
        must("train-classifier", "--data", self.moved, "--background", self.drawn, *SMALL_CLASSIFIER, "--output", self.double)

    def refuse(self, pattern, *command):
        with self.subTest(pattern):
            self.expect(BAD_INPUT, pattern, *command, "--output", self.out)
            self.assertFalse(self.out.exists())

    def test_a_classifier_compares_in_the_space_of_its_method(self):
        def train(data, background):
            return ("train-classifier", "--data", data, "--background", background, *SMALL_CLASSIFIER)
        events, samples = self.file("events.h5"), self.file("samples.h5")
        self.refuse(r"moved\.h5 lies in the space of features that were moved to one mass, but cathode sees events in the space of the "
                    "features: give the events file", *train(self.moved, samples))
        self.refuse(r"moved\.h5 lies in the space of features that were moved to one mass, but cwola", *train(self.moved, self.strips))
        self.refuse(r"events\.h5 lies in the space of the features, but double_map .*lacathode-transport", *train(events, self.drawn))
        must(*train(events, self.strips), "--output", self.out)

    def test_a_flow_knows_no_events_that_were_moved(self):
        for name in ("encode", "transport"):
            self.refuse(r"moved\.h5 lies in the space of features that were moved to one mass: give the events file", name, "--events",
                        self.moved, "--flow", self.file("flow.h5"))
        self.refuse(r"moved\.h5 lies in the space of features that were moved", "train-flow", "--events", self.moved, *SMALL_FLOW)

    def test_background_is_no_data(self):
        for name, method in (("samples.h5", "cathode"), ("normal.h5", "lacathode")):
            path = self.file(name)
            self.refuse(rf"{name} is background for {method} .*and no data", "train-classifier", "--data", path, "--background", path,
                        *SMALL_CLASSIFIER)
        for path, method in ((self.drawn, "double_map"), (self.strips, "cwola")):
            self.refuse(rf"{path.name} is background for {method}", "train-classifier", "--data", path, "--background", path,
                        *SMALL_CLASSIFIER)

    def test_a_score_is_of_events_in_the_space_of_its_classifier(self):
        cathode, samples, events = map(self.file, ("cathode_classifier.h5", "samples.h5", "events.h5"))
        moved_samples = self.folder / "moved_samples.h5"
        must("transport", "--events", samples, "--flow", self.file("flow.h5"), "--output", moved_samples)
        for path in (self.moved, self.drawn, moved_samples):
            self.refuse(rf"{path.name} lies in the space of features that were moved to one mass, but cathode", "score", "--classifier",
                        cathode, "--events", path)
        for path in (events, samples):
            self.refuse(rf"{path.name} lies in the space of the features, but double_map", "score", "--classifier", self.double,
                        "--events", path)
        for classifier, path in ((cathode, events), (cathode, samples), (self.double, self.moved), (self.double, self.drawn)):
            must("score", "--classifier", classifier, "--events", path, "--output", self.out, "--force")


class OwnTables(ToolTest):
    """Tables of one's own."""

    def test_csv_and_hdf5_agree_and_gev_become_tev(self):
        columns = table(600, 60)
        gev = dict(columns, mass=columns["mass"] * 1000)
        outputs = []
        for path in (write_csv(self.folder / "t.csv", gev), write_hdf5(self.folder / "t.h5", gev)):
            outputs.append(self.folder / f"{path.name}.out.h5")
            must("prepare", "--input", path, *PREPARE, "--injected-signal", "30", "--mass-scale", "0.001", "--feature-units",
                 "GeV,1", "--output", outputs[-1])
        with h5py.File(outputs[0]) as one, h5py.File(outputs[1]) as two:
            self.assertEqual(one["provenance"].attrs["content_hash"], two["provenance"].attrs["content_hash"])
            np.testing.assert_allclose(one["mass"], columns["mass"], rtol=1e-15)
            self.assertEqual(one["mass"].attrs["unit"], "TeV")
            self.assertEqual(one["features/a"].attrs["unit"], "GeV")

    def test_without_labels_sculpting_works_and_sic_is_refused(self):
        columns = table(1500, 0)
        del columns["truth"]
        path = write_hdf5(self.folder / "t.h5", columns)
        config = self.config({
            "run": {"methods": ["cathode"], "sic": False},
            "prepare": {"input": str(path), "format": "table", "mass_column": "mass", "features": ["a", "b"],
                        "injected_signal": 0},
            "train_flow": {"blocks": 1, "hidden": 4, "epochs": 1, "keep_best": 1},
            "sample": {"training": 300, "validation": 100},
            "train_classifier": {"hidden": [4], "epochs": 1, "keep_best": 1},
            "evaluate_sculpting": {"bins": 10, "efficiencies": [0.2, 0.5]}})
        out = self.folder / "out"
        must("run", "--config", config, "--out", out, "--threads", "1")
        with h5py.File(out / "cathode/sculpting.h5") as file:
            self.assertEqual((file.attrs["kind"], file.attrs["judged"]), ("sculpting", "sidebands"))
        self.expect(BAD_INPUT, (r"scores_00\.h5", "no truth labels", "label_column"), "evaluate-sic", "--scores",
                    out / "cathode/scores_00.h5", "--output", self.out)
        self.expect(BAD_INPUT, (r"t\.h5", "no truth labels", r"run\.sic"), "run", "--config", config, "--set", "run.sic=true",
                    "--out", self.folder / "other", "--threads", "1")
        self.assertFalse((self.folder / "other/flow_00.h5").exists())

    def chain_of(self, features):
        columns = table(1500, 200, features)
        names = [chr(ord("a") + i) for i in range(features)]
        config = self.config({
            "prepare": {"input": str(write_hdf5(self.folder / "t.h5", columns)), "format": "table", "mass_column": "mass",
                        "features": names, "label_column": "truth", "injected_signal": 100},
            "train_flow": {"blocks": 1, "hidden": 4, "epochs": 1, "keep_best": 1},
            "sample": {"training": 300, "validation": 100},
            "train_classifier": {"hidden": [4], "epochs": 1, "keep_best": 1},
            "evaluate_sculpting": {"bins": 10, "efficiencies": [0.2, 0.5]}})
        must("run", "--config", config, "--out", self.folder / "out", "--threads", "1")
        with h5py.File(self.folder / "out/latent_00.h5") as file:
            self.assertEqual(sorted(file["features"]), sorted(f"z{i}" for i in range(features)))
        for method in ("lacathode", "cathode"):
            with h5py.File(self.folder / f"out/{method}/sic.h5") as file:
                self.assertGreater(file.attrs["signal_events"], 0)

    def test_toy_model(self):
        data, sample = self.folder / "data.h5", self.folder / "sample.h5"
        toy = ("--events", "20000", "--correlation", "0.1", "--signal-region-low=-3", "--signal-region-high=3")
        must("generate-toy", *toy, "--output", data)
        must("generate-toy", *toy, "--seed", "2", "--sample", "true", "--output", sample)
        train = ("train-classifier", *SMALL_CLASSIFIER, "--output", self.folder / "classifier.h5")
        # Only a file that says so stands for sampled background.
        self.expect(BAD_INPUT, (r"data\.h5", "names no method"), *train, "--data", sample, "--background", data)
        must(*train, "--data", data, "--background", sample)
        must("score", "--classifier", self.folder / "classifier.h5", "--events", data, "--output", self.folder / "scores.h5")
        must("evaluate-sculpting", *SMALL_SCULPTING, "--scores", self.folder / "scores.h5",
             "--output", self.folder / "sculpting.h5")

    def test_one_feature(self):
        self.chain_of(1)

    def test_twenty_features(self):
        self.chain_of(20)


if __name__ == "__main__":
    unittest.main()
