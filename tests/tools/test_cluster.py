#!/usr/bin/env python3
"""Bundles of jobs, and what is written from them for Slurm, HTCondor and Snakemake; commands of Slurm are stand-ins.

Workflow needs snakemake and is skipped without it; scripts/test-cluster.sh does all of it on a real Slurm."""
import json
import os
import random
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from dataclasses import replace
from pathlib import Path

from tool_files import (APPS, BAD_INPUT, CANNOT_WRITE, FAILED_CHECK, OK, USAGE, ToolTest, content_hash, must, small_chain, table,
                        write_hdf5)

CLUSTER = Path(__file__).resolve().parents[2] / "scripts/cluster"
sys.path.insert(0, str(CLUSTER))
import jobs as job_list

SKIPPED = 77
STOPPED = 75
MINUTES = 4  # two or more jobs a task, and more than one task in most rounds


def some_job(number, of_round=0, **values):
    return {"id": f"id_{number}", "round": of_round, "inputs": [], "output": f"out/id_{number}.h5", "done": False, "cores": 1,
            "memory_mb": 300, "minutes": 2, **values}


def listed(jobs):
    return {"jobs": jobs, "gather": ["lacathode-study", "--config", "it's.json", "--out", "out dir", "--gather"]}


def plan(jobs, minutes=20):
    return job_list.plan_of(listed(jobs), {job["id"] for job in jobs if not job["done"]}, minutes)


