#!/usr/bin/env python3
"""Test events are events that no training has seen, and events outside the box of the flow are told and not scored."""
import json
import unittest

import h5py
import numpy as np

from tool_files import (BAD_INPUT, OK, PREPARE, SMALL_CLASSIFIER, SMALL_FLOW, SMALL_SAMPLE, ToolTest, content_hash, must,
                        table, write_hdf5)


class TrainingGuard(ToolTest):
    """Models on events of the same input that were split otherwise, and on others."""

    def prepare(self, source, *arguments, name="events.h5"):
        path = self.folder / name
        must("prepare", "--input", source, *PREPARE, *arguments, "--output", path)
        return path

    def models(self, events):
        """The file with the model, and the command in which it meets the events."""
        flow, samples, classifier = map(self.file, ("flow.h5", "samples.h5", "cathode_classifier.h5"))
        return [(flow, ("encode", "--events", events, "--flow", flow)),
                (flow, ("transport", "--events", events, "--flow", flow)),
                (flow, ("sample", "--method", "lacathode", "--events", events, "--flow", flow, *SMALL_SAMPLE)),
                (samples, ("train-classifier", "--data", events, "--background", samples, *SMALL_CLASSIFIER)),
                (classifier, ("score", "--classifier", classifier, "--events", events))]

    def test_another_split_of_the_same_input_is_refused(self):
        for arguments in (("--seed", "2"), ("--training-fraction", "0.4"), ("--injected-signal", "50")):
            events = self.prepare(self.file("table.h5"), *arguments, "--force")
            for model, command in self.models(events):
                with self.subTest(command[0], arguments=arguments):
                    self.expect(BAD_INPUT, (rf"{model.name} \(trained on events {content_hash(self.file('events.h5'))}\)",
                                            rf"events\.h5 \(events {content_hash(events)}\)", "same source",
                                            "take the events file that the model was trained on", "lacathode-apply"),
                                *command, "--output", self.out)
                    self.assertFalse(self.out.exists())

    def test_events_that_are_split_or_drawn_again_are_refused(self):
        """Of the events file that the model was trained on: it has seen some of them."""
        again, drawn = (self.folder / f"{name}.h5" for name in ("again", "drawn"))
        prepared = ("--set", "prepare.format=events", "--set", "prepare.features=a,b", "--set", "prepare.injected_signal=0", "--output")
        must("prepare", "--input", self.file("events.h5"), "--seed", "2", *prepared, again)
        must("pseudo-data", "--events", self.file("events.h5"), "--flow", self.file("flow.h5"), "--source", "bootstrap", "--output", drawn)
        for events in (again, drawn):
            for _, command in self.models(events):
                with self.subTest(command[0], events=events.name):
                    self.expect(BAD_INPUT, "same source", *command, "--output", self.out)

    def test_signal_of_pseudo_data_is_the_events_files(self):
        """Without it they are new events, with another number other ones."""
        fit = ("low=2.8", "high=4.2", "efficiency_low=2.8", "bin_width=0.1", "shape=log_polynomial", "least_parameters=1",
               "most_parameters=2")
        prepared = ("--set", "prepare.format=events", "--set", "prepare.features=a,b", "--set", "prepare.injected_signal=0", "--output")
        drawn = {}
        for name, number, signal in (("new", 1, 0), ("other", 2, 0), ("mixed", 1, 50)):
            drawn[name] = self.folder / f"{name}.h5"
            must("pseudo-data", "--events", self.file("events.h5"), "--flow", self.file("flow.h5"), "--number", number, "--signal", signal,
                 *(word for one in fit for word in ("--set", f"fit_background.{one}")), "--output", drawn[name])
        must("encode", "--events", drawn["new"], "--flow", self.file("flow.h5"), "--output", self.out)
        for _, command in self.models(drawn["mixed"]):
            with self.subTest(command[0]):
                self.expect(BAD_INPUT, "same source", *command, "--output", self.out, "--force")
        accepted = {"new": ("other", "events"), "mixed": ("other",)}
        for name, others in accepted.items():
            split, flow = self.folder / f"{name}_split.h5", self.folder / f"{name}_flow.h5"
            must("prepare", "--input", drawn[name], *prepared, split)
            must("train-flow", "--events", split, *SMALL_FLOW, "--output", flow)
            files = {**drawn, "events": self.file("events.h5"), "split": split}
            for other, events in files.items():
                command = ("encode", "--events", events, "--flow", flow, "--output", self.out, "--force")
                with self.subTest(trained_on=name, events=other):
                    if other in (*others, "split"):
                        must(*command)
                    else:
                        self.expect(BAD_INPUT, "same source", *command)

    def test_the_same_split_and_other_inputs_are_accepted(self):
        again = self.prepare(self.file("table.h5"), name="again.h5")
        self.assertEqual(content_hash(again), content_hash(self.file("events.h5")))
        other = self.prepare(write_hdf5(self.folder / "other.h5", table(seed=2)), name="other_events.h5")
        for events in (again, other):
            for _, command in self.models(events):
                with self.subTest(command[0], events=events.name):
                    must(*command, "--output", self.out, "--force")

    def test_latent_events_carry_the_split_along(self):
        """A classifier on latent events of another split of its training events is refused as well."""
        events = self.prepare(self.file("table.h5"), "--seed", "2")
        flow, latent = self.folder / "flow.h5", self.folder / "latent.h5"
        source = self.prepare(write_hdf5(self.folder / "other.h5", table(seed=2)), name="other_events.h5")
        must("train-flow", "--events", source, *SMALL_FLOW, "--output", flow)
        classifiers = []
        for name, data in (("first", self.file("events.h5")), ("second", events)):
            must("encode", "--events", data, "--flow", flow, "--output", latent, "--force")
            normal, classifier = self.folder / f"{name}_normal.h5", self.folder / f"{name}_classifier.h5"
            must("sample", "--method", "lacathode", "--events", data, "--flow", flow, *SMALL_SAMPLE, "--output", normal)
            must("train-classifier", "--data", latent, "--background", normal, *SMALL_CLASSIFIER, "--output", classifier)
            classifiers.append(classifier)
        must("score", "--classifier", classifiers[1], "--events", latent, "--output", self.out)
        self.expect(BAD_INPUT, (r"latent\.h5", r"first_classifier\.h5", "same source"), "score", "--classifier",
                    classifiers[0], "--events", latent, "--output", self.folder / "refused.h5")

    def test_both_flows_of_a_ratio_meet_one_split(self):
        """Rows and masses agree, the parts do not: one flow has seen test events of the other one's file."""
        inner, latents = self.folder / "inner.h5", {}
        for name, seed in (("first", "1"), ("second", "2")):
            events = self.prepare(self.file("table.h5"), "--seed", seed, name=f"{name}.h5")
            must("train-flow", "--events", events, *SMALL_FLOW, "--region", "signal_region", "--seed", "7", "--output", inner, "--force")
            latents[name] = self.folder / f"{name}_latent.h5"
            must("encode", "--events", events, "--flow", inner, "--output", latents[name])
        must("density-ratio", "--inner", latents["first"], "--outer", self.file("latent.h5"), "--output", self.out)
        self.expect(BAD_INPUT, (r"second_latent\.h5", r"latent\.h5", "same source"), "density-ratio", "--inner",
                    latents["second"], "--outer", self.file("latent.h5"), "--output", self.out, "--force")

    def test_toys_of_another_seed_are_other_events(self):
        toys = {}
        for name, seed, events, sample in (("data", 1, 5000, "false"), ("sample", 2, 5000, "true"),
                                           ("fresh", 3, 5000, "false"), ("longer", 1, 6000, "false")):
            toys[name] = self.folder / f"{name}.h5"
            must("generate-toy", "--seed", seed, "--events", events, "--sample", sample, "--output", toys[name])
        classifier = self.folder / "classifier.h5"
        must("train-classifier", "--data", toys["data"], "--background", toys["sample"], *SMALL_CLASSIFIER, "--output",
             classifier)
        for name in ("data", "sample", "fresh"):
            must("score", "--classifier", classifier, "--events", toys[name], "--output", self.out, "--force")
        self.expect(BAD_INPUT, (r"longer\.h5", "same source, generate_toy seed 1"), "score", "--classifier", classifier,
                    "--events", toys["longer"], "--output", self.folder / "refused.h5")


