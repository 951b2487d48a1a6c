#!/usr/bin/env python3
"""scripts/report.py: what the page of a run says, that it stands alone, and how it tells bad input apart."""
import contextlib
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import unittest
from html.parser import HTMLParser
from pathlib import Path
from unittest import mock

import h5py
import numpy as np
from matplotlib.figure import Figure
from plot_files import ODD_NAMES, OWN_TABLE, SMALL, PlotTest, needs_xxhash
from tool_files import must, table, write_csv

import report  # of scripts/, which plot_files puts on the path
from reading import files, p_values
from reading import run_files
from reading.run_files import RunFiles, lacathode
from reporting import checks, page, pictures, provenance, results, words

SCRIPT = Path(report.__file__)
VOID = ("meta", "img")


class Page(HTMLParser):
    """Demands that every element ends; keeps its text, addresses, ids, and rows of tables."""

    def __init__(self, path):
        super().__init__()
        self.source = Path(path).read_text(encoding="utf-8")
        self.open, self.addresses, self.ids, self.tags, self.rows = [], [], [], [], []
        self.cell = None
        self.feed(self.source)
        self.close()
        if self.open:
            raise AssertionError(f"never ended: {self.open}")
        self.text = " ".join(re.sub(r"<style>.*</style>", "", self.source, flags=re.S).split())

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.addresses += [value for name, value in attributes if name in ("href", "src", "srcset", "action", "data")]
        self.ids += [value for name, value in attributes if name == "id"]
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self.cell = tag

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            raise AssertionError(f"</{tag}> ends nothing")
        if tag == self.cell:
            self.cell = None

    def handle_data(self, data):
        if self.cell:
            self.rows[-1][-1] += data

    def row(self, *begin):
        """The only row of a table that begins with these cells."""
        row, = [row for row in self.rows if row[:len(begin)] == list(begin)]
        return row


def run_report(*arguments):
    """(exit code, stdout, stderr) of report.py, in this process to spare the time of its start."""
    out, error = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
        try:
            code = report.main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = end.code
    return code, out.getvalue(), error.getvalue()


class ReportTest(PlotTest):
    def setUp(self):
        super().setUp()
        self.output = self.folder / "report.html"

    def expect(self, code, pattern, *arguments):
        found, out, error = run_report(*arguments)
        self.assertEqual(found, code, error)
        self.assertRegex(error, pattern)
        if code:
            self.assertEqual(out, "")
            self.assertNotIn("Traceback", error)
        self.assertEqual([*self.folder.rglob("*.partial")], [])

    def page(self, folder, with_pictures=False):
        """The page of a run; the pictures take most of the time."""
        with mock.patch.object(report.plot, "PICTURES", report.plot.PICTURES if with_pictures else {}):
            self.expect(0, "^$", folder, "--output", self.output, "--force")
        return Page(self.output)