class Bundles(unittest.TestCase):
    def test_every_job_once_in_its_order_within_the_minutes(self):
        source = random.Random(1)
        for minutes in (1, 7, 20, 100):
            jobs = [some_job(i, minutes=source.choice((1, 2, 3, 19, 45))) for i in range(200)]
            bundles = job_list.bundled(jobs, minutes)
            together = [bundle for bundle in bundles if len(bundle) > 1]
            with self.subTest(minutes):
                self.assertCountEqual([job["id"] for bundle in bundles for job in bundle], [job["id"] for job in jobs])
                for bundle in bundles:
                    self.assertEqual(bundle, sorted(bundle, key=jobs.index))
                for bundle in together:
                    self.assertLessEqual(sum(job["minutes"] for job in bundle), minutes)
                short = [bundle for bundle in bundles if bundle[0]["minutes"] < minutes]
                for bundle, following in zip(short, short[1:]):
                    both = sum(job["minutes"] for job in bundle) + following[0]["minutes"]
                    self.assertGreater(both, minutes, "a task too many")

    def test_a_long_job_does_not_end_a_bundle(self):
        bundles = job_list.bundled([some_job(0), some_job(1, minutes=45), some_job(2)], 20)
        self.assertEqual([[job["id"] for job in bundle] for bundle in bundles], [["id_0", "id_2"], ["id_1"]])

    def test_needs_of_a_task(self):
        task, = plan([some_job(0, memory_mb=500, minutes=3), some_job(1, cores=4, minutes=5)]).tasks
        self.assertEqual((task.minutes, task.memory_mb, task.cores), (8, 800, 4), "both side by side")
        self.assertEqual(job_list.needs([task, replace(task, minutes=2, memory_mb=900)]), (4, 900, 8))
        for cores, memory in ((1, 500), (2, 900), (3, 1200), (8, 1200)):
            task, = plan([some_job(i, cores=cores, memory_mb=one) for i, one in enumerate((300, 500, 400))]).tasks
            self.assertEqual((task.cores, task.memory_mb), (cores, memory))

    def test_what_is_there_but_has_to_be_made_again(self):
        tasks = job_list.plan_of(listed([some_job(0), some_job(1, done=True), some_job(2, 1), some_job(3, 1, done=True)]), {"id_0", "id_1", "id_2"}, 20).tasks
        self.assertEqual([(task.jobs, task.again) for task in tasks], [(["id_0", "id_1"], True), (["id_2"], False)])

    def test_rounds_are_kept_apart_and_done_jobs_left_out(self):
        tasks = plan([some_job(0), some_job(1, done=True), some_job(2, 1), some_job(3, 3)]).tasks
        self.assertEqual([(task.round, task.jobs) for task in tasks], [(0, ["id_0"]), (1, ["id_2"]), (3, ["id_3"])])
        self.assertEqual(len({task.name for task in tasks}), 3)

    def test_a_command_is_one_line_that_a_shell_reads_back(self):
        task, = plan([some_job(0), some_job(1)]).tasks
        self.assertEqual(shlex.split(task.line)[1:],
                         ["--config", "it's.json", "--out", "out dir", "--threads", "1", "--only", "id_0", "id_1"])

    def test_threads_that_were_asked_for_stay(self):
        for words in (["--threads", "3"], ["--threads=3"]):
            task = job_list.task_of("task", ["lacathode-run", *words, "--out", "out"], [some_job(0, cores=3)])
            self.assertEqual(task.command, ["lacathode-run", *words, "--out", "out", "--only", "id_0"])

    def test_a_path_that_the_list_tells_wrong_is_refused(self):
        """The programs' JSON has U+FFFD for bytes that are no UTF-8."""
        for wrong in ({"jobs": [some_job(0, output="out\ufffd/a.h5")]}, {"jobs": [some_job(0, inputs=["\ufffd.h5"])]},
                      {"jobs": [some_job(0)], "gather": ["lacathode-run", "--out", "\ufffd", "--gather"]}):
            with self.assertRaisesRegex(job_list.Failure, "\ufffd.*: a path that is no UTF-8 .* rename it") as raised:
                job_list.plan_of({**listed([]), **wrong}, {"id_0"}, 20)
            self.assertEqual(raised.exception.code, USAGE)

    def test_words_that_would_be_two_lines_are_refused(self):
        for wrong in ({"jobs": [some_job(0, output="out\n/a.h5")]}, {"gather": ["lacathode-run", "--set", "study.title=a\nb", "--out", "o", "--gather"]}):
            with self.assertRaisesRegex(job_list.Failure, "cannot hold words with a line's end"):
                job_list.plan_of({**listed([some_job(1)]), **wrong}, {"id_0"}, 20)

    def test_gathering_needs_more_for_more_jobs(self):
        """41 MB and a minute were measured for a thousand (docs/clusters.md)."""
        of_thousand, of_many = (plan([some_job(i, memory_mb=1) for i in range(count)]).gather for count in (1_000, 25_000))
        self.assertTrue(of_thousand.memory_mb > 2 * 41 and of_thousand.minutes >= 30, of_thousand)
        self.assertTrue(of_many.memory_mb > 25 * 30 and of_many.minutes > 2 * 25, of_many)
        self.assertEqual(plan([some_job(0, memory_mb=900)]).gather.memory_mb, 900)

    def test_the_folder(self):
        self.assertEqual(job_list.folder_of(["x", "--out", "a/b", "--json"]), "a/b/cluster")
        self.assertEqual(job_list.folder_of(["x", "--out=a/b"]), "a/b/cluster")
        with self.assertRaisesRegex(job_list.Failure, "no --out DIR"):
            job_list.folder_of(["x"])

    def test_rounds_by_hand(self):
        """The documented loop: in order, the tenth round too, and no further after a failure."""
        loop, = [line for line in (CLUSTER.parents[1] / "docs/clusters.md").read_text().splitlines() if line.startswith("for file in ")]
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name) / "out/studies/cluster"
            folder.mkdir(parents=True)
            names = [*(f"round_{number}" for number in range(11)), "gather"]
            for round_name in names:
                (folder / f"{round_name}.txt").write_text(f"echo {round_name}\n")
            run = {"args": ["bash", "-c", loop], "cwd": name, "capture_output": True, "text": True, "check": False}
            self.assertEqual(subprocess.run(**run).stdout.split(), names)
            (folder / "round_9.txt").write_text("false\n")
            self.assertEqual(subprocess.run(**run).stdout.split(), names[:9])


