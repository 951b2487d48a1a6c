#!/usr/bin/env python3
"""The command `lacathode`, manual pages and the completion of command lines."""
import json
import os
import re
import shutil
import subprocess
import time
import unittest
from pathlib import Path

from tool_files import APPS, BAD_INPUT, OK, SIGTERM, TOOLS, USAGE, ToolTest, must, small_chain, table, write_hdf5

ROOT = Path(__file__).resolve().parents[2]
PAGES = APPS.parent / "share"
PROGRAMS = ("lacathode", *(f"lacathode-{name}" for name in (*TOOLS, "info")))


def front(*arguments, **options):
    return subprocess.run([APPS / "lacathode", *map(str, arguments)], capture_output=True, text=True, check=False,
                          timeout=300, **options)


class Front(ToolTest):
    def test_lists_every_program(self):
        built = {path.name for path in APPS.iterdir() if path.name.startswith("lacathode-") and os.access(path, os.X_OK)}
        for arguments in ((), ("--help",), ("-h",)):
            process = front(*arguments)
            self.assertEqual((process.returncode, process.stderr), (OK, ""))
            listed = re.findall(r"(?m)^  ([a-z-]+) +[A-Z][^\n]+[^.\n]$", process.stdout.split("Commands:")[1])
            self.assertEqual({f"lacathode-{name}" for name in listed}, built)
            self.assertEqual(listed[0], "run")

    def test_becomes_the_program(self):
        process = front("generate-toy", "--events", 500, "--output", self.out, "--json")
        self.assertEqual(process.returncode, OK, process.stderr)
        self.assertEqual(json.loads(process.stdout)["events"], 500)
        made_by = json.loads(must("info", "--json", self.out).stdout)["provenance"]
        self.assertEqual(made_by["program"], "lacathode-generate-toy")
        self.assertTrue(made_by["command_line"].startswith("lacathode-generate-toy --events 500 "))
        self.assertEqual(front("encode", "--version").stdout, must("encode", "--version").stdout)

    def test_the_jobs_that_it_lists_call_the_same_program(self):
        """Not one of that name on the PATH of another machine."""
        config = self.config(small_chain(write_hdf5(self.folder / "table.h5", table(300, 30))))
        process = front("run", "--config", config, "--out", self.folder / "out", "--list-jobs", "--json")
        listed = json.loads(process.stdout)
        commands = {job["command"][0] for job in listed["jobs"]} | {listed["gather"][0]}
        self.assertEqual(commands, {str((APPS / "lacathode-run").resolve())})

    def test_exit_codes_and_messages_are_the_programs(self):
        process = front("info", self.folder / "nowhere.h5")
        self.assertEqual((process.returncode, process.stdout), (BAD_INPUT, ""))
        self.assertRegex(process.stderr, "nowhere.h5: no such file")

    def test_a_signal_reaches_the_program(self):
        with open(self.folder / "log", "w+", encoding="utf-8") as log:
            process = subprocess.Popen([APPS / "lacathode", "train-flow", "--events", self.file("events.h5"), "--epochs", "100000",
                                        "--output", self.out], stdout=subprocess.PIPE, stderr=log)
            deadline = time.monotonic() + 60
            while "sideband training" not in (self.folder / "log").read_text() and time.monotonic() < deadline:
                time.sleep(0.05)
            process.terminate()
            process.communicate(timeout=60)
        self.assertEqual(process.returncode, SIGTERM)
        self.assertRegex((self.folder / "log").read_text(), "interrupted by SIGTERM")
        self.expect_no_partial()

    def test_unknown(self):
        for arguments, pattern in ((("enocde",), "no command 'enocde'; did you mean 'encode'"),
                                   (("",), "unexpected argument|Commands"),
                                   (("lacathode-encode",), "no command 'lacathode-encode'"),
                                   (("../lacathode-encode",), "no command"),
                                   (("--sed", "1"), "unknown option --sed")):
            with self.subTest(arguments):
                process = front(*arguments)
                self.assertEqual((process.returncode, process.stdout), (USAGE, ""))
                self.assertRegex(process.stderr, pattern)

    def test_a_program_that_is_not_there(self):
        alone = shutil.copy(APPS / "lacathode", self.folder)
        process = subprocess.run([alone, "encode"], capture_output=True, text=True, check=False, timeout=300)
        self.assertEqual(process.returncode, BAD_INPUT, process.stderr)
        self.assertRegex(process.stderr, "cannot run .*/lacathode-encode: No such file.*install all programs together")

    def test_the_citation_names_this_version(self):
        version = re.search(r"(?m)^version: (\S+)$", (ROOT / "CITATION.cff").read_text())[1]
        self.assertTrue(front("--version").stdout.startswith(f"lacathode {version} "))
        self.assertIn(f"## [{version}]", (ROOT / "CHANGELOG.md").read_text())


