#!/usr/bin/env bash
# A task as a job of an array: slurm_array.sh submits this. usage: slurm_job.sh FOLDER FILE
# Slurm sends SIGUSR1 before the time limit; the program gets it, saves the state of its training and ends with 75, and the job is
# queued again. So is one whose program was killed (137, as when memory is short), but at most twice.
set -uo pipefail
readonly stopped=75 killed=137 restarts_if_stopped=100 restarts_if_killed=2

child='' told=true
trap 'told=true; [[ -z $child ]] || kill -USR1 "$child"' USR1
"$1/task.sh" "$2" "${SLURM_ARRAY_TASK_ID:-0}" &
child=$!
# A signal ends `wait` before the program has ended.
while $told; do
    told=false
    wait "$child"
    status=$?
done

job=${SLURM_ARRAY_JOB_ID:+${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID}
job=${job:-$SLURM_JOB_ID}
restarts=${SLURM_RESTART_COUNT:-0}
kills=0
if ((status == killed)); then
    # Restarts for other reasons do not count.
    echo >>"$1/log/killed.$job"
    kills=$(wc -l <"$1/log/killed.$job") || kills=$restarts
fi
if ((status == stopped && restarts < restarts_if_stopped)) || ((status == killed && kills <= restarts_if_killed)); then
    echo "exit code $status: job $job is queued again, restart $((restarts + 1))" >&2
    scontrol requeue "$job" && exit "$status"
fi
((status == 0)) || echo "exit code $status: job $job has failed" >&2
exit "$status"