class ClusterTest(ToolTest):
    """A small run with several tasks in a round, and a folder for stand-ins that comes first on the PATH."""

    def setUp(self):
        super().setUp()
        write_hdf5(self.folder / "table.h5", table(1500, 200))
        config = self.config(small_chain("table.h5", retrainings=3))
        self.arguments = ("--config", config.name, "--out", "out")
        self.out = self.folder / "out"
        self.stand_ins = self.folder / "bin"
        self.stand_ins.mkdir()
        self.path = f"{self.stand_ins}:{APPS.resolve()}:{os.environ['PATH']}"

    def stand_in(self, name, text):
        path = self.stand_ins / name
        path.write_text(f"#!/bin/bash\n{text}\n")
        path.chmod(0o755)

    def script(self, name, *words, code=OK, command=None, **environment):
        command = command or ("lacathode-run", *self.arguments)
        process = subprocess.run([CLUSTER / name, *words, "--", *command], cwd=self.folder, text=True, capture_output=True,
                                 check=False, env={**os.environ, "PATH": self.path, **environment}, timeout=300)
        self.assertEqual(process.returncode, code, process.stderr)
        self.assertNotIn("Traceback", process.stderr)
        return process

    def plan(self):
        return job_list.read_plan(self.out / "cluster/tasks.json")

    def evaluate_otherwise(self, unmapped):
        """With these settings in the same file the metrics that are there are out of date."""
        self.config({**small_chain("table.h5", retrainings=3), "evaluate_sic": {"unmapped": unmapped}})

    def run_directly(self, out="direct"):
        must("run", *self.arguments[:2], "--out", out, "--quiet", cwd=self.folder)
        return self.folder / out

    def hashes(self, folder):
        return {str(path.relative_to(folder)): content_hash(path) for path in folder.rglob("*.h5")}

    def submit(self, *words, **options):
        return self.script("slurm_array.sh", "--minutes", str(MINUTES), *words, **options)


