#!/usr/bin/env bash
# Configures and builds the release preset. Arguments: CMake targets (default: everything).
# LACATHODE_BENCH=ON builds the benchmarks too; LACATHODE_BUILD_DIR names another build directory; CI=true makes warnings errors.
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

configure() {
    local python
    python=$(find_python) || die "no python3 with h5py, numpy and matplotlib (run scripts/setup.sh)"
    local options=(-DPython3_EXECUTABLE="$python")
    if command -v ccache >/dev/null; then options+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
    if [[ ${CI:-} == true ]]; then options+=(-DLACATHODE_WARNINGS_AS_ERRORS=ON); fi
    if [[ -n ${LACATHODE_BENCH:-} ]]; then options+=(-DLACATHODE_BUILD_BENCH="$LACATHODE_BENCH"); fi
    (cd "$root" && cmake --preset release -B "$build_dir" "${options[@]}")
}

jobs=$(build_jobs)
say "Configuring in $build_dir"
configure
say "Building with $jobs jobs"
if (($# > 0)); then
    cmake --build "$build_dir" --parallel "$jobs" --target "$@"
else
    cmake --build "$build_dir" --parallel "$jobs"
fi
