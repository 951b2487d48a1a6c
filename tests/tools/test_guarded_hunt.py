"""What a search refuses, so that nobody is unblinded or trusts a number by accident."""
import json
import os
import unittest

import h5py

from tool_files import BAD_INPUT, FAILED_CHECK, USAGE, ToolTest, must, small_chain, table, tool, write_hdf5

UNBLIND = ("--set", "hunt.unblind=true")


class GuardedHunt(ToolTest):
    def setUp(self):
        super().setUp()
        self.columns = table(1500, 200)
        sections = small_chain(write_hdf5(self.folder / "table.h5", self.columns), retrainings=1)
        sections["run"].update({"methods": ["lacathode"], "folds": 2, "reference": 1000, "sic": False, "sculpting": False, "hunt": True})
        sections["fit_background"] = {"low": 2.6, "efficiency_low": 2.6, "high": 4.4, "shape": "log_polynomial", "bin_width": 0.1,
                                      "efficiencies": [0.3, 0.5], "least_parameters": 1, "most_parameters": 2, "toys": 20}
        self.sections = sections
        self.options = ("--config", self.config(sections), "--out", self.folder / "out", "--threads", "2")

    def test_an_estimate_that_fails_ends_with_an_exit_code_of_its_own(self):
        """A goodness of 1 is asked for, which no estimate of both cuts has; the results are there all the same."""
        must("run", *self.options)
        with h5py.File(self.folder / "out/lacathode/hunt_00.h5") as file:
            self.assertEqual(file.attrs["failures"], "")
            self.assertEqual(file.attrs["warnings"].count("passes as Poisson events"), 2)
        fails = ("--set", "hunt.checks=fail", "--set", "hunt.least_goodness=1", "--set", "fit_background.toys=10")
        process = tool("run", *self.options, *fails)
        self.assertEqual(process.returncode, FAILED_CHECK, process.stderr)
        self.assertRegex(process.stderr, r"hunt_00\.h5: the estimate by efficiency at the background efficiency 0\.\d does not fit the sidebands")
        self.assertIn("background_at_0.3", process.stdout)
        with h5py.File(self.folder / "out/lacathode/hunt_00.h5") as file:
            self.assertIn("hunt.least_goodness = 1", file.attrs["failures"])
            self.assertEqual(file.attrs["warnings"].count("passes as Poisson events"), 2)
            self.assertNotIn("does not fit", file.attrs["warnings"])
        failed = self.expect(FAILED_CHECK, "fails its checks", "hunt", "--config", self.options[1], *fails, "--scores",
                             self.folder / "out/lacathode/scores_00.h5", "--output", self.folder / "hunt.h5")
        self.assertIn("background_at_0.3", failed.stdout)
        self.assertTrue((self.folder / "hunt.h5").exists())
        must("run", *self.options, *fails[2:])
        with h5py.File(self.folder / "out/lacathode/hunt_00.h5") as file:
            self.assertRegex(file.attrs["warnings"], "at the background efficiency 0.* does not fit the sidebands")
            self.assertEqual(file.attrs["failures"], "")

    def test_spectra_need_no_device_for_networks(self):
        must("run", *self.options)
        scores = self.folder / "out/lacathode/scores_00.h5"
        for stage in ("fit-background", "hunt"):
            must(stage, "--config", self.options[1], "--device", "cuda", "--scores", scores, "--output", self.folder / f"{stage}.h5",
                 env={**os.environ, "LACATHODE_TORCH_LIBRARY": "/nonexistent"})

    def test_bootstrapped_toys_need_unblinded_data(self):
        bootstrap = ("toys", *self.options, "--count", "2", "--set", "pseudo_data.source=bootstrap")
        self.expect(USAGE, r"pseudo_data\.source = bootstrap .* needs hunt\.unblind = true", *bootstrap)
        self.assertFalse((self.folder / "out").exists())
        process = must(*bootstrap, *UNBLIND)
        self.assertNotIn("uniform", process.stdout)
        calibration = json.loads(must(*bootstrap, *UNBLIND, "--json").stdout)["calibration"]["lacathode"]["signal_region"]["0.3"]
        self.assertEqual(calibration["toys"], 2)
        self.assertNotIn("uniformity_p_value", calibration)

    def test_data_are_looked_at_once(self):
        """Without truth labels; with them it is a study."""
        twice = ("--set", "run.retrainings=2")
        must("run", *self.options, *twice, *UNBLIND)
        self.columns.pop("truth")
        self.sections["prepare"].update({"input": str(write_hdf5(self.folder / "data.h5", self.columns)), "label_column": "", "injected_signal": 0})
        options = ("--config", self.config(self.sections), "--out", self.folder / "data", "--threads", "2")
        self.expect(BAD_INPUT, r"run\.retrainings = 2 looks at the data so many times", "run", *options, *twice, *UNBLIND)
        must("run", *options, *UNBLIND)

    def test_cuts_and_peaks_that_make_no_sense(self):
        self.expect(USAGE, r"fit_background\.efficiencies must list each number once", "run", *self.options,
                    "--set", "fit_background.efficiencies=0.3,0.3")
        self.expect(USAGE, r"hunt\.signal_mean = 4 lies outside the signal region", "run", *self.options, "--set", "hunt.signal=gaussian",
                    "--set", "hunt.signal_width=0.1", "--set", "hunt.signal_mean=4")


if __name__ == "__main__":
    unittest.main()
