#!/usr/bin/env bash
# Runs a small study on a real Slurm with all that goes wrong on clusters, and compares every output with a local run's.
# usage: test-cluster.sh
# Installs slurm-wlm, munge and snakemake from Debian if they are missing, starts a Slurm of two nodes, both this machine, in a
# scratch folder, and removes that at the end. Needs root, and some minutes.
# LACATHODE_APPS: folder of the programs (default: build/apps); LACATHODE_SNAKEMAKE: a Snakemake other than the one in PATH.
# Exit code 0 only if all outputs are equal (content hashes; the files also record command line and host).
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

(($# == 0)) || die "unknown argument $1 (usage: test-cluster.sh)"
apps=$(realpath "${LACATHODE_APPS:-$build_dir/apps}")
[[ -x $apps/lacathode-study ]] ||
    die "there is no $apps/lacathode-study; run scripts/build.sh, or name its folder in LACATHODE_APPS"
((EUID == 0)) || die "a Slurm of its own needs root here: sudo $0"
PATH=$apps:/usr/sbin:$PATH
snakemake=${LACATHODE_SNAKEMAKE:-snakemake}
"$root/scripts/setup.sh" slurm-wlm munge snakemake

cluster=$root/scripts/cluster
scratch=$(mktemp -d "${TMPDIR:-/tmp}/lacathode-cluster.XXXXXX")
chmod 755 "$scratch" # munge wants to be reached by everyone
mkdir "$scratch/bin" && PATH=$scratch/bin:$PATH
nodes=(n1 n2)
export SLURM_CONF=$scratch/slurm.conf USER=${USER:-root}

# pid_of NAME: of a daemon that this script started.
pid_of() { cat "$scratch/$1.pid" 2>/dev/null || true; }

# has_environment PID LINE: whether the process was started with this variable.
has_environment() { tr '\0' '\n' 2>/dev/null <"/proc/$1/environ" | grep -qxE "$2"; }

# The processes of all jobs of this Slurm.
job_processes() {
    local entry pid
    for entry in /proc/[0-9]*; do
        pid=${entry#/proc/}
        if has_environment "$pid" 'SLURM_JOB_ID=.*' && has_environment "$pid" "SLURM_CONF=$SLURM_CONF"; then echo "$pid"; fi
    done 2>/dev/null
}

clean_up() {
    local status=$? name pid
    if ((status != 0)); then
        say "Failed; the ends of the logs:"
        tail -n 15 "$scratch"/*.log "$scratch"/*/cluster/log/*.log "$scratch"/.snakemake/slurm_logs/*/*.log 2>/dev/null || true
    fi
    scancel --user="$(id -un)" 2>/dev/null || true
    for _ in {1..20}; do
        [[ -n $(squeue --noheader 2>/dev/null || true) ]] || break
        sleep 0.5
    done
    for name in slurmctld "${nodes[@]/#/slurmd.}" munged; do
        pid=$(pid_of "$name")
        if [[ -n $pid ]]; then kill "$pid" 2>/dev/null || true; fi
    done
    for pid in $(jobs -p) $(job_processes); do kill -9 "$pid" 2>/dev/null || true; done
    sleep 1
    rm -rf "$scratch"
    exit "$status"
}

trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# wait_until SECONDS WHAT COMMAND...: repeats the command until it succeeds.
wait_until() {
    local deadline=$((SECONDS + $1)) what=$2
    shift 2
    until "$@"; do
        ((SECONDS < deadline)) || die "waited too long until $what"
        sleep 0.3
    done
}

start_node() { slurmd -N "$1"; }
all_idle() { [[ $(sinfo --noheader --Node --format=%t | sort -u) == idle ]]; }

start_slurm() {
    local host
    host=$(hostname -s)
    head -c 1024 /dev/urandom >"$scratch/munge.key"
    chmod 600 "$scratch/munge.key"
    munged --force --socket="$scratch/munge.socket" --key-file="$scratch/munge.key" --pid-file="$scratch/munged.pid" \
        --log-file="$scratch/munged.log" --seed-file="$scratch/munge.seed" >/dev/null
    cat >"$SLURM_CONF" <<END
ClusterName=lacathode
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=17910
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$scratch/munge.socket
CredType=cred/munge
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SchedulerParameters=bf_interval=2,sched_interval=2
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
GresTypes=gpu
StateSaveLocation=$scratch/state
SlurmdSpoolDir=$scratch/spool.%n
SlurmctldPidFile=$scratch/slurmctld.pid
SlurmdPidFile=$scratch/slurmd.%n.pid
SlurmctldLogFile=$scratch/slurmctld.log
SlurmdLogFile=$scratch/slurmd.%n.log
SlurmdParameters=config_overrides
KillWait=5
SlurmdTimeout=10
MinJobAge=3600
ReturnToService=2
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=17911 CPUs=1 RealMemory=3000 Gres=gpu:1
NodeName=n2 NodeHostname=$host NodeAddr=127.0.0.1 Port=17912 CPUs=1 RealMemory=3000 Gres=gpu:1
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
END
    echo "NodeName=n[1-2] Name=gpu File=/dev/null" >"$scratch/gres.conf" # in name only
    # Snakemake's plugin takes SLURM_CONF, as all that begins with SLURM_, from the environment of its jobs.
    printf '#!/bin/sh\nSLURM_CONF=%s exec %s "$@"\n' "$SLURM_CONF" "$(command -v srun)" >"$scratch/bin/srun"
    chmod +x "$scratch/bin/srun"
    mkdir "$scratch/state"
    slurmctld
    for node in "${nodes[@]}"; do start_node "$node"; done
    wait_until 60 "all nodes are idle" all_idle
}

study() {
    echo lacathode-study --config "$root/configs/studies/demo.json" --preset fast --set run.retrainings=2 \
        --set train_flow.epochs=8 --set sample.training=20000 --set sample.validation=5000 --set train_classifier.epochs=20 \
        --out "$scratch/$1"
}

# worker OUT STAGE: the process that makes a file of STAGE, and its Slurm job and node.
worker() {
    local pid values
    for pid in $(pgrep -f -- "^[^ ]*lacathode-study .*--out $scratch/$1 .*--only $2"); do
        values=$(tr '\0' '\n' <"/proc/$pid/environ" 2>/dev/null) || continue
        worker_pid=$pid
        worker_node=$(sed -n 's/^SLURMD_NODENAME=//p' <<<"$values")
        worker_job=$(sed -n 's/^SLURM_ARRAY_JOB_ID=//p' <<<"$values")
        if [[ -n $worker_job ]]; then
            worker_job+=_$(sed -n 's/^SLURM_ARRAY_TASK_ID=//p' <<<"$values")
        else
            worker_job=$(sed -n 's/^SLURM_JOB_ID=//p' <<<"$values")
        fi
        [[ -z $worker_job ]] || return 0
    done
    return 1
}

# After a requeue Slurm waits two minutes. Fifteen seconds are enough here; at once, what is left of the old job may end the
# new one.
hurry() {
    local job reason start
    while read -r job reason start; do
        if [[ $reason == BeginTime && $start != N/A ]] && (($(date -d "$start" +%s) > $(date +%s) + 20)); then
            scontrol update JobId="$job" StartTime=now+15
        fi
    done < <(squeue --noheader --states=PENDING --format='%i %r %S')
}

is_done() {
    hurry
    [[ -z $(squeue --noheader) ]]
}

# crash_node NODE JOB: kills the daemon, its job and all that belongs to it, as a machine does that loses power. Slurm misses
# the node after SlurmdTimeout and queues the job again; then the node comes back.
crash_node() {
    local pid stepd
    kill -9 "$(pid_of "slurmd.$1")"
    for pid in $(job_processes); do
        if has_environment "$pid" "SLURMD_NODENAME=$1"; then
            stepd=$(ps -o ppid= -p "$pid" | tr -d ' ')
            if [[ -n $stepd && $(ps -o comm= -p "$stepd") == slurmstepd* ]]; then kill -9 "$stepd" || true; fi
            kill -9 "$pid" 2>/dev/null || true
        fi
    done
    wait_until 120 "Slurm misses node $1" queued_again "$2"
    start_node "$1"
}

restarts() { scontrol show job "$1" 2>/dev/null | sed -nE 's/.*Restarts=([0-9]+).*/\1/p' | awk '{sum += $1} END {print sum + 0}'; }

# hashes OUT: path and content hash of every file, links to files followed.
hashes() {
    local file
    (cd "$scratch/$1" && find -L . -path ./cluster -prune -o -name '*.h5' -print | sort) | while IFS= read -r file; do
        echo "$file $(lacathode-info "$scratch/$1/$file" --json | sed -nE 's/.*"content_hash": *"([^"]+)".*/\1/p' | head -n 1)"
    done
}

# compare OUT: with the local run.
compare() {
    hashes "$1" >"$scratch/hashes.$1"
    if ! diff "$scratch/hashes.local" "$scratch/hashes.$1"; then die "the outputs of $1 differ from the local run's"; fi
    local found
    found=$(find "$scratch/$1" -name '*.partial' -o -name '.*.lock')
    [[ -z $found ]] || die "left behind: $found"
    say "$1: $(wc -l <"$scratch/hashes.$1") files compared, all equal"
}

run_local() {
    local start=$SECONDS
    # shellcheck disable=SC2046  # words of a command
    $(study local) --threads 1 --quiet >"$scratch/local.txt" 2>&1 || die "the local run failed: $(tail -n 3 "$scratch/local.txt")"
    hashes local >"$scratch/hashes.local"
    [[ $(grep -cE ' .+$' "$scratch/hashes.local") == $(wc -l <"$scratch/hashes.local") && -s $scratch/hashes.local ]] ||
        die "lacathode-info tells no content hash"
    say "Local run: $((SECONDS - start)) s, $(wc -l <"$scratch/hashes.local") files"
}

run_array() {
    # shellcheck disable=SC2046
    "$cluster/slurm_array.sh" --minutes 4 -- $(study array)
    # shellcheck disable=SC2046
    if "$cluster/slurm_array.sh" --minutes 4 -- $(study array) 2>"$scratch/again"; then die "the study was submitted twice"; fi
    say "Submitted again: $(head -n 1 "$scratch/again")"

    wait_until 120 "a flow is trained" worker array train_flow
    say "kill -9 of worker $worker_pid, job $worker_job on $worker_node"
    kill -9 "$worker_pid"
    wait_until 60 "the job is queued again" queued_again "$worker_job"
    hurry

    wait_until 60 "another flow is trained" worker array train_flow
    say "Crash of node $worker_node with job $worker_job"
    crash_node "$worker_node" "$worker_job"

    wait_until 180 "a classifier is trained" worker_or_hurry array train_classifier
    say "scontrol requeue of job $worker_job on $worker_node"
    scontrol requeue "$worker_job"
    wait_until 600 "the array is done" is_done
    local job total=0
    while IFS= read -r job; do
        say "job $job: $(scontrol show job "$job" | grep -c JobState=COMPLETED) completed, $(restarts "$job") requeues"
        total=$((total + $(restarts "$job")))
    done <"$scratch/array/cluster/submitted"
    ((total >= 3)) || die "three requeues were provoked, $total were made"
    compare array
}

queued_again() { (($(restarts "$1") > 0)); }
worker_or_hurry() {
    hurry
    worker "$@"
}

run_refused() {
    # shellcheck disable=SC2046
    if "$cluster/slurm_array.sh" --sbatch --partition=nowhere -- $(study refused) 2>"$scratch/refused.txt"; then
        die "a partition that is not there was taken"
    fi
    say "Refused: $(grep error: "$scratch/refused.txt")"
}

# A task gets SIGUSR1, as before its time limit, in the middle of a training.
run_stopped() {
    # shellcheck disable=SC2046
    "$cluster/slurm_array.sh" -- $(study stopped)
    wait_until 120 "a flow is trained" worker stopped train_flow
    local job=$worker_job log=$scratch/stopped/cluster/log went_on
    wait_until 60 "the training has begun" grep -q "sideband training" "$log"/round_1.*"${job#*_}.log"
    sleep 2 # the untrained flow is evaluated first; the training takes several seconds more
    scancel --batch --signal=USR1 "$job"
    wait_until 60 "the job is queued again" queued_again "$job"
    say "SIGUSR1 to job $job: $(grep -h 'exit code 75' "$log"/*)"
    wait_until 600 "the array is done" is_done
    went_on=$(grep -ho 'flow: goes on in epoch.*' "$log"/*) || die "the training did not go on from its saved state"
    say "Job $job: $went_on"
    compare stopped
}

# call_snakemake OUT PROFILE LOG [OPTION...]
call_snakemake() {
    local tasks=$scratch/$1/cluster/tasks.json log=$scratch/$3
    local options=(--snakefile "$cluster/Snakefile" --profile "$cluster/profiles/$2" "${@:4}" --config "tasks=$tasks")
    # This Slurm has no accounting that sacct could ask.
    if [[ $("$snakemake" --version) != 7.* ]]; then
        options+=(--slurm-status-command squeue --slurm-init-seconds-before-status-checks 5)
    fi
    (cd "$scratch" && exec "$snakemake" "${options[@]}" >"$log" 2>&1)
}

write_tasks() {
    # shellcheck disable=SC2046
    (cd "$scratch" && "$cluster/jobs.py" --minutes 4 -- $(study "$1"))
}

run_snakemake() {
    local start=$SECONDS running
    write_tasks snakemake
    say "Snakemake $("$snakemake" --version), profile slurm"
    call_snakemake snakemake slurm snakemake.log &
    running=$!
    wait_until 120 "a flow is trained" worker snakemake train_flow
    say "kill -9 of worker $worker_pid, job $worker_job on $worker_node"
    kill -9 "$worker_pid"
    wait "$running" || die "snakemake ended with $?"
    say "Snakemake: $((SECONDS - start)) s, $(grep -c 'Trying to restart job' "$scratch/snakemake.log") restarts"
    compare snakemake
    call_snakemake snakemake slurm snakemake.again.log || die "snakemake failed when called again"
    grep -q 'Nothing to be done' "$scratch/snakemake.again.log" || die "snakemake did something again"
    say "Snakemake called again: nothing to be done"
}

# Whether the profile asks for a GPU; the nodes have them in name only.
run_gpu_profile() {
    write_tasks gpu >/dev/null
    call_snakemake gpu slurm-gpu snakemake.gpu.log --until round_0_0000 || die "snakemake failed with the profile slurm-gpu"
    scontrol show job | grep -qE 'gres[:/]gpu' || die "no job asked for a GPU"
    say "Profile slurm-gpu: $(scontrol show job | grep -oE 'TresPerNode=.*gpu.*' | sort -u)"
}

start_slurm
say "Slurm $(sinfo --version) with $(sinfo --noheader --Node | wc -l) nodes"
run_local
run_refused
run_stopped
run_array
run_snakemake
run_gpu_profile
say "All equal"
