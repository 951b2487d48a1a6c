#!/usr/bin/env python3
"""Help, version, configuration and usage errors of every executable."""
import fcntl
import json
import os
import subprocess
import time
import unittest
from pathlib import Path

from tool_files import (APPS, BAD_INPUT, CANNOT_WRITE, OK, PREPARE, SIGTERM, TOOLS, USAGE, ToolTest, must, table, tool,
                        write_hdf5)

# Of each: its section, a key of that section with a wrong value (of the right type), and its paths.
SECTIONS = {
    "generate-toy": ("generate_toy", "events", 1, ("--output",)),
    "prepare": ("prepare", "mass_scale", -1, ("--output", "--input")),
    "train-flow": ("train_flow", "epochs", 0, ("--events", "--output")),
    "sample": ("sample", "bandwidth", -1, ("--method", "--events", "--flow", "--output")),
    "encode": ("encode", "block_rows", 0, ("--events", "--flow", "--output")),
    "train-classifier": ("train_classifier", "hidden", [], ("--data", "--background", "--output")),
    "score": ("score", "block_rows", 0, ("--classifier", "--events", "--output")),
    "apply": ("apply", "block_rows", 0, ("--flow", "--classifiers", "--input", "--output")),
    "check-flow": ("check_flow", "bins", 0, ("--events", "--flow", "--output")),
    "evaluate-sic": ("evaluate_sic", "grid_points", 1, ("--scores", "--output")),
    "evaluate-sculpting": ("evaluate_sculpting", "bins", 1, ("--scores", "--output")),
    "transport": ("transport", "block_rows", 0, ("--events", "--flow", "--output")),
    "select-background": ("select_background", "strip_width", 0, ("--method", "--events", "--output")),
    "density-ratio": ("density_ratio", "block_rows", 0, ("--inner", "--outer", "--output")),
    "combine-scores": ("combine_scores", "block_rows", 0, ("--scores", "--output")),
    "combine-folds": ("combine_folds", "block_rows", 0, ("--scores", "--background-scores", "--output")),
    "fit-background": ("fit_background", "toys", 0, ("--scores", "--output")),
    "pseudo-data": ("pseudo_data", "number", -1, ("--events", "--flow", "--output")),
    "hunt": ("hunt", "toys", 0, ("--scores", "--output")),
    "export": ("export", "efficiency", -1, ("--scores", "--output")),
    "run": ("run", "retrainings", 0, ("--out",)),
    "study": ("study", "name", "a/b", ("--out",)),
    "scan": ("scan", "width", 0, ("--out",)),
    "toys": ("toys", "count", 0, ("--out",)),
}
# A unit that the help must name.
UNITS = {"generate-toy": "1 / mass unit", "prepare": "feature unit / mass unit", "evaluate-sic": "events",
         "evaluate-sculpting": "threads", "select-background": "mass unit", "fit-background": "mass unit", "export": "threads", "run": None, "study": None,
         "scan": None, "toys": "toys"}


