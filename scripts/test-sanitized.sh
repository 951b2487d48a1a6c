#!/usr/bin/env bash
# Builds and runs the unit tests of every layer that does not link LibTorch, under the address and undefined-behaviour
# sanitizers with leak detection. Arguments go to ctest (e.g. -R Flow). The last line is "N passed, N failed".
# LibTorch is left out because its own leaks would drown ours and each file that includes it takes minutes to compile;
# `cmake --preset sanitize` builds everything, for patience. Here: little optimisation and line numbers only.
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

directory=$build_dir/sanitized
python=$(find_python) || die "no python3 with h5py, numpy and matplotlib (run scripts/setup.sh)"
# Warnings are the release build's to judge: instrumented code has more of them.
options=(-DPython3_EXECUTABLE="$python" -DLACATHODE_BUILD_APPS=OFF -DLACATHODE_WARNINGS_AS_ERRORS=OFF
    -DCMAKE_CXX_FLAGS_RELWITHDEBINFO="-O1 -g1")
if command -v ccache >/dev/null; then options+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
say "Configuring in $directory"
(cd "$root" && cmake --preset sanitize -B "$directory" "${options[@]}" >/dev/null)

# What the build makes of a target's inputs says whether it links LibTorch.
layers=()
for folder in "$root"/tests/*/; do
    layer=$(basename "$folder")
    inputs=$(ninja -C "$directory" -t inputs "test_$layer" 2>/dev/null) || continue  # no test program
    if [[ $inputs == *liblacathode_libtorch* ]]; then
        say "Sanitizers: $layer is left out, it links LibTorch"
    else
        layers+=("$layer")
    fi
done
((${#layers[@]} > 0)) || die "no test program without LibTorch in $directory"

jobs=$(build_jobs)
say "Building with sanitizers, $jobs jobs: ${layers[*]}"
cmake --build "$directory" --parallel "$jobs" --target "${layers[@]/#/test_}"

say "Testing with sanitizers"
export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1
export LSAN_OPTIONS="suppressions='$root/tests/support/leaks.supp':print_suppressions=0"
export UBSAN_OPTIONS=print_stacktrace=1
# A test carries the name of its layer as a label (cmake/LacathodeTarget.cmake). FlowPhysics, a third of the time, trains on many
# events what other tests train on few.
run_tests "$directory" --label-regex "^($(IFS='|'; echo "${layers[*]}"))\$" --exclude-regex '^FlowPhysics' "$@"