class Content(ReportTest):
    def test_the_page_stands_alone(self):
        # A process of its own, as a user starts it.
        result = subprocess.run([sys.executable, "-B", SCRIPT, self.labelled.folder, "--output", self.output], capture_output=True,
                                text=True, check=False)
        self.assertEqual((result.returncode, result.stderr, result.stdout), (0, "", f"{self.output}\n"))
        page = Page(self.output)
        self.assertEqual(page.tags.count("img"), len(report.plot.PICTURES) - 2)  # it is no search
        for address in page.addresses:
            self.assertRegex(address, r"^(data:image/(svg\+xml|png);base64,|#)")
            if address.startswith("#"):
                self.assertIn(address[1:], page.ids)
        self.assertEqual(len(page.ids), len(set(page.ids)))
        for word in ("<script", "<link", "@import", "url("):
            self.assertNotIn(word, page.source)
        first = self.output.read_bytes()
        self.page(self.labelled.folder, with_pictures=True)
        self.assertEqual(hashlib.sha256(self.output.read_bytes()).hexdigest(), hashlib.sha256(first).hexdigest())

    def test_numbers_are_those_of_the_files(self):
        page = self.page(self.labelled.folder)
        for method, name in (("cathode", "CATHODE"), ("lacathode", "LaCATHODE")):
            with h5py.File(self.labelled.folder / method / "sic.h5") as file:
                row, = [row for row in page.rows if row[0] == name and len(row) == 7]
                for cell, key in zip(row[1:], ("sic_at_1e-2", "sic_at_1e-3", "max_median_sic")):
                    said = [file.attrs[f"{key}{suffix}"] for suffix in ("", "_low", "_high", "_counting_error")]
                    wanted = "{:.4g} [{:.4g}, {:.4g}] ± {:.2g}".format(*said) if np.isfinite(said[0]) else "–"
                    self.assertEqual(cell, wanted, key)
                for cell, key in zip(row[4:], ("max_median_sic_background_efficiency", "max_median_sic_selected_background",
                                               "initial_significance")):
                    self.assertEqual(cell, f"{file.attrs[key]:.4g}", key)

    def test_what_sic_is_evaluated_on(self):
        signal, further = "signal that is in no data", "further background that no training has seen"
        for counts, partition, expected in (
                ({"evaluation_signal": 9, "evaluation_background": 8}, "test", f"test events, {further}, and {signal}"),
                ({"evaluation_signal": 9, "evaluation_background": 8}, "validation", f"validation events, and {signal}"),
                ({"evaluation_signal": 9, "extra_training_background": 8}, "test", f"test events, and {signal}"),
                ({"evaluation_background": 8}, "test", f"test events, and {further}"), ({"test_signal": 9}, "test", "test events")):
            self.assertEqual(results.evaluated(mock.Mock(counts=counts), partition), expected)
        self.assertIn(f"of the signal region: test events, and {signal}. In brackets", self.page(self.labelled.folder).text)
        folder = self.copy()
        self.changed(folder, "events.h5", lambda file: file["counts"].attrs.update({"evaluation_background": 1000}))
        self.assertIn(f"of the signal region: test events, {further}, and {signal}. In brackets", self.page(folder).text)

    def test_the_caption_of_the_mass_says_what_a_bump_may_be(self):
        """Of labelled data the picture has background alone."""
        of_background, of_data = (pictures.caption(run, "mass") for run in (self.labelled, self.unlabelled))
        self.assertRegex(of_background, "background alone: a bump .* is sculpting")
        self.assertRegex(of_data, "may be a signal, or what the flow's interpolation gets wrong.* no p-value")
        self.assertNotIn("sculpting", of_data)

    def test_sculpting_is_as_the_programs_tell_it(self):
        page = self.page(self.labelled.folder)
        for method, name in (("cathode", "CATHODE"), ("lacathode", "LaCATHODE")):
            told = json.loads(must("info", self.labelled.folder / method / "sculpting.h5", "--json").stdout)["results"]
            for at in ("0.01", "0.05", "0.19"):
                row = page.row(name, f"{100 * float(at):.4g} %")
                self.assertRegex(row[2], rf"^{told[f'chi2_per_dof_at_{at}']:.4g}( |$)")
                self.assertEqual(row[3], f"{told[f'random_selection_at_{at}']:.4g}")
                p = told[f"p_value_at_{at}"]
                self.assertEqual(row[4], ("< " if p == 0.0005 else "") + f"{p:.4g}")

    def test_words(self):
        page, events = self.page(self.labelled.folder), lacathode.columns(self.labelled.folder / "events.h5")
        data = events["partition"] <= lacathode.TEST
        inside = (3.3 < events["mass"]) & (events["mass"] < 3.7)
        self.assertIn(f"The data are {data.sum():,} events of labelled.h5, {(data & inside).sum():,} of them", page.text)
        signal = data & (events["label"] == 1)
        self.assertIn(f"{signal.sum():,} injected signal events, {(signal & inside).sum():,} of these in the signal region", page.text)
        self.assertIn("features a, b and c beside", page.text)
        self.assertIn("2 full retrainings", page.text)
        provenance = events.attrs["provenance"]
        for program in ("lacathode-run", "lacathode-score"):
            self.assertIn(f"{program} {provenance['version']} (revision {provenance['git_revision']})", page.text)
        self.assertIn("; seed 1.", page.text)
        self.assertIn(f"Networks were computed by {RunFiles(self.labelled.folder)['flow_00.h5']['provenance']['networks']}", page.text)

    def test_events_that_were_generated(self):
        """Such events do not say how many they are of each kind; their table does."""
        must("generate-toy", "--set", "generate_toy.events=3000", "--output", self.folder / "events.h5")
        run, events = RunFiles(self.folder), lacathode.columns(self.folder / "events.h5")
        inside = (-0.3 < events["m"]) & (events["m"] < 0.3)
        self.assertIn(f"The data are 3,000 generated events, {inside.sum():,} of them in the signal region", words.data(run))
        self.assertIn(f"into {(events['partition'] == 0).sum():,} training, ", words.data(run))
        self.assertIn("They are background alone", words.data(run))
        labelled, of_table = RunFiles(self.labelled.folder), run_files.of_table(self.labelled.events())
        self.assertEqual(of_table, {name: count for name, count in labelled.counts.items() if name.startswith(run_files.DATA)})

    def test_labelled_data_without_test_events(self):
        """Of which lacathode-prepare does not count the test events."""
        folder = self.copy()

        def change(file):
            for name in [name for name in file["counts"].attrs if name.startswith("test_")]:
                del file["counts"].attrs[name]
        self.changed(folder, "events.h5", change)
        run = RunFiles(folder)
        self.assertIn("Among them are 400 injected signal events", words.data(run))
        self.assertEqual(list(checks.truth_warnings(run)), [])
        for name, expected in (("training_background", True), ("test_signal", True), ("test_events", False), ("extra_training_background", False),
                               ("evaluation_signal", False)):
            self.assertEqual(files.tell_truth({name: 1}), expected)

    def test_further_background_is_no_data(self):
        folder = self.copy()

        def change(file):
            file["provenance/inputs"].attrs.update({"extra_background": "a/more.h5 hash", "extra_background_2": "a/still_more.h5 hash"})
            file["counts"].attrs.update({"evaluation_background": 1000, "extra_training_background": 200})
        self.changed(folder, "events.h5", change)
        page = self.page(folder)
        self.assertIn("<h1>labelled.h5: report of the run", page.text)
        self.assertIn("12,600 events of labelled.h5,", page.text)
        self.assertIn("Beside them there is further background, 1,200 events of more.h5 and still_more.h5.", page.text)

    def test_more_than_a_hundred_trainings(self):
        folder = self.copy()
        for kind in ("classifier", "scores"):
            for number in range(2, 101):
                (folder / f"cathode/{kind}_{number:02}.h5").symlink_to(f"{kind}_00.h5")
        wanted = [f"classifier_{number:02}.h5" for number in range(101)]
        self.assertEqual([path.name for path in files.Run(folder).trainings("cathode/classifier")], wanted)
        run = RunFiles(folder)
        self.assertEqual([Path(name).name for name in run.of_kind("classifier", "cathode")], wanted)
        self.assertEqual(run.further, {})

    def test_numbers_of_trainings(self):
        def said(retrainings=1, members=1, flows=1, folds=0, known=None, hunted=False):
            run = RunFiles.__new__(RunFiles)
            run.pictured = mock.Mock(methods=["cathode"])
            places = [f"fold_{fold}/" for fold in range(folds)] or [""]
            names = [f"cathode/{'hunt' if hunted else 'scores'}_{number:02}.h5" for number in range(retrainings)]
            for place in places:
                names += [f"{place}events.h5", *(f"{place}flow_{number:02}.h5" for number in range(flows))]
                for number in range(retrainings * members):
                    names += [f"{place}cathode/classifier_{number:02}.h5"]
                    names += [f"{place}cathode/member_scores_{number:02}.h5"] if members > 1 and known is None and not hunted else []
            run.update(dict.fromkeys(names, {"provenance": {"config": {"prepare": {"folds": folds}}}}))
            return words.trainings(run, known)
        full = "full retrainings: flow, encoding or sampling, and classifier anew each time."
        for arguments, sentence in (((1, 1, 1), "Everything was trained once."), ((3, 1, 1), "Classifiers were trained 3 times, on 1 flow."),
                                    ((3, 1, 0), "Classifiers were trained 3 times."), ((3, 1, 3), f"There are 3 {full}"),
                                    ((1, 10, 1), "Classifiers were trained 10 times, on 1 flow. The scores of 10 are combined."),
                                    ((2, 5, 2), "Classifiers were trained 10 times, on 2 flows. The scores of 5 are combined each time."),
                                    ((2, 5, 10), f"There are 10 {full} The scores of 5 are combined each time.")):
            for folds in (0, 2):
                self.assertEqual(said(*arguments, folds=folds), sentence)
        self.assertEqual(said(1, 10, 1, hunted=True), "How many trainings were combined is not known, as the scores are discarded.")
        self.assertEqual(said(1, 1, 1, hunted=True, known=1), "Everything was trained once.")
        self.assertEqual(said(0, 1, 0), "No method has scores yet.")
        self.assertEqual(said(1, 10, 1, known=10), "Classifiers were trained 10 times, on 1 flow. The scores of 10 are combined.")

    def test_paths_that_are_no_utf_8(self):
        folder = self.folder / os.fsdecode(b"run\xff")
        shutil.copytree(self.unlabelled.folder, folder)
        page = self.page(folder)
        self.assertIn("report of the run run\N{REPLACEMENT CHARACTER}", page.text)
        code = "import sys; sys.path.insert(0, sys.argv[1]); from common import program; program.run_script('', lambda: print(sys.argv[2]))"
        process = subprocess.run([sys.executable, "-B", "-c", code, SCRIPT.parent, folder], capture_output=True, check=False,
                                 env={**os.environ, "PYTHONUTF8": "1"})
        self.assertEqual((process.returncode, process.stdout, process.stderr), (0, os.fsencode(folder) + b"\n", b""))

    def test_settings_and_provenance(self):
        page = self.page(self.labelled.folder)
        self.assertEqual(page.row("train_flow.hidden")[1], "16")
        self.assertEqual(page.row("train_flow.retraining")[1], "0 (flow_00.h5); 1 (flow_01.h5)")
        row = page.row("cathode/scores_01.h5")
        said = lacathode.attributes(self.labelled.folder / "cathode/scores_01.h5")["provenance"]
        self.assertEqual(row[1], f"scorealgorithm {said['algorithm']}")
        self.assertEqual(row[2][:32], said["content_hash"])
        self.assertEqual(row[3], "classifier: cathode/classifier_01.h5events: events.h5")
        self.assertEqual(row[4], f"{said['version']}, {said['git_revision']}seed 1{said['networks']}")
        self.assertIn(lacathode.attributes(self.labelled.folder / "events.h5")["provenance"]["inputs"]["events"]["content_hash"],
                      page.row("events.h5")[3])

    def test_a_large_picture_is_a_png(self):
        figure = report.run.pictures.layout.compose(report.plot.PICTURES["sculpting"].picture(self.labelled, pictures.Names()))
        self.assertTrue(pictures.data_uri(figure).startswith("data:image/svg+xml;base64,"))
        with mock.patch.object(pictures, "LARGEST_SVG", 1000):
            self.assertTrue(pictures.data_uri(figure).startswith("data:image/png;base64,"))

    def test_names_are_escaped(self):
        folder, columns = self.folder / "<i>run", table(6_000, 0, features=2)
        write_csv(self.folder / "t.csv", {"mass": columns["mass"], "<b>": columns["a"], "c & \"d\"": columns["b"]})
        must("run", *OWN_TABLE, "--set", f"prepare.input={self.folder / 't.csv'}", "--config",
             self.config({"prepare": {"features": ["<b>", 'c & "d"'], "feature_units": ["<u>", "1"]}}), "--set",
             "prepare.injected_signal=0", "--set", "run.sic=false", "--set", "run.methods=lacathode", *SMALL, "--out", folder)
        page = self.page(folder, with_pictures=True)
        self.assertIn("features &lt;b&gt; [&lt;u&gt;] and c &amp; &quot;d&quot; beside", page.text)
        self.assertIn("run &lt;i&gt;run", page.text)
        for tag in ("u", "i"):
            self.assertNotIn(tag, page.tags)
        self.assertEqual(page.tags.count("b"), 1, "the method's name")
        self.assertEqual(page.row("prepare.features")[1], '["<b>", "c & \\"d\\""]')

    def config(self, sections):
        path = self.folder / "config.json"
        path.write_text(json.dumps(sections))
        return path


