#!/usr/bin/env python3
"""lacathode-apply: trained models on new data, without a split."""
import json
import unittest

import h5py
import numpy as np

from tool_files import (BAD_INPUT, PREPARE, SMALL_CLASSIFIER, SMALL_SAMPLE, USAGE, ToolTest, content_hash, must, table, write_csv,
                        write_hdf5)

READ = ("--set", "prepare.format=table", "--set", "prepare.label_column=truth")


class Apply(ToolTest):
    def setUp(self):
        super().setUp()
        self.columns = table(500, 60, seed=7)
        self.columns["a"][:20] += 100  # outside the box
        self.new = write_hdf5(self.folder / "new.h5", self.columns)

    def command(self, classifiers, *arguments, new=None, read=READ):
        return ("apply", "--flow", self.file("flow.h5"), "--classifiers", *classifiers, "--input", new or self.new, *read,
                "--output", self.out, *arguments)

    def retraining(self, method, number):
        data, background = {"lacathode": ("latent.h5", "normal.h5"), "cathode": ("events.h5", "samples.h5")}[method]
        path = self.folder / f"{method}_{number}.h5"
        must("train-classifier", "--data", self.file(data), "--background", self.file(background), *SMALL_CLASSIFIER,
             "--retraining", number, "--output", path)
        return path

    def scores(self, path):
        with h5py.File(path) as file:
            order = np.argsort(file["source_row"][()])
            return file["features/score"][()][order]

    def by_hand(self, classifier, method):
        """The same scores by prepare, encode and score."""
        events, latent, scores = (self.folder / f"{name}.h5" for name in ("by_hand", "by_hand_latent", "by_hand_scores"))
        must("prepare", "--input", self.new, *PREPARE, "--set", "prepare.injected_signal=10", "--output", events, "--force")
        if method == "lacathode":
            must("encode", "--events", events, "--flow", self.file("flow.h5"), "--output", latent, "--force")
        must("score", "--classifier", classifier, "--events", latent if method == "lacathode" else events, "--output", scores,
             "--force")
        return self.scores(scores)

    def test_is_the_mean_of_what_the_steps_give_one_by_one(self):
        for method in ("lacathode", "cathode"):
            with self.subTest(method):
                first, second = self.file(f"{method}_classifier.h5"), self.retraining(method, 1)
                process = must(*self.command([first, second], "--json", "--force"))
                a, b = (self.by_hand(classifier, method) for classifier in (first, second))
                mean = ((a.astype(float) + b) / 2).astype(np.float32)
                np.testing.assert_array_equal(self.scores(self.out), mean)
                self.assertGreater(np.nanmax(np.abs(a - b)), 0)
                self.assertTrue(np.isnan(mean[:20]).all())
                summary = json.loads(process.stdout)
                self.assertEqual((summary["method"], summary["classifiers"], summary["events"]), (method, 2, 560))
                with h5py.File(self.out) as file:
                    self.assertEqual(file.attrs["format"], "lacathode.scores")
                    self.assertEqual(file.attrs["method"], method)
                    self.assertEqual(file.attrs["flow_hash"], content_hash(self.file("flow.h5")))
                    np.testing.assert_array_equal(file["partition"], np.full(560, 6))
                    np.testing.assert_array_equal(file["source_row"], np.arange(560))
                    np.testing.assert_array_equal(file["mass"], self.columns["mass"])
                    np.testing.assert_array_equal(file["label"], self.columns["truth"])
                    np.testing.assert_array_equal(file["mapped"] == np.uint8(0), np.isnan(file["features/score"]))
                    self.assertEqual(file["counts"].attrs["input_rows"], 560)
                    self.assertEqual(file["counts"].attrs["not_mapped"], summary["not_mapped"])
                    inputs = dict(file["provenance/inputs"].attrs)
                self.assertEqual(set(inputs), {"flow", "classifiers_00", "classifiers_01", "input"})
                self.assertTrue(inputs["classifiers_01"].endswith(content_hash(second)))

    def test_training_events_may_be_scored_but_are_never_test_events(self):
        must(*self.command([self.file("lacathode_classifier.h5")], new=self.file("table.h5")))
        for name in ("evaluate-sic", "evaluate-sculpting"):
            self.expect(BAD_INPUT, (r"out\.h5", "0 events to evaluate"), name, "--scores", self.out, "--output", self.folder / "metrics.h5")

    def test_a_pattern_does_not_hide_an_input(self):
        before = self.new.read_bytes()
        self.expect(USAGE, "new.h5: is the same file as the input 'input_00'", "apply", "--flow", self.file("flow.h5"), "--classifiers",
                    self.file("cathode_classifier.h5"), "--input", self.folder / "n*.h5", *READ, "--output", self.new, "--force")
        self.assertEqual(self.new.read_bytes(), before)

    def test_the_configuration_that_prepared_the_training_events_is_understood(self):
        path = self.config({"prepare": {"input": "elsewhere.h5", "format": "table", "mass_column": "mass", "mass_scale": 0.001,
                                        "features": ["a", "b"], "injected_signal": 100, "invalid_rows": "drop"},
                            "apply": {"block_rows": 77}, "train_flow": {"epochs": 3}})
        columns = {name: values for name, values in self.columns.items() if name != "truth"}
        columns["mass"] = 1000 * columns["mass"]
        columns["b"] = columns["b"].copy()
        columns["b"][30] = np.nan
        new = write_csv(self.folder / "new.csv", columns)
        process = self.expect(0, "1 of 560 rows", *self.command([self.file("cathode_classifier.h5")], "--config", path,
                                                              new=new, read=()))
        self.assertRegex(process.stdout, r"invalid_rows +1\n")
        with h5py.File(self.out) as file:
            self.assertNotIn("label", file)
            np.testing.assert_array_equal(file["source_row"], np.delete(np.arange(560), 30))
            np.testing.assert_allclose(file["mass"], np.delete(self.columns["mass"], 30), rtol=1e-12)
            self.assertEqual(json.loads(file["provenance"].attrs["config"])["prepare"]["mass_scale"], 0.001)

    def test_settings_that_are_not_the_flows_are_refused(self):
        """They were ignored once."""
        one = [self.file("lacathode_classifier.h5")]
        for key, value, of_flow in (("mass_column", "m", "mass"), ("mass_unit", "GeV", "TeV"), ("features", "b,a", "a,b"),
                                    ("feature_units", "TeV,1", "1,1"), ("signal_region_low", "3.2", "3.3"),
                                    ("signal_region_high", "3.8", "3.7")):
            with self.subTest(key):
                self.expect(USAGE, rf"prepare\.{key} = {value}, but .*flow\.h5 was trained with {of_flow}: give that, or leave it out",
                            *self.command(one, "--set", f"prepare.{key}={value}"))
        self.assertFalse(self.out.exists())
        must(*self.command(one, "--set", "prepare.mass_column=mass", "--set", "prepare.mass_unit=TeV", "--set", "prepare.features=a,b",
                           "--set", "prepare.feature_units=1,1", "--set", "prepare.signal_region_low=3.3"))

    def test_a_method_at_one_mass(self):
        """The double map moves the new events, as lacathode-transport does."""
        moved, background, classifier, scores = (self.folder / f"{name}.h5" for name in ("moved", "background", "double", "one"))
        of_flow = ("--flow", self.file("flow.h5"), "--output")
        must("transport", "--events", self.file("events.h5"), *of_flow, moved)
        must("sample", "--method", "double_map", "--events", self.file("events.h5"), *SMALL_SAMPLE, *of_flow, background)
        must("train-classifier", "--data", moved, "--background", background, *SMALL_CLASSIFIER, "--output", classifier)
        must(*self.command([classifier]))
        events = self.folder / "events.h5"
        must("prepare", "--input", self.new, *PREPARE, "--set", "prepare.injected_signal=10", "--output", events)
        must("transport", "--events", events, *of_flow, moved, "--force")
        must("score", "--classifier", classifier, "--events", moved, "--output", scores)
        np.testing.assert_array_equal(self.scores(self.out), self.scores(scores))

    def test_further_inputs_are_those_of_scoring(self):
        """Mass and noise of an event, in both models; the noise depends neither on blocks nor on the file's others."""
        for model in ("mlp", "trees"):
            with self.subTest(model):
                classifier = self.folder / f"{model}.h5"
                must("train-classifier", "--data", self.file("latent.h5"), "--background", self.file("normal.h5"),
                     *SMALL_CLASSIFIER, "--model", model, "--further-inputs", "mass,noise", "--output", classifier)
                with h5py.File(classifier) as file:
                    self.assertEqual(file.attrs["further_inputs"], "mass,noise")
                    self.assertEqual(file["standardisation"].attrs["names"], "z0,z1,mass,noise")
                    self.assertEqual(file["standardisation"].attrs["units"], "1,1,TeV,1")
                must(*self.command([classifier], "--block-rows", "7", "--force"))
                np.testing.assert_array_equal(self.scores(self.out), self.by_hand(classifier, "lacathode"))
        self.expect(USAGE, r"further_inputs = 'weather': there is no 'weather'; choose from: mass, noise", "train-classifier",
                    "--data", self.file("latent.h5"), "--background", self.file("normal.h5"), "--further-inputs", "weather",
                    "--output", self.folder / "never.h5")

    def test_several_files_are_one_input(self):
        one = [self.file("lacathode_classifier.h5")]
        must(*self.command(one))
        whole = self.scores(self.out)
        for i, rows in enumerate((slice(0, 200), slice(200, None))):
            write_csv(self.folder / f"part_{i}.csv", {name: values[rows] for name, values in self.columns.items()})
        must(*self.command(one, "--force", new=self.folder / "part_*.csv"))
        np.testing.assert_array_equal(self.scores(self.out), whole)
        with h5py.File(self.out) as file:
            self.assertEqual(set(file["provenance/inputs"].attrs), {"flow", "classifiers_00", "input", "input_2"})
            self.assertEqual(len(file["provenance/origins/00"].attrs["sources"].split(",")), 2)

    def test_blocks_and_threads_change_no_byte(self):
        whole = self.command([self.file("lacathode_classifier.h5")])
        must(*whole)
        expected = content_hash(self.out)
        for arguments in (("--block-rows", "7"), ("--threads", "2")):
            must(*whole, *arguments, "--force")
            self.assertEqual(content_hash(self.out), expected)

    def test_models_that_do_not_belong_together(self):
        one, other = self.file("lacathode_classifier.h5"), self.file("cathode_classifier.h5")
        self.expect(BAD_INPUT, (r"cathode_classifier\.h5 \(cathode\)", r"lacathode_classifier\.h5 \(lacathode\)",
                                "different methods"), *self.command([one, other]))
        self.expect(BAD_INPUT, (r"lacathode_classifier\.h5 is given twice", "name each"), *self.command([one, one]))
        command = list(self.command([one]))
        command[2] = self.file("other_flow.h5")
        self.expect(BAD_INPUT, (r"lacathode_classifier\.h5 belongs to flow", r"other_flow\.h5 is",
                                "the flow they were trained with"), *command)
        toy, sample, classifier = (self.folder / f"{name}.h5" for name in ("toy", "sample", "toy_classifier"))
        must("generate-toy", "--events", "5000", "--output", toy)
        must("generate-toy", "--events", "5000", "--sample", "true", "--seed", "2", "--output", sample)
        must("train-classifier", "--data", toy, "--background", sample, *SMALL_CLASSIFIER, "--output", classifier)
        self.expect(BAD_INPUT, r"toy_classifier\.h5 belongs to flow", *self.command([classifier]))
        strips = self.folder / "strips.h5"
        must("select-background", "--method", "cwola", "--events", self.file("events.h5"), "--output", strips)
        must("train-classifier", "--data", self.file("events.h5"), "--background", strips, *SMALL_CLASSIFIER, "--output",
             classifier, "--force")
        self.expect(BAD_INPUT, (r"toy_classifier\.h5 \(cwola\) was trained without a flow", "lacathode-score"),
                    *self.command([classifier]))
        self.assertFalse(self.out.exists())

    def test_input_that_cannot_be_read(self):
        one = [self.file("lacathode_classifier.h5")]
        self.expect(BAD_INPUT, (r"nowhere\.h5", "no such file"), *self.command(one, new=self.folder / "nowhere.h5"))
        self.expect(BAD_INPUT, (r"new\.h5", "'?nolabel'?"), *self.command(one, "--set", "prepare.label_column=nolabel"))
        columns = {name: values for name, values in self.columns.items() if name != "b"}
        self.expect(BAD_INPUT, (r"narrow\.h5", "'?b'?"), *self.command(one, new=write_hdf5(self.folder / "narrow.h5", columns)))
        self.expect(USAGE, "lhco computes m_jj", *self.command(one, read=()))
        self.expect(USAGE, r"prepare\.mass_scale = -1", *self.command(one, "--set", "prepare.mass_scale=-1"))
        self.expect(USAGE, r"prepare\.shift names 'c'", *self.command(one, "--set", "prepare.shift=c=0.1"))
        self.expect(USAGE, (r"prepare\.shift_by = random_mass", "lacathode-prepare and lacathode-score"),
                    *self.command(one, "--set", "prepare.shift=a=0.1", "--set", "prepare.shift_by=random_mass"))
        self.expect(USAGE, "--features", *self.command(one, "--features", "a"))
        self.columns["b"][3] = np.inf
        new = write_hdf5(self.folder / "infinite.h5", self.columns)
        self.expect(BAD_INPUT, (r"infinite\.h5: row 3: column 'b' is inf", "prepare.invalid_rows"), *self.command(one, new=new))
        self.assertFalse(self.out.exists())
        self.expect_no_partial()


if __name__ == "__main__":
    unittest.main()
