"""A hunt as a workspace for pyhf; with pyhf installed, the limits that it finds."""
import json
import sys
import unittest
from pathlib import Path

import h5py
import numpy as np

from tool_files import BAD_INPUT, CANNOT_WRITE, ToolTest, must, small_chain, table, write_hdf5

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
import workspace  # noqa: E402  (found only now)
from plotting import files  # noqa: E402

try:
    import pyhf
except ImportError:
    pyhf = None


class Workspace(ToolTest):
    def setUp(self):
        super().setUp()
        sections = small_chain(write_hdf5(self.folder / "table.h5", table(1500, 200)), retrainings=1)
        sections["run"].update({"methods": ["lacathode"], "folds": 2, "reference": 1000, "sic": False, "sculpting": False, "hunt": True})
        sections["fit_background"] = {"low": 2.6, "efficiency_low": 2.6, "high": 4.4, "shape": "log_polynomial", "bin_width": 0.1,
                                      "efficiencies": [0.3, 0.5], "least_parameters": 1, "most_parameters": 2, "toys": 20}
        self.run_options = ("run", "--config", self.config(sections), "--out", self.folder / "out", "--threads", "2")
        self.hunt = self.folder / "out/lacathode/hunt_00.h5"

    def make(self, *arguments):
        return workspace.main([str(self.hunt), *map(str, arguments)])

    def test_the_file_says_what_the_workspace_says(self):
        must(*self.run_options)
        path = self.folder / "workspace.json"
        self.assertEqual(self.make("--efficiency", 0.3, "--output", path), 0)
        made = json.loads(path.read_text())
        with h5py.File(self.hunt) as file:
            expected, error = file["efficiency/expected"][1], file["efficiency/error"][1]
        signal, background = made["channels"][0]["samples"]
        self.assertEqual(background["data"], [expected])
        self.assertEqual(background["modifiers"][0]["data"], {"hi_data": [expected + error], "lo_data": [expected - error]})
        self.assertEqual(signal["data"], [1.0])
        self.assertEqual(made["observations"][0]["data"], [expected])  # blinded
        must(*self.run_options, "--set", "hunt.unblind=true")
        self.assertEqual(self.make("--efficiency", 0.5, "--estimate", "spectrum", "--output", path), 0)
        made = json.loads(path.read_text())
        with h5py.File(self.hunt) as file:
            self.assertEqual(made["observations"][0]["data"], [file["spectrum/observed"][2]])
            self.assertEqual(made["channels"][0]["samples"][1]["data"], [file["spectrum/expected"][2]])

    def test_what_cannot_be_made_is_told(self):
        must(*self.run_options)
        self.assertEqual(self.make("--efficiency", 0.4), BAD_INPUT)
        self.assertEqual(self.make("--efficiency", 1), BAD_INPUT)  # without a cut there is no efficiency
        self.assertEqual(self.make("--efficiency", 0.3, "--output", self.folder), CANNOT_WRITE)
        self.hunt = self.folder / "table.h5"
        self.assertEqual(self.make("--efficiency", 0.3), BAD_INPUT)

    @unittest.skipIf(pyhf is None, "pyhf is not installed")
    def test_pyhf_finds_the_same_limit(self):
        """Its background is Gaussian, the file's the fit's own: 2 % are allowed, of some 60 events."""
        must(*self.run_options, "--set", "hunt.unblind=true")
        hunt = files.read_metrics(self.hunt, "hunt")
        for cut, efficiency in ((1, 0.3), (2, 0.5)):
            for estimate in ("spectrum", "efficiency"):
                made = pyhf.Workspace(workspace.workspace(hunt, efficiency, estimate))
                model = made.model()
                _, highest = model.config.suggested_bounds()[model.config.poi_index]
                observed, _ = pyhf.infer.intervals.upper_limits.toms748_scan(made.data(model), model, 0, highest, rtol=1e-5)
                ours = hunt[f"{estimate}/limit/observed"][cut]
                self.assertLess(abs(float(observed) / ours - 1), 0.02, (efficiency, estimate, float(observed), ours))
                self.assertTrue(np.isfinite(ours))


if __name__ == "__main__":
    unittest.main()