class EveryTool(ToolTest):
    def test_help_has_units_and_an_example(self):
        for name in TOOLS:
            with self.subTest(name):
                process = must(name, "--help")
                self.assertRegex(process.stdout, rf"Example:\n  lacathode-{name} --\w+ ")
                self.assertEqual(process.stderr, "")
                required = process.stdout.split("\nRequired:\n")[1].split("\n\n")[0]
                for path in SECTIONS[name][3]:
                    self.assertTrue(path == "--input" or f"  {path} " in required, path)
                for path in SECTIONS[name][3] + ("--config", "--set", "--force", "--json", "--seed", "--threads"):
                    self.assertIn(f"{path} ", process.stdout)
                unit = UNITS.get(name, "events")
                if unit:
                    self.assertIn(f"[{unit}]", process.stdout)

    def test_version_names_the_instruction_sets(self):
        for name in TOOLS:
            with self.subTest(name):
                process = must(name, "--version")
                self.assertRegex(process.stdout, r"(?s)^lacathode \d+\.\d+\.\d+ \(.*LibTorch.*instruction sets: ")
                self.assertEqual(process.stderr, "")

    def test_default_configuration_can_be_fed_back(self):
        for name in TOOLS:
            with self.subTest(name):
                default = must(name, "--dump-default")
                self.assertEqual(default.stderr, "")
                sections = json.loads(default.stdout)
                self.assertEqual(list(sections)[:2], ["common", SECTIONS[name][0]])
                printed = must(name, "--config", self.config(sections), "--print-config", "--seed", "17")
                sections["common"]["seed"] = 17
                self.assertEqual(json.loads(printed.stdout), sections)

    def test_unknown_option(self):
        for name in TOOLS:
            with self.subTest(name):
                self.expect(USAGE, r"--seeds; did you mean '--seed'", name, "--seeds", "3")

    def test_all_problems_of_a_configuration_file_at_once(self):
        for name in TOOLS:
            with self.subTest(name):
                section, key, _, _ = SECTIONS[name]
                path = self.config({section: {key + "x": 1, key: {"a": "b"}}, "comon": {}, "common": {"seed": "one"}})
                self.expect(USAGE, (r"config\.json",
                                    rf"unknown key '{section}\.{key}x'; did you mean '{key}'",
                                    rf"'{section}\.{key}' = .*: expected ",
                                    r"unknown section 'comon'; did you mean 'common'",
                                    r"'common\.seed' = \"one\": expected a non-negative integer"),
                            name, "--config", path)

    def test_values_and_missing_paths_at_once(self):
        for name in TOOLS:
            with self.subTest(name):
                section, key, wrong, paths = SECTIONS[name]
                path = self.config({section: {key: wrong}, "common": {"threads": -1}})
                missing = [rf"{option}\b" for option in paths]
                self.expect(USAGE, (r"common\.threads = -1", rf"{section}[.:] ?.*{key}", *missing),
                            name, "--config", path)