class Warnings(ReportTest):
    def found(self, folder):
        return [str(sentence) for sentence in checks.warnings(RunFiles(folder))]

    def test_signal_in_the_training(self):
        with h5py.File(self.labelled.folder / "cathode/sculpting.h5") as file:
            signal = file.attrs["signal_in_training"]
        self.assertGreater(signal, 0)
        self.assertIn(f"CATHODE: sculpting was judged on a training with {signal:,} signal events",
                      self.page(self.labelled.folder).text)

    def test_no_labels(self):
        page = self.page(self.unlabelled.folder)
        self.assertIn("The data have no labels", page.text)
        self.assertIn("Their truth is not known.", page.text)
        self.assertIn("Everything was trained once.", page.text)
        self.assertIn("(data in the sidebands)", page.text)
        self.assertIn(f"features {ODD_NAMES[0]} and {ODD_NAMES[1]} beside", page.text)
        self.assertNotIn("no labels", self.page(self.labelled.folder).text)

    def test_sculpting(self):
        folder = self.copy(run="unlabelled")

        def p_values(value):
            def change(file):
                file["p_value"][:] = 0.5
                file["p_value"][0, 6] = value  # the point at 5 %
                file["p_value_simulated"][0, 6] = 1
            return change
        self.changed(folder, "lacathode/sculpting.h5", p_values(0.02))
        self.assertNotIn("is to be trusted", " ".join(self.found(folder)))
        with h5py.File(folder / "lacathode/sculpting.h5", "a") as file:
            p_values(0.0005)(file)
        sentence, = [sentence for sentence in self.found(folder) if "is to be trusted" in sentence]
        self.assertIn("a cut that keeps 5 % changes the spectrum of data in the sidebands", sentence)
        self.assertIn("p &lt; 0.0005", sentence)

    def test_events_outside_the_box(self):
        told = json.loads(must("score", "--classifier", self.labelled.folder / "lacathode/classifier_00.h5", "--events",
                               self.labelled.folder / "latent_00.h5", "--output", self.folder / "s.h5", "--json").stdout)
        counts = tuple(told[key] for key in checks.NOT_MAPPED)
        self.assertGreater(counts[0] + counts[2], 0)
        self.assert_near(checks.excess_p_value(*counts), told["not_mapped_excess_p_value"])
        # 3 of 4 beside 1 of 4: C(4,3) C(4,1) + C(4,4) C(4,0) of C(8,4)
        self.assert_near(checks.excess_p_value(3, 4, 1, 4), 17 / 70)
        self.assertEqual(checks.excess_p_value(0, 10, 3, 10), 1)
        folder = self.copy("cathode", run="unlabelled")

        def counts_are(hits, other_hits):
            def change(file):
                file["counts"].attrs.update(dict(zip(checks.NOT_MAPPED, (hits, 1000, other_hits, 2000))))
            return change
        self.changed(folder, "lacathode/scores_00.h5", counts_are(41, 80))  # more, but not significantly
        self.assertNotIn("outside the box", " ".join(self.found(folder)))
        with h5py.File(folder / "lacathode/scores_00.h5", "a") as file:
            counts_are(40, 30)(file)
        sentence, = [sentence for sentence in self.found(folder) if "outside the box" in sentence]
        self.assertRegex(sentence, r"^lacathode/scores_00\.h5: 40 of 1,000 events of the signal region lie outside the box, but 30 of 2,000 "
                         r"of the sidebands \(p = ")
        row, = [row for row in self.page(folder).rows if row[0] == "lacathode/scores_00.h5" and len(row) == 4]
        self.assertEqual(row[1:3], ["40 of 1,000 (4 %)", "30 of 2,000 (1.5 %)"])

    def test_an_input_that_was_replaced(self):
        folder = self.copy()
        shutil.copy(folder / "flow_01.h5", folder / "flow_00.h5")
        found = " ".join(self.found(folder))
        self.assertIn("latent_00.h5 was made from another flow_00.h5 than the one that is there now", found)
        self.assertNotIn("latent_01.h5 was made", found)

    def test_an_input_that_is_gone_is_no_other_of_its_name(self):
        """In the folder of a method, as the second flow of ANODE is."""
        files_of = {"flow_00.h5": ("a", {}), "anode/flow_00.h5": ("b", {}),
                    "anode/latent_00.h5": ("c", {"flow": {"path": "out/anode/flow_00.h5", "content_hash": "gone"}})}
        said = {name: {"provenance": {"content_hash": content, "inputs": inputs}} for name, (content, inputs) in files_of.items()}
        self.assertEqual([*provenance.warnings(said)], ["anode/latent_00.h5 was made from another anode/flow_00.h5 than the one that is "
                                                        "there now: run lacathode-run again."])
        del said["anode/flow_00.h5"]
        self.assertEqual([*provenance.warnings(said)], [])

    def test_several_versions(self):
        folder = self.copy()
        self.assertNotIn("several versions", " ".join(self.found(folder)))

        def change(file):
            file["provenance"].attrs["version"] = "0.0.9"
        self.changed(folder, "flow_00.h5", change)
        self.assertIn("several versions", " ".join(self.found(folder)))

    def test_an_unfinished_run(self):
        self.assertIn("CATHODE: has neither sic.h5", " ".join(self.found(self.copy("sic.h5", "sculpting.h5"))))
        folder = self.copy("cathode", "lacathode")
        self.assertIn("No method has any file", " ".join(self.found(folder)))
        self.assertIn("No method was evaluated.", self.page(folder).text)

    def test_other_files_are_listed(self):
        folder = self.copy()
        shutil.copy(folder / "cathode/sic.h5", folder / "other_00.h5")
        self.assertNotIn("a check failed", " ".join(self.found(folder)))
        self.changed(folder, "other_00.h5", lambda file: file.attrs.update({"kind": "a <check>", "failures": "p < 0.01"}))
        (folder / "mine.h5").write_text("not HDF5")
        page = self.page(folder)
        row = page.row("other_00.h5")
        self.assertEqual(row[1], "lacathode.metrics, a <check>")
        self.assertIn("failures = p < 0.01", row[2])
        self.assertIn("other_00.h5: a check failed: p &lt; 0.01.", page.text)
        self.assertRegex(page.row("mine.h5")[2], "^cannot be read as HDF5")


    def test_files_of_studies_with_the_same_out_are_none_of_the_run(self):
        folder = self.copy()
        before = RunFiles(folder)
        for name in ("shared/hunt_8a1f.h5", "scan/results.h5", "scan/other.h5", "toys/results.h5", "toys/calibration.h5"):
            (folder / name).parent.mkdir(exist_ok=True)
            shutil.copy(folder / "cathode/sic.h5", folder / name)
            self.changed(folder, name, lambda file: file.attrs.update({"failures": "p < 0.01"}))
        after = RunFiles(folder)
        self.assertEqual((after.keys(), after.further), (before.keys(), before.further))
        self.assertNotIn("a check failed", " ".join(self.found(folder)))
        (folder / "toys/results.h5").unlink()  # a folder like any other
        self.assertEqual([*RunFiles(folder).further], ["toys/calibration.h5"])


