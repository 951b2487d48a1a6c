#!/usr/bin/env python3
"""scripts/export.py: events as Parquet files and TTrees.

Writing needs uproot and pyarrow in this Python and is skipped without them; nothing is downloaded."""
import importlib.util
import signal
import subprocess
import sys
import time
import unittest

import numpy as np

from tool_files import BAD_INPUT, CANNOT_WRITE, OK, SCRIPTS, SIGTERM, USAGE, ToolTest

sys.path.insert(0, str(SCRIPTS))
from converting.events import CsvEvents  # noqa: E402  (found only now)

SCRIPT = SCRIPTS / "export.py"
LACKING = [name for name in ("uproot", "pyarrow") if importlib.util.find_spec(name) is None]
SKIPPED = 77


class ExportScriptTest(ToolTest):
    def setUp(self):
        super().setUp()
        self.table = self.folder / "selected.csv"
        self.table.write_text("m_jj,partition,score\n3.5,2,0.25\n3.25,-1,nan\n")

    def export(self, code, patterns, *arguments, **environment):
        return self.script(code, patterns, "export.py", *arguments, **environment)


class ExportScriptUsage(ExportScriptTest):
    """What is wrong before any package is needed."""

    def test_help_needs_no_package(self):
        (self.folder / "numpy.py").write_text("raise ImportError('no numpy')")
        process = self.export(OK, (), "--help", PYTHONPATH=str(self.folder))
        self.assertIn("--tree", process.stdout)

    def test_usage(self):
        self.export(USAGE, ("--output",), self.table)
        self.export(USAGE, (r"out\.h5: the name must end in \.parquet or \.root",), self.table, "--output", self.folder / "out.h5")
        self.export(BAD_INPUT, (r"nowhere: cannot be read: No such file",), self.folder / "nowhere", "--output", self.folder / "a.root")
        (self.folder / "mine.root").write_text("mine")
        self.export(CANNOT_WRITE, (r"mine\.root: exists already; pass --force",), self.table, "--output", self.folder / "mine.root")
        self.assertEqual((self.folder / "mine.root").read_text(), "mine")
        self.export(CANNOT_WRITE, ("no_dir: is no directory",), self.table, "--output", self.folder / "no_dir/a.root")
        own = self.folder / "own.root"
        own.write_text("a\n1\n")
        self.export(USAGE, (r"own\.root: is the input",), own, "--output", own, "--force")

    def test_a_table_without_rows_has_the_types_of_one_with_some(self):
        """As lacathode-export writes one that no event is selected for."""
        header, row = "m_jj,label,partition,source_row,mapped,fold,weight,score", "3.5,1,2,17,1,0,1.5,0.25"
        types = []
        for text in (header, f"{header}\n{row}"):
            self.table.write_text(f"{text}\n")
            types.append(CsvEvents(self.table).types)
        self.assertEqual(*types)

    @unittest.skipUnless(LACKING, "uproot and pyarrow are there")
    def test_packages_that_cannot_be_had(self):
        suffix = "root" if LACKING[0] == "uproot" else "parquet"
        self.export(CANNOT_WRITE, (LACKING[0], "could not be installed|cannot be made", "PyPI"), self.table, "--output",
                    self.folder / f"a.{suffix}", XDG_CACHE_HOME=str(self.folder), PIP_NO_INDEX="1")


