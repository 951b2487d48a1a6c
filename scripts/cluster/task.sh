#!/usr/bin/env bash
# Runs one line of a task file in place of itself, so that signals and the exit code are the program's.
# usage: task.sh FILE LINE   (lines count from 0)
set -euo pipefail
line=$(sed -n "$(($2 + 1))p" "$1")
[[ -n $line ]] || {
    printf 'error: %s has no line %s\n' "$1" "$2" >&2
    exit 3
}
printf '%s %s %s\n' "$(date '+%F %T')" "$(hostname)" "$line" >&2
eval "exec $line"
