#!/usr/bin/env bash
# Submits a run or a study to Slurm: an array of tasks for each round, which waits for the one before, and a last job that
# gathers the results. Run it again after failures: what is done is not submitted.
# usage: slurm_array.sh [options] -- lacathode-study --config FILE --out DIR ...
#   --minutes N      estimated minutes of a task, unless one job is longer (default: 20)
#   --at-once K      at most K tasks of an array run at a time (default: no limit)
#   --lead SECONDS   how long before its time limit a task is told to stop (default: 120)
#   --sbatch OPTION  an option for every sbatch, such as --sbatch --partition=gpu; may be repeated, overrides ours
#   --latency-wait T how long a task waits for files that a slow file system does not show yet, as 60s (default: not)
#   --dry-run        prints the sbatch commands, submits nothing
# Writes DIR/cluster: tasks (jobs.py), scripts, the numbers of the submitted jobs, and a log of each task in log.
# exit codes: 0 ok, 2 usage, 3 no Slurm or an earlier submission is still queued, 4 cannot write, 6 Slurm refused
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
here=$root/scripts/cluster
usage="usage: slurm_array.sh [--minutes N] [--at-once K] [--lead SECONDS] [--sbatch OPTION] [--latency-wait TIME] [--dry-run] -- lacathode-study ..."

# fail CODE MESSAGE
fail() {
    printf 'error: %s\n' "$2" >&2
    exit "$1"
}

minutes=20 at_once='' lead=120 dry_run=false extra=() waiting=()
while (($# > 0)) && [[ $1 != -- ]]; do
    case $1 in
    --dry-run) dry_run=true && shift && continue ;;
    -h | --help) sed -n '2,/^set /{/^set /!s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" && exit 0 ;;
    --sbatch)
        (($# > 1)) || fail 2 "--sbatch needs an option of sbatch ($usage)"
        extra+=("$2")
        ;;
    --latency-wait)
        (($# > 1)) || fail 2 "--latency-wait needs a time ($usage)"
        waiting=(--latency-wait "$2")
        ;;
    --minutes | --at-once | --lead)
        [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || fail 2 "$1 needs a positive whole number ($usage)"
        case $1 in
        --minutes) minutes=$2 ;;
        --at-once) at_once=%$2 ;;
        --lead) lead=$2 ;;
        esac
        ;;
    *) fail 2 "unknown argument $1 ($usage)" ;;
    esac
    shift 2
done
(($# > 1)) || fail 2 "the run or the study is missing, after -- ($usage)"
shift

$dry_run || command -v sbatch >/dev/null ||
    fail 3 "sbatch is not in PATH: run this where Slurm's commands are (a login node), or see with --dry-run what it would submit"

# Lists numbers of jobs of the last submission that wait or run. Slurm forgets finished ones, and calls them invalid then; after any
# other error nobody knows.
queued() {
    local job told
    [[ -s $folder/submitted ]] || return 0
    while IFS= read -r job; do
        if told=$(squeue --noheader --format=%A --jobs="$job" 2>&1); then
            grep -x '[0-9][0-9]*' <<<"$told" | sort -u || true  # and no warnings
        elif [[ $told != *"Invalid job id"* ]]; then
            fail 3 "whether jobs of the last submission are in the queue is not known, squeue --jobs=$job failed: $told
Try again, or, if none are left: rm '$folder/submitted'"
        fi
    done <"$folder/submitted"
}

folder=$(python3 -B "$here/jobs.py" --where -- "$@") || exit
list=(python3 -B "$here/jobs.py" --minutes "$minutes" "${waiting[@]}")
if $dry_run; then
    list+=(--dry-run)
else
    left=$(queued | paste -sd' ')
    [[ -z $left ]] ||
        fail 3 "jobs of the last submission are in the queue ($folder/submitted): wait for them, or: scancel $left"
fi
table=$("${list[@]}" -- "$@") || exit
mapfile -t rows < <(tail -n +2 <<<"$table")
if ((${#rows[@]} == 1)); then
    say "Nothing to do: all jobs are done; with --gather the same command makes the results"
    exit 0
fi
printf '%s\n' "$table" >&2

if ! $dry_run; then
    # Tasks read copies of their own: jobs.py may write the lists anew while they wait.
    if ! { mkdir -p "$folder/log" "$folder/queued" && rm -f "$folder"/queued/* && cp "$folder"/*.txt "$folder/queued" &&
        cp "$here/task.sh" "$here/slurm_job.sh" "$folder" && : >"$folder/submitted"; }; then
        fail 4 "$folder cannot be written: check free space, quota and permissions"
    fi
fi

# submit NAME CORES MEMORY MINUTES OPTION...: the tasks of NAME.txt; sets `submitted` to the job's number.
submit() {
    local name=$1 cores=$2 memory=$3 limit=$(($4 + (lead + 59) / 60))
    shift 4
    local log=$folder/log/$name.%j.log
    if [[ $* == *--array=* ]]; then log=$folder/log/$name.%A_%a.log; fi
    local command=(sbatch --parsable --job-name="lacathode.$name" --cpus-per-task="$cores" --mem="${memory}M" --time="$limit"
        --requeue --signal="B:USR1@$lead" --open-mode=append --output="$log" "$@" "${extra[@]}"
        "$folder/slurm_job.sh" "$folder" "$folder/queued/$name.txt")
    if $dry_run; then
        printf '%s\n' "${command[*]@Q}"
        submitted="JOB_OF_${name^^}"
        return
    fi
    local answer
    if ! answer=$("${command[@]}" 2>&1); then
        # Rounds that wait for this one would wait for ever.
        if [[ -s $folder/submitted ]]; then xargs scancel <"$folder/submitted" || true; fi
        fail 6 "Slurm refused $name, what was submitted before is cancelled: $answer
The command was: ${command[*]@Q}
Fewer tasks: a larger --minutes. Other needs, an account or a partition: --sbatch OPTION."
    fi
    submitted=$(tail -n 1 <<<"$answer")
    submitted=${submitted%%;*}
    echo "$submitted" >>"$folder/submitted"
    say "$name: job $submitted"
}

after=()
for row in "${rows[@]}"; do
    read -r round tasks _ cores memory limit <<<"$row"
    if [[ $round == gather ]]; then
        submit gather "$cores" "$memory" "$limit" "${after[@]}"
    else
        submit "round_$round" "$cores" "$memory" "$limit" --array="0-$((tasks - 1))$at_once" "${after[@]}"
        after=(--dependency="afterok:$submitted" --kill-on-invalid-dep=yes)
    fi
done
$dry_run || say "Logs: $folder/log; state: squeue, or the same command with --status"