class TaskFiles(ClusterTest):
    def test_all_tasks_one_by_one_give_the_content_of_a_direct_run(self):
        self.script("jobs.py", "--minutes", str(MINUTES))
        rounds = self.plan().rounds()
        self.assertTrue(any(len(tasks) > 1 for _, tasks in rounds) and any(len(tasks[0].jobs) > 1 for _, tasks in rounds))
        made = set()
        for number, tasks in rounds:
            lines = (self.out / f"cluster/round_{number}.txt").read_text().splitlines()
            self.assertEqual(lines, [task.line for task in tasks])
            for i, task in reversed(list(enumerate(tasks))):
                self.assertLessEqual({name for name in task.inputs if name.startswith("out/")}, made)
                subprocess.run([CLUSTER / "task.sh", self.out / f"cluster/round_{number}.txt", str(i)], cwd=self.folder,
                               check=True, capture_output=True)
            made |= {path for task in tasks for path in task.outputs}
        gather = shlex.split((self.out / "cluster/gather.txt").read_text())
        subprocess.run(gather, cwd=self.folder, check=True, capture_output=True)
        direct = self.hashes(self.run_directly())
        self.assertGreater(len(direct), 20)
        self.assertEqual(self.hashes(self.out), direct)

    def test_the_list_again_has_what_is_left(self):
        self.script("jobs.py", "--minutes", str(MINUTES))
        whole = self.plan()
        must("run", *self.arguments, "--only", "events", "flow_00", "--quiet", cwd=self.folder)
        with open(self.out / "cluster/tasks.json") as file:  # as a worker may have it open
            self.script("jobs.py", "--minutes", str(MINUTES))
            self.assertEqual([task["name"] for task in json.load(file)["tasks"]], [task.name for task in whole.tasks])
        left = [name for task in self.plan().tasks for name in task.jobs]
        self.assertCountEqual([*left, "events", "flow_00"], [name for task in whole.tasks for name in task.jobs])
        self.assertEqual(self.plan().outputs, whole.outputs)
        self.assertFalse((self.out / "cluster/round_0.txt").exists(), "a round that is done")

    def test_a_file_is_newer_than_outputs_that_are_out_of_date(self):
        self.script("jobs.py")
        outdated = self.folder / self.plan().outdated
        self.assertFalse(outdated.exists(), "all are missing")
        self.run_directly("out")
        self.evaluate_otherwise("selected")
        self.script("jobs.py")
        tasks = self.plan().tasks
        self.assertEqual({job for task in tasks for job in task.jobs}, {"lacathode/sic", "cathode/sic"})
        self.assertTrue(all(task.again for task in tasks))
        content = outdated.read_text()
        for name in (name for task in tasks for name in task.outputs):
            self.assertLess((self.folder / name).stat().st_mtime_ns, outdated.stat().st_mtime_ns)
        self.script("jobs.py")
        self.assertNotEqual(outdated.read_text(), content)
        self.run_directly("out")
        self.script("jobs.py")
        self.assertFalse(outdated.exists())

    def test_a_dry_run_writes_nothing(self):
        dry = self.script("jobs.py", "--dry-run").stdout
        self.assertFalse(self.out.exists())
        self.assertEqual(self.script("jobs.py").stdout, dry)

    def test_what_is_refused(self):
        for code, pattern, words, command in (
                (USAGE, "no-such-program: No such file.*PATH", (), ("no-such-program", "--out", "out")),
                (USAGE, "--dry-run ended with 2, nothing was written", (),
                 ("lacathode-run", *self.arguments, "--set", "prepare.bins=9")),
                (USAGE, "echo lists no jobs; lacathode-run", (), ("echo", "--out", "out")),
                (USAGE, "echo lists no jobs", (), ("echo", "3", "#", "--out", "out")),
                (128 + signal.SIGKILL, "--dry-run ended with 137", (), ("bash", "-c", "kill -KILL $$", "--out", "out")),
                (128 + signal.SIGINT, "^$", (), ("bash", "-c", "kill -INT $PPID; sleep 9", "--out", "out")),
                (128 + signal.SIGTERM, "^$", (), ("bash", "-c", "kill -TERM $PPID; sleep 9", "--out", "out")),
                (USAGE, "there is no --out DIR", ("--where",), ("lacathode-run",)),
                (USAGE, "invalid whole_minutes value: '0'", ("--minutes", "0"), None)):
            with self.subTest(pattern):
                self.assertRegex(self.script("jobs.py", *words, code=code, command=command).stderr, pattern)
        self.assertFalse(self.out.exists())
        (self.folder / "other.json").write_text('{"tasks": [{}]}')
        with self.assertRaisesRegex(job_list.Failure, "jobs.py writes it"):
            job_list.read_plan(self.folder / "other.json")
        self.out.mkdir()
        (self.out / "cluster").write_text("a file")
        self.assertIn("File exists: 'out/cluster'", self.script("jobs.py", code=CANNOT_WRITE).stderr)

    def test_bytes_that_are_no_utf8(self):
        """Of a path, and of what else a program may say."""
        for pattern, command in (("a path that is no UTF-8", ("lacathode-run", *self.arguments[:2], "--out", os.fsdecode(b"o\xff"))),
                                 ("bash lists no jobs", ("bash", "-c", r"printf '\377'", "--out", "out"))):
            self.assertIn(pattern, self.script("jobs.py", code=USAGE, command=command).stderr)
        self.assertFalse([name for name in os.listdir(self.folder) if name.startswith("o")])

    def test_outputs_of_other_settings_are_refused(self):
        self.run_directly("out")
        command = ("lacathode-run", *self.arguments, "--set", "train_flow.epochs=3")
        self.assertIn("train_flow.epochs (was 2, is 3)", self.script("jobs.py", code=CANNOT_WRITE, command=command).stderr)

    def test_a_line_that_is_not_there(self):
        (self.folder / "tasks.txt").write_text("true\n")
        process = subprocess.run([CLUSTER / "task.sh", self.folder / "tasks.txt", "1"], capture_output=True, text=True,
                                 check=False)
        self.assertEqual((process.returncode, process.stderr), (BAD_INPUT, f"error: {self.folder}/tasks.txt has no line 1\n"))


