#!/usr/bin/env python3
"""Progress and log lines in a real terminal: tmux says what stands on the screen."""
import os
import re
import shutil
import subprocess
import time
import unittest

from tool_files import APPS, PREPARE, ToolTest

TMUX = shutil.which("tmux")
BAR = re.compile(r"\[#*\.*\] +\S")
LOG = re.compile(r"\d\d:\d\d:\d\d (debug|info|warning|error) [^\[#]*")
END = re.compile(r"exit \d+")


class Screen:
    """A terminal of some width, on a server of its own, that runs one command of the shell."""

    def __init__(self, width, command, folder):
        self.server = (TMUX, "-S", folder / "tmux", "-f", "/dev/null")
        self.width = width
        script = folder / "command.sh"
        script.write_text(f"trap : INT\n{command}\necho exit $?\nexec sleep 600\n")
        environment = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
        subprocess.run([*self.server, "start-server", ";", "set", "-g", "history-limit", "100000", ";", "new-session", "-d",
                        "-x", str(width), "-y", "24", f"exec sh {script}"], check=True, env=environment)

    def tmux(self, *arguments):
        return subprocess.run([*self.server, *arguments], check=True, capture_output=True, text=True, timeout=60).stdout

    def close(self):
        subprocess.run([*self.server, "kill-server"], check=True)

    def resize(self, width):
        self.width = width
        self.tmux("resize-window", "-x", str(width), "-y", "24")

    def press(self, key):
        self.tmux("send-keys", key)

    def rows(self):
        """What a person sees, row by row, and what has scrolled away above."""
        return self.tmux("capture-pane", "-p", "-S", "-").rstrip("\n").split("\n")

    def lines(self):
        """The same with the rows of a line that was too long in one."""
        joined = self.tmux("capture-pane", "-p", "-J", "-S", "-").rstrip("\n").split("\n")
        return [line.rstrip() for line in joined]


# Continuous integration installs tmux, and must not pass without it.
@unittest.skipUnless(TMUX or os.environ.get("CI") == "true", "tmux is not installed (Debian's package tmux)")
class Terminal(ToolTest):
    def screen(self, width, name, *arguments):
        command = " ".join([str(APPS / f"lacathode-{name}"), *map(str, arguments)])
        screen = Screen(width, command, self.folder)
        self.addCleanup(screen.close)
        return screen

    def training(self, width, epochs):
        return self.screen(width, "train-flow", "--events", self.file("events.h5"), "--blocks", 8, "--hidden", 256,
                           "--learning-rate", 1e-6, "--epochs", epochs, "--keep-best", 1, "--threads", 1, "--verbose", "--output", self.out)

    def wait_for(self, screen, pattern, seconds=120):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            lines = screen.lines()
            if any(re.match(pattern, line) for line in lines):
                return lines
            time.sleep(0.05)
        self.fail(f"{pattern} never came:\n" + "\n".join(lines))

    def check_lines(self, lines):
        """Nothing but whole log lines and one bar, each from the first column on. The last may be half written."""
        shown = "\n".join(lines)
        for line in lines[:-1]:
            self.assertTrue(LOG.fullmatch(line) or BAR.match(line), f"{line!r} in\n{shown}")
        self.assertLessEqual(sum(bool(BAR.match(line)) for line in lines), 1, shown)

    def watch(self, screen, seconds):
        """Demands a clean screen for so long; returns how often the bar was seen."""
        bars = 0
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            lines, rows = screen.lines(), screen.rows()
            self.check_lines(lines)
            self.assertFalse([line for line in lines[:-1] if BAR.match(line)], "the bar is below the log")
            self.assertFalse([row for row in rows if len(row) > screen.width])
            bar = [i for i, row in enumerate(rows) if BAR.match(row)]
            bars += len(bar)
            if bar:
                self.assertEqual(bar, [len(rows) - 1], "the bar takes one row:\n" + "\n".join(rows[-5:]))
                self.assertLess(len(rows[-1]), screen.width)
            time.sleep(0.02)
        return bars

    def wait_until_redrawn(self, screen, seconds=60):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            last = screen.rows()[-1]
            if BAR.match(last) and len(last) < screen.width:
                return
            time.sleep(0.05)
        self.fail(f"no bar that fits into {screen.width} columns:\n" + "\n".join(screen.rows()[-5:]))

    def fits(self, *widths):
        screen = self.training(widths[0], 100000)
        self.wait_for(screen, BAR)
        for width in widths:
            if width != screen.width:
                screen.resize(width)
                self.wait_until_redrawn(screen)
            self.assertGreater(self.watch(screen, 3), 5)

    def test_quiet_has_no_bar(self):
        screen = self.screen(80, "train-flow", "--events", self.file("events.h5"), "--epochs", 10, "--quiet", "--output", self.out)
        lines = [line for line in self.wait_for(screen, END) if line]
        self.assertEqual([line for line in lines if BAR.match(line) or LOG.match(line)], [])
        self.assertEqual(lines[-1], "exit 0")

    def test_60_columns(self):
        self.fits(60, 170, 80)

    def test_80_columns(self):
        self.fits(80, 60, 170)

    def test_170_columns(self):
        self.fits(170, 60, 80, 20, 60)

    def test_a_finished_bar_stays_above_what_follows(self):
        screen = self.training(60, 10)
        lines = self.wait_for(screen, END)
        bar = next(i for i, line in enumerate(lines) if BAR.match(line))
        self.check_lines(lines[:bar + 1])
        self.assertTrue(lines[bar].startswith("[##########] training flow"), lines[bar])
        self.assertRegex(lines[bar - 1], r"^\d\d:\d\d:\d\d info flow: best epoch")
        self.assertRegex(lines[bar + 1], r"^output +\S+$")
        self.assertEqual(lines[-1], "exit 0")

    def test_an_interrupted_bar_ends_its_line(self):
        screen = self.training(80, 100000)
        self.wait_for(screen, BAR)
        screen.press("C-c")
        lines = self.wait_for(screen, END)
        self.assertEqual(lines[-1], "exit 130")
        self.assertRegex(lines[-2], r"^\d\d:\d\d:\d\d error interrupted by Ctrl-C")
        self.assertTrue(BAR.match(lines[-3]), "\n".join(lines[-5:]))
        self.check_lines(lines[:-1])

    def test_trainings_side_by_side_write_whole_lines(self):
        settings = ("run.retrainings=4", "run.sic=false", "run.methods=cathode", f"prepare.input={self.file('table.h5')}",
                    "train_flow.blocks=2", "train_flow.hidden=8", "train_flow.epochs=20", "train_flow.keep_best=1",
                    "sample.checkpoints=1", "sample.training=1500", "sample.validation=200", "train_classifier.hidden=64,64",
                    "train_classifier.epochs=50", "train_classifier.keep_best=1", "evaluate_sculpting.bins=10",
                    "evaluate_sculpting.efficiencies=0.2,0.5")
        screen = self.screen(60, "run", *PREPARE, *(word for setting in settings for word in ("--set", setting)),
                             "--threads", 2, "--verbose", "--out", self.folder / "out")
        lines = self.wait_for(screen, END)
        self.assertEqual(lines[-1], "exit 0", "\n".join(lines))
        trainings = [line for line in lines if "classifier epoch 50" in line]
        self.assertEqual(len(trainings), 4)
        first, last = (next(i for i, line in enumerate(lines) if text in line) for text in
                       ("cathode/train_classifier_0", "cathode/sculpting"))
        for line in lines[first:last]:
            self.assertTrue(LOG.fullmatch(line), line)


if __name__ == "__main__":
    unittest.main()
