# Shared by the scripts beside it; to be sourced, not run.
# shellcheck shell=bash

root=$(CDPATH='' cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# Whatever directory a script goes to. Links stay: the configured build knows itself by them.
# shellcheck disable=SC2034  # the scripts that source this file use it
build_dir=$(realpath --canonicalize-missing --no-symlinks "${LACATHODE_BUILD_DIR:-$root/build}")

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

# The version of a program, e.g. "14.0.6"; empty if there is none.
version_of() { "$1" --version 2>/dev/null | grep -oE '[0-9]+\.[0-9]+\.[0-9]+' | head -n 1 || true; }

# clang_tool NAME VERSION: prints a program of the LLVM project of VERSION's first number. Debian's NAME-MAJOR,
# NAME itself, or PyPI's package NAME of exactly VERSION in a virtual environment under the build directory.
clang_tool() {
    local name=$1 version=$2 major=${2%%.*} candidate
    local environment=$build_dir/tools/$name-$version
    for candidate in "$name-$major" "$name" "$environment/bin/$name"; do
        if [[ $(version_of "$candidate") == "$major".* ]]; then
            command -v "$candidate"
            return 0
        fi
    done
    say "Fetching $name $version from PyPI into $environment" >&2
    if python3 -m venv "$environment" >&2 && "$environment/bin/pip" install --quiet "$name==$version" >&2 &&
        [[ $(version_of "$environment/bin/$name") == "$major".* ]]; then
        echo "$environment/bin/$name"
        return 0
    fi
    die "$name $major is needed, since versions differ in what they demand; found: $(version_of "$name").
Install it with one of
    apt-get install $name-$major
    pip install $name==$version"
}

# Prints "PASSED FAILED SKIPPED" of ctest's JUnit file. A test whose program is missing counts as
# failed, as it does for ctest; one that skipped itself counts as neither.
count_results() {
    awk '/<testcase / {total++; if (/status="run"/) passed++; if (/status="disabled"/) other++}
         /<skipped message="SKIP_/ {other++}
         END {print passed + 0, total - passed - other, other + 0}' "$1"
}

# run_tests DIRECTORY [ARGUMENT...]: ctest with the arguments in a build directory. The last line is
# "N passed, N failed"; the status is 0 only if at least one ran and none failed.
run_tests() {
    local directory=$1 report=$1/test-results.xml status=0 passed=0 failed=0 skipped=0
    shift
    rm -f "$report"
    ctest --test-dir "$directory" --output-on-failure --no-tests=error --parallel "$(nproc)" \
        --output-junit "$report" "$@" || status=$?
    if [[ -e $report ]]; then read -r passed failed skipped < <(count_results "$report"); fi
    if ((skipped > 0)); then echo "$skipped skipped or disabled"; fi
    if ((passed == 0 && failed == 0)); then
        echo "No test ran." >&2
        status=1
    elif ((failed > 0 && status == 0)); then
        status=1
    fi
    echo "$passed passed, $failed failed"
    return "$status"
}