class Configuration(ToolTest):
    def test_precedence(self):
        path = self.config({"train_flow": {"epochs": 11, "hidden": 12, "blocks": 13}})
        process = must("train-flow", "--config", path, "--set", "train_flow.hidden=22", "--set", "train_flow.blocks=23",
                       "--blocks", "33", "--print-config")
        section = json.loads(process.stdout)["train_flow"]
        self.assertEqual((section["epochs"], section["hidden"], section["blocks"]), (11, 22, 33))

    def test_a_switch_may_stand_alone(self):
        unblind = lambda *options: json.loads(must("hunt", *options, "--print-config").stdout)["hunt"]["unblind"]
        self.assertIs(unblind(), False)
        self.assertIs(unblind("--unblind"), True)
        self.assertIs(unblind("--unblind", "--seed", "3"), True)
        self.assertIs(unblind("--unblind", "false"), False)
        self.expect(USAGE, "unblind = 'yes': expected true or false", "hunt", "--unblind", "yes")
        for told, *empty in (("unblind = ''", "--unblind", ""), ("--unblind=", "--unblind=")):  # a variable of the shell that is not set
            self.expect(USAGE, f"{told}: expected true or false", "hunt", *empty, "--print-config")

    def test_a_preset_comes_after_the_file_and_before_set(self):
        path = self.config({"train_flow": {"blocks": 12, "epochs": 13, "keep_best": 3}})
        process = must("train-flow", "--config", path, "--preset", "fast", "--set", "train_flow.epochs=14", "--print-config")
        section = json.loads(process.stdout)["train_flow"]
        self.assertEqual((section["blocks"], section["epochs"], section["keep_best"]), (8, 14, 3))
        self.expect(USAGE, r"--preset slow: there is no such preset; .*fast", "train-flow", "--preset", "slow")

    def test_comments_and_sections_of_other_tools_are_allowed(self):
        path = self.folder / "config.json"
        path.write_text('{\n  // a comment\n  "train_flow": {"epochs": 3},\n  "score": {"block_rows": 7}\n}\n')
        must("score", "--config", path, "--print-config")

    def test_not_json(self):
        """One error, whatever else would be wrong: nothing is known of the values in the file."""
        path = self.folder / "config.json"
        for text, pattern in (('{"common": {"seed": 1,}', "line 1, column 23: unexpected '}', expected a key in double quotes"),
                              ('{\n  "encode": {}\n  "common": {}\n}', "line 3, column 10: unexpected string literal, expected ',' or '}'"),
                              ('{"common": {"seed": one}}', "line 1, column 21: invalid literal, expected a value: text in double quotes, a "),
                              ('{"common": {"seed": ' + "[" * 200_000 + "]" * 200_000 + "}}", r"line 1, column \d+: objects and lists lie more than 64 deep in each other"),
                              ('{"prepare": {"mass_unit": "T\\u0000eV"}}', r"line 1, column \d+: a text holds a NUL character"),
                              ('{"common": {"seed": 1, "seed": 2}}', "line 1, column 29: key 'seed' appears twice")):
            path.write_text(text)
            process = self.expect(USAGE, rf"^\S+ error configuration file '.*config\.json'( is not valid JSON)?: {pattern}", "encode", "--config",
                                  path, "--seeds", "3")
            self.assertEqual(process.stderr.count("\n"), 1, process.stderr)

    def test_files_are_relative_to_the_configuration_file_that_names_them(self):
        events = write_hdf5(self.folder / "here.h5", table())
        path = self.config({"prepare": {"input": "here.h5", "extra_background": "sub/*.h5"}})
        for directory, option in ((self.folder, "config.json"), ("/", path)):
            printed = must("prepare", "--config", option, "--print-config", cwd=directory)
            section = json.loads(printed.stdout)["prepare"]
            expected = self.folder if directory == "/" else Path()
            self.assertEqual(section["input"], str(expected / "here.h5"))
            self.assertEqual(section["extra_background"], str(expected / "sub/*.h5"))
        command = ("prepare", "--config", path, *PREPARE, "--set", "prepare.extra_background=", "--output", self.out)
        must(*command, cwd="/")
        # What the command line names is relative to the working directory.
        self.expect(BAD_INPUT, r" here\.h5: no such file", *command, "--force", "--input", "here.h5", cwd="/")
        must(*command, "--force", "--input", "here.h5", cwd=events.parent)

    def test_configuration_file_is_missing_or_a_directory(self):
        self.expect(BAD_INPUT, r"nowhere\.json.*check the path", "encode", "--config", self.folder / "nowhere.json")
        self.expect(BAD_INPUT, r"directory", "encode", "--config", self.folder)

    def test_not_an_object(self):
        self.expect(USAGE, "one JSON object", "encode", "--config", self.config([1, 2]))
        self.expect(USAGE, "section 'encode' must be an object", "encode", "--config", self.config({"encode": 3}))

    def test_all_problems_of_settings_and_options_at_once(self):
        self.expect(USAGE, (r"--set common\.sed=1.*did you mean 'seed'", r"--set encod\.block_rows=1.*did you mean 'encode'",
                            r"--set nothing: write SECTION\.KEY=VALUE", r"threads.*'many'.*expected an integer",
                            r"device.*'tpu'.*cpu, cuda"),
                    "encode", "--set", "common.sed=1", "--set", "encod.block_rows=1", "--set", "nothing", "--threads", "many",
                    "--device", "tpu")

    def test_values_that_do_not_fit(self):
        for value in ("-1", "1.5", "1e400", "18446744073709551616", "", "null"):
            with self.subTest(value):
                self.expect(USAGE, "seed.*expected a non-negative integer", "encode", f"--seed={value}", "--print-config")

    def test_device_that_is_not_there(self):
        process = tool("train-flow", "--events", self.file("events.h5"), "--output", self.out, "--device", "cuda",
                       "--backend", "engine")
        self.assertEqual(process.returncode, USAGE)
        self.assertRegex(process.stderr, r"common\.backend = engine.*automatic or torch")
        self.expect(USAGE, r"instruction.set.*'MMX'|'MMX'", "encode", "--events", "a", "--flow", "b", "--output", self.out,
                    "--instruction-set", "MMX")