class OfAStudy(ReportTest):
    def test_the_page_has_every_chain_and_the_figure(self):
        folder = self.runs / "study/figure"
        self.expect(0, "^$", folder, "--output", self.output)
        page = Page(self.output)
        self.assertTrue(all(address.startswith(("data:", "#")) for address in page.addresses))
        self.assertEqual(page.tags.count("img"), 1)
        self.assertEqual(len(page.ids), len(set(page.ids)))
        for chain in ("600-split1", "none-split2"):
            self.assertIn(f"<h2>{chain}</h2>", page.source)
        with h5py.File(folder / "300-split2/cathode/sic.h5") as metrics:
            self.assertIn(f"{metrics.attrs['sic_at_1e-2']:.4g}", page.text)
        rows = {row[0]: row[1] for row in page.rows if len(row) == 2}
        self.assertEqual(rows["prepare.injected_signal"],
                         "600 (600-split1 and 1 more); 300 (300-split1 and 1 more); 0 (none-split1 and 1 more)")
        self.assertIn("The study has 6 chains", page.text)
        self.assertRegex(page.text, "600-split1.*lie outside the box")


    def test_a_study_without_a_title_has_the_name_of_its_folder(self):
        folder = shutil.copytree(self.runs / "study/figure", self.folder / "nameless", symlinks=False)
        self.changed(folder, "results.h5", lambda file: file.attrs.modify("title", ""))
        with mock.patch.object(report.study.layout, "compose", return_value=Figure(figsize=(1, 1))):
            page = self.page(folder)
        self.assertIn("<h1>Report of the study nameless</h1>", page.source)
        self.assertIn("<figcaption>nameless.</figcaption>", page.source)

    def test_warnings_are_escaped(self):
        with mock.patch.object(report.study.checks, "warnings", return_value=["a<b>.h5: p < 0.01 & more.", page.element("code", "1 < 2")]):
            found = report.study.warnings({"one": None, "two": None}, ())
        self.assertIn("</b>: <code>1 &lt; 2</code>", str(found[0]))
        self.assertIn("</b>: a&lt;b&gt;.h5: p &lt; 0.01 &amp; more.", str(found[0]))

    def test_without_a_figure_there_is_a_page(self):
        folder = shutil.copytree(self.runs / "study/figure", self.folder / "figure", symlinks=False)
        with h5py.File(folder / "results.h5") as file:
            self.assertNotEqual(file.attrs["panels"], "")
        self.changed(folder, "results.h5", lambda file: file.attrs.modify("panels", ""))
        page = self.page(folder)
        self.assertIn("None: ", page.text)
        self.assertIn("the study names no panel (study.panels)", page.text)
        self.assertEqual(page.tags.count("img"), 0)


