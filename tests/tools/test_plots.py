#!/usr/bin/env python3
"""The command line of plot.py: which files it writes, which texts it takes, and how it tells bad input apart."""
import contextlib
import io
import re
import shutil
import subprocess
import sys
import unittest
from pathlib import Path
from unittest import mock

import matplotlib.image
import numpy as np
from plot_files import ODD_NAMES, PlotTest, needs_xxhash

import plot  # of scripts/, which plot_files puts on the path
from common.failure import InputError
from reading import files
from reporting import pictures

PLOT = Path(plot.__file__)
PICTURES = ("losses", "features", "latent", "check", "score", "sic", "mass", "sculpting")


def run_plot(*arguments):
    """(exit code, stdout, stderr) of plot.py, in this process to spare the time of its start."""
    out, error = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
        try:
            code = plot.main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = end.code
    return code, out.getvalue(), error.getvalue()


def ink(path):
    """Share of pixels that are not white, and how many colours there are, in a ninth of the picture."""
    pixels = np.round(255 * matplotlib.image.imread(path)[::3, ::3, :3]).astype(int)
    return (pixels.min(axis=-1) < 250).mean(), len(np.unique(pixels @ [1, 256, 65536]))


class CommandLine(PlotTest):
    def expect(self, code, pattern, *arguments):
        found, out, error = run_plot(*arguments)
        self.assertEqual(found, code, error)
        self.assertRegex(error, pattern)
        self.assertNotIn("Traceback", error)
        return out

    def test_every_picture_shows_something(self):
        # A process of its own, as a user starts it.
        result = subprocess.run([sys.executable, "-B", PLOT, self.labelled.folder, "--out", self.folder / "plots"],
                                capture_output=True, text=True, check=False)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(result.stdout.split(), [str(self.folder / "plots" / f"{name}.png") for name in PICTURES])
        for name in PICTURES:
            share, colours = ink(self.folder / "plots" / f"{name}.png")
            self.assertGreater(share, 0.03, name)
            self.assertLess(share, 0.7, name)
            self.assertGreater(colours, 30, name)

    def test_every_picture_is_documented_and_has_a_caption(self):
        documented = re.findall(r"^\| `(\w+)` \|", (PLOT.parents[1] / "docs/pictures.md").read_text(), re.M)
        self.assertEqual(sorted(documented), sorted(plot.PICTURES))
        self.assertEqual(pictures.CAPTIONS.keys(), plot.PICTURES.keys())

    def test_an_empty_axis_would_be_noticed(self):
        import matplotlib.pyplot as plt
        plt.subplots()[0].savefig(self.folder / "empty.png")
        self.assertLess(ink(self.folder / "empty.png")[0], 0.03)

    def test_draws_what_is_there(self):
        folder = self.copy("cathode", "latent*.h5", "events.h5")
        drawn = {name for name, _ in self.composed(folder)}
        self.assertEqual(drawn, {"losses", "check", "score", "sic", "mass", "sculpting"})
        self.expect(0, "^$", folder, "--only", "losses", "--format", "pdf,svg")
        self.assertEqual(sorted(path.name for path in (folder / "plots").iterdir()), ["losses.pdf", "losses.svg"])

    def test_separate_panels(self):
        drawn = self.composed(self.unlabelled.folder, "--only", "features,mass", "--separate")
        self.assertEqual([name for name, _ in drawn],
                         ["features_m__a_x_1_", "features_100_a_b_c_frac", "mass_lacathode"])
        self.assertEqual({figure.get_figwidth() for _, figure in drawn}, {3.4})

    def test_names_of_files_do_not_meet(self):
        panels = [plot.page.Panel(name, None) for name in ("a b", "a_b", "../c")]
        self.assertEqual(plot.file_names(panels), ["a_b_0", "a_b_1", "_c"])

    def composed(self, *arguments):
        """[(name of the file, figure)] that these arguments lead to."""
        figures = []
        with mock.patch.object(plot, "save", lambda figure, _folder, name, _formats: figures.append((name, figure)) or []):
            self.expect(0, "^$", *arguments)
        return figures

    def test_texts(self):
        (_, figure), = self.composed(
            self.labelled.folder, "--only", "features", "--experiment", "My $1", "--label", "Preliminary", "--energy",
            r"$\sqrt{s}$ = 13 TeV", "--title", "features=A title", "--title", "features.b=of b", "--x-label",
            "features.c=the last", "--y-label", "features=Events", "--symbol", "a=$m_{J_1}$")
        self.assertEqual([text.get_text() for text in figure.texts],
                         [r"My \$1", "Preliminary", r"$\sqrt{s}$ = 13 TeV", "A title"])
        above, below = figure.axes[::2], figure.axes[1::2]
        self.assertEqual([axis.get_xlabel() for axis in below], ["$m_{J_1}$", "b", "the last"])
        self.assertEqual([axis.get_ylabel() for axis in above], ["Events"] * 3)
        self.assertEqual([axis.get_title() for axis in above], ["", "of b", ""])

    def test_events_are_not_read_for_names_that_nobody_gave(self):
        with mock.patch.object(files, "read_table", side_effect=AssertionError):
            self.assertEqual([name for name, _ in self.composed(self.labelled.folder, "--only", "sic")], ["sic"])

    def test_dollars_that_are_no_mathematics(self):
        (_, figure), = self.composed(self.labelled.folder, "--only", "sculpting", "--title", "sculpting=$x_{$ for 5 $")
        self.assertEqual(figure.texts[0].get_text(), r"\$x_{\$ for 5 \$")

    def test_symbol_of_an_odd_name(self):
        (_, figure), = self.composed(self.unlabelled.folder, "--only", "features", "--symbol", f"{ODD_NAMES[1]}=$x^2$")
        self.assertEqual(figure.axes[3].get_xlabel(), "$x^2$")

    def test_usage(self):
        for pattern, *arguments in (
                ("unknown: pie", "--only", "pie"), ("unknown: gif", "--format", "gif"),
                ("a text is given for pie: no such picture", "--title", "pie=x"),
                ("argument --x-label: 'sic' is not NAME=TEXT", "--x-label", "sic"),
                ("argument --symbol: '=x' is not NAME=TEXT", "--symbol", "=x"),
                (r"argument --symbol: '\$x_\{\$' is no mathematics", "--symbol", "a=$x_{$"),
                (r"argument --energy: .* is no mathematics", "--energy", r"$\nothing$"),
                (r"--symbol q: .* has no such column \(it has mass, a, b, c, z0, z1, z2\)", "--symbol", "q=$q$"),
                (r"sic\.up: no such panel \(there are background, signal, roc\)", "--title", "sic.up=x"),
                ("a text is given for mass, which --only leaves out", "--only", "sic", "--title", "mass=x")):
            out = self.expect(2, pattern, self.labelled.folder, *arguments)
            self.assertEqual(out, "", "nothing is drawn")
        self.expect(2, "DIR")

    def test_missing_input(self):
        self.expect(3, "no such folder", self.folder / "nowhere")
        (self.folder / "hollow").mkdir()
        self.expect(3, "nothing to draw", self.folder / "hollow")
        self.expect(3, "lacks the files for the picture 'features'", self.copy("events.h5"), "--only", "features")
        self.expect(3, "lacks the files for the picture 'sic'", self.unlabelled.folder, "--title", "sic=x")

    def test_foreign_input(self):
        folder = self.copy()
        flow, scores = folder / "flow.h5", folder / "cathode/scores_00.h5"
        for path in folder.glob("flow*.h5"):
            path.unlink()
        shutil.copy(scores, flow)
        self.expect(3, "flow.h5: is 'lacathode.scores', expected", folder, "--only", "losses")
        flow.write_text("not HDF5")
        self.expect(3, "flow.h5: cannot be read as HDF5", folder, "--only", "losses")
        shutil.copy(folder / "events.h5", scores)
        self.expect(3, r"scores_00\.h5: is 'lacathode.events', expected lacathode.scores", folder,
                    "--only", "score")
        shutil.copy(folder / "cathode/sculpting.h5", folder / "cathode/sic.h5")
        self.expect(3, "kind 'sculpting', expected 'sic'", folder, "--only", "sic")

    def test_incomplete_input(self):
        folder = self.copy()

        def change(file):
            del file["chi2_per_dof/runs"]
        self.changed(folder, "cathode/sculpting.h5", change)
        self.expect(3, "sculpting.h5: lacks 'chi2_per_dof/runs'", folder, "--only", "sculpting")
        self.changed(folder, "cathode/classifier_00.h5", lambda file: file["losses"].pop("training"))
        self.expect(3, "classifier_00.h5: .*training", folder, "--only", "losses")

    def test_wrong_contents_without_a_seal(self):
        """Of tables and models, too, which no seal vouches for."""
        folder = self.copy()

        def number_for(name):
            def change(file):
                del file[name]
                file[name] = 1.0
            return change
        for name, group, picture in (("flow_00.h5", "losses", "losses"), ("events.h5", "features", "features")):
            self.changed(folder, name, number_for(group))
            self.expect(3, rf"{name}: not what it should be, and without a seal that tells why", folder, "--only", picture)

    @needs_xxhash
    def test_files_that_were_changed(self):
        self.expect_refused(self.change_byte, "its content has changed since it was written .*")

    def test_files_of_another_length(self):
        def lengthen(path):
            with open(path, "ab") as file:
                file.write(b"x")
        self.expect_refused(lengthen, "is truncated or has grown.*")

    def expect_refused(self, change, problem):
        """Of a file of each kind that a picture reads: metrics, events, latent coordinates, scores, a model."""
        folder = self.copy()
        for name, picture in (("cathode/sic.h5", "sic"), ("events.h5", "features"), ("latent_00.h5", "latent"), ("cathode/scores_00.h5", "score"),
                              ("cathode/classifier_00.h5", "losses")):
            change(folder / name)
            self.expect(3, rf"{name}: {problem}; copy it again, or make it again", folder, "--only", picture)

    def test_what_h5py_raises_of_damaged_files(self):
        for error in (OSError("read failed"), RuntimeError("read failed"), ValueError("read failed")):
            with self.assertRaisesRegex(InputError, r"events\.h5: is damaged: read failed"):
                files.contents(self.labelled.folder / "events.h5", ("lacathode.events",), mock.Mock(side_effect=error))

    def test_pictures_of_an_earlier_call_are_told(self):
        """Those that this call did not draw, and nobody else's."""
        folder, plots = self.copy("cathode", "lacathode", "check_*", "latent_*"), self.folder / "plots"
        plots.mkdir()
        for name in ("mass.png", "sic_roc.pdf", "losses_old.png", "massive.png", "mine.png", "sculpting.txt"):
            (plots / name).touch()

        def expect_told(names, *arguments):
            left = re.escape(", ".join(str(plots / name) for name in names))
            self.expect(0, f"^plot.py: not drawn by this call, perhaps of an earlier one: {left}\n$", folder, "--out", plots, *arguments)
        expect_told(["losses_old.png", "mass.png", "sic_roc.pdf"])
        self.assertTrue((plots / "mass.png").exists())
        expect_told(["losses_old.png"], "--only", "losses")
        (plots / "losses_old.png").unlink()
        self.expect(0, "^$", folder, "--out", plots, "--only", "losses")
        expect_told(["losses.png"], "--only", "losses", "--format", "pdf")
        expect_told(["losses.pdf", "losses.png"], "--only", "losses", "--format", "svg", "--separate")
        expect_told(["losses_flow.svg"], "--only", "losses", "--format", "pdf,png")

    def test_a_name_that_is_too_long(self):
        self.expect(3, "no such folder", 300 * "x")

    def test_newer_version(self):
        folder = self.copy()
        self.changed(folder, "cathode/classifier_00.h5", lambda file: file.attrs.update(format_version=2))
        self.expect(3, "format_version is 2; this module reads 1", folder, "--only", "losses")

    def test_cannot_write(self):
        (self.folder / "file").touch()
        self.expect(4, "cannot write", self.labelled.folder, "--out", self.folder / "file/plots", "--only", "losses")

    def test_a_failure_leaves_the_picture_that_was_there(self):
        """Of a PDF matplotlib itself would tell nothing that a user understands."""
        arguments = (self.labelled.folder, "--out", self.folder, "--only", "losses", "--format", "pdf")
        self.expect(0, "^$", *arguments)
        before = self.contents(self.folder)
        self.assertEqual(set(before), {"losses.pdf"})
        with self.full_disk():
            self.expect(4, r"losses\.pdf: cannot be written: .*File too large", *arguments)
        self.assertEqual(self.contents(self.folder), before)


if __name__ == "__main__":
    unittest.main()
