#!/usr/bin/env python3
"""python/lacathode.py reads every file as it was written, and refuses one that was changed."""
import builtins
import importlib.util
import os
import subprocess
import sys
import unittest
from pathlib import Path
from unittest import mock

import h5py
import numpy as np

from tool_files import SMALL_SCULPTING, ToolTest, content_hash, must

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "python"))
import lacathode  # noqa: E402

HAS_PANDAS = importlib.util.find_spec("pandas") is not None
HAS_XXHASH = importlib.util.find_spec("xxhash") is not None
IN_CI = os.environ.get("CI") == "true"  # where scripts/setup.sh installs both


def without(*modules):
    """As if these were not installed."""
    real = builtins.__import__

    def refuse(name, *arguments, **more):
        if name in modules:
            raise ImportError(f"No module named '{name}'")
        return real(name, *arguments, **more)
    return mock.patch("builtins.__import__", refuse)


class PythonModule(ToolTest):
    def change_byte(self, name, position):
        path = self.copy(name)
        content = bytearray(path.read_bytes())
        content[position] ^= 1
        path.write_bytes(content)
        return path

    @unittest.skipUnless(HAS_PANDAS or IN_CI, "needs pandas")
    def test_events_are_a_data_frame(self):
        frame = lacathode.read(self.file("latent.h5"))
        self.assertEqual(list(frame.columns), ["mass", "z0", "z1", "log_prob", "label", "mapped", "partition", "source_row"])
        self.assertEqual(frame.attrs["units"], {"mass": "TeV", "z0": "1", "z1": "1"})
        self.assertEqual((frame.attrs["mass"], frame.attrs["features"]), ("mass", ["z0", "z1"]))
        self.assertEqual(frame.attrs["signal_region_low"], 3.3)
        self.assertEqual(frame.attrs["provenance"]["content_hash"], content_hash(self.file("latent.h5")))
        self.assertEqual(frame.attrs["provenance"]["config"]["encode"]["block_rows"], 65536)
        self.assertEqual(frame.attrs["provenance"]["inputs"]["flow"]["content_hash"], content_hash(self.file("flow.h5")))
        with h5py.File(self.file("latent.h5")) as file:
            for column, name in (("mass", "mass"), ("z1", "features/z1"), ("partition", "partition")):
                np.testing.assert_array_equal(frame[column], file[name])
        self.assertGreater((frame.partition == lacathode.TEST).sum(), 0)
        self.assertEqual(frame[frame.mapped == 0].z0.isna().all(), True)

    @unittest.skipUnless(HAS_PANDAS or IN_CI, "needs pandas")
    def test_a_feature_that_is_called_as_another_column(self):
        with h5py.File(self.folder / "t.h5", "w") as file:
            random = np.random.default_rng(1)
            file["m"], file["label"], file["b"] = random.uniform(3, 4, 300), random.normal(size=300), random.normal(size=300)
        must("prepare", "--input", self.folder / "t.h5", "--format", "table", "--mass-column", "m", "--features", "label,b",
             "--injected-signal", "0", "--output", self.out)
        frame = lacathode.read(self.out)
        self.assertEqual(list(frame.columns), ["m", "label", "b", "partition", "source_row"])  # it is the only one
        must("prepare", "--input", self.folder / "t.h5", "--format", "table", "--mass-column", "m", "--features", "b",
             "--injected-signal", "0", "--shift", "b=0.1", "--output", self.out, "--force")
        with h5py.File(self.out, "a") as file:  # renamed by hand, so without a seal
            file.move("features/b", "features/partition")
        unsealed = self.folder / "unsealed.h5"
        unsealed.write_bytes(self.out.read_bytes()[512:])
        self.assertEqual(list(lacathode.read(unsealed).columns), ["m", "features/partition", "partition", "source_row"])

    def test_arrays_of_every_format(self):
        names = ["events.h5", "latent.h5", "samples.h5", "flow.h5", "cathode_scores.h5", "lacathode_classifier.h5"]
        paths = [self.file(name) for name in names]
        for program, small in (("evaluate-sic", ()), ("evaluate-sculpting", SMALL_SCULPTING)):
            paths.append(self.folder / f"{program}.h5")
            must(program, "--scores", self.file("cathode_scores.h5"), *small, "--output", paths[-1])
        for path in paths:
            with self.subTest(path.name), h5py.File(path) as file:
                contents = lacathode.arrays(path)
                found = []
                file.visititems(lambda name, item: found.append(name) if isinstance(item, h5py.Dataset) else None)
                self.assertEqual(sorted(contents), sorted(found))
                for name in found:
                    np.testing.assert_array_equal(contents[name], file[name])
                self.assertEqual(contents.attrs["format"], file.attrs["format"])
                np.testing.assert_equal(lacathode.attributes(path), contents.attrs)  # NaN included
        metrics = lacathode.read(self.folder / "evaluate-sic.h5")
        self.assertIsInstance(metrics, lacathode.Arrays)
        with self.assertRaisesRegex(KeyError, "no array 'sic/mean'; it has .*sic/median"):
            metrics["sic/mean"]

    @unittest.skipUnless(HAS_XXHASH or IN_CI, "needs xxhash")
    def test_the_seal_is_checked(self):
        self.assertEqual(lacathode.arrays(self.file("flow.h5")).attrs["seal"], "verified")
        self.assertEqual(lacathode.check_seal(self.file("flow.h5")), "verified")
        with self.assertRaisesRegex(lacathode.FileError, r"flow\.h5: its content has changed"):
            lacathode.arrays(self.change_byte("flow.h5", -100))
        with self.assertRaisesRegex(lacathode.FileError, r"flow\.h5: its content has changed"):
            lacathode.attributes(self.change_byte("flow.h5", -100))

    def test_without_xxhash_the_length_is(self):
        with without("xxhash"):
            self.assertRegex(lacathode.arrays(self.file("flow.h5")).attrs["seal"], "^length verified; install xxhash")
            path = self.copy("flow.h5")
            with open(path, "ab") as file:
                file.write(b"x")
            with self.assertRaisesRegex(lacathode.FileError, r"flow\.h5: is truncated or has grown"):
                lacathode.arrays(path)

    def test_without_pandas_arrays_can_be_read(self):
        with without("pandas"), self.assertRaisesRegex(ImportError, "python3-pandas.*lacathode.arrays"):
            lacathode.read(self.file("events.h5"))
        with without("pandas"):
            self.assertIn("losses/training", lacathode.read(self.file("flow.h5")))

    def test_other_files(self):
        for content, pattern in ((b"x", "cannot be read as HDF5"), (b"lacathode file, seal 1\nbytes", "its seal is damaged")):
            (self.folder / "f.h5").write_bytes(content)
            with self.assertRaisesRegex(lacathode.FileError, rf"f\.h5: {pattern}"):
                lacathode.read(self.folder / "f.h5")
        with self.assertRaisesRegex(lacathode.FileError, "nowhere: cannot be read: No such file"):
            lacathode.read(self.folder / "nowhere")
        with self.assertRaisesRegex(lacathode.FileError, "is no file of lacathode"):
            lacathode.read(self.file("table.h5"))
        path = self.folder / "newer.h5"
        path.write_bytes(self.file("flow.h5").read_bytes()[512:])
        with h5py.File(path, "a") as file:
            file.attrs["format_version"] = 2
        with self.assertRaisesRegex(lacathode.FileError, "format_version is 2; this module reads 1"):
            lacathode.read(path)

    def test_partitions_are_those_of_the_programs(self):
        header = (Path(__file__).resolve().parents[2] / "include/lacathode/core/event_table.hpp").read_text()
        for number, name in enumerate(lacathode.PARTITIONS):
            self.assertRegex(header, rf"\b{name} = {number},")
            self.assertEqual(getattr(lacathode, name.upper()), number)

    def test_numpy_and_h5py_are_enough(self):
        script = ("import sys; sys.path.insert(0, sys.argv[1]); sys.modules['pandas'] = sys.modules['xxhash'] = None; "
                  "import lacathode; print(len(lacathode.arrays(sys.argv[2])))")
        process = subprocess.run([sys.executable, "-B", "-c", script, sys.path[0], self.file("flow.h5")], capture_output=True,
                                 text=True, check=False, timeout=60)
        self.assertEqual(process.returncode, 0, process.stderr)


if __name__ == "__main__":
    unittest.main()
