#!/usr/bin/env bash
# Builds and runs the benchmarks and prints one table: the engine beside LibTorch's eager mode, with every
# BLAS that Debian offers it, in alternating rounds; then the tools on files of growing size.
# usage: bench.sh [--rounds N] [--events N]   (defaults: 5 rounds, files of up to 1,000,000 events)
# Run it on a machine with nothing else to do. Results as JSON in $LACATHODE_BUILD_DIR/bench/results.
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

rounds=5 events=1000000
usage="usage: bench.sh [--rounds N] [--events N]"
while (($# > 0)); do
    [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || die "$1 needs a positive number ($usage)"
    case $1 in
    --rounds) rounds=$2 ;;
    --events) events=$2 ;;
    *) die "unknown argument $1 ($usage)" ;;
    esac
    shift 2
done

"$root/scripts/setup.sh" libbenchmark-dev libeigen3-dev libopenblas0-serial libopenblas0-openmp
LACATHODE_BENCH=ON "$root/scripts/build.sh"
bench=$build_dir/bench
results=$bench/results
rm -rf "$results"
mkdir -p "$results"

# measure NAME FILTER PROGRAM: the cases that match, as JSON.
measure() {
    "$3" --benchmark_filter="$2" --benchmark_min_time=0.2 --benchmark_out_format=json \
        --benchmark_out="$results/$1.json" >/dev/null
}

# Only LibTorch sees the BLAS. Debian keeps each one in a directory of its own.
blas_directories() {
    local library
    for library in /usr/lib/*/{blas,openblas-serial,openblas-openmp}/libblas.so.3; do
        if [[ -e $library ]]; then dirname "$library"; fi
    done
}

for ((round = 1; round <= rounds; ++round)); do
    say "Round $round of $rounds"
    measure "engine.$round" 'engine/|dense_tile|^statistics' "$bench/bench_lacathode"
    if [[ -x $bench/bench_eigen ]]; then measure "eigen.$round" eigen_sgemm "$bench/bench_eigen"; fi
    while IFS= read -r directory; do
        LD_LIBRARY_PATH=$directory measure "$(basename "$directory").$round" 'eager/|^sgemm' "$bench/bench_lacathode"
    done < <(blas_directories)
done

say "Tools on files of up to $events events"
python=$(find_python) || die "no python3 with h5py, numpy and matplotlib (run scripts/setup.sh)"
"$python" "$root/bench/tools.py" "$build_dir/apps" "$results/tools.json" "$events"
"$python" "$root/bench/table.py" "$results" | tee "$results/table.txt"
