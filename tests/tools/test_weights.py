#!/usr/bin/env python3
"""Event weights through the whole chain: prepare.weight_column, and what refuses it."""
import unittest

import h5py
import numpy as np

from tool_files import BAD_INPUT, ToolTest, must, small_chain, table, write_hdf5

SPECTRUM = {"low": 3.0, "high": 4.1, "efficiency_low": 2.9, "bin_width": 0.1, "efficiencies": [0.3, 0.2],
            "shape": "log_polynomial", "least_parameters": 1, "most_parameters": 2, "toys": 10}


def numbers(path):
    """All arrays of the file, without its provenance."""
    arrays = {}
    with h5py.File(path) as file:
        file.visititems(lambda name, item: arrays.update({name: item[()]}) if isinstance(item, h5py.Dataset) else None)
        arrays.update({f"attribute {name}": value for name, value in file.attrs.items() if name != "flow_hash"})
    return arrays


class Weights(ToolTest):
    def setUp(self):
        super().setUp()
        columns = table(3000, 300)
        random = np.random.default_rng(7)
        size = len(columns["mass"])
        columns["one"] = np.ones(size)
        columns["positive"] = random.exponential(1.0, size) + 0.1
        columns["signed"] = np.where(random.uniform(size=size) < 0.1, -1.0, 1.0) * columns["positive"]
        inside = (columns["mass"] > 3.3) & (columns["mass"] < 3.7)
        columns["signed_beside"] = np.where(inside, columns["positive"], columns["signed"])
        self.sections = small_chain(write_hdf5(self.folder / "table.h5", columns), retrainings=1)
        self.sections["run"]["methods"] = ["lacathode"]

    def run_chain(self, out, weight, **sections):
        changed = {name: {**self.sections.get(name, {}), **values} for name, values in sections.items()}
        merged = {**self.sections, **changed}
        merged["prepare"] = {**merged["prepare"], **({"weight_column": weight} if weight else {})}
        return ("run", "--config", self.config(merged, f"{out}.json"), "--out", self.folder / out, "--threads", "2")

    def search(self, out, weight, **sections):
        return self.run_chain(out, weight, run={"folds": 2, "hunt": True, "reference": 2000, "sculpting": False, **sections.pop("run", {})},
                              fit_background=SPECTRUM, hunt={"unblind": True, "toys": 20, "few": 0}, **sections)

    def test_a_column_of_ones_is_as_none(self):
        for weight in ("", "one"):
            must(*self.search(weight or "none", weight, run={"methods": ["lacathode", "cathode"]}))
        for name in ("lacathode/scores_00.h5", "cathode/scores_00.h5", "lacathode/sic.h5", "lacathode/hunt_00.h5", "cathode/hunt_00.h5"):
            with self.subTest(name):
                none, ones = (numbers(self.folder / out / name) for out in ("none", "one"))
                self.assertEqual(set(ones) - set(none) - {"weight", "weight_scale"}, set())
                for key, values in none.items():
                    np.testing.assert_array_equal(ones[key], values, err_msg=key)

    def test_a_column_of_ones_is_as_none_in_sculpting(self):
        for weight in ("", "one"):
            must(*self.run_chain(weight or "none", weight))
        none, ones = (numbers(self.folder / out / "lacathode/sculpting.h5") for out in ("none", "one"))
        self.assertEqual(set(none), set(ones))
        for key, values in none.items():
            np.testing.assert_array_equal(ones[key], values, err_msg=key)

    def test_a_chain_of_weighted_events_ends(self):
        process = must(*self.run_chain("out", "positive", run={"methods": ["lacathode", "cathode", "cwola", "anode"]}))
        self.assertRegex(process.stdout, "max_median_sic")
        for name in ("events.h5", "latent_00.h5", "lacathode/scores_00.h5", "cathode/scores_00.h5", "anode/scores_00.h5"):
            with h5py.File(self.folder / "out" / name) as file:
                self.assertIn("weight", file, name)
        sculpting = numbers(self.folder / "out/lacathode/sculpting.h5")
        for p_value in sculpting["p_value"].flat:
            self.assertTrue(0 < p_value <= 1)
        events = numbers(self.folder / "out/events.h5")
        tested = (events["partition"] == 2) & (events["label"] == 0)
        self.assertAlmostEqual(sculpting["histogram/full_weights"].sum() / events["weight"][tested].sum(), 1, places=6)
        self.assertEqual(sculpting["histogram/full"].sum(), tested.sum())

    def test_a_search_of_events_of_negative_weights_ends(self):
        must(*self.search("out", "signed"))
        hunt = numbers(self.folder / "out/lacathode/hunt_00.h5")
        scores = numbers(self.folder / "out/lacathode/scores_00.h5")
        held_out = scores["partition"] == 2
        inside = held_out & (scores["mass"] > 3.3) & (scores["mass"] < 3.7)
        passed = np.exp(-scores["features/score"].astype(np.float64)) <= 0.3
        weight = scores["weight"].astype(np.float64)
        cell = hunt["attribute signal_cell"]
        np.testing.assert_allclose(hunt["counts"][1, cell], weight[inside & passed].sum(), rtol=1e-9)
        beside = held_out & passed & ~inside & (scores["mass"] >= 2.9) & (scores["mass"] < 4.1)
        np.testing.assert_allclose(hunt["weight_scale"][1], (weight[beside] ** 2).sum() / weight[beside].sum(), rtol=1e-9)
        np.testing.assert_allclose(hunt["efficiency/observed"][1], hunt["counts"][1, cell], rtol=1e-9)
        np.testing.assert_allclose(hunt["efficiency/signal"][1],
                                   hunt["counts"][1, cell] - hunt["efficiency/expected"][1], rtol=1e-6)

    def test_what_cannot_honour_weights_says_so_before_any_training(self):
        for weight, sections, told in (
                ("positive", {"run": {"check_flow": True}}, "events that weigh one each, for which alone the tests of check_flow hold"),
                ("signed", {"run": {"methods": ["cathode"]}}, "weights of 0 and more, by which cathode draws masses"),
                ("signed", {"train_classifier": {"further_inputs": ["mass"]}}, "weights of 0 and more, by which lacathode draws masses that"),
                ("positive", {"run": {"methods": ["curtains"]}}, "curtains does not carry weights along"),
                ("signed", {"train_classifier": {"model": "trees"}}, "positive weights, as trees need them"),
                ("signed_beside", {"train_classifier": {"model": "trees"}, "run": {"methods": ["lacathode", "cwola"]}},
                 "positive weights, as trees need them")):
            with self.subTest(told):
                self.expect(BAD_INPUT, told, *self.run_chain(weight, weight, **sections))
                self.assertFalse((self.folder / weight / "flow_00.h5").exists())

    def test_a_bin_that_negative_weights_outweigh_is_told_before_any_training(self):
        with h5py.File(self.folder / "table.h5", "a") as file:
            file["outweighed"] = np.where((3.75 < file["mass"][()]) & (file["mass"][()] < 3.95), -1.0, 1.0)
        self.expect(BAD_INPUT, (r"table\.h5: the weights between the masses 3\.\d+ and 3\.\d+ do not add up", r"fit_background\.bin_width"),
                    *self.search("out", "outweighed"))
        self.assertFalse((self.folder / "out/fold_0/flow_00.h5").exists())

    def test_programs_alone_say_so_too(self):
        must(*self.run_chain("out", "signed"))
        at = lambda name: self.folder / "out" / name
        sample = ("sample", "--events", at("events.h5"), "--flow", at("flow_00.h5"), "--output", self.out)
        self.expect(BAD_INPUT, r"events\.h5: has negative weights in the signal region", *sample, "--method", "cathode")
        self.expect(BAD_INPUT, r"events\.h5: has event weights, which curtains", *sample, "--method", "curtains")
        self.expect(BAD_INPUT, r"events\.h5: has events of other weights than one", "check-flow", "--events", at("events.h5"),
                    "--flow", at("flow_00.h5"), "--bins", "2", "--output", self.out)
        self.expect(BAD_INPUT, "weights must be positive.*model = mlp", "train-classifier", "--data", at("latent_00.h5"),
                    "--background", at("normal_00.h5"), "--model", "trees", "--output", self.out)
        must("apply", "--flow", at("flow_00.h5"), "--classifiers", at("lacathode/classifier_00.h5"), "--input", self.folder / "table.h5",
             "--set", "prepare.format=table", "--set", "prepare.weight_column=signed", "--output", self.out)
        with h5py.File(self.out) as file, h5py.File(self.folder / "table.h5") as source:
            np.testing.assert_array_equal(file["weight"], source["signed"][()].astype(np.float32)[file["source_row"][()]])
        must("export", "--scores", at("lacathode/scores_00.h5"), "--output", self.folder / "kept.csv", "--keep", "weight,mass")
        header, first = (self.folder / "kept.csv").read_text().splitlines()[:2]
        self.assertIn("weight", header)


if __name__ == "__main__":
    unittest.main()