class Errors(ReportTest):
    def test_missing_input(self):
        self.expect(3, "report.py: .*nowhere: no such folder", self.folder / "nowhere", "--output", self.output)
        (self.folder / "hollow").mkdir()
        self.expect(3, "hollow: is not the folder of a run: it lacks events.h5", self.folder / "hollow")
        self.expect(3, "it lacks events.h5", self.copy("events.h5"))
        self.expect(3, "no such folder", 300 * "x")
        self.expect(2, "DIR")

    @needs_xxhash
    def test_results_of_a_study_that_were_changed(self):
        folder = shutil.copytree(self.runs / "study/figure", self.folder / "figure", symlinks=True)
        self.change_byte(folder / "results.h5")
        self.expect(3, r"figure/results\.h5: its content has changed", folder)

    def test_damaged_input(self):
        folder = self.copy()
        path = folder / "cathode/scores_00.h5"
        whole = path.read_bytes()
        path.write_bytes(whole[:-10])
        self.expect(3, r"cathode/scores_00\.h5: is truncated .*; copy it again, or make it again", folder)
        path.write_text("not HDF5")
        self.expect(3, r"cathode/scores_00\.h5: cannot be read as HDF5", folder)
        path.write_bytes(whole)

        def change(file):
            del file.attrs["max_median_sic"]
        self.changed(folder, "cathode/sic.h5", change)
        self.expect(3, r"sic\.h5: lacks 'max_median_sic'", folder)
        self.changed(folder, "events.h5", lambda file: file["mass"].attrs.pop("name"))
        self.expect(3, r"events\.h5: ", folder)
        folder = self.copy()
        self.changed(folder, "normal_00.h5", lambda file: file["provenance"].attrs.pop("git_revision"))
        self.expect(3, r": \S*normal_00\.h5: not what it should be, and without a seal that tells why: KeyError", folder)
        self.assertFalse((folder / "report.html").exists())

    def test_the_output(self):
        folder = self.copy("cathode", "lacathode")
        with mock.patch.object(report.plot, "PICTURES", {}):
            self.expect(0, "^$", folder)
            self.assertTrue((folder / "report.html").exists())
            (folder / "report.html").write_text("mine")
            self.expect(4, r"report\.html: exists already; pass --force", folder)
            self.assertEqual((folder / "report.html").read_text(), "mine")
            self.expect(0, "^$", folder, "--force")
        self.assertNotEqual((folder / "report.html").read_text(), "mine")
        self.expect(4, "no_dir: is no directory that can be written", folder, "--output", self.folder / "no_dir/a.html")

    def test_a_failure_leaves_what_was_there(self):
        self.output.write_text("mine")
        with self.full_disk(), mock.patch.object(report.plot, "PICTURES", {}):
            self.expect(4, "cannot be written: .*File too large", self.labelled.folder, "--output", self.output, "--force")
        self.assertEqual(self.output.read_text(), "mine")


