#!/usr/bin/env python3
"""scripts/convert.py: ROOT and Parquet files become tables that lacathode-prepare reads.

Conversion needs uproot and pyarrow in this Python and is skipped without them; nothing is downloaded."""
import importlib.util
import signal
import subprocess
import sys
import time
import unittest

import h5py
import numpy as np

from tool_files import BAD_INPUT, CANNOT_WRITE, OK, PREPARE, SCRIPTS, SIGTERM, USAGE, ToolTest, content_hash, must, table, write_hdf5

SCRIPT = SCRIPTS / "convert.py"
LACKING = [name for name in ("uproot", "pyarrow") if importlib.util.find_spec(name) is None]
SKIPPED = 77


class ConvertTest(ToolTest):
    def convert(self, code, patterns, *arguments, **environment):
        return self.script(code, patterns, "convert.py", *arguments, **environment)


class ConvertUsage(ConvertTest):
    """What is wrong before any package is needed."""

    def setUp(self):
        super().setUp()
        self.root = self.folder / "a.root"
        self.root.write_bytes(b"root\0\0\xf7\x5c" + bytes(100))

    def test_help_needs_no_package(self):
        (self.folder / "numpy.py").write_text("raise ImportError('no numpy')")
        process = self.convert(OK, (), "--help", PYTHONPATH=str(self.folder))
        self.assertIn("--columns", process.stdout)

    def test_inputs_that_are_neither(self):
        text = self.folder / "a.csv"
        text.write_text("root_s,x\n1,2\n")
        self.convert(BAD_INPUT, (r"a\.csv: is neither a ROOT nor a Parquet file",), text, "--output", self.out)
        self.convert(BAD_INPUT, (r"nowhere\.root: cannot be read: No such file",), self.folder / "nowhere.root", "--output", self.out)
        self.convert(BAD_INPUT, ("Is a directory",), self.folder, "--output", self.out)

    def test_outputs_that_cannot_be(self):
        self.out.write_text("mine")
        self.convert(CANNOT_WRITE, (r"out\.h5: exists already; pass --force",), self.root, "--output", self.out)
        self.assertEqual(self.out.read_text(), "mine")
        self.convert(CANNOT_WRITE, ("is a directory",), self.root, "--output", self.folder, "--force")
        self.convert(CANNOT_WRITE, ("no_dir: is no directory",), self.root, "--output", self.folder / "no_dir/out.h5")
        self.convert(USAGE, (r"a\.root: is the input",), self.root, "--output", self.root, "--force")

    def test_column_lists(self):
        for text, pattern in (("a,,b", "write NAME or NEW=NAME"), ("a=", "write NAME"), ("=a", "write NAME"), ("x=a,x", "'x' is named twice")):
            self.convert(USAGE, (pattern,), self.root, "--output", self.out, "--columns", text)
        self.convert(USAGE, ("--output",), self.root)

    @unittest.skipUnless(LACKING, "uproot and pyarrow are there")
    def test_packages_that_cannot_be_had(self):
        magic = {"uproot": self.root, "pyarrow": self.folder / "a.parquet"}
        magic["pyarrow"].write_bytes(b"PAR1" + bytes(100))
        self.convert(CANNOT_WRITE, (LACKING[0], "could not be installed|cannot be made", "PyPI"), magic[LACKING[0]], "--output", self.out,
                     XDG_CACHE_HOME=str(self.folder), PIP_NO_INDEX="1")
        self.assertFalse(self.out.exists())

    def test_prepare_names_the_script(self):
        for path, what in ((self.root, "ROOT"), (self.folder / "b.parquet", "Parquet")):
            if not path.exists():
                path.write_bytes(b"PAR1" + bytes(100))
            self.expect(BAD_INPUT, (rf"{path.name}: is a {what} file", rf"scripts/convert\.py {path} --output {path.stem}\.h5"), "prepare",
                        "--input", path, *PREPARE, "--output", self.out)


