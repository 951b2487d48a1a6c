#!/usr/bin/env python3
"""Steps as jobs: listed, run one by one in any order that their rounds allow, gathered; the same bytes as in one run."""
import json
import re
import shutil
import subprocess
import unittest
from itertools import combinations, groupby

from tool_files import APPS, BAD_INPUT, CANNOT_WRITE, OK, USAGE, ToolTest, must, small_chain, table, tool, write_hdf5


class Jobs(ToolTest):
    def setUp(self):
        super().setUp()
        self.directory = self.folder / "out"
        self.input = write_hdf5(self.folder / "table.h5", table(1500, 200))
        self.sections = small_chain("table.h5")
        self.study = {"study": {"name": "fig", "panels": ["sic"],
                                "vary": [{"default": {}, "shifted": {"prepare": {"shift": {"a": 0.1}}}}]}}

    def programs(self):
        """Command of each program that has jobs."""
        yield "run", ("run", "--config", self.config(self.sections, "run.json"), "--out", self.directory)
        yield "study", ("study", "--config", self.config({**self.study, **self.sections}, "study.json"), "--out", self.directory)

    def jobs(self, command, asked="--list-jobs"):
        return json.loads(must(*command, asked, "--json").stdout)

    def contents(self):
        return {str(path.relative_to(self.directory)): path.readlink() if path.is_symlink() else path.read_bytes()
                for path in sorted(self.directory.rglob("*")) if path.is_symlink() or path.is_file() and ".in_use" not in path.parts}

    def run_job(self, command):
        subprocess.run([APPS / command[0] if "/" not in command[0] else command[0], *command[1:], "--quiet"], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def by_round(self, jobs):
        return [list(of_round) for _, of_round in groupby(jobs, key=lambda job: job["round"])]

    def test_one_by_one_in_reverse_gives_the_same_bytes(self):
        for program, command in self.programs():
            with self.subTest(program):
                must(*command)
                whole = self.contents()
                shutil.rmtree(self.directory)
                listed = self.jobs(command)
                self.assertFalse(any(job["done"] for job in listed["jobs"]))
                self.assertFalse(self.directory.exists(), "a list makes nothing")
                for of_round in self.by_round(listed["jobs"]):
                    for job in reversed(of_round):
                        self.run_job(job["command"])
                self.run_job(listed["gather"])
                self.assertEqual(self.without_command_lines(self.contents()), self.without_command_lines(whole))
                self.assertTrue(all(job["done"] for job in self.jobs(command)["jobs"]))
                self.assertEqual(self.jobs(command, "--dry-run")["jobs"], [])
                shutil.rmtree(self.directory)

    def without_command_lines(self, contents):
        """A file's bytes hold its command line: of HDF5 files the content hash stands for the rest."""
        hashes = {}
        for name, content in contents.items():
            if isinstance(content, bytes):
                hashes[name] = must("info", self.directory / name, "--json").stdout.split('"content_hash"')[1][:50]
            else:
                hashes[name] = content
        return hashes

    def test_each_job_is_listed_with_what_it_needs(self):
        _, command = next(self.programs())
        jobs = self.jobs(command)["jobs"]
        made = {str(self.input)}
        for of_round in self.by_round(jobs):
            for job in of_round:
                self.assertLessEqual(set(job["inputs"]), made, job["id"])
                self.assertGreaterEqual(min(job["cores"], job["minutes"], job["memory_mb"] - 100), 1)
            made |= {job["output"] for job in of_round}
        self.assertEqual(len({job["id"] for job in jobs}), len(jobs))
        self.assertEqual({job["cores"] for job in self.jobs((*command, "--set", "common.threads=3"))["jobs"]}, {3})

    def test_commands_of_jobs_ask_for_no_list(self):
        """In whatever form the list was asked for."""
        for program, command in self.offering():
            with self.subTest(program):
                self.assertEqual(json.loads(must(*command, "--list-jobs=true", "--json=true").stdout), self.jobs(command))

    def test_several_in_one_command(self):
        _, command = next(self.programs())
        must(*command, "--only", "flow_00", "events", "latent_00")
        self.assertEqual([job["id"] for job in self.jobs(command)["jobs"] if job["done"]], ["events", "flow_00", "latent_00"])
        left = {job["id"] for job in self.jobs(command, "--dry-run")["jobs"]}
        self.assertTrue({"flow_01", "cathode/sic"} <= left and not {"events", "flow_00"} & left)
        self.assertRegex(must(*command, "--status").stdout, r"^3 done\n0 failed\n\d+ to do\n$")

    def test_what_is_refused(self):
        _, command = next(self.programs())
        for code, pattern, more in (
                (USAGE, "--only nothing: there is no such job; --list-jobs lists them all", ("--only", "nothing")),
                (BAD_INPUT, "events.h5 is not there, which job latent_00 reads: run job events first", ("--only", "latent_00")),
                (BAD_INPUT, "absent.h5: no such file", ("--dry-run", "--set", "prepare.input=absent.h5")),
                (USAGE, "--latency-wait is for --only and --gather", ("--latency-wait", "5s")),
                (CANNOT_WRITE, "--scratch absent: is no directory that can be written", ("--scratch", "absent")),
                (USAGE, "exclude each other", ("--status", "--only", "events")),
                (BAD_INPUT, r"(\d+) of \1 jobs are not done, the first is events", ("--gather",)),
                (BAD_INPUT, r"(\d+) of \1 jobs are not done, the first is events", ("--gather", "--device", "cuda"))):  # on any machine
            with self.subTest(more):
                self.expect(code, pattern, *command, *more)

    def offering(self):
        """Command of every program that offers its steps as jobs, studies or not."""
        yield from self.programs()
        sections = {**self.sections, "scan": {"centres": [3.3, 3.6], "width": 0.3}}
        sections["run"] = {"methods": ["lacathode"], "retrainings": 1, "folds": 2, "reference": 1000, "sic": False, "sculpting": False}
        sections["fit_background"] = {"low": 2.8, "efficiency_low": 2.8, "high": 4.2, "shape": "log_polynomial", "efficiencies": [0.3],
                                      "bin_width": 0.1, "least_parameters": 1, "most_parameters": 2, "toys": 20}
        for program, more in (("scan", ()), ("toys", ("--count", "1"))):
            yield program, (program, "--config", self.config(sections, "search.json"), "--out", self.directory, *more)

    def test_options_that_exclude_each_other(self):
        """Each alone is none; of two the message names both, and nothing else is wrong, looked at or made."""
        asked = {option: (option,) for option in ("--list-jobs", "--dry-run", "--status", "--gather")} | {"--only": ("--only", "events")}
        for program, command in self.offering():
            for *words, code, said in (("--list-jobs", OK, ()), ("--dry-run", OK, ()), ("--status", OK, ()), ("--gather", BAD_INPUT, "are not done"),
                                       ("--only", "nothing", USAGE, "no such job")):
                with self.subTest(program, alone=words):
                    process = self.expect(code, said, *command, *words)
                    self.assertNotIn("exclude", process.stderr)
            for one, other in combinations(asked, 2):
                with self.subTest(program, options=(one, other)):
                    process = self.expect(USAGE, (one, other, "exclude each other$"), *command, *asked[one], *asked[other])
                    self.assertEqual(len(process.stderr.splitlines()), 2, "a heading and one problem")
            for option in ("--list-jobs", "--dry-run", "--status"):
                with self.subTest(program, waits=option):
                    self.expect(USAGE, "--latency-wait is for --only and --gather; leave it out$", *command, option, "--latency-wait", "5s")
            for option in asked if program != "run" else ():
                with self.subTest(program, discards=option):
                    self.expect(USAGE, "--discard is for a run of the whole study; leave it out$", *command, *asked[option], "--discard")
        self.assertFalse(self.directory.exists())

    def test_what_cannot_be_looked_at(self):
        """A name that is too long: root, as whom tests may run, is forbidden nothing."""
        long = self.folder / (300 * "x")
        for program, command in self.programs():
            elsewhere = [long if word == self.directory else word for word in command]
            for more in ((), ("--list-jobs",), ("--dry-run",), ("--status",), ("--gather",)):
                with self.subTest(program, more=more):
                    self.expect(CANNOT_WRITE, "x{300}.*: File name too long", *elsewhere, *more)
        _, command = next(self.programs())
        self.expect(BAD_INPUT, "x{300}: cannot be read: File name too long", *command, "--dry-run", "--set", f"prepare.input={long}")

    def test_settings_that_changed_are_not_gathered(self):
        """Nor is what depends on a quick step left out of the list, whose own file still has the old content."""
        _, command = next(self.programs())
        command = (*command, "--set", "run.members=2")
        must(*command)
        must(*command, "--gather")
        changed = (*command, "--set", "combine_scores.by=aligned")
        left = {job["id"] for job in self.jobs(changed, "--dry-run")["jobs"]}
        self.assertTrue({"cathode/scores_00", "cathode/sic"} <= left, left)
        self.expect(BAD_INPUT, r"outputs are not those of these settings and inputs, the first is .*sic\.h5: run without --gather",
                    *command, "--set", "evaluate_sic.unmapped=selected", "--gather")

    def test_a_study_gathers_no_file_in_the_place_of_another(self):
        _, (_, command) = self.programs()
        must(*command)
        one, other = sorted((self.directory / "shared").glob("evaluate_sic_*.h5"))[:2]
        shutil.copy(one, other)
        process = self.expect(BAD_INPUT, "1 of [0-9]+ outputs are not those of these settings and inputs, the first is", *command, "--gather")
        self.assertIn(other.name, process.stderr)

    def test_jobs_of_other_settings_than_what_they_are_made_from_are_refused(self):
        """What a run would make again, and is no job chosen with them, has to be made first; what is gone is not asked for."""
        _, command = next(self.programs())
        must(*command)
        before = self.contents()
        sic = ("--only", "lacathode/sic")
        of_sic = ("--set", "evaluate_sic.unmapped=selected")
        other = (*command, "--set", "train_flow.epochs=3")
        for more in (sic, (*of_sic, *sic), (*sic, "--force"), (*sic, "flow_00", "--force")):
            self.expect(BAD_INPUT, (r"flow_01\.h5 \(job flow_01\): it was made with other settings: train_flow\.epochs",
                                    r"latent_00\.h5 \(job latent_00\): an input of it has to be made again", "run those jobs first"),
                        *other, *more)
            self.assertEqual(self.contents(), before)
        for name in ("flow_00.h5", "normal_01.h5", "lacathode/classifier_00.h5"):
            (self.directory / name).unlink()
        self.input.rename(self.folder / "elsewhere.h5")
        must(*command, *of_sic, *sic)
        (self.folder / "elsewhere.h5").rename(self.input)
        must(*other, "--force")
        must(*other, *sic)
        changed = (*other, "--set", "train_classifier.epochs=3", "--force", *sic)
        scores = [f"lacathode/{name}_0{i}" for name in ("classifier", "scores") for i in range(2)]
        self.expect(BAD_INPUT, r"out of date:\n.*\(job lacathode/classifier_01\): .*\n.*\(job lacathode/scores_01\): .*\nrun",
                    *changed, *(job for job in scores if job.endswith("0")))
        must(*changed, *scores)

    def test_an_input_that_comes_late_is_waited_for(self):
        _, command = next(self.programs())
        must(*command, "--only", "events")
        hidden = self.directory / "events.h5"
        hidden.rename(self.folder / "hidden.h5")
        process = subprocess.Popen([APPS / f"lacathode-{command[0]}", *map(str, command[1:]), "--only", "flow_00", "--latency-wait",
                                    "60s"], stderr=subprocess.PIPE, text=True)
        while "waiting for" not in process.stderr.readline() and process.poll() is None:
            pass
        (self.folder / "hidden.h5").rename(hidden)
        self.assertEqual(process.wait(timeout=60), 0, process.stderr.read())
        process.stderr.close()
        hidden.unlink()
        self.expect(BAD_INPUT, "run job events first", *command, "--only", "flow_01", "--latency-wait", "1s")
        self.assertRegex(must(*command, "--status").stdout, "\n1 failed\n[^$]*\nflow_01: .*run job events first")
        self.expect(USAGE, "--latency-wait 5: give a whole number and its unit", *command, "--only", "events", "--latency-wait", "5")

    def test_a_file_that_comes_late_is_waited_for_at_the_end(self):
        for _, command in self.programs():
            must(*command)
            missing = sorted(path for path in self.directory.rglob("*sic*.h5") if not path.is_symlink())[0]
            hidden = self.folder / "hidden.h5"
            missing.rename(hidden)
            self.expect(BAD_INPUT, "1 of [0-9]+ jobs are not done", *command, "--gather", "--latency-wait", "1s")
            process = subprocess.Popen([APPS / f"lacathode-{command[0]}", *map(str, command[1:]), "--gather", "--latency-wait", "60s"],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            while "waiting for" not in process.stderr.readline() and process.poll() is None:
                pass
            hidden.rename(missing)
            self.assertEqual(process.wait(timeout=60), 0, process.stderr.read())
            process.stderr.close()
            shutil.rmtree(self.directory)

    def test_what_led_to_a_result_is_waited_for_too(self):
        """The result is there already, and does without it: only the links of the study do not."""
        *_, (_, command) = self.programs()
        must(*command)
        missing = next((self.directory / "shared").glob("train_flow_*.h5"))
        hidden = self.folder / "hidden.h5"
        missing.rename(hidden)
        with subprocess.Popen([APPS / f"lacathode-{command[0]}", *map(str, command[1:]), "--gather", "--latency-wait", "60s"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
            while "waiting for" not in process.stderr.readline() and process.poll() is None:
                pass
            hidden.rename(missing)
            _, said = process.communicate(timeout=60)
        self.assertEqual(process.returncode, OK, said)
        self.assertIn(missing.resolve(), {link.resolve() for link in self.directory.glob("fig/*/flow_*.h5")})

    def test_the_list_says_what_computes(self):
        _, command = next(self.programs())
        pinned = self.jobs((*command, "--set", "common.instruction_set=baseline"))
        self.assertEqual(pinned["networks"], "engine, baseline")
        self.assertIn("common.instruction_set=baseline", pinned["jobs"][0]["command"])

    def test_half_of_the_outputs_missing_at_gather(self):
        *_, (_, command) = self.programs()
        must(*command)
        results = (self.directory / "fig/results.h5").read_bytes()
        outputs = [job["output"] for job in self.jobs(command)["jobs"]]
        for output in outputs[::2]:
            subprocess.run(["rm", output], check=True)
        # What is gone and no result needs any more is no job that is missing.
        process = self.expect(BAD_INPUT, r"\d+ of \d+ jobs are not done, the first is prepare_", *command, "--gather")
        missing, of_use = map(int, re.search(r"(\d+) of (\d+) jobs", process.stderr).groups())
        needed = {job["output"] for job in self.jobs(command)["jobs"]}
        self.assertEqual((missing, of_use), (len(needed.intersection(outputs[::2])), len(needed)))
        self.assertEqual((self.directory / "fig/results.h5").read_bytes(), results, "nothing that was there is lost")

    def test_what_events_lack_is_told_of_jobs_too(self):
        """Also of events that another job made, with other settings; not trained on, and told by --status until a job finds nothing."""
        for program, command in self.programs():
            with self.subTest(program):
                first, trains = (next(job["id"] for job in self.jobs(command)["jobs"] if job["name"] == name) for name in ("prepare", "train_flow_0"))
                many = (*command, "--set", "evaluate_sculpting.bins=10000")
                lacks = "bins = 10000 of equal content"
                self.expect(BAD_INPUT, lacks, *many, "--only", first)
                self.assertRegex(must(*many, "--status").stdout, rf"^0 done\n1 failed\n\d+ to do\n{first}: [^$]*{lacks}")
                for more in (("--only", trains), ("--dry-run",), ()):
                    self.expect(BAD_INPUT, lacks, *many, *more)
                self.assertRegex(must(*many, "--status").stdout, rf"\n2 failed\n\d+ to do\n{first}: [^$]*\n{trains}: [^$]*{lacks}")
                must(*command, "--only", trains)
                self.assertRegex(must(*command, "--status").stdout, r"^\d done\n0 failed\n")
                shutil.rmtree(self.directory)

    def test_jobs_unblind_no_data_that_a_run_would_not(self):
        columns = table(1500, 200)
        del columns["truth"]
        write_hdf5(self.folder / "table.h5", columns)
        self.sections["prepare"] |= {"label_column": "", "injected_signal": 0}
        self.sections["run"] |= {"methods": ["lacathode"], "folds": 2, "reference": 2000, "hunt": True, "sic": False, "sculpting": False}
        self.sections["fit_background"] = {"low": 2.6, "efficiency_low": 2.6, "high": 4.4, "shape": "log_polynomial", "efficiencies": [0.3],
                                           "bin_width": 0.1, "least_parameters": 1, "most_parameters": 2, "toys": 50}
        _, command = next(self.programs())
        must(*command)
        before = self.contents()
        events, hunts = ("fold_0/events", "fold_1/events"), ("lacathode/hunt_00", "lacathode/hunt_01")
        for setting, jobs in (("hunt.unblind=true", hunts), ("run.sculpting=true", ("lacathode/sculpting",))):
            for more in (("--only", jobs[0]), ("--only", *events, *jobs), ("--dry-run",), ()):
                with self.subTest(setting, more=more):
                    self.expect(BAD_INPUT, "(?s)lacks events:.*truth labels, without which", *command, "--set", setting, *more)
                    made = {name: content for name, content in self.contents().items() if not name.startswith("failed/")}
                    self.assertEqual(made, before)
        unblinded = (*command, "--set", "hunt.unblind=true")
        for i in range(2):  # by other means
            must("hunt", "--config", command[2], "--set", "hunt.unblind=true", "--scores", self.directory / f"lacathode/scores_0{i}.h5",
                 "--output", self.directory / f"lacathode/hunt_0{i}.h5", "--force")
        self.expect(BAD_INPUT, "truth labels, without which", *unblinded, "--gather")
        del self.study["study"]["panels"]
        _, (_, study) = self.programs()
        must(*study)
        unblinded = (*study, "--set", "hunt.unblind=true")
        hunts = [job for job in self.jobs(unblinded)["jobs"] if not job["done"]]
        self.assertEqual({job["stage"] for job in hunts}, {"hunt"})
        for job in hunts:
            scores, = job["inputs"]
            must("hunt", "--config", command[2], "--set", "hunt.unblind=true", "--scores", scores, "--output", job["output"])
        self.expect(BAD_INPUT, "truth labels, without which", *unblinded, "--gather")

    def test_a_failed_job_is_kept_in_mind(self):
        _, command = next(self.programs())
        must(*command, "--only", "events")
        small = (*command, "--set", "train_flow.learning_rate=1e30")
        code = tool(*small, "--only", "flow_00", "latent_00").returncode
        self.assertNotEqual(code, 0)
        self.assertRegex(must(*small, "--status").stdout, r"1 done\n1 failed\n\d+ to do\nflow_00: .*learning rate")
        self.assertRegex(must(*small, "--list-jobs").stdout, "failed  flow_00  train_flow_0\n")
        must(*command, "--only", "flow_00")
        self.assertRegex(must(*command, "--status").stdout, "2 done\n0 failed")


if __name__ == "__main__":
    unittest.main()