class SlurmArray(ClusterTest):
    SBATCH = r"""printf '%s\n' "$@" '' >>"$CALLS"; number=$(grep -c '^$' "$CALLS"); echo "$((100 + number));cluster" """

    def setUp(self):
        super().setUp()
        self.stand_in("sbatch", self.SBATCH)
        self.stand_in("scancel", 'echo "$@" >"$CALLS.cancelled"')
        self.stand_in("squeue", 'echo "slurm_load_jobs error: Invalid job id specified" >&2; exit 1')

    def submit(self, *words, **options):
        return super().submit(*words, CALLS=str(self.folder / "calls"), **options)

    def calls(self):
        return [call.splitlines() for call in (self.folder / "calls").read_text().split("\n\n") if call]

    def test_an_array_a_round_each_after_the_one_before(self):
        self.submit("--at-once", "7", "--lead", "90", "--sbatch", "--partition=gpu", "--sbatch", "--time=99")
        rounds = self.plan().rounds()
        calls = self.calls()
        self.assertEqual(len(calls), len(rounds) + 1)
        for i, ((number, tasks), call) in enumerate(zip(rounds, calls)):
            cores, memory, minutes = job_list.needs(tasks)
            with self.subTest(number):
                for option in (f"--array=0-{len(tasks) - 1}%7", f"--cpus-per-task={cores}", f"--mem={memory}M",
                               f"--time={minutes + 2}", "--requeue", "--signal=B:USR1@90", "--open-mode=append", "--partition=gpu"):
                    self.assertIn(option, call)
                self.assertGreater(call.index("--time=99"), call.index(f"--time={minutes + 2}"), "the user's comes last")
                self.assertEqual(call[-3:], ["out/cluster/slurm_job.sh", "out/cluster", f"out/cluster/queued/round_{number}.txt"])
                self.assertEqual([word for word in call if word.startswith("--dependency")],
                                 [f"--dependency=afterok:{100 + i}"] if i else [])
        self.assertIn(f"--dependency=afterok:{100 + len(rounds)}", calls[-1])
        self.assertEqual(calls[-1][-1], "out/cluster/queued/gather.txt")
        self.assertFalse([word for word in calls[-1] if word.startswith("--array")])
        self.assertEqual((self.out / "cluster/submitted").read_text().split(), [str(101 + i) for i in range(len(calls))])
        self.assertTrue(all((self.out / "cluster" / name).exists() for name in ("slurm_job.sh", "task.sh", "log")))

    def test_a_dry_run_submits_and_writes_nothing(self):
        said = self.submit("--dry-run").stdout.splitlines()
        self.assertFalse(self.out.exists() or (self.folder / "calls").exists())
        self.submit()
        self.assertEqual([shlex.split(line)[2] for line in said], [call[1] for call in self.calls()])

    def test_a_refusal_is_shown_and_cancels_what_went_before(self):
        refusal = 'if [[ $* == *round_2* ]]; then echo "sbatch: error: Job violates limits" >&2; exit 1; fi'
        self.stand_in("sbatch", f"{self.SBATCH}; {refusal}")
        said = self.submit(code=FAILED_CHECK).stderr
        self.assertRegex(said, "(?s)Slurm refused round_2, .*Job violates limits")
        self.assertEqual((self.folder / "calls.cancelled").read_text(), "101 102\n")
        self.assertEqual(len(self.calls()), 3)

    def test_an_earlier_submission_in_the_queue(self):
        self.assertRegex(self.submit("--latency-wait", "30", code=USAGE).stderr, "30: give a whole number and its unit")
        self.submit("--latency-wait", "30s")
        before = (self.out / "cluster/queued/round_1.txt").read_text()
        self.assertIn(" --latency-wait 30s --only ", before)
        self.assertIn(" --latency-wait 30s --gather", (self.out / "cluster/queued/gather.txt").read_text())
        self.script("jobs.py", "--minutes", "100")
        self.assertNotEqual((self.out / "cluster/round_1.txt").read_text(), before)
        self.stand_in("squeue", '[[ $* != *102* ]] || echo 102')
        said = self.submit("--minutes", "100", code=BAD_INPUT).stderr
        self.assertRegex(said, "last submission are in the queue .*scancel 102$")
        self.assertEqual((self.out / "cluster/queued/round_1.txt").read_text(), before, "queued tasks still read it")

    def test_a_queue_that_cannot_be_asked_is_not_taken_for_empty(self):
        self.submit()
        submitted = (self.out / "cluster/submitted").read_text()
        self.stand_in("squeue", 'echo "slurm_load_jobs error: Socket timed out on send/recv operation" >&2; exit 1')
        said = self.submit(code=BAD_INPUT).stderr
        self.assertRegex(said, "squeue --jobs=101 failed: .*Socket timed out")
        self.assertEqual((self.out / "cluster/submitted").read_text(), submitted)

    def test_without_slurm(self):
        bare = self.folder / "bare"
        bare.mkdir()
        for name in ("bash", "dirname", "python3", "env", "realpath"):
            (bare / name).symlink_to(shutil.which(name))
        self.path = f"{bare}:{APPS.resolve()}"
        self.assertIn("sbatch is not in PATH", self.submit(code=BAD_INPUT).stderr)

    def test_nothing_to_do(self):
        self.run_directly("out")
        self.assertIn("Nothing to do", self.submit().stdout)
        self.assertFalse((self.folder / "calls").exists())

    def test_what_is_refused(self):
        for pattern, words in (("--at-once needs a positive", ("--at-once", "none")), ("--sbatch needs", ("--sbatch",)),
                               ("unknown argument --fast", ("--fast",))):
            process = subprocess.run([CLUSTER / "slurm_array.sh", *words], capture_output=True, text=True, check=False)
            self.assertEqual(process.returncode, USAGE)
            self.assertRegex(process.stderr, pattern)


