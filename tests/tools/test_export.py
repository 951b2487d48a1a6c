#!/usr/bin/env python3
"""lacathode-export: selected events as CSV, with columns of the events and of the tables that they came from."""
import csv
import json
import resource
import unittest

import h5py
import numpy as np

from tool_files import (BAD_INPUT, CANNOT_WRITE, OK, PREPARE, SMALL_CLASSIFIER, SMALL_SCULPTING, USAGE, ToolTest, must, table,
                        write_csv, write_hdf5)


def read_csv(path):
    with open(path, newline="", encoding="utf-8") as file:
        names, *rows = csv.reader(file)
    return {name: np.array([float(row[i]) for row in rows]) for i, name in enumerate(names)}


class Export(ToolTest):
    def setUp(self):
        super().setUp()
        self.out = self.folder / "selected.csv"
        self.scores = ("--scores", self.file("cathode_scores.h5"))

    def export(self, *arguments):
        process = must("export", *self.scores, *arguments, "--output", self.out, "--force", "--json")
        return json.loads(process.stdout), read_csv(self.out)

    def test_all_events_with_their_scores(self):
        summary, columns = self.export()
        self.assertEqual(list(columns), ["mass", "partition", "source_row", "score"])
        with h5py.File(self.file("cathode_scores.h5")) as file:
            for name, values in (("mass", file["mass"][:]), ("source_row", file["source_row"][:]),
                                 ("partition", file["partition"][:])):
                np.testing.assert_array_equal(columns[name], values)
            np.testing.assert_array_equal(columns["score"].astype("f4"), file["features/score"])
        self.assertEqual((summary["events"], summary["selected"]), (3300, 3300))
        self.assertNotIn("threshold", summary)

    def test_the_cut_is_that_of_the_sculpting_study(self):
        for efficiency, position in ((0.1, 0), (0.2, 1)):
            summary, columns = self.export("--efficiency", efficiency)
            must("evaluate-sculpting", *self.scores, *SMALL_SCULPTING, "--output", self.folder / "s.h5", "--force")
            with h5py.File(self.folder / "s.h5") as file:
                self.assertEqual(summary["threshold"], file["threshold"][0, position])
                # The study counts test background only.
                with h5py.File(self.file("cathode_scores.h5")) as scored:
                    test = (scored["partition"][:] == 2) & (scored["label"][:] == 0)
                    rows = set(scored["source_row"][:][test])
                self.assertEqual(sum(row in rows for row in columns["source_row"]), file["selected"][0, position])
            self.assertTrue((columns["score"] >= np.float32(summary["threshold"])).all())
            self.assertEqual(summary["selected"], len(columns["score"]))
            self.assertAlmostEqual(summary["reference_selected"] / summary["reference_events"], efficiency, delta=0.01)

    def test_the_mean_of_several_trainings(self):
        paths = []
        for retraining in range(2):
            classifier, scores = self.folder / f"c{retraining}.h5", self.folder / f"s{retraining}.h5"
            must("train-classifier", "--data", self.file("events.h5"), "--background", self.file("samples.h5"), *SMALL_CLASSIFIER,
                 "--retraining", retraining, "--output", classifier)
            must("score", "--classifier", classifier, "--events", self.file("events.h5"), "--output", scores)
            paths.append(scores)
        self.scores = ("--scores", *paths)
        _, columns = self.export()
        means = np.mean([h5py.File(path)["features/score"][:].astype("f8") for path in paths], axis=0)
        np.testing.assert_array_equal(columns["score"].astype("f4"), means.astype("f4"))

    def test_unmapped_events_have_no_score(self):
        self.scores = ("--scores", self.file("lacathode_scores.h5"))
        _, columns = self.export("--keep", "mapped,label")
        self.assertEqual(list(columns), ["mapped", "label", "score"])
        np.testing.assert_array_equal(np.isnan(columns["score"]), columns["mapped"] == 0)
        self.assertGreater((columns["mapped"] == 0).sum(), 0)
        _, columns = self.export("--keep", "mapped", "--efficiency", "0.2")
        self.assertTrue((columns["mapped"] == 1).all())

    def test_features_in_the_order_asked_for(self):
        _, columns = self.export("--efficiency", "0.1", "--events", self.file("events.h5"), "--keep", "b,source_row,a")
        self.assertEqual(list(columns), ["b", "source_row", "a", "score"])
        with h5py.File(self.file("events.h5")) as file:
            rows = np.isin(file["source_row"][:], columns["source_row"])
            for name in "ab":
                np.testing.assert_array_equal(columns[name].astype("f4"), file[f"features/{name}"][:][rows])
        self.scores = ("--scores", self.file("lacathode_scores.h5"))
        self.assertIn("z1", self.export("--events", self.file("latent.h5"), "--keep", "z1")[1])

    def test_columns_of_the_input(self):
        """By source_row, of a table with more columns than lacathode-prepare read and rows that it left out."""
        columns = {**table(), "run": np.arange(3300) * 100_000, "pt": np.linspace(0, 1, 3300), "not finite": np.full(3300, np.nan)}
        columns["a"][5] = np.inf
        for path in (write_hdf5(self.folder / "t.h5", columns), write_csv(self.folder / "t.csv", columns)):
            with self.subTest(path.name):
                self.prepare_and_score(path, "--invalid-rows", "drop")
                _, selected = self.export("--efficiency", "0.2", "--events", self.folder / "events.h5", "--input", path,
                                          "--keep", "source_row", "--input-columns", "run,pt,not finite")
                self.assertEqual(list(selected), ["source_row", "run", "pt", "not finite", "score"])
                self.assertNotRegex(self.out.read_text(), r"(?m)^\d+,\d*[^\d,]")  # whole numbers
                rows = selected["source_row"].astype(int)
                self.assertNotIn(5, rows)
                np.testing.assert_array_equal(selected["run"], rows * 100_000)
                np.testing.assert_array_equal(selected["pt"], columns["pt"][rows])
                self.assertTrue(np.isnan(selected["not finite"]).all())

    def prepare_and_score(self, path, *options):
        events, scores = self.folder / "events.h5", self.folder / "scores.h5"
        must("prepare", "--input", path, *PREPARE, *options, "--output", events, "--force")
        must("score", "--classifier", self.file("cathode_classifier.h5"), "--events", events, "--output", scores, "--force")
        self.scores = ("--scores", scores)

    def test_a_feature_with_the_name_of_another_column(self):
        columns = table()
        columns["m_jj"] = columns.pop("mass")
        columns["mass"] = columns.pop("b")
        events = self.folder / "events.h5"
        must("prepare", "--input", write_hdf5(self.folder / "t.h5", columns), *PREPARE, "--mass-column", "m_jj", "--features", "a,mass",
             "--output", events)
        self.scores = ("--scores", self.folder / "scores.h5")
        flow, samples, classifier = (self.folder / name for name in ("flow.h5", "samples.h5", "classifier.h5"))
        must("train-flow", "--events", events, "--output", flow, "--epochs", 1, "--keep-best", 1, "--hidden", 4, "--blocks", 1)
        must("sample", "--method", "cathode", "--events", events, "--flow", flow, "--output", samples, "--training", 500, "--validation", 500)
        must("train-classifier", "--data", events, "--background", samples, "--output", classifier, "--epochs", 1, "--keep-best", 1)
        must("score", "--classifier", classifier, "--events", events, "--output", self.scores[1])
        process = must("export", *self.scores, "--events", events, "--keep", "source_row,mass,features/mass", "--output", self.out)
        self.assertIn("export.keep: mass is not the feature of that name", process.stderr)
        selected = read_csv(self.out)
        self.assertEqual(list(selected), ["source_row", "m_jj", "mass", "score"])
        rows = selected["source_row"].astype(int)
        np.testing.assert_array_equal(selected["m_jj"], columns["m_jj"][rows])
        np.testing.assert_array_equal(selected["mass"].astype("f4"), columns["mass"][rows].astype("f4"))

    def test_rows_count_through_all_tables(self):
        columns = {**table(), "n": np.arange(3300)}
        extra = {**table(400, 0, seed=3), "n": np.arange(400) + 10_000}
        first, second = write_hdf5(self.folder / "t.h5", columns), write_hdf5(self.folder / "x.h5", extra)
        self.prepare_and_score(first, "--extra-background", second, "--extra-training", 70, "--extra-validation", 30)
        events = ("--events", self.folder / "events.h5", "--input-columns", "n")
        _, selected = self.export(*events, "--input", first, second)
        self.assertEqual(len(selected["n"]), 3700)
        np.testing.assert_array_equal(selected["n"], np.concatenate([columns["n"], extra["n"]]))
        failing = ("export", *self.scores, *events, "--output", self.folder / "x.csv")
        self.expect(BAD_INPUT, r"end after 3300 rows, but an event has the source row 3300: name all tables", *failing, "--input", first)
        self.expect(BAD_INPUT, r"x\.h5: is not the table that the events .* came from \(.*t\.h5", *failing, "--input", second, first)
        write_hdf5(first, {**columns, "n": columns["n"] + 1})
        self.expect(BAD_INPUT, r"t\.h5: is not the table .* as it was then", *failing, "--input", first, second)

    def test_usage(self):
        command = ("export", *self.scores, "--output", self.out)
        events = ("--events", self.file("events.h5"))
        self.expect(USAGE, (r"export\.keep names the features a, c: name the file that has them with --events",
                            r"export\.input_columns needs the tables.*--input"), *command, "--keep", "a,mass,c", "--input-columns", "x")
        self.expect(USAGE, ("say which columns to keep", "--input needs --events"), *command, "--input", self.file("table.h5"))
        self.expect(USAGE, r"two columns of the output would have the name 'a'", *command, *events, "--keep", "a", "--input",
                    self.file("table.h5"), "--input-columns", "a")
        self.expect(USAGE, r"export\.efficiency = 1\.5", *command, "--efficiency", "1.5")
        self.expect(USAGE, r"export\.input_key is for export\.input_columns", *command, "--input-key", "df")
        self.expect(USAGE, "same file as the input 'scores_00'", "export", *self.scores, "--output", self.scores[1], "--force")
        self.assertFalse(self.out.exists())

    def test_files_that_do_not_fit(self):
        command = ("export", *self.scores, "--output", self.out)
        self.expect(BAD_INPUT, r"events\.h5: has no feature 'c'; it has a, b", *command, "--events", self.file("events.h5"), "--keep", "c")
        other = self.folder / "other.h5"
        must("prepare", "--input", self.file("table.h5"), *PREPARE, "--seed", "2", "--output", other)
        self.expect(BAD_INPUT, r"other\.h5 and .*cathode_scores\.h5 hold different events", *command, "--events", other, "--keep", "a")
        self.expect(BAD_INPUT, "latent.h5: is not the table|is not the table that the events of .*latent.h5", *command, "--events",
                    self.file("latent.h5"), "--input", self.file("table.h5"), "--input-columns", "a")
        self.expect(BAD_INPUT, r"table\.h5.*no column 'x'", *command, "--events", self.file("events.h5"), "--input",
                    self.file("table.h5"), "--input-columns", "x")
        self.expect(BAD_INPUT, "is no|not of this project|expected a lacathode.scores", "export", "--scores", self.file("table.h5"),
                    "--output", self.out)
        toy = self.folder / "toy.h5"
        must("generate-toy", "--events", "2000", "--output", toy)
        self.assertFalse(self.out.exists())
        self.expect_no_partial()

    def test_no_labels(self):
        columns = table()
        del columns["truth"]
        events, scores = self.folder / "events.h5", self.folder / "scores.h5"
        must("prepare", "--input", write_hdf5(self.folder / "t.h5", columns), "--format", "table", "--mass-column", "mass",
             "--features", "a,b", "--injected-signal", "0", "--output", events)
        must("score", "--classifier", self.file("cathode_classifier.h5"), "--events", events, "--output", scores)
        self.scores = ("--scores", scores)
        summary, _ = self.export("--efficiency", "0.1")
        self.assertAlmostEqual(summary["reference_selected"] / summary["reference_events"], 0.1, delta=0.01)
        self.expect(BAD_INPUT, r"scores\.h5: has no truth labels; leave 'label' out", "export", *self.scores, "--keep", "label",
                    "--output", self.folder / "x.csv")

    def test_an_output_is_there_whole_or_not_at_all(self):
        self.out.write_text("precious")
        command = ("export", *self.scores, "--output", self.out)
        self.expect(CANNOT_WRITE, (r"selected\.csv: exists", "--force"), *command)
        self.expect(CANNOT_WRITE, r"selected\.csv: cannot write", *command, "--force",
                    preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)))
        self.assertEqual(self.out.read_text(), "precious")
        self.expect_no_partial()

    def test_the_output_is_a_table_like_any_other(self):
        self.export("--events", self.file("events.h5"), "--keep", "mass,a,b")
        report = json.loads(must("info", self.out, "--json").stdout)
        self.assertEqual(report["tables"][0]["columns"], ["mass", "a", "b", "score"])
        must("prepare", "--input", self.out, *PREPARE, "--set", "prepare.label_column=", "--set", "prepare.injected_signal=0",
             "--output", self.folder / "again.h5")


if __name__ == "__main__":
    unittest.main()
