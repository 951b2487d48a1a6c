#!/usr/bin/env bash
# Sets up, builds and runs every test. Arguments go to ctest (e.g. -R Flow).
# The last line is "N passed, N failed"; the exit code is 0 only if at least one ran and none failed.
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

"$root/scripts/setup.sh"
"$root/scripts/build.sh"

say "Testing"
run_tests "$build_dir" "$@"