class SlurmJob(ClusterTest):
    """What runs inside a job: signals reach the program, and its exit code decides."""

    def setUp(self):
        super().setUp()
        self.stand_in("scontrol", 'echo "$@" >>"$CALLS"')

    def start(self, program, **environment):
        (self.folder / "tasks.txt").write_text(f"false\n{program}\n")
        slurm = {"SLURM_ARRAY_JOB_ID": "17", "SLURM_ARRAY_TASK_ID": "1", "SLURM_JOB_ID": "19"}
        shutil.copy(CLUSTER / "task.sh", self.folder)
        (self.folder / "log").mkdir(exist_ok=True)
        return subprocess.Popen([CLUSTER / "slurm_job.sh", self.folder, self.folder / "tasks.txt"], text=True, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, env={**os.environ, "PATH": self.path, "CALLS": str(self.folder / "calls"),
                                                             **slurm, **environment})

    def requeued(self):
        path = self.folder / "calls"
        return path.read_text() if path.exists() else ""

    def test_exit_codes(self):
        for script, restarts, code, is_requeued in (("exit 0", 0, 0, False), ("exit 3", 0, 3, False), ("exit 75", 0, STOPPED, True),
                                                    ("exit 75", 99, STOPPED, True), ("exit 75", 100, STOPPED, False),
                                                    # Only what was killed counts against it, not that it was stopped before.
                                                    ("kill -9 $$", 50, 137, True), ("kill -9 $$", 51, 137, True),
                                                    ("kill -9 $$", 52, 137, False)):
            with self.subTest(script=script, restarts=restarts):
                (self.folder / "calls").unlink(missing_ok=True)
                process = self.start(f"bash -c '{script}'", SLURM_RESTART_COUNT=str(restarts))
                process.communicate(timeout=60)
                self.assertEqual((process.returncode, self.requeued()), (code, "requeue 17_1\n" if is_requeued else ""))

    def test_the_program_gets_the_signal_and_its_time(self):
        self.stand_in("program", f"""trap 'sleep 1; touch {self.folder}/checkpoint; exit {STOPPED}' USR1
            touch {self.folder}/started; while :; do sleep 0.1; done""")
        process = self.start("program", SLURM_RESTART_COUNT="0")
        self.addCleanup(process.kill)
        deadline = time.monotonic() + 60
        while not (self.folder / "started").exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGUSR1)
        time.sleep(0.2)
        process.send_signal(signal.SIGUSR1)  # a second one does not take it for ended
        process.communicate(timeout=60)
        self.assertTrue((self.folder / "checkpoint").exists())
        self.assertEqual((process.returncode, self.requeued()), (STOPPED, "requeue 17_1\n"))

    def test_a_job_that_is_no_array(self):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SLURM")}
        (self.folder / "tasks.txt").write_text(f"bash -c 'exit {STOPPED}'\n")
        environment |= {"PATH": self.path, "CALLS": str(self.folder / "calls"), "SLURM_JOB_ID": "19"}
        process = subprocess.run([CLUSTER / "slurm_job.sh", CLUSTER, self.folder / "tasks.txt"], capture_output=True, check=False,
                                 env=environment)
        self.assertEqual((process.returncode, self.requeued()), (STOPPED, "requeue 19\n"))


