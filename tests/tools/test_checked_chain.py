#!/usr/bin/env python3
"""lacathode-run with run.check_flow: a flow that breaks a limit fails the run, once all is done."""
import json
import unittest

import h5py

from tool_files import BAD_INPUT, FAILED_CHECK, ToolTest, must, table, tool, write_hdf5


class CheckedChain(ToolTest):
    def setUp(self):
        super().setUp()
        self.directory = self.folder / "out"
        sections = {
            "run": {"methods": ["lacathode", "anode"], "retrainings": 2, "check_flow": True},
            "prepare": {"input": str(write_hdf5(self.folder / "table.h5", table(3000, 300))), "format": "table",
                        "mass_column": "mass", "features": ["a", "b"], "label_column": "truth", "injected_signal": 100},
            "train_flow": {"blocks": 2, "hidden": 8, "epochs": 2, "keep_best": 1},
            "sample": {"training": 300, "validation": 100},
            "train_classifier": {"hidden": [8], "epochs": 2, "keep_best": 1},
            "evaluate_sculpting": {"bins": 10, "efficiencies": [0.2, 0.5]}, "check_flow": {"bins": 2}}
        self.command = ("run", "--config", self.config(sections), "--out", self.directory, "--threads", "2")

    def checks(self):
        return sorted(path.name for path in self.directory.rglob("check_*.h5"))

    def test_every_flow_of_the_sidebands_is_checked(self):
        process = must(*self.command)
        self.assertEqual(self.checks(), ["check_00.h5", "check_01.h5"])
        self.assertRegex(process.stdout, r"(?s)lacathode +anode\nmax_median_sic.*\n\n +flow_00 +flow_01\nsideband_latent_p_value ")
        results = json.loads(must(*self.command, "--json").stdout)["checks"]
        self.assertEqual(list(results), ["flow_00", "flow_01"])
        with h5py.File(self.directory / "check_01.h5") as file:
            self.assertEqual(results["flow_01"]["two_sample_auc"], file.attrs["two_sample_auc"])
            self.assertIn("flow_01.h5", file["provenance/inputs"].attrs["flow"])

    def test_one_flow_for_all(self):
        must(*self.command, "--set", "run.retrain=classifier")
        self.assertEqual(self.checks(), ["check_00.h5"])

    def test_a_failed_check_fails_the_run_when_all_is_done(self):
        command = (*self.command, "--set", "check_flow.largest_distance=0.001")
        for _ in range(2):  # the second time everything is up to date
            process = tool(*command)
            self.assertEqual(process.returncode, FAILED_CHECK, process.stderr)
            self.assertRegex(process.stderr, r"(?s)error checks fail:\n  .*check_00\.h5: sideband_latent_distance = .*"
                                             r"check_01\.h5: sideband_latent_distance = ")
            self.assertIn("max_median_sic", process.stdout)
            self.assertTrue((self.directory / "anode/sculpting.h5").exists())
        self.assertIn("check_00.h5 is up to date", process.stderr)
        must(*self.command)  # other limits: the checks are made again, without --force

    def test_events_that_are_too_few_are_told_before_any_training(self):
        self.expect(BAD_INPUT, r"lacks events:\n  only \d+ test events in the sidebands, at least 50000 needed for check_flow\.bins"
                               r" = 50\n  only \d+ test events in the signal region, at least 1000 needed",
                    *self.command, "--set", "check_flow.bins=50")
        self.assertFalse((self.directory / "flow_00.h5").exists())

    def test_so_is_a_sideband_that_has_too_few(self):
        for edge, where in (("low=2.82", "lower"), ("high=4.18", "upper")):
            self.expect(BAD_INPUT, rf"lacks events:\n  only \d+ test events in the {where} sideband, at least 40 needed for check_flow\.bins = 2\n",
                        *self.command, "--set", f"prepare.signal_region_{edge}", "--force")
        self.assertFalse((self.directory / "flow_00.h5").exists())


if __name__ == "__main__":
    unittest.main()
