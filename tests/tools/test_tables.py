#!/usr/bin/env python3
"""Inputs of lacathode-prepare as users have them: several files, other separators, gzip, truth values, other names."""
import gzip
import json
import unittest
from pathlib import Path

import h5py
import numpy as np

from tool_files import BAD_INPUT, CANNOT_WRITE, PREPARE, USAGE, ToolTest, content_hash, must, table, write_csv, write_hdf5

SAMPLES = Path(__file__).resolve().parents[1] / "data/formats"


def lines(columns, separator=","):
    """The table as text; truth values as pandas writes them."""
    def text(name, value):
        return str(bool(value)) if name == "truth" else repr(float(value))
    rows = zip(*columns.values())
    return "".join(separator.join(row) + "\n" for row in
                   [list(columns)] + [[text(name, value) for name, value in zip(columns, row)] for row in rows])


class TableTest(ToolTest):
    def setUp(self):
        super().setUp()
        self.columns = table(600, 200)
        must("prepare", "--input", write_hdf5(self.folder / "table.h5", self.columns), *PREPARE, "--output", self.out)
        self.expected = content_hash(self.out)

    def part(self, name, begin, end):
        return write_csv(self.folder / name, {key: values[begin:end] for key, values in self.columns.items()})

    def expect_events(self, *arguments):
        """The same events as from the HDF5 table."""
        must("prepare", *arguments, *PREPARE, "--output", self.out, "--force")
        self.assertEqual(content_hash(self.out), self.expected, arguments)

    def refuse(self, code, patterns, *arguments):
        self.out.unlink(missing_ok=True)
        self.expect(code, patterns, "prepare", *arguments, *PREPARE, "--output", self.out)
        self.assertFalse(self.out.exists())
        self.expect_no_partial()