class CondorDag(ClusterTest):
    def dag(self):
        self.script("condor_dag.py", "--minutes", str(MINUTES))
        lines = [line.split(" ", 1) for line in (self.out / "cluster/study.dag").read_text().splitlines()]
        return {word: [rest for first, rest in lines if first == word] for word in ("JOB", "VARS", "RETRY", "PARENT")}

    def test_a_node_a_task_and_rounds_in_order(self):
        dag = self.dag()
        plan = self.plan()
        names = [task.name for task in plan.tasks] + ["gather"]
        self.assertEqual(dag["JOB"], [f"{name} {self.out}/cluster/task.sub" for name in names])
        self.assertEqual(dag["RETRY"], [f"{name} 2" for name in names])
        levels = [[task.name for task in tasks] for _, tasks in plan.rounds()] + [["gather"]]
        self.assertEqual(dag["PARENT"],
                         [f"{' '.join(before)} CHILD {' '.join(after)}" for before, after in zip(levels, levels[1:])])

    def test_each_node_runs_its_own_line(self):
        dag = self.dag()
        found = {}
        for text in dag["VARS"]:
            name, *pairs = shlex.split(text)
            values = dict(pair.split("=") for pair in pairs)
            found[name] = (self.out / "cluster/dag" / values["file"]).read_text().splitlines()[int(values["line"])], values
        for task in [*self.plan().tasks, self.plan().gather]:
            line, values = found.pop(task.name)
            self.assertEqual(line, task.line)
            self.assertEqual([int(values[name]) for name in ("cores", "memory", "seconds")],
                             [task.cores, task.memory_mb, 60 * task.minutes])
        self.assertEqual(found, {})

    def test_the_submit_description(self):
        self.dag()
        text = (self.out / "cluster/task.sub").read_text()
        self.assertIn(f"""executable = {self.out}/cluster/task.sh\narguments = "'{self.out}/cluster/dag/$(file)' $(line)"\n""", text)
        self.assertIn(f"on_exit_remove = (ExitBySignal == True) || (ExitCode =!= {STOPPED})", text)
        self.assertTrue(os.access(self.out / "cluster/task.sh", os.X_OK) and (self.out / "cluster/log").is_dir())

    def test_a_list_written_anew_is_not_that_of_the_nodes(self):
        self.dag()
        before = (self.out / "cluster/dag/round_1.txt").read_text()
        self.script("jobs.py", "--minutes", "100")
        self.assertNotEqual((self.out / "cluster/round_1.txt").read_text(), before)
        self.assertEqual((self.out / "cluster/dag/round_1.txt").read_text(), before)
        (self.out / "cluster/dag/round_9.txt").write_text("of an earlier DAG\n")
        self.dag()
        self.assertFalse((self.out / "cluster/dag/round_9.txt").exists())

    def test_another_dag(self):
        """Its nodes are other tasks: not while one is queued, and without what a rescue file says of the names."""
        self.dag()
        rescue, lock = self.out / "cluster/study.dag.rescue001", self.out / "cluster/study.dag.lock"
        rescue.write_text("DONE round_1_0000\n")
        lock.touch()
        before = (self.out / "cluster/study.dag").read_text()
        self.assertIn("a DAG of an earlier call is in the queue", self.script("condor_dag.py", code=BAD_INPUT).stderr)
        self.assertEqual((self.out / "cluster/study.dag").read_text(), before)
        self.assertTrue(rescue.exists())
        lock.unlink()
        self.dag()
        self.assertFalse(rescue.exists())

    def test_nothing_to_do_and_paths_that_cannot_be(self):
        command = ("lacathode-run", *self.arguments[:2], "--out", 'quote"')
        self.assertIn("choose another --out", self.script("condor_dag.py", code=CANNOT_WRITE, command=command).stderr)
        self.assertFalse((self.folder / 'quote"').exists())
        self.run_directly("out")
        self.assertIn("Nothing to do", self.script("condor_dag.py").stderr)
        self.assertFalse((self.out / "cluster").exists())