class Pages(unittest.TestCase):
    def test_a_manual_page_for_every_program(self):
        self.assertEqual({path.name for path in (PAGES / "man/man1").iterdir()}, {f"{name}.1" for name in PROGRAMS})
        for name in PROGRAMS:
            with self.subTest(name):
                page = (PAGES / "man/man1" / f"{name}.1").read_text()
                self.assertTrue(page.startswith(f".TH {name.upper().replace('-', chr(92) + '-')} 1 "))
                for heading in ("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXAMPLE", "EXIT STATUS", "SEE ALSO"):
                    self.assertIn(f"\n.SH {heading}\n", page)

    def test_pages_have_the_exit_codes_of_the_readme(self):
        readme = (ROOT / "README.md").read_text().split("\n## Exit codes\n")[1].split("\n## ")[0]
        page = (PAGES / "man/man1/lacathode.1").read_text().split(".SH EXIT STATUS\n")[1].split(".SH ")[0]
        codes = re.findall(r"(?m)^\| ([\d, ]+) \|", readme)
        self.assertIn("6", codes)
        self.assertEqual(re.findall(r"(?m)^\.TP\n(.+)$", page), codes)

    def test_pages_say_what_help_says(self):
        for name in PROGRAMS:
            with self.subTest(name):
                text = subprocess.run([APPS / name, "--help"], capture_output=True, text=True, check=True).stdout
                options = set(re.findall(r"(?m)^  (?:-\w,)?(--[\w-]+)", text))
                self.assertGreater(len(options), 0)
                page = (PAGES / "man/man1" / f"{name}.1").read_text().replace("\\", "")
                bash = (PAGES / "bash-completion/completions" / name).read_text()
                zsh = (PAGES / "zsh/site-functions" / f"_{name}").read_text()
                for option in options:
                    self.assertRegex(page, rf"fB{option}fR")
                    self.assertRegex(bash, rf"[ ']{option}[ ']")
                    self.assertRegex(zsh, rf"'\*?{option}\[")

    def test_the_chain_documents_every_key(self):
        reference = json.loads(must("run", "--dump-reference").stdout)
        page = (PAGES / "man/man1/lacathode-run.1").read_text()
        help_text = must("run", "--help").stdout
        effective = json.loads(must("run", "--dump-default").stdout)
        for section in effective.keys() - {"common"}:
            self.assertRegex(help_text, rf"(?m)^  {section}: ")
            for field in reference[section]:
                self.assertIn(f"fB{section}.{field['key']}\\fR", page)
                self.assertRegex(help_text, rf"[ ]{field['key']}[,\n]")

    @unittest.skipUnless(shutil.which("man") or shutil.which("mandoc") or os.environ.get("CI") == "true", "needs man or mandoc")
    def test_pages_have_no_warnings(self):
        for path in sorted((PAGES / "man/man1").iterdir()):
            with self.subTest(path.name):
                if shutil.which("man"):
                    environment = {**os.environ, "LC_ALL": "C.UTF-8", "MANWIDTH": "80"}
                    process = subprocess.run(["man", "--warnings", "-l", path], capture_output=True, text=True, check=False,
                                             env=environment, timeout=60)
                    self.assertEqual((process.returncode, process.stderr), (0, ""))
                    self.assertIn(path.stem, process.stdout)
                if shutil.which("mandoc"):
                    # A date would differ from build to build.
                    process = subprocess.run(["mandoc", "-Tlint", "-Wwarning", path], capture_output=True, text=True,
                                             check=False, timeout=60)
                    findings = [line for line in process.stdout.splitlines() if "missing date" not in line]
                    self.assertEqual(findings, [])

    def completions(self, *words, program="lacathode", last=""):
        """What bash completes the command line with."""
        line = [program, *words, last]
        script = f"""source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
            compopt() {{ :; }}; _{program.replace('-', '_')}; printf '%s\\n' "${{COMPREPLY[@]}}" """
        process = subprocess.run(["bash", "-uc", script, "bash", PAGES / "bash-completion/completions" / program, *line],
                                 capture_output=True, text=True, check=False, timeout=60)
        self.assertEqual((process.returncode, process.stderr), (0, ""))
        return set(process.stdout.split())

    def test_completion_in_bash(self):
        self.assertEqual(self.completions(last="train"), {"train-flow", "train-classifier"})
        self.assertEqual(self.completions(last="--v"), {"--version"})
        self.assertEqual(self.completions("train-flow", last="--bl"), {"--blocks"})
        self.assertEqual(self.completions("sample", "--method"), {"lacathode", "cathode", "double_map", "curtains"})
        self.assertEqual(self.completions("select-background", "--method"), {"cwola", "idealised", "supervised"})
        self.assertEqual(self.completions("no-command", last="--x"), set())
        self.assertEqual(self.completions(program="lacathode-encode", last="--dev"), {"--device"})
        self.assertEqual(self.completions("hunt", "--unblind"), {"true", "false"})
        self.assertEqual(self.completions("--device", program="lacathode-encode", last="cu"), {"cuda"})
        self.assertEqual(self.completions("--set", program="lacathode-run", last="run.scu"), {"run.sculpting="})
        self.assertEqual(self.completions("--events", program="lacathode-encode"), set())  # files, which bash knows

    @unittest.skipUnless(shutil.which("zsh"), "needs zsh")
    def test_zsh_understands_its_files(self):
        for path in (PAGES / "zsh/site-functions").iterdir():
            subprocess.run(["zsh", "-n", path], check=True, timeout=60)


if __name__ == "__main__":
    unittest.main()