class Numbers(unittest.TestCase):
    def test_texts(self):
        self.assertEqual(results.quantity(1.23456, 1.0, 2.0, 0.111), "1.235 [1, 2] ± 0.11")
        self.assertEqual(results.quantity(1.23456, 1.0, 1.0), "1.235")
        self.assertEqual(results.quantity(float("nan"), 1.0, 2.0, 0.1), "–")

    def test_median_over_trainings(self):
        nan = np.nan
        np.testing.assert_array_equal(p_values.median(np.array([[1, nan, nan], [3, 5, nan], [8, nan, nan]])), [3, nan, nan])
        np.testing.assert_array_equal(p_values.median(np.array([[1, nan], [3, 5]])), [2, 5])

    def test_bounds_in_a_median_of_p_values(self):
        """Columns of retrainings; 0.0005 is a bound where a simulation gave it."""
        nan, bound = np.nan, 0.0005
        for column, simulated, expected in (
                ([0, bound], [0, 1], "< 0.00025"), ([bound], [1], "< 0.0005"), ([bound], [0], "= 0.0005"), ([0.02], [1], "= 0.02"),
                ([0.0], [0], "< 1e-300"), ([bound, 0.3, 0.1], [1, 1, 0], "= 0.1"), ([bound, 0.3], [1, 1], "< 0.1503"),
                ([1e-9, 1e-7, bound], [0, 0, 1], "< 1e-07"), ([1e-9, 1e-7, nan], [0, 0, 1], "= 5.05e-08"), ([nan], [0], "= –")):
            with self.subTest(column=column):
                p, = p_values.medians({"p_value": np.array([column]).T, "p_value_simulated": np.array([simulated]).T})
                self.assertEqual(p_values.relation(p), expected)


if __name__ == "__main__":
    unittest.main()