@unittest.skipIf(LACKING, f"needs {', '.join(LACKING)} in this Python")
class ExportedEvents(ExportScriptTest):
    """Files as the packages read them."""

    def read(self, path, tree="events"):
        if path.suffix == ".root":
            import uproot
            with uproot.open(path) as file:
                return dict(file[tree].arrays(library="np"))
        import pyarrow.parquet
        table = pyarrow.parquet.read_table(path)
        return {name: table[name].to_numpy() for name in table.column_names}

    def outputs(self):
        for suffix in ("root", "parquet"):
            with self.subTest(suffix):
                yield self.folder / f"out.{suffix}"

    def test_a_csv_table(self):
        for output in self.outputs():
            process = self.export(OK, (), self.table, "--output", output)
            self.assertRegex(process.stdout, r": 2 rows, columns m_jj, partition, score\n$")
            columns = self.read(output)
            self.assertEqual({name: values.dtype for name, values in columns.items()},
                             {"m_jj": np.float64, "partition": np.int64, "score": np.float64})
            np.testing.assert_array_equal(columns["m_jj"], [3.5, 3.25])
            np.testing.assert_array_equal(columns["partition"], [2, -1])
            np.testing.assert_array_equal(columns["score"], [0.25, np.nan])

    def test_a_file_of_the_programs(self):
        import h5py
        for output in self.outputs():
            self.export(OK, (), self.file("latent.h5"), "--output", output)
            columns = self.read(output)
            with h5py.File(self.file("latent.h5")) as file:
                self.assertEqual(list(columns), ["mass", "z0", "z1", "log_prob", "label", "mapped", "partition", "source_row"])
                for name, source in (("mass", "mass"), ("z1", "features/z1"), ("mapped", "mapped")):
                    self.assertEqual(columns[name].dtype, file[source].dtype)
                    np.testing.assert_array_equal(columns[name], file[source])

    def test_more_rows_than_a_chunk(self):
        rows = 150_000
        self.table.write_text("row,x\n" + "".join(f"{i},{i / 7}\n" for i in range(rows)))
        for output in self.outputs():
            self.export(OK, (), self.table, "--output", output)
            columns = self.read(output)
            np.testing.assert_array_equal(columns["row"], np.arange(rows))
            np.testing.assert_array_equal(columns["x"], np.arange(rows) / 7)

    def test_a_tree_of_another_name_replaces_what_was_there(self):
        output = self.folder / "out.root"
        output.write_text("before")
        self.export(OK, (), self.table, "--output", output, "--tree", "selected", "--force")
        self.assertEqual(len(self.read(output, "selected")["m_jj"]), 2)

    def test_inputs_that_cannot_be_used(self):
        output = self.folder / "out.parquet"
        output.write_text("before")
        for content, pattern in (("a,b\n1,2\n1\n", "line 3: has 1 fields; the header names 2"), ("a,a\n1,2\n", "name the columns, each once"),
                                 ("", "name the columns"), ("a\nx\n", "every field must be a number"), ("a\n1\0\n", "neither a CSV table")):
            self.table.write_text(content)
            self.export(BAD_INPUT, (r"selected\.csv", pattern), self.table, "--output", output, "--force")
        self.export(BAD_INPUT, (r"flow\.h5: is a lacathode\.flow file and no table of events",), self.file("flow.h5"), "--output", output,
                    "--force")
        damaged = self.copy("events.h5")
        damaged.write_bytes(damaged.read_bytes()[:-10])
        self.export(BAD_INPUT, (r"events\.h5: is truncated",), damaged, "--output", output, "--force")
        self.assertEqual(output.read_text(), "before")

    def test_an_output_is_there_whole_or_not_at_all(self):
        self.table.write_text("row,x\n" + "".join(f"{i},{i / 7}\n" for i in range(1_000_000)))
        output = self.folder / "out.root"
        process = subprocess.Popen([sys.executable, "-B", SCRIPT, self.table, "--output", output], stderr=subprocess.PIPE, stdout=subprocess.PIPE)
        deadline = time.monotonic() + 60
        while not list(self.folder.glob("*.partial")) and time.monotonic() < deadline:
            time.sleep(0.002)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, SIGTERM)
        self.assertFalse(output.exists())
        self.expect_no_partial()


if __name__ == "__main__":
    if LACKING and sys.argv[1:] == ["ExportedEvents"]:
        print(f"skipped: needs {', '.join(LACKING)} in {sys.executable}")
        sys.exit(SKIPPED)
    unittest.main()
