#!/usr/bin/env python3
"""A run or a study for HTCondor: a DAGMan file whose nodes are tasks of its jobs that are not done.

usage: condor_dag.py [--minutes N] [--latency-wait TIME] -- lacathode-study --config FILE --out DIR ...
then:  condor_submit_dag -force DIR/cluster/study.dag

Writes into DIR/cluster what jobs.py writes, study.dag, task.sub and task.sh, and into DIR/cluster/dag the lists that the nodes read. A
round's nodes are parents of the next one's, the last node gathers the results; logs go to DIR/cluster/log. All machines must see the files under the same paths. A task that is to
leave its machine gets SIGUSR1; one that ends with 75 (stopped, its state saved) is queued again, one that fails is tried twice
more.

exit codes: 0 ok, 2 usage, 3 an earlier DAG is still queued, 4 cannot write; if the list cannot be made, the program's own
"""
import shutil
import sys
from pathlib import Path

from jobs import parsed_options, plan_for, table, write_plan, write_whole  # first, as it tells where common is

from common.failure import CANNOT_WRITE, Failure, InputError
from common.program import run_script

RETRIES = 2
SUBMIT = """\
# A task: line $(line) of $(file). condor_dag.py wrote this.
universe = vanilla
executable = {folder}/task.sh
arguments = "'{folder_in_quotes}/dag/$(file)' $(line)"
initialdir = {directory}
should_transfer_files = NO
request_cpus = $(cores)
request_memory = $(memory)
output = {folder}/log/$(node).out
error = {folder}/log/$(node).err
log = {folder}/log/condor.log
kill_sig = SIGUSR1
job_max_vacate_time = 120
on_exit_remove = (ExitBySignal == True) || (ExitCode =!= 75) || (NumJobStarts > 100)
+MaxRuntime = $(seconds)
queue
"""


def submit_text(plan):
    folder = str(Path(plan.directory) / plan.folder)
    if any(character in folder + plan.directory for character in "\"\n$"):
        raise Failure(CANNOT_WRITE, f"{folder}: HTCondor's files cannot hold a path with a quote or $; choose another --out")
    return SUBMIT.format(folder=folder, folder_in_quotes=folder.replace("'", "''"), directory=plan.directory)


def node_lines(plan, task, file, line):
    values = {"node": task.name, "file": file, "line": line, "cores": task.cores, "memory": task.memory_mb,
              "seconds": 60 * task.minutes}
    submit = Path(plan.directory) / plan.folder / "task.sub"
    return [f'JOB {task.name} "{submit}"' if " " in str(submit) else f"JOB {task.name} {submit}",
            f"VARS {task.name} " + " ".join(f'{name}="{value}"' for name, value in values.items()), f"RETRY {task.name} {RETRIES}"]


def dag_text(plan):
    lines, before = [], []
    for number, tasks in [*plan.rounds(), (None, [plan.gather])]:
        for i, task in enumerate(tasks):
            lines += node_lines(plan, task, "gather.txt" if number is None else f"round_{number}.txt", i)
        names = [task.name for task in tasks]
        if before:
            lines.append(f"PARENT {' '.join(before)} CHILD {' '.join(names)}")
        before = names
    return "\n".join(lines) + "\n"


def copy_lists(folder):
    """Nodes read copies of their own: jobs.py may write the lists anew while they wait."""
    own = folder / "dag"
    own.mkdir(exist_ok=True)
    for old in own.glob("*.txt"):
        old.unlink()
    for path in folder.glob("*.txt"):
        shutil.copy(path, own)


def write_dag():
    options = parsed_options(__doc__)
    plan = plan_for(options.command, options.minutes, options.latency_wait)
    if not plan.tasks:
        print("Nothing to do: all jobs are done; with --gather the same command makes the results", file=sys.stderr)
        return
    submit, dag = submit_text(plan), dag_text(plan)
    folder = Path(plan.folder)
    if (running := folder / "study.dag.lock").exists():
        raise InputError(f"{running}: a DAG of an earlier call is in the queue, and its nodes read what would be written here: wait for "
                         "it or remove it (condor_rm); if no DAGMan runs any more, remove the file")
    write_plan(plan)
    # Nodes have the names of other tasks now: what a rescue file calls done is not these.
    for old in folder.glob("study.dag.rescue*"):
        old.unlink()
    (folder / "log").mkdir(exist_ok=True)
    copy_lists(folder)
    shutil.copy(Path(__file__).parent / "task.sh", folder)
    write_whole(folder / "task.sub", submit)
    write_whole(folder / "study.dag", dag)
    print(table(plan), end="")
    print(f"condor_submit_dag -force {folder / 'study.dag'}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(run_script("condor_dag.py", write_dag))