@unittest.skipIf(LACKING, f"needs {', '.join(LACKING)} in this Python")
class Conversion(ConvertTest):
    """Files as the packages write them."""

    def setUp(self):
        super().setUp()
        columns = table()
        self.columns = {"mass": columns["mass"], "a": columns["a"].astype("f4"), "b": columns["b"], "truth": columns["truth"] == 1,
                        "k": np.arange(3300, dtype="i4"), "u": (np.arange(3300) % 7).astype("u1")}

    def jagged(self):
        import awkward
        return awkward.Array([list(range(i % 3)) for i in range(3300)])

    def tree(self, pieces=3):
        """A TTree in several pieces, with a jagged branch and one of arrays."""
        import uproot
        path = self.folder / "tree.root"
        types = {name: values.dtype for name, values in self.columns.items()}
        with uproot.recreate(path) as file:
            tree = file.mktree("dir/events", {**types, "jet_pt": "var * int64", "p4": np.dtype(("f8", (4,)))})
            for rows in np.array_split(np.arange(3300), pieces):
                tree.extend({**{name: values[rows] for name, values in self.columns.items()}, "jet_pt": self.jagged()[rows],
                             "p4": np.zeros((len(rows), 4))})
            file["spectrum"] = np.histogram(self.columns["mass"])
        return path

    def ntuple(self):
        import uproot
        path = self.folder / "ntuple.root"
        with uproot.recreate(path) as file:
            file.mkrntuple("events", {**self.columns, "jet_pt": self.jagged()})
        return path

    def parquet(self, **more):
        import pyarrow
        import pyarrow.parquet
        path = self.folder / "table.parquet"
        pyarrow.parquet.write_table(pyarrow.table({**self.columns, **more}), path, row_group_size=1000)
        return path

    def expect_columns(self, expected):
        with h5py.File(self.out) as file:
            self.assertEqual(set(file["events"]), set(expected))
            for name, values in expected.items():
                self.assertEqual(file["events"][name].dtype, values.dtype, name)
                np.testing.assert_array_equal(file["events"][name][:], values, name)

    def test_every_flat_column(self):
        for path in (self.tree(), self.ntuple(), self.parquet(word=["a"] * 3300)):
            with self.subTest(path.name):
                process = self.convert(OK, (r"left out: (jet_pt|word): ",), path, "--output", self.out, "--force")
                self.assertRegex(process.stdout, r"out\.h5: 3300 rows of '.*', columns ")
                lengths = {"njet_pt": (np.arange(3300) % 3).astype("i4")}  # that TTrees have beside jagged branches
                self.expect_columns({**self.columns, **(lengths if path.name == "tree.root" else {})})

    def test_prepare_reads_what_it_would_read_from_hdf5(self):
        expected = self.folder / "expected.h5"
        must("prepare", "--input", write_hdf5(self.folder / "t.h5", self.columns), *PREPARE, "--output", expected)
        events = self.folder / "events.h5"
        for path in (self.tree(), self.ntuple(), self.parquet()):
            with self.subTest(path.name):
                self.convert(OK, (), path, "--output", self.out, "--columns", "mass,a,b,truth", "--force")
                must("prepare", "--input", self.out, *PREPARE, "--output", events, "--force")
                self.assertEqual(content_hash(events), content_hash(expected))

    def test_more_rows_than_a_chunk(self):
        rows = 150_000
        self.columns = {"row": np.arange(rows), "x": np.random.default_rng(1).normal(size=rows)}
        import uproot
        path = self.folder / "long.root"
        for make in ("mktree", "mkrntuple"):
            with uproot.recreate(path) as file:
                if make == "mktree":
                    file.mktree("t", {name: values.dtype for name, values in self.columns.items()}).extend(self.columns)
                else:
                    file.mkrntuple("t", self.columns)
            self.convert(OK, (), path, "--output", self.out, "--force")
            self.expect_columns(self.columns)
        self.convert(OK, (), self.parquet(), "--output", self.out, "--force")
        self.expect_columns(self.columns)

    def test_columns_by_other_names(self):
        import uproot
        path = self.folder / "odd.root"
        with uproot.recreate(path) as file:
            file.mktree("t", {"jet/pt": "f8", "x-y": "f8", "x": "f8", "y": "f8"}).extend(
                {"jet/pt": np.ones(3), "x-y": np.full(3, 2.0), "x": np.zeros(3), "y": np.zeros(3)})
        self.convert(OK, ("left out: jet/pt: name it without a slash",), path, "--output", self.out)
        self.convert(USAGE, ("no slash in a name; write NEW=jet/pt",), path, "--output", self.out, "--columns", "jet/pt", "--force")
        self.convert(OK, (), path, "--output", self.out, "--columns", "pt=jet/pt, difference=x-y", "--force")
        self.expect_columns({"pt": np.ones(3), "difference": np.full(3, 2.0)})

    def test_what_is_not_there_is_listed(self):
        import uproot
        tree = self.tree()
        for path in (tree, self.ntuple(), self.parquet()):
            self.convert(BAD_INPUT, (r"no column 'c'; columns of '.*' with one number a row: .*mass",), path, "--output", self.out,
                         "--columns", "a,c")
        self.convert(BAD_INPUT, ("no TTree or RNTuple 'events'; tables there: dir/events",), tree, "--output", self.out, "--tree", "events")
        both = self.folder / "both.root"
        with uproot.recreate(both) as file:
            file["one"], file["two"] = {"x": np.zeros(3)}, {"x": np.zeros(4)}
        self.convert(BAD_INPUT, ("which TTree or RNTuple. tables there: one, two; choose with --tree",), both, "--output", self.out)
        self.convert(OK, (), both, "--output", self.out, "--tree", "two")
        self.expect_columns({"x": np.zeros(4)})
        with uproot.recreate(both) as file:
            file["spectrum"] = np.histogram(np.zeros(3))
        self.convert(BAD_INPUT, ("which TTree or RNTuple. it holds none$",), both, "--output", self.out, "--force")
        self.convert(USAGE, ("a Parquet file is one table",), self.parquet(), "--output", self.out, "--tree", "t", "--force")

    def test_columns_without_one_number_a_row(self):
        for path, name, kind in ((self.tree(), "jet_pt", r"int64_t\[\]"), (self.tree(), "p4", r"double\[4\]"), (self.ntuple(), "jet_pt", "vector"),
                                 (self.parquet(word=["a"] * 3300), "word", "string")):
            self.convert(BAD_INPUT, (rf"column '{name}': .*{kind}.* is not one number a row; columns of",), path, "--output", self.out,
                         "--columns", f"mass,{name}")

    def test_nulls(self):
        import pyarrow
        holes = [None if i == 17 else i for i in range(3300)]
        path = self.parquet(real=pyarrow.array(holes, pyarrow.float64()), whole=pyarrow.array(holes, pyarrow.int64()))
        self.convert(BAD_INPUT, ("column 'whole' is null in row 17, and int64 has no such number",), path, "--output", self.out)
        self.assertFalse(self.out.exists())
        self.convert(OK, (), path, "--output", self.out, "--columns", "real")
        self.expect_columns({"real": np.array([np.nan if i == 17 else i for i in range(3300)])})

    def test_damaged_files(self):
        for path in (self.tree(), self.ntuple(), self.parquet()):
            whole = path.read_bytes()
            for length in (100, len(whole) // 2, len(whole) - 20):
                path.write_bytes(whole[:length])
                self.convert(BAD_INPUT, (rf"{path.name}: cannot be (opened|read): ",), path, "--output", self.out)

    def test_an_output_is_there_whole_or_not_at_all(self):
        tree = self.tree()
        self.out.write_text("before")
        self.convert(BAD_INPUT, ("no column",), tree, "--output", self.out, "--force", "--columns", "c")
        self.assertEqual(self.out.read_text(), "before")
        rows = 4_000_000
        self.columns = {"x": np.zeros(rows), "y": np.ones(rows)}
        process = subprocess.Popen([sys.executable, "-B", SCRIPT, self.parquet(), "--output", self.out, "--force"], stderr=subprocess.PIPE,
                                   stdout=subprocess.PIPE)
        deadline = time.monotonic() + 60
        while not list(self.folder.glob("*.partial")) and time.monotonic() < deadline:
            time.sleep(0.002)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, SIGTERM)
        self.assertEqual(self.out.read_text(), "before")
        self.expect_no_partial()


if __name__ == "__main__":
    if LACKING and sys.argv[1:] == ["Conversion"]:
        print(f"skipped: needs {', '.join(LACKING)} in {sys.executable}")
        sys.exit(SKIPPED)
    unittest.main()
