#!/usr/bin/env python3
"""lacathode-check-flow: what its file says, and the exit code of a flow that breaks a limit."""
import json
import unittest

import h5py
import numpy as np

from tool_files import BAD_INPUT, FAILED_CHECK, SMALL_FLOW, ToolTest, must, table, tool, write_hdf5


class CheckFlow(ToolTest):
    def check(self, *arguments):
        return ("check-flow", "--events", self.file("events.h5"), "--flow", self.file("flow.h5"), "--set",
                "check_flow.bins=2", "--output", self.out, *arguments)

    def test_the_file_holds_what_the_summary_says(self):
        summary = json.loads(must(*self.check("--json")).stdout)
        with h5py.File(self.out) as file, h5py.File(self.file("latent.h5")) as latent:
            numbers = {name: value for name, value in summary.items() if isinstance(value, float)}
            self.assertEqual(len(numbers), 16)
            self.assertEqual(numbers, {name: file.attrs[name] for name in numbers})
            self.assertEqual((file.attrs["kind"], file.attrs["judged"], file.attrs["failures"]), ("flow", "everywhere", ""))
            low, high = (latent.attrs[f"signal_region_{edge}"] for edge in ("low", "high"))
            mass, inside = latent["mass"][:], (low < latent["mass"][:]) & (latent["mass"][:] < high)
            held_out = (latent["partition"][:] == 2) & (~inside | (latent["label"][:] == 0))
            mapped = held_out & (latent["mapped"][:] == 1)
            self.assertEqual(file["bins/in_signal_region"][:].tolist(), [0, 0, 1, 1, 0, 0])
            self.assertEqual(file["bins/events"][:].sum(), mapped.sum())
            self.assertEqual(file["bins/low"][0], mass[mapped].min())
            self.assertEqual(file["bins/high"][-1], mass[mapped].max())
            # The third bin's second coordinate, by another implementation.
            rows = mapped & (file["bins/low"][2] <= mass) & (mass < file["bins/high"][2])
            z = latent["features/z1"][:][rows].astype(float)
            np.testing.assert_allclose(file["latent/mean"][2, 1], z.mean(), rtol=1e-9)
            np.testing.assert_allclose(file["latent/variance"][2, 1], z.var(ddof=1), rtol=1e-9)
            self.assertEqual(file["bins/events"][2], len(z))
            self.assertEqual(file.attrs["sideband_events"], (held_out & ~inside).sum())
            self.assertEqual(file.attrs["sideband_not_mapped"], (held_out & ~inside & ~mapped).sum())

    def test_a_limit_that_is_broken_fails_once_the_file_is_there(self):
        passed = must(*self.check("--json"))
        failed = self.expect(FAILED_CHECK, (r"flow\.h5 fails its check:\n  sideband_latent_distance = 0\.\d+ exceeds "
                                            r"check_flow\.largest_distance = 0\.001\n  signal_region_latent_distance = ",
                                            r"out\.h5 has all of it"), *self.check("--largest-distance", "0.001", "--json", "--force"))
        said = [json.loads(process.stdout) for process in (failed, passed)]
        self.assertEqual(said[0].keys(), said[1].keys())
        self.assertEqual(said[0]["sideband_latent_distance"], said[1]["sideband_latent_distance"])
        report = json.loads(must("info", "--json", self.out).stdout)
        self.assertIn("sideband_latent_distance = ", report["attributes"]["failures"])
        self.assertGreater(report["results"]["sideband_latent_distance"], 0.001)
        self.expect_no_partial()
        must(*self.check("--largest-distance", "0.9", "--force"))

    def test_validation_events_are_other_ones(self):
        must(*self.check())
        with h5py.File(self.out) as file:
            tested = file.attrs["sideband_events"]
        must(*self.check("--partition", "validation", "--bins", "1", "--force"))
        with h5py.File(self.out) as file:
            self.assertEqual(file.attrs["partition"], "validation")
            self.assertLess(file.attrs["sideband_events"], tested)

    def test_too_few_events_name_the_file(self):
        self.expect(BAD_INPUT, r"events\.h5: \d+ mapped events in the sidebands for check_flow\.bins = 50, at least 50000 needed",
                    *self.check("--bins", "50"))
        self.assertFalse(self.out.exists())

    def test_data_without_truth_are_not_judged_in_the_signal_region(self):
        columns = table()
        del columns["truth"]
        write_hdf5(self.folder / "data.h5", columns)
        must("prepare", "--input", self.folder / "data.h5", "--format", "table", "--mass-column", "mass", "--features", "a,b",
             "--injected-signal", "0", "--output", self.folder / "events.h5")
        must("train-flow", "--events", self.folder / "events.h5", *SMALL_FLOW, "--output", self.folder / "flow.h5")
        process = tool("check-flow", "--events", self.folder / "events.h5", "--flow", self.folder / "flow.h5", "--bins", "2",
                       "--largest-distance", "0", "--output", self.out)
        self.assertEqual(process.returncode, FAILED_CHECK)
        self.assertRegex(process.stderr, r"events\.h5 has no truth labels: data in the signal region may hold signal")
        self.assertNotIn("signal_region_latent_distance", process.stderr)


if __name__ == "__main__":
    unittest.main()