class OutsideTheBox(ToolTest):
    """Events outside the range of features that the flow was fitted on."""

    def setUp(self):
        super().setUp()
        columns = table(seed=3)
        self.inside = (3.3 < columns["mass"]) & (columns["mass"] < 3.7)
        self.moved = np.flatnonzero(self.inside)[:40]
        columns["a"][self.moved] += 50  # as a signal that the sidebands know nothing of
        self.table = write_hdf5(self.folder / "moved.h5", columns)
        self.events = self.folder / "events.h5"
        must("prepare", "--input", self.table, *PREPARE, "--output", self.events)

    def outside(self, flow, events):
        with h5py.File(flow) as file:
            low, high = file["preprocessing/min"][()], file["preprocessing/max"][()]
        with h5py.File(events) as file:
            x = np.stack([file["features/a"], file["features/b"]], axis=1).astype(float)
        return ~((low < x) & (x < high)).all(axis=1)

    def check_counts(self, path, summary, outside):
        with h5py.File(path) as file:
            mass, partition, mapped = (file[name][()] for name in ("mass", "partition", "mapped"))
            counts = dict(file["counts"].attrs)
        np.testing.assert_array_equal(mapped == 0, outside)
        region = (3.3 < mass) & (mass < 3.7)
        compared = {"signal_region": region & (partition <= 2), "sideband": ~region & np.isin(partition, [1, 2])}
        for name, rows in compared.items():
            expected = int(rows.sum()), int((rows & outside).sum())
            self.assertEqual((counts[f"{name}_events"], counts[f"{name}_not_mapped"]), expected)
            self.assertEqual((summary[f"{name}_events"], summary[f"{name}_not_mapped"]), expected)
            self.assertAlmostEqual(summary[f"{name}_not_mapped_rate"], expected[1] / expected[0])
        self.assertEqual((counts["events"], counts["not_mapped"]), (len(mass), outside.sum()))
        self.assertLess(summary["not_mapped_excess_p_value"], 1e-6)

    def test_both_methods_leave_out_the_same_events_and_say_so(self):
        flow, excess = self.folder / "flow.h5", (r"\d+ of \d+ events are not mapped",
                                                 r"warning.*in the signal region.*in the sidebands; p = \S*e-\d\d.*signal itself")
        must("train-flow", "--events", self.events, *SMALL_FLOW, "--output", flow)
        process = self.expect(OK, excess, "encode", "--events", self.events, "--flow", flow, "--output",
                              self.folder / "latent.h5", "--json")
        outside = self.outside(flow, self.events)
        self.assertGreaterEqual(outside.sum(), 30)
        self.check_counts(self.folder / "latent.h5", json.loads(process.stdout), outside)
        with h5py.File(self.folder / "latent.h5") as file:
            self.assertEqual((file["counts"].attrs["outside_box"], file["counts"].attrs["absurd_z"]), (outside.sum(), 0))

        samples, classifier = self.folder / "samples.h5", self.folder / "classifier.h5"
        must("sample", "--method", "cathode", "--events", self.events, "--flow", flow, *SMALL_SAMPLE, "--output", samples)
        process = must("train-classifier", "--data", self.events, "--background", samples, *SMALL_CLASSIFIER, "--output",
                       classifier, "--json")
        with h5py.File(self.events) as file:
            training = (file["partition"][()] == 0) & (3.3 < file["mass"][()]) & (file["mass"][()] < 3.7)
        self.assertEqual(json.loads(process.stdout)["training_data"], (training & ~outside).sum())
        process = self.expect(OK, excess, "score", "--classifier", classifier, "--events", self.events, "--output", self.out,
                              "--json")
        self.check_counts(self.out, json.loads(process.stdout), outside)
        with h5py.File(self.out) as file:
            np.testing.assert_array_equal(np.isnan(file["features/score"]), outside)

    def test_a_margin_of_the_box_maps_them(self):
        """A range as wide again on either side holds what lies 50 standard deviations out only if the margin says so."""
        for margin, fewest, most in (("0", 30, 3300), ("10", 0, 0)):
            flow = self.folder / "flow.h5"
            must("train-flow", "--events", self.events, *SMALL_FLOW, "--box-margin", margin, "--output", flow, "--force")
            outside = self.outside(flow, self.events).sum()
            self.assertTrue(fewest <= outside <= most, outside)
            process = must("encode", "--events", self.events, "--flow", flow, "--output", self.out, "--force", "--json")
            self.assertEqual(json.loads(process.stdout)["outside_box"], outside)

    def test_no_excess_is_no_warning(self):
        columns = table(seed=4)
        columns["b"][np.flatnonzero(~((3.3 < columns["mass"]) & (columns["mass"] < 3.7)))[::2]] *= 3
        events = self.folder / "sidebands.h5"
        must("prepare", "--input", write_hdf5(self.folder / "wide.h5", columns), *PREPARE, "--output", events)
        process = must("encode", "--events", events, "--flow", self.file("flow.h5"), "--output", self.out)
        self.assertRegex(process.stderr, r"not mapped: \d+ of \d+ \(\S+ %\) in the signal region, \d+ of \d+ \(\S+ %\) in the")
        self.assertNotIn("signal itself", process.stderr)


if __name__ == "__main__":
    unittest.main()