class Texts(TableTest):
    """What a text may look like."""

    def write(self, name, text):
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def test_separators_and_truth_values(self):
        for separator in (",", ";", "\t"):
            with self.subTest(separator):
                self.expect_events("--input", self.write("table.txt", lines(self.columns, separator)))

    def test_header_that_can_be_read_in_two_ways(self):
        text = lines(self.columns, ";").replace("a;b", "a,b", 1)
        self.refuse(BAD_INPUT, r"table\.csv, line 1: the column names are separated by more than one of commas, semicolons and tabs",
                    "--input", self.write("table.csv", text))

    def test_blanks(self):
        self.refuse(BAD_INPUT, r"table\.csv, line 1: the column names seem to be separated by blanks; .*commas, semicolons or tabs",
                    "--input", self.write("table.csv", lines(self.columns, " ")))

    def test_decimal_commas(self):
        self.refuse(BAD_INPUT, r"table\.csv, line 2: column '\w+': '[-\d]+,\d+' is not a number; write decimals with a point",
                    "--input", self.write("table.csv", lines(self.columns, ";").replace(".", ",")))

    def test_gzip(self):
        packed = gzip.compress(lines(self.columns).encode())
        self.expect_events("--input", self.write("table.csv.gz", packed))
        self.expect_events("--input", self.write("table.csv", packed))
        self.refuse(BAD_INPUT, r"table\.csv\.gz: its gzip data ends too early, it was cut off, \d+ bytes of text are whole; copy or download",
                    "--input", self.write("table.csv.gz", packed[:len(packed) // 2]))
        self.refuse(BAD_INPUT, r"table\.h5\.gz: behind its gzip compression is an HDF5 file; unpack it first: gunzip .*table\.h5\.gz",
                    "--input", self.write("table.h5.gz", gzip.compress((self.folder / "table.h5").read_bytes())))

    def test_a_gzip_file_that_never_ends_a_line(self):
        self.refuse(BAD_INPUT, r"bomb\.gz: a line is longer than 16 MiB",
                    "--input", self.write("bomb.gz", gzip.compress(b"mass,a,b,truth\n" + bytes([49]) * 100_000_000)))

    def test_truth_values_of_pandas(self):
        for name in ("truth_fixed.h5", "truth_table.h5"):
            path = SAMPLES / name
            must("prepare", "--input", path, "--format", "table", "--mass-column", "m", "--features", "x,good,tight", "--label-column", "label",
                 "--injected-signal", "1", "--output", self.out, "--force")
            with h5py.File(self.out) as file:
                self.assertEqual(set(np.unique(file["features/good"])), {0, 1})
                self.assertEqual(set(np.unique(file["label"])), {0, 1})


class SeveralFiles(TableTest):
    """Several files and patterns of them, read as one."""

    def setUp(self):
        super().setUp()
        self.parts = [self.part("part_2.csv", 300, 700), self.part("part_1.csv", 0, 300),
                      write_hdf5(self.folder / "part_3.h5", {name: values[700:] for name, values in self.columns.items()})]

    def test_as_a_pattern_and_as_a_shell_expands_it(self):
        one, two, three = sorted(self.parts)
        self.expect_events("--input", self.folder / "part_*")
        self.expect_events("--input", one, two, three)
        self.expect_events("--input", one, "--input", self.folder / "part_[23]*")
        self.expect_events("--set", f"prepare.input={json.dumps([str(path) for path in (one, two, three)])}")
        with h5py.File(self.out) as file:
            inputs = file["provenance/inputs"].attrs
            self.assertEqual(set(inputs), {"events", "events_2", "events_3"})
            self.assertTrue(inputs["events_3"].startswith(f"{three} "))
            self.assertNotIn("input", json.loads(file["provenance"].attrs["config"])["prepare"])
        config = self.config({"prepare": {"input": ["part_1.csv", "part_[23]*"]}})
        self.expect_events("--config", config)

    def test_order_is_as_given(self):
        must("prepare", "--input", *self.parts, *PREPARE, "--output", self.out, "--force")
        with h5py.File(self.out) as file:
            self.assertEqual(file["mass"][0], self.columns["mass"][300])
            np.testing.assert_array_equal(file["source_row"], np.arange(800))

    def test_refusals(self):
        one, two, _ = sorted(self.parts)
        self.refuse(BAD_INPUT, r"part_9\*: no file matches this pattern; check the path", "--input", self.folder / "part_9*")
        self.refuse(BAD_INPUT, r"part_9\.csv: no such file", "--input", one, self.folder / "part_9.csv")
        self.refuse(BAD_INPUT, r"part_1\.csv: is the same file as .*part_1\.csv, or a copy of it; its events would count twice",
                    "--input", one, two, one)
        self.refuse(BAD_INPUT, r"part_1\.csv: is the same file as", "--input", one, self.folder / "part_1*")
        other = write_csv(self.folder / "other.csv", {name: self.columns[name] for name in ("mass", "a", "b")})
        self.refuse(BAD_INPUT, r"other\.csv: has no column 'truth', which .*part_1\.csv has", "--input", one, other)
        self.refuse(BAD_INPUT, r"part_1\.csv: has a column 'truth', which .*other\.csv has not", "--input", other, one, "--label-column", "")
        self.refuse(USAGE, "input: a path among several is empty", "--input", one, "")
        self.refuse(USAGE, "prepare.input is empty: name the files", "--input", "")

    def test_the_output_is_none_of_them(self):
        output = self.folder / "part_4.h5"
        output.write_bytes(self.out.read_bytes())
        self.expect(USAGE, r"part_4\.h5: is the same file as the input 'events_4'", "prepare", "--input", self.folder / "part_*", *PREPARE,
                    "--output", output, "--force")

    def test_many_files(self):
        """More than a process may have open."""
        many = self.folder / "many"
        many.mkdir()
        for row in range(800):
            for name in ("", "empty_"):
                path = many / f"{name}{row:04}.csv"
                write_csv(path, {key: values[row:row + (not name)] for key, values in self.columns.items()})
        self.expect_events("--input", many / "*")

    def test_a_chain_follows_their_content(self):
        config = self.config({
            "run": {"methods": ["cathode"], "sic": False}, "prepare": {"input": "part_*"},
            "train_flow": {"blocks": 1, "hidden": 4, "epochs": 1, "keep_best": 1}, "sample": {"training": 100, "validation": 50},
            "train_classifier": {"hidden": [4], "epochs": 1, "keep_best": 1},
            "evaluate_sculpting": {"bins": 5, "efficiencies": [0.5]}})
        out = self.folder / "out"
        command = ("run", "--config", config, *PREPARE, "--out", out, "--threads", "1")
        must(*command)
        # From elsewhere, and from a moved file: the same content, so nothing is made again.
        self.parts[0] = self.parts[0].rename(self.folder / "part_1b.csv")
        made = (out / "events.h5").stat().st_mtime_ns
        must(*command, cwd="/")
        self.assertEqual((out / "events.h5").stat().st_mtime_ns, made)
        self.part("part_4.csv", 0, 10)
        self.expect(CANNOT_WRITE, r"events\.h5: it was made with other inputs", *command)


class OtherNames(TableTest):
    """Columns whose names the files cannot take over."""

    def setUp(self):
        super().setUp()
        self.path = self.folder / "named.csv"
        self.path.write_text(lines(self.columns, ";").replace("mass;truth;a;b", '"m,jj";truth;jets/a;b', 1))

    def test_columns_are_mapped(self):
        self.expect_events("--input", self.path, "--columns", '{"mass": "m,jj", "a": "jets/a"}')
        self.expect_events("--input", self.path, "--set", "prepare.columns={\"mass\":\"m,jj\",\"a\":\"jets/a\"}")
        self.expect_events("--config", self.config({"prepare": {"input": "named.csv", "columns": {"mass": "m,jj", "a": "jets/a"}}}))

    def test_the_error_names_the_remedy(self):
        self.refuse(USAGE, r"prepare\.features names the column 'jets/a': .*tell the input's name in prepare\.columns: \{\"NAME\": \"jets/a\"\}",
                    "--input", self.path, "--features", "jets/a,b")
        self.refuse(USAGE, (r"prepare\.columns names 'c', which is none of the columns that are read: mass, a, b, truth",
                            r"prepare\.columns: 'a' and 'b' both are the column 'b'"),
                    "--input", self.path, "--columns", "c=x,a=b")
        self.refuse(USAGE, "columns = 'a': expected an object of names and strings", "--input", self.path, "--columns", "a")
        self.refuse(BAD_INPUT, r"named\.csv \(CSV separated by semicolons\): no column 'jets/c'; columns there: .*jets/a", "--input", self.path,
                    "--columns", '{"mass": "m,jj", "a": "jets/c"}')


if __name__ == "__main__":
    unittest.main()
