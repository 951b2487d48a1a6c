# Shared by the scripts beside it; to be sourced, not run.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck disable=SC2034  # the scripts that source this file use it
build_dir=${LACATHODE_BUILD_DIR:-$root/build}

say() { printf '==> %s\n' "$*"; }
die() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# Prints the first interpreter that has h5py, numpy and matplotlib; one from a virtual environment
# may come first on PATH and have none of them.
find_python() {
    local candidate
    for candidate in "${LACATHODE_PYTHON:-}" python3 /usr/bin/python3; do
        if [[ -n $candidate ]] && "$candidate" -c 'import h5py, numpy, matplotlib' >/dev/null 2>&1; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

# How many compilers fit: one a core, 1.5 GB each (a file that includes LibTorch needs that much).
build_jobs() {
    local cores kib limit
    cores=$(nproc)
    kib=$(awk '/^MemAvailable:/ {print $2}' /proc/meminfo)
    limit=$(cat /sys/fs/cgroup/memory.max 2>/dev/null || echo max)
    if [[ $limit =~ ^[0-9]+$ ]] && ((limit / 1024 < kib)); then kib=$((limit / 1024)); fi
    local fitting=$((kib / 1572864))
    ((fitting >= 1)) || fitting=1
    echo $((fitting < cores ? fitting : cores))
}
