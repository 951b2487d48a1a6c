#!/usr/bin/env python3
"""The commands of docs/results.md: each is understood, and no two write to the same place."""
import re
import subprocess
import unittest
from pathlib import Path

from tool_files import APPS, ToolTest

ROOT = Path(__file__).resolve().parents[2]
INPUTS = ("prepare.input=", "prepare.extra_background=")
PROGRAMS = ("lacathode-run", "lacathode-study", "lacathode-scan", "lacathode-toys")
# Lists the jobs in place of doing them, and notes the arguments and how many jobs evaluate something.
STUB = """#!/usr/bin/env bash
for one in "$@"; do shift; [ "$one" = --discard ] || set -- "$@" "$one"; done  # it is for doing them
jobs=$({program} "$@" --list-jobs) || {{ printf '%s\\n' "$*" >> failed; exit 1; }}
{{ printf '%s\\n' "{name}" "$@" "$(grep -c " evaluate_" <<< "$jobs" || true)" | tr '\\n' '\\t'; printf '\\n'; }} >> commands
"""


def blocks(text):
    return [block for block in re.findall(r"^```\n(.*?)^```$", text, re.S | re.M) if any(name in block for name in PROGRAMS)]


class DocumentedCommands(ToolTest):
    """As a shell runs them, with the bundled sample in place of the full one."""

    def setUp(self):
        super().setUp()
        stubs = self.folder / "stubs"
        stubs.mkdir()
        for name in PROGRAMS:
            self.write_stub(stubs / name, STUB.format(program=(APPS / name).resolve(), name=name))
        (self.folder / "scripts").mkdir()
        for name in ("plot.py", "tables.py", "compare.py"):
            self.write_stub(self.folder / "scripts" / name, "#!/bin/sh\n")
        for name in ("configs", "data"):
            (self.folder / name).symlink_to(ROOT / name)
        for name in ("dijets.features.h5", "dijets_extra_sr.features.h5"):
            (self.folder / name).symlink_to(ROOT / "data/dijets_mini.features.h5")
        self.environment = {"PATH": f"{stubs}:/usr/bin:/bin"}

    def write_stub(self, path, text):
        path.write_text(text)
        path.chmod(0o755)

    def commands(self, text):
        """[[program, arguments ..., number of evaluations]] of all blocks."""
        for block in blocks(text):
            process = subprocess.run(["bash", "-eu"], input=block, cwd=self.folder, env=self.environment, capture_output=True,
                                     text=True, check=False, timeout=120)
            self.assertEqual(process.returncode, 0, f"{block}\n{process.stderr}")
        return [line.rstrip("\t").split("\t") for line in (self.folder / "commands").read_text().splitlines()]

    @staticmethod
    def place(command):
        """The output folder of a command and what it writes there: a study its name, a scan and its toys what they are called."""
        if command[0] == "lacathode-study":
            name = Path(command[command.index("--config") + 1]).stem
        else:
            name = {"lacathode-scan": "scan", "lacathode-toys": "toys"}.get(command[0], "")
        named = [one.removeprefix("study.name=") for one in command if one.startswith("study.name=")]
        return command[command.index("--out") + 1], named[-1] if named else name

    @staticmethod
    def differs(command):
        """Whether a study has other settings than its file, but for where its inputs are."""
        changed = [one for one in command if re.match(r"[a-z_]+\.[a-z_]+=", one)]
        return command[0] == "lacathode-study" and any(not one.startswith(INPUTS) for one in changed)

    def test_results(self):
        found = self.commands((ROOT / "docs/results.md").read_text())
        self.assertGreaterEqual(len(found), 18)
        places = [self.place(command) for command in found]
        self.assertEqual(sorted(places), sorted(set(places)), "two commands have one place")
        for command in found:
            if self.differs(command):
                self.assertRegex(" ".join(command), r" study\.name=", "the figure's own study is written over")
        evaluations = {place[1]: int(command[-1]) for place, command in zip(places, found) if place[0] == "out/ensembles"}
        splits, scores = 5, 7
        expected = {name: splits * scores for name in ("ensembles", "ensembles_validation", "ensembles_500", "ensembles_none")}
        self.assertEqual(evaluations, {**expected, "ensembles_flows": 2})

    def test_a_place_is_the_study_and_its_folder(self):
        self.assertEqual(self.place(["lacathode-study", "--config", "a/b.json", "--out", "o"]), ("o", "b"))
        self.assertEqual(self.place(["lacathode-study", "--config", "a/b.json", "--out", "o", "--set", "study.name=c"]), ("o", "c"))
        self.assertEqual(self.place(["lacathode-toys", "--config", "a/b.json", "--out", "o"]), ("o", "toys"))
        self.assertEqual(self.place(["lacathode-scan", "--config", "a/b.json", "--out", "o"]), ("o", "scan"))
        self.assertEqual(self.place(["lacathode-run", "--config", "a/b.json", "--out", "o"]), ("o", ""))

    def test_what_is_not_understood_is_seen(self):
        with self.assertRaises(AssertionError):
            self.commands("```\nlacathode-study --config configs/demo.json --out out --set 'study.vary=[{\"a\": {}, ...}]'\n```\n")


if __name__ == "__main__":
    unittest.main()
