#!/usr/bin/env python3
"""lacathode-study runs every combination, equal steps once, and goes on where it was stopped."""
import fcntl
import json
import os
import shutil
import signal
import subprocess
import time
import unittest
from pathlib import Path

import h5py

from tool_files import (APPS, BAD_INPUT, CANNOT_WRITE, FAILED_CHECK, SIGTERM, USAGE, ToolTest, content_hash, must, small_chain, table, tool,
                        write_hdf5)

SHIFT = {"prepare": {"shift": {"a": 0.1}}}
FEW, MANY = ({"prepare": {"injected_signal": count}} for count in (60, 100))


def waits_for(process, locked):
    """Whether the process comes to hold the locked file open before it ends, within a minute."""
    end = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < end:
        if any(os.path.realpath(entry) == os.path.realpath(locked) for entry in Path(f"/proc/{process.pid}/fd").glob("*")):
            return True
        time.sleep(0.002)
    return False


class Study(ToolTest):
    def setUp(self):
        super().setUp()
        self.directory = self.folder / "out"
        self.input = write_hdf5(self.folder / "table.h5", table(1500, 200))
        self.sections = {
            "study": {"name": "fig", "title": "A figure", "panels": ["sic", "sculpting"],
                      "vary": [{"default": {}, "shifted": SHIFT}, {"few": FEW, "many": MANY}]},
            **small_chain("table.h5")}
        del self.sections["prepare"]["injected_signal"]  # the alternatives say it

    def command(self, *more, **study):
        self.sections["study"].update(study)
        return ("study", "--config", self.config(self.sections), "--out", self.directory, "--threads", "2", *more)

    def shared(self):
        return {path.name: path.stat().st_mtime_ns for path in (self.directory / "shared").glob("*.h5")}

    def stages_made(self):
        return {name.rpartition("_")[0] for name in self.shared()}

    def contents(self):
        """Bytes of every file by its path, links by where they lead."""
        return {str(path.relative_to(self.directory)): path.readlink() if path.is_symlink() else path.read_bytes()
                for path in sorted(self.directory.rglob("*")) if path.is_symlink() or path.is_file()}

    def test_a_chain_for_each_combination_and_its_results_in_one_file(self):
        summary = json.loads(must(*self.command("--json")).stdout)
        names = ["default-few", "default-many", "shifted-few", "shifted-many"]
        self.assertEqual(list(summary["results"]), names)
        with h5py.File(self.directory / "fig/results.h5") as results:
            self.assertEqual(results.attrs["format"], "lacathode.study")
            self.assertEqual(sorted(results["chain"], key=lambda name: results["chain"][name].attrs["index"]), names)
            for name in names:
                chain = results["chain"][name]
                injected = json.loads(chain.attrs["config"])["prepare"]["injected_signal"]
                self.assertEqual(injected, 60 if name.endswith("few") else 100)
                signal_events = sum(chain["events"].attrs[f"{part}_signal"] for part in ("training", "validation", "test"))
                self.assertEqual(signal_events, injected)
                for method in ("lacathode", "cathode"):
                    for kind in ("sic", "sculpting"):
                        with h5py.File(self.directory / "fig" / name / method / f"{kind}.h5") as metrics:
                            self.same(chain[method][kind], metrics)
                    self.assertAlmostEqual(summary["results"][name][method]["max_median_sic"],
                                           chain[method]["sic"].attrs["max_median_sic"])

    def same(self, copy, original):
        """Every array and attribute, but those that say what file it is."""
        names = []
        original.visit(names.append)
        for name in names:
            if isinstance(original[name], h5py.Dataset) and not name.startswith("provenance"):
                self.assertEqual(copy[name][()].tobytes(), original[name][()].tobytes(), name)
        told = {name: repr(value) for name, value in original.attrs.items() if not name.startswith("format")}
        self.assertEqual({name: repr(value) for name, value in copy.attrs.items()}, told)

    def test_equal_steps_are_done_once_and_finished_ones_never_again(self):
        must(*self.command())
        before = self.shared()
        # Of 4 chains: 1 + 2 flows + 2 latent + 2 normal + 2 samples + 2 methods x (2 classifiers, 2 scores, 2 metrics).
        self.assertEqual(len(before), 4 * (9 + 12))
        # Another study of some of these chains, with one classifier more each.
        self.sections["run"]["methods"] = ["lacathode"]
        self.sections["run"]["retrainings"] = 3
        must(*self.command(name="other", vary=[{"s": SHIFT}, {"100": MANY}]))
        new = {name.rpartition("_")[0] for name in set(self.shared()) - set(before)}
        self.assertEqual(new, {"train_flow", "encode", "sample", "train_classifier", "score", "evaluate_sic",
                               "evaluate_sculpting"})
        self.assertEqual(len(self.shared()), len(before) + 7)
        self.assertEqual({name: self.shared()[name] for name in before}, before)

    def test_a_seed_is_the_chains_own(self):
        self.sections["run"] = {"methods": ["lacathode"]}
        self.sections["prepare"] |= FEW["prepare"]
        must(*self.command(vary=[{"one": {}, "seven": {"common": {"seed": 7}}}]))
        for chain, seed in (("one", 1), ("seven", 7)):
            for name in ("events", "flow_00", "lacathode/classifier_00"):
                with h5py.File(self.directory / f"fig/{chain}/{name}.h5") as file:
                    self.assertEqual(file["provenance"].attrs["seed"], seed)
        partitions = [h5py.File(self.directory / f"fig/{chain}/events.h5")["partition"][:] for chain in ("one", "seven")]
        self.assertTrue((partitions[0] != partitions[1]).any())

    def test_the_folder_of_a_chain_is_that_of_a_run(self):
        must(*self.command())
        chain = self.directory / "fig/shifted-many"
        sections = {name: keys for name, keys in self.sections.items() if name != "study"}
        sections["prepare"] = {**sections["prepare"], **SHIFT["prepare"], **MANY["prepare"]}
        before = self.contents()
        steps = json.loads(must("run", "--config", self.config(sections, "run.json"), "--out", chain, "--json").stdout)["steps"]
        self.assertEqual(steps["prepare"]["status"], "up to date")
        self.assertEqual(steps["cathode"]["sculpting"]["status"], "up to date")
        self.assertEqual(self.contents(), before)

    def test_killed_and_run_again_it_ends_with_the_same_bytes(self):
        must(*self.command())
        whole = self.contents()
        jobs = json.loads(must(*self.command("--list-jobs", "--json")).stdout)["jobs"]
        self.assertTrue(all(job["done"] for job in jobs))
        for wanted in (1, 20, 60):
            subprocess.run(["rm", "-r", self.directory], check=True)
            process = subprocess.Popen([APPS / "lacathode-study", *map(str, self.command()[1:])],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            while process.poll() is None and len(list(self.directory.glob("shared/*.h5"))) < wanted:
                time.sleep(0.002)
            process.send_signal(signal.SIGKILL)
            process.wait()
            finished = {name: time for name, time in self.shared().items() if name.endswith(".h5")}
            must(*self.command())
            self.assertEqual({name: self.shared()[name] for name in finished}, finished, "no job is repeated")
            # What a killed process was writing, and its lock, lie there under names of their own.
            left = {name: content for name, content in self.contents().items() if not name.endswith((".partial", ".lock"))}
            self.assertEqual(left.keys(), whole.keys())
            self.assertEqual([name for name in whole if left[name] != whole[name]], [])

    def test_what_only_the_way_needs_may_be_discarded(self):
        """The same results; left are they and the events; nothing is made again, but with one chain more what it needs."""
        must(*self.command())
        results = content_hash(self.directory / "fig/results.h5")
        subprocess.run(["rm", "-r", self.directory], check=True)
        must(*self.command("--discard"))
        self.assertEqual(content_hash(self.directory / "fig/results.h5"), results)
        left = self.shared()
        self.assertEqual({name.rpartition("_")[0] for name in left}, {"prepare", "evaluate_sic", "evaluate_sculpting"})
        self.assertEqual(len(left), 4 * (1 + 2 * 2))
        links = list((self.directory / "fig/default-few").rglob("*.h5"))
        self.assertEqual({path.name for path in links if path.exists()}, {"events.h5", "sic.h5", "sculpting.h5"})
        self.assertTrue(all(path.exists() for path in links))
        for more in ((), ("--discard",), ("--gather",)):
            must(*self.command(*more))
            self.assertEqual(self.shared(), left)
            self.assertEqual(content_hash(self.directory / "fig/results.h5"), results)
        self.assertTrue(all(job["done"] for job in json.loads(must(*self.command("--list-jobs", "--json")).stdout)["jobs"]))
        self.assertEqual(must(*self.command("--dry-run")).stdout.strip(), "")
        must(*self.command("--discard", vary=[{"default": {}}, {"few": FEW, "many": MANY, "80": {"prepare": {"injected_signal": 80}}}]))
        self.assertEqual({name: self.shared()[name] for name in left}, left)
        self.assertEqual(len(self.shared()), len(left) + 1 + 2 * 2)
        self.expect(USAGE, "--discard is for a run of the whole study", *self.command("--discard", "--list-jobs"))

    def test_a_slash_behind_out_discards_the_same(self):
        must(*self.command())
        must(*(f"{self.directory}/" if word == self.directory else word for word in self.command("--discard")))
        self.assertEqual(self.stages_made(), {"prepare", "evaluate_sic", "evaluate_sculpting"})

    def test_what_another_study_keeps_is_not_discarded(self):
        must(*self.command())
        kept = self.shared()
        must(*self.command("--discard", "--set", "study.name=other", vary=[{"default": {}}, {"few": FEW, "80": {"prepare": {"injected_signal": 80}}}]))
        self.assertEqual({name: self.shared()[name] for name in kept}, kept)
        self.assertEqual(len(self.shared()), len(kept) + 1 + 2 * 2)

    def test_what_another_call_needs_is_not_discarded(self):
        """While it runs: it says so in a list that it has locked."""
        must(*self.command())
        flow = next(name for name in self.shared() if name.startswith("train_flow_"))
        lists = self.directory / "shared/.in_use"
        self.assertEqual([path.name for path in lists.iterdir()], ["turn"])
        with (lists / "host.1.1").open("w") as running:
            fcntl.flock(running, fcntl.LOCK_EX)
            running.write(f"{flow}\nnone.h5\n")
            running.flush()
            must(*self.command("--discard"))
            self.assertEqual([name for name in self.shared() if name.startswith("train_flow_")], [flow])
        must(*self.command("--discard"))
        self.assertNotIn(flow, self.shared())
        self.assertEqual([path.name for path in lists.iterdir()], ["turn"])

    def test_what_another_call_discards_is_looked_at_afterwards(self):
        """While it has its turn it may delete what stands in this one's way."""
        must(*self.command())
        damaged = next((self.directory / "shared").glob("sample_*.h5"))
        damaged.write_bytes(damaged.read_bytes()[:1000])
        command = (APPS / "lacathode-study", *map(str, self.command()[1:]))
        with (self.directory / "shared/.in_use/turn").open() as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
                waits = waits_for(process, turn.name)
                damaged.unlink()
                fcntl.flock(turn, fcntl.LOCK_UN)
                _, said = process.communicate(timeout=300)
        self.assertEqual((waits, process.returncode), (True, 0), said)

    def test_jobs_are_listed_before_any_is_done(self):
        jobs = json.loads(must(*self.command("--list-jobs", "--json")).stdout)["jobs"]
        self.assertFalse(self.directory.exists())
        self.assertEqual(len(jobs), len({job["id"] for job in jobs}))
        made = set()
        for job in jobs:
            self.assertFalse(job["done"])
            outside = [path for path in job["inputs"] if path not in made]
            self.assertEqual(outside, [str(self.input)] if job["name"] == "prepare" else [], job)
            made.add(job["output"])
        must(*self.command())
        self.assertEqual(made, {str(path) for path in (self.directory / "shared").glob("*.h5")})

    def test_chains_of_a_study_share_what_is_equal(self):
        self.sections["prepare"] |= FEW["prepare"]
        slower = {"train_classifier": {"epochs": 3}}
        jobs = json.loads(must(*self.command("--list-jobs", "--json", vary=[{"two": {}, "three": slower}])).stdout)["jobs"]
        self.assertEqual(len(jobs), len({job["id"] for job in jobs}))
        stages = [job["id"].rpartition("_")[0] for job in jobs]
        self.assertEqual((stages.count("prepare"), stages.count("train_flow"), stages.count("train_classifier")), (1, 2, 8))

    def test_links_are_those_of_the_last_run(self):
        self.sections["prepare"] |= FEW["prepare"]
        must(*self.command(vary=[]))
        folder = self.directory / "fig/run"
        self.assertTrue((folder / "flow_01.h5").is_symlink())
        (folder / "notes.txt").symlink_to(self.folder)  # the user's
        before = self.contents()
        must(*self.command())
        self.assertEqual(self.contents(), before)
        self.sections["run"]["retrainings"] = 1
        must(*self.command())
        self.assertTrue((folder / "flow_00.h5").exists())
        self.assertFalse((folder / "flow_01.h5").is_symlink())
        self.assertTrue((folder / "notes.txt").is_symlink())

    def test_links_and_results_are_made_by_one_call_at_a_time(self):
        """Another one waits, and may be stopped meanwhile."""
        self.sections["prepare"] |= FEW["prepare"]
        must(*self.command(vary=[]))
        before = (self.directory / "fig/results.h5").read_bytes()
        self.sections["run"]["retrainings"] = 1
        command = self.command()
        with (self.directory / "fig/.in_use/turn").open() as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            for stopped in (True, False):
                process = subprocess.Popen([APPS / "lacathode-study", *map(str, command[1:])],
                                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                while any(not job["done"] for job in json.loads(must(*command, "--list-jobs", "--json").stdout)["jobs"]):
                    self.assertIsNone(process.poll())
                time.sleep(0.5)
                self.assertIsNone(process.poll())
                self.assertTrue((self.directory / "fig/run/flow_01.h5").is_symlink())
                self.assertEqual((self.directory / "fig/results.h5").read_bytes(), before)
                if stopped:
                    process.send_signal(signal.SIGTERM)
                    self.assertEqual(process.wait(timeout=60), SIGTERM)
        self.assertEqual(process.wait(timeout=60), 0)
        self.assertFalse((self.directory / "fig/run/flow_01.h5").is_symlink())
        self.assertNotEqual((self.directory / "fig/results.h5").read_bytes(), before)

    def test_bad_studies_are_refused_at_once(self):
        self.sections["run"]["methods"] = ["lacathode", "idealised", "supervised"]
        self.sections["train_flow"]["keep_best"] = 5
        self.expect(USAGE, (r"\n  train_flow.*keep_best", r"\n  run\.methods has idealised", r"\n  run\.methods has supervised",
                            r"chain 'default-many': prepare\.training_fraction", r"chain 'none-few': evaluates nothing"),
                    *self.command(vary=[{"default": {}, "none": {"run": {"sic": False, "sculpting": False}}},
                                        {"few": FEW, "many": {"prepare": {"training_fraction": 0.9}}}]))
        self.expect(USAGE, (r"study\.vary: 'a/b' is no name for a folder", r"study\.vary: 'x': unknown key 'prepare\.shifts'",
                            r"study\.vary: 'y': unknown section 'study'", r"study\.vary: 'y': 'run\.methods' = .*no 'caathode'",
                            r"study\.name = 'shared/x' is no name"),
                    *self.command(name="shared/x", vary=[{"a/b": {}, "x": {"prepare": {"shifts": {}}},
                                                          "y": {"study": {}, "run": {"methods": ["caathode"]}}}]))
        self.expect(USAGE, (r"study\.panels has 'pie@few': there is no kind 'pie'; choose from: sic, ",
                            r"'sic@few': no chain is called so; the first is a-few", r"'sic@\*/catode': no method of these chains is called catode",
                            r"'power': none of these chains has what it needs: set run\.hunt and hunt\.unblind"),
                    *self.command(name="fig", panels=["sic@*-few/lacathode", "pie@few", "sic@few", "sic@*/catode", "power"],
                                  vary=[{"a": {}}, {"few": FEW}]))
        self.expect(USAGE, "study.vary.*expected a list of objects", *self.command(name="fig", vary={"a": {}}))
        self.assertFalse(self.directory.exists())

    def test_what_events_lack_is_told_of_all_chains_before_any_training(self):
        self.sections["run"]["methods"] = ["lacathode", "cwola"]
        self.sections["prepare"] |= FEW["prepare"]
        strips = {name: {"select_background": {"strip_width": width}} for name, width in
                  (("none", 1e-6), ("good", 0.4), ("wide", 2.5), ("wider", 50))}
        bins = {"evaluate_sculpting": {"bins": 10000}, "prepare": {"injected_signal": 80}}  # on events of its own
        told = (r"chain 'none': .*strip_width = 1e-06", r"chain 'bins': .*bins = 10000 of equal content",
                r"chain 'wide': .*strip_width = 2\.5 TeV .* between 0\.8 and 6\.2 TeV, .*: make it 0\.4\d* at most",
                r"chain 'wider': .*strip_width = 50 TeV .*: make it 0\.4\d* at most")
        for more in ((), ("--discard",)):  # which otherwise goes a few chains at a time
            process = self.expect(BAD_INPUT, told, *self.command(*more, vary=[{"sound": {}, "other": MANY, **strips, "bins": bins}]))
            self.assertNotRegex(process.stderr, r"'(sound|other|good)'")
            self.assertEqual(self.stages_made(), {"prepare"})

    # A problem of a kind each, and with what it is told: of the settings, of the files, of what prepare finds in them, of its events.
    PROBLEMS = {
        "typo": ({"run": {"methods": ["caathode"]}}, r"study\.vary: 'typo': 'run\.methods' = .*no 'caathode'"),
        "truth": ({"run": {"methods": ["idealised"]}}, r"chain 'truth': run\.methods has idealised.*prepare\.extra_background"),
        "best": ({"train_flow": {"keep_best": 50}}, r"chain 'best': train_flow.*keep_best"),
        "absent": ({"prepare": {"input": "absent.h5"}}, r"chain 'absent': .*absent\.h5"),
        "signal": ({"prepare": {"injected_signal": 100000}}, r"chain 'signal': prepare\.injected_signal = 100000, but"),
        "region": ({"prepare": {"signal_region_low": 9, "signal_region_high": 10}}, r"chain 'region': .*no event in the signal region"),
        "feature": ({"prepare": {"features": ["a", "nose"]}}, r"chain 'feature': .*'nose'"),
        "strips": ({"run": {"methods": ["cwola"]}, "select_background": {"strip_width": 2.5}}, r"chain 'strips': .*strip_width = 2\.5"),
        "labels": ({"prepare": {"input": "unlabelled.h5", "label_column": "", "injected_signal": 0}}, r"chain 'labels': .*truth labels")}

    def test_problems_of_all_kinds_are_told_at_once_before_any_training(self):
        self.sections["prepare"] |= FEW["prepare"]
        columns = table(1500, 200)
        del columns["truth"]
        write_hdf5(self.folder / "unlabelled.h5", columns)
        of_settings = ("typo", "truth", "best")
        of_events = [name for name in self.PROBLEMS if name not in of_settings]
        of_data = [name for name in of_events if name != "signal"]  # which is a setting too
        for names, code in ((self.PROBLEMS, USAGE), (of_events, USAGE), (of_data, BAD_INPUT)):
            for more in ((), ("--discard",)):
                with self.subTest(names=names, more=more):
                    shutil.rmtree(self.directory, ignore_errors=True)
                    vary = {"sound": {}, **{name: self.PROBLEMS[name][0] for name in names}}
                    process = self.expect(code, [self.PROBLEMS[name][1] for name in names], *self.command(*more, vary=[vary]))
                    self.assertNotIn("sound", process.stderr)
                    self.assertEqual(process.stderr.count("the study cannot be made:"), 1)
                    self.assertEqual(self.stages_made(), {"prepare"})
        listed = self.expect(USAGE, [self.PROBLEMS[name][1] for name in (*of_settings, "absent")],
                             *self.command("--list-jobs", vary=[{name: alternative for name, (alternative, _) in self.PROBLEMS.items()}]))
        self.assertNotIn("chain 'signal'", listed.stderr)

    def test_a_device_of_one_chain(self):
        """Its jobs ask for the memory of a GPU's programs; where there is no GPU that is told before the work."""
        self.sections["prepare"] |= FEW["prepare"]
        command = self.command(vary=[{"here": {}, "gpu": {"common": {"device": "cuda"}}}])
        jobs = json.loads(must(*command, "--list-jobs", "--json").stdout)["jobs"]
        large = [job for job in jobs if job["memory_mb"] >= 4000]
        self.assertEqual(2 * len(large), len(jobs))
        process = tool(*command)
        if process.returncode != 0:
            self.assertEqual(process.returncode, USAGE, process.stderr)
            self.assertIn("chain 'gpu': ", process.stderr)
            self.assertEqual(self.stages_made(), {"prepare"})

    def test_a_problem_is_told_once_with_the_chains_that_have_it(self):
        self.sections["prepare"] |= FEW["prepare"]
        absent = {"prepare": {"input": "absent.h5"}}
        many = {"prepare": {"injected_signal": 100000}}
        process = self.expect(USAGE, (r"chains 'absent-one', 'absent-two': .*absent\.h5", r"chains 'many-one', 'many-two': .*injected_signal"),
                              *self.command(vary=[{"absent": absent, "many": many}, {"one": {}, "two": {"common": {"seed": 2}}}]))
        self.assertEqual(process.stderr.count("injected_signal"), 1)

    def test_a_flow_that_fails_its_check_fails_the_study_at_its_end(self):
        self.sections["run"]["check_flow"] = True
        self.sections["check_flow"] = {"largest_distance": 1e-6, "bins": 2}
        process = tool(*self.command())
        self.assertEqual(process.returncode, FAILED_CHECK, process.stderr)
        self.assertIn("shifted-many\n", process.stdout, "the results are printed nevertheless")
        self.assertEqual(len(list(self.directory.glob("fig/*/check_0[01].h5"))), 4 * 2)
        self.assertTrue((self.directory / "fig/results.h5").exists())
        self.assertEqual(process.stderr.count("check_01.h5: "), 4)

    def test_what_is_in_the_way_stays_and_is_told_before_anything_is_made(self):
        foreign = self.directory / "fig/results.h5"
        foreign.parent.mkdir(parents=True)
        foreign.write_text("mine")
        for more in ((), ("--dry-run",), ("--discard",)):
            self.expect(CANNOT_WRITE, r"fig/results\.h5 is no file of these programs: move it away", *self.command(*more))
        self.assertEqual(foreign.read_text(), "mine")
        self.assertFalse((self.directory / "shared").exists())
        foreign.unlink()
        must(*self.command())
        flow, method = (self.directory / "fig" / name for name in ("default-few/flow_00.h5", "shifted-many/cathode"))
        flow.unlink()
        shutil.rmtree(method)
        for own in (flow, method):
            own.write_text("mine")
        before = self.contents()
        for more in ((), ("--dry-run",), ("--gather",), ("--set", "train_flow.epochs=3")):
            self.expect(CANNOT_WRITE, rf"in the way of the study's links; move it away:\n  {flow}\n  {method}\n", *self.command(*more))
            self.assertEqual(self.contents(), before)
        method.unlink()
        must(*self.command("--discard"))  # of the flow there is no link then
        self.assertEqual(flow.read_text(), "mine")


if __name__ == "__main__":
    unittest.main()