class Streams(ToolTest):
    """stdout is data, stderr is the log."""

    def test_json_is_one_object_and_nothing_else(self):
        process = must("generate-toy", "--events", "500", "--output", self.out, "--json", "-v")
        self.assertEqual(json.loads(process.stdout)["events"], 500)
        process = must("train-flow", "--events", self.file("events.h5"), "--blocks", "1", "--hidden", "4", "--epochs", "1",
                       "--keep-best", "1", "--output", self.folder / "flow.h5", "--json", "-v")
        self.assertEqual(json.loads(process.stdout)["epochs"], 1)
        self.assertIn("info", process.stderr)

    def test_text_has_no_log_lines(self):
        process = must("generate-toy", "--events", "500", "--output", self.out, "-v")
        for line in process.stdout.splitlines():
            self.assertRegex(line, r"^(output|events|content_hash) +\S+$")

    def test_quiet(self):
        process = must("encode", "--events", self.file("samples.h5"), "--flow", self.file("flow.h5"), "--output", self.out, "-q")
        self.assertNotIn("info", process.stderr)

    def test_full_stdout(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            process = subprocess.run([APPS / "lacathode-generate-toy", "--events", "500", "--output", self.out],
                                     stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=300)
        self.assertEqual(process.returncode, CANNOT_WRITE)
        self.assertIn("stdout", process.stderr)

    def test_full_stdout_loses_no_information_silently(self):
        for option in ("--help", "--version", "--dump-default", "--dump-reference"):
            with self.subTest(option), open("/dev/full", "w", encoding="utf-8") as full:
                process = subprocess.run([APPS / "lacathode-run", option], stdout=full, stderr=subprocess.PIPE, text=True,
                                         check=False, timeout=300)
                self.assertEqual(process.returncode, CANNOT_WRITE)
                self.assertRegex(process.stderr, "error cannot write to stdout$")

    def test_a_reader_that_has_seen_enough_is_no_error(self):
        for option in ("--help", "--version", "--dump-default", "--dump-reference"):
            with self.subTest(option):
                reader, writer = os.pipe()
                os.close(reader)
                process = subprocess.run([APPS / "lacathode-run", option], stdout=writer, stderr=subprocess.PIPE, text=True,
                                         check=False, timeout=300)
                os.close(writer)
                self.assertEqual((process.returncode, process.stderr), (0, ""))

    def test_a_reader_that_never_reads_holds_up_no_signal(self):
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        os.write(writer, bytes(fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)))  # to the brim
        process = subprocess.Popen([APPS / "lacathode-generate-toy", "--events", "500", "--output", self.out], stdout=writer,
                                   stderr=subprocess.PIPE, text=True)
        os.close(writer)
        while not self.out.exists() and process.poll() is None:
            time.sleep(0.05)
        while process.poll() is None:  # the first signal may come before it prints
            time.sleep(0.2)
            process.terminate()
        self.assertRegex(process.communicate()[1], "interrupted by SIGTERM")
        self.assertEqual(process.returncode, SIGTERM)
        must("info", self.out)

    def test_closed_streams_are_opened(self):
        command = ("train-flow", "--events", self.file("events.h5"), "--epochs", 100000, "--output", self.out)
        process = subprocess.Popen(["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", APPS / f"lacathode-{command[0]}",
                                    *map(str, command[1:])])
        try:
            streams = []
            deadline = time.monotonic() + 60
            while "/dev/null" not in streams and time.monotonic() < deadline:
                time.sleep(0.05)
                streams = [os.readlink(path) if path.is_symlink() else "closed"
                           for path in (Path(f"/proc/{process.pid}/fd/{stream}") for stream in range(3))]
            self.assertEqual(streams, ["/dev/null"] * 3)
        finally:
            process.terminate()
            self.assertEqual(process.wait(timeout=60), SIGTERM)

    def test_files_are_whole_without_streams(self):
        """What is logged and printed must not go into a file that was opened in the place of a stream."""
        events = self.folder / "events.h5"
        write_hdf5(self.folder / "table.h5", {**table(), "a": table()["a"] * 3})  # some outside the box: a warning
        must("prepare", "--input", self.folder / "table.h5", *PREPARE, "--output", events)
        command = ("encode", "--events", events, "--flow", self.file("flow.h5"), "--output", self.out, "--force", "-v")
        self.assertIn("not mapped", must(*command).stderr)
        expected = self.out.read_bytes()
        for closed, code in (("2>&-", OK), (">&-", CANNOT_WRITE), (">&- 2>&-", CANNOT_WRITE), ("<&-", OK),
                             ("<&- >&- 2>&-", CANNOT_WRITE)):
            with self.subTest(closed):
                self.out.unlink()
                process = subprocess.run(["sh", "-c", f'exec "$@" {closed}', "sh", APPS / f"lacathode-{command[0]}",
                                          *map(str, command[1:])], capture_output=True, text=True, check=False, timeout=300)
                self.assertEqual(process.returncode, code, process.stderr)
                self.assertEqual(self.out.read_bytes(), expected)
                self.assertEqual("cannot write to stdout" in process.stderr, code == CANNOT_WRITE and "2>&-" not in closed)


if __name__ == "__main__":
    unittest.main()