class Workflow(ClusterTest):
    def snakemake(self, *words, code=OK):
        options = ("--snakefile", CLUSTER / "Snakefile", "--profile", CLUSTER / "profiles/local")
        process = subprocess.run(["snakemake", *options, *words], cwd=self.folder, text=True, capture_output=True, check=False,
                                 timeout=600, env={**os.environ, "PATH": self.path, "HOME": str(self.folder)})
        self.assertEqual(process.returncode, code, process.stderr)
        return process.stderr

    def test_the_content_of_a_direct_run_and_nothing_the_second_time(self):
        self.script("jobs.py", "--minutes", str(MINUTES))
        tasks = ("--config", "tasks=out/cluster/tasks.json")
        self.snakemake(*tasks)
        self.assertEqual(self.hashes(self.out), self.hashes(self.run_directly()))
        self.assertIn("Nothing to be done", self.snakemake(*tasks))
        self.script("jobs.py", "--minutes", str(MINUTES))
        self.assertIn("Nothing to be done", self.snakemake(*tasks), "of a new list with no task left")

    def test_what_is_out_of_date_is_made_again(self):
        """By whomever it was made: here by a direct run, then by Snakemake, at last with settings that it has seen before."""
        self.run_directly("out")
        for unmapped in ("selected", "excluded", "selected"):
            with self.subTest(unmapped):
                self.evaluate_otherwise(unmapped)
                self.script("jobs.py", "--minutes", str(MINUTES))
                before = (self.out / "flow_00.h5").stat().st_mtime_ns
                tasks = ("--config", "tasks=out/cluster/tasks.json")
                self.snakemake(*tasks)
                self.assertEqual(self.hashes(self.out), self.hashes(self.run_directly()))
                self.assertEqual((self.out / "flow_00.h5").stat().st_mtime_ns, before)
                self.assertIn("Nothing to be done", self.snakemake(*tasks))

    def test_a_lost_file_is_made_again(self):
        for new_list in (False, True, True):  # the last time, of the same list as the time before
            with self.subTest(new_list=new_list):
                self.script("jobs.py", "--minutes", str(MINUTES))
                tasks = ("--config", "tasks=out/cluster/tasks.json")
                self.snakemake(*tasks)
                (self.out / "cathode/sic.h5").unlink()
                before = (self.out / "flow_00.h5").stat().st_mtime_ns
                if new_list:
                    self.script("jobs.py", "--minutes", str(MINUTES))
                self.snakemake(*tasks)
                self.assertTrue((self.out / "cathode/sic.h5").exists())
                self.assertEqual((self.out / "flow_00.h5").stat().st_mtime_ns, before)

    def test_what_is_refused(self):
        self.assertIn("name the tasks: --config tasks=", self.snakemake(code=1))
        self.assertIn("jobs.py writes it", self.snakemake("--config", "tasks=out/none.json", code=1))
        self.script("jobs.py")
        text = (self.out / "cluster/tasks.json").read_text()
        (self.out / "cluster/tasks.json").write_text(json.dumps({**json.loads(text), "directory": "/elsewhere"}))
        self.assertIn("its paths hold in /elsewhere", self.snakemake("--config", "tasks=out/cluster/tasks.json", code=1))


if __name__ == "__main__":
    if sys.argv[1:] == ["Workflow"] and not shutil.which("snakemake"):
        print("skipped: needs snakemake in PATH")
        sys.exit(SKIPPED)
    unittest.main()
