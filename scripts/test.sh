#!/usr/bin/env bash
# Sets up, builds and runs every test. Arguments go to ctest (e.g. -R Flow).
# The last line is "N passed, N failed"; the exit code is 0 only if at least one ran and none failed.
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# Prints "PASSED FAILED SKIPPED" of ctest's JUnit file. A test whose program is missing counts as
# failed, as it does for ctest; one that skipped itself counts as neither.
count_results() {
    awk '/<testcase / {total++; if (/status="run"/) passed++; if (/status="disabled"/) other++}
         /<skipped message="SKIP_/ {other++}
         END {print passed + 0, total - passed - other, other + 0}' "$1"
}

"$root/scripts/setup.sh"
"$root/scripts/build.sh"

say "Testing"
report=$build_dir/test-results.xml
rm -f "$report"
status=0
ctest --test-dir "$build_dir" --output-on-failure --no-tests=error --parallel "$(nproc)" \
    --output-junit "$report" "$@" || status=$?

passed=0 failed=0 skipped=0
if [[ -e $report ]]; then read -r passed failed skipped < <(count_results "$report"); fi
if ((skipped > 0)); then echo "$skipped skipped or disabled"; fi
if ((passed == 0 && failed == 0)); then
    echo "No test ran." >&2
    status=1
elif ((failed > 0 && status == 0)); then
    status=1
fi
echo "$passed passed, $failed failed"
exit "$status"
