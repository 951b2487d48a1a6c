#!/usr/bin/env python3
"""lacathode-info: what a file is, how and from what it was made, and whether it is whole."""
import json
import shutil
import unittest

import h5py
import numpy as np

from tool_files import BAD_INPUT, OK, PREPARE, SMALL_SCULPTING, USAGE, ToolTest, content_hash, must, table, write_csv, write_hdf5


def unsealed(source, target):
    """The file as versions before the seal wrote it."""
    target.write_bytes(source.read_bytes()[512:])
    return target


class Info(ToolTest):
    def report(self, path, *options):
        return json.loads(must("info", path, "--json", *options).stdout)

    def test_a_table_of_events(self):
        report = self.report(self.file("cathode_scores.h5"))
        self.assertEqual((report["format"], report["format_version"], report["sealed"]), ("lacathode.scores", 1, True))
        self.assertEqual(report["content_hash"], content_hash(self.file("cathode_scores.h5")))
        self.assertEqual(report["rows"], 3300)
        self.assertEqual(report["columns"][:2], [{"name": "mass", "unit": "TeV"}, {"name": "score", "unit": "1"}])
        self.assertEqual(report["attributes"]["method"], "cathode")
        self.assertEqual(report["counts"]["events"], 3300)
        self.assertEqual(report["provenance"]["program"], "lacathode-score")
        self.assertEqual(report["provenance"]["config"]["score"]["block_rows"], 65536)

    def test_every_format(self):
        metrics = {"sic.h5": "evaluate-sic", "sculpting.h5": "evaluate-sculpting"}
        for name, program in metrics.items():
            small = SMALL_SCULPTING if program == "evaluate-sculpting" else ()
            must(program, "--scores", self.file("cathode_scores.h5"), *small, "--output", self.folder / name)
        expected = {"events.h5": ("lacathode.events", "a"), "latent.h5": ("lacathode.latent", "log_prob"),
                    "samples.h5": ("lacathode.events", "b"), "flow.h5": ("lacathode.flow", "a"),
                    "cathode_classifier.h5": ("lacathode.classifier", "b")}
        for name, (kind, column) in expected.items():
            with self.subTest(name):
                report = self.report(self.file(name))
                self.assertEqual(report["format"], kind)
                self.assertIn(column, [entry["name"] for entry in report["columns"]])
                self.assertRegex(must("info", self.file(name)).stdout, rf"(?m)^  {column} +\[\S+\]$")
        self.assertEqual(self.report(self.file("flow.h5"))["results"], {"epochs": 2, "epochs_kept": 2})
        self.assertIn("max_median_sic", self.report(self.folder / "sic.h5")["results"])
        self.assertRegex(must("info", self.folder / "sculpting.h5").stdout, r"(?m)^  chi2_per_dof_at_0\.1 +\S+$")

    def test_trees_are_those_that_are_kept(self):
        """Of all that were grown those up to the best one."""
        must("train-classifier", "--data", self.file("events.h5"), "--background", self.file("samples.h5"), "--model", "trees",
             "--tree-count", "100", "--tree-patience", "100", "--threads", "1", "--output", self.out)
        with h5py.File(self.out) as file:
            kept, grown = len(file["trees/first_node"]) - 1, len(file["losses/training"]) - 1
        self.assertLess(kept, grown)
        self.assertEqual(self.report(self.out)["results"], {"trees": kept})

    def test_inputs_are_followed_and_compared(self):
        events, flow, latent = (self.copy(name) for name in ("events.h5", "flow.h5", "latent.h5"))
        must("encode", "--events", events, "--flow", flow, "--output", latent, "--force")
        tree = lambda: {entry["role"]: entry for entry in self.report(latent)["inputs"]}
        inputs = tree()
        self.assertEqual({role: entry["state"] for role, entry in inputs.items()}, {"events": "same", "flow": "same"})
        self.assertEqual(inputs["events"]["format"], "lacathode.events")
        self.assertEqual(inputs["events"]["inputs"][0]["path"].rsplit("/")[-1], "table.h5")
        self.assertEqual(inputs["events"]["inputs"][0]["state"], "same")
        # The flow was made from the same events, which are told once.
        self.assertNotIn("inputs", inputs["flow"]["inputs"][0])
        self.assertRegex(must("info", latent).stdout, r"events: \S+ \(lacathode\.events, same, see above\)")

        shutil.copy(self.file("other_flow.h5"), flow)
        events.unlink()
        inputs = tree()
        self.assertEqual({role: entry["state"] for role, entry in inputs.items()}, {"events": "missing", "flow": "changed"})
        self.assertEqual(inputs["flow"]["inputs"], [])

        flow.write_bytes(self.file("flow.h5").read_bytes()[:-1])  # damaged
        self.assertEqual(tree()["flow"]["state"], "changed")

    def test_the_configuration_can_be_fed_back(self):
        path = self.folder / "config.json"
        path.write_text(must("info", "--config", self.file("flow.h5")).stdout)
        again = must("train-flow", "--config", path, "--threads", "1", "--events", self.file("events.h5"), "--output",
                     self.out, "--json")
        self.assertEqual(json.loads(again.stdout)["content_hash"], content_hash(self.file("flow.h5")))

    def test_tables_of_others(self):
        columns = table(20, 5)
        with h5py.File(self.folder / "two.h5", "w") as file:
            for group in ("data", "simulation"):
                for name, values in columns.items():
                    file[f"{group}/{name}"] = values
        with h5py.File(self.folder / "block.h5", "w", userblock_size=512) as file:
            file["x"] = columns["a"]
        for path, layouts in ((self.folder / "two.h5", ["HDF5 group of columns, key '/data'",
                                                       "HDF5 group of columns, key '/simulation'"]),
                              (self.folder / "block.h5", ["HDF5 group of columns, key '/'"]),
                              (write_csv(self.folder / "t.csv", columns), ["CSV"])):
            with self.subTest(path.name):
                report = self.report(path)
                self.assertEqual([entry["layout"] for entry in report["tables"]], layouts)
                self.assertEqual({entry["rows"] for entry in report["tables"]}, {25})
        self.assertEqual(report["tables"][0]["columns"], list(columns))
        self.assertRegex(must("info", path).stdout, r"no file of these programs\n\nCSV: 25 rows\n  mass\n")
        self.expect(BAD_INPUT, r"t\.csv: is no file of these programs", "info", "--config", path)

    def test_tables_beside_one_that_cannot_be_read(self):
        with h5py.File(self.folder / "some.h5", "w") as file:
            file["good/x"] = np.zeros(5)
            file["levels/axis0_level0"] = np.array([b"x"])
            file["levels"].attrs["pandas_type"] = np.bytes_("frame")
        process = must("info", self.folder / "some.h5", "--json")
        self.assertEqual([entry["layout"] for entry in json.loads(process.stdout)["tables"]], ["HDF5 group of columns, key '/good'"])
        self.assertRegex(process.stderr, "warning .*columns with several levels are not read")
        with h5py.File(self.folder / "some.h5", "a") as file:
            del file["good"]
        self.expect(BAD_INPUT, "columns with several levels are not read", "info", self.folder / "some.h5")

    def test_damage_is_told(self):
        events = self.copy("events.h5")
        whole = events.read_bytes()
        for bytes_, pattern in ((whole[:-10], "is truncated"), (whole[:300], "is truncated"),
                                (b"x" + whole[1:], "first 512 bytes are damaged"),
                                (whole[:5000] + b"x" + whole[5001:], "content has changed"),
                                (b"", r"is empty"), (b"\x89HDF\r\n\x1a\n" + b"\0" * 100, "truncated or damaged")):
            with self.subTest(pattern):
                events.write_bytes(bytes_)
                self.expect(BAD_INPUT, (r"events\.h5", pattern), "info", events)
        old = unsealed(self.file("events.h5"), events)
        self.assertFalse(self.report(old)["sealed"])
        with h5py.File(old, "a") as file:
            file["mass"][0] = 1
        self.expect(BAD_INPUT, (r"events\.h5", "content has changed"), "info", old)
        with h5py.File(old, "a") as file:
            file.attrs["format"] = "lacathode.marvel"
        self.expect(BAD_INPUT, (r"events\.h5", "is a lacathode.marvel file"), "info", old)

    def test_a_hostile_configuration(self):
        """No depth of nesting ends the program."""
        path = unsealed(self.file("events.h5"), self.folder / "deep.h5")
        with h5py.File(path, "a") as file:
            file["provenance"].attrs["config"] = "[" * 30_000 + "]" * 30_000
        self.assertTrue(self.report(path)["provenance"]["config"].startswith("[[["))

    def test_other_input(self):
        self.expect(BAD_INPUT, "no such file", "info", self.folder / "nowhere.h5")
        self.expect(BAD_INPUT, "is a directory", "info", self.folder)
        (self.folder / "picture.png").write_bytes(b"\x89PNG\r\n")
        self.expect(BAD_INPUT, r"picture\.png: is a binary file", "info", self.folder / "picture.png")
        with h5py.File(self.folder / "image.h5", "w") as file:
            file["image"] = np.zeros((3, 3))
        self.expect(BAD_INPUT, r"image\.h5: holds no table", "info", self.folder / "image.h5")

    def test_usage(self):
        self.expect(USAGE, "FILE is required", "info")
        self.expect(USAGE, "unexpected argument 'b'", "info", "a", "b")
        self.expect(USAGE, "unknown option --jsn; did you mean '--json'", "info", "--jsn", "a")
        self.assertRegex(must("info", "--help").stdout, r"(?s)Usage: lacathode-info \[OPTIONS\] FILE.*Example:\n  lacathode-info ")


if __name__ == "__main__":
    unittest.main()
