#!/usr/bin/env bash
# Runs clang-tidy on the sources that changed since a commit. Every finding is an error (.clang-tidy says which there are).
# usage: check-tidy.sh [BASE]     BASE: a commit, or "all" for every source
# BASE is by default $LACATHODE_TIDY_BASE, else the commit before this one. Changes that are not committed count. With
# no such commit, as in a clone of a single one, everything counts as changed.
# Needs a configured build (scripts/build.sh), for build/compile_commands.json; sources that are not in it are left out.
# So are src/libtorch and whatever includes LibTorch: a file takes minutes there.
# At most $LACATHODE_TIDY_FILES sources are read, 60 by default, 3 s of a core each; the output says what was left out.
# A source that takes $LACATHODE_TIDY_SECONDS, 300 by default, is a failure.
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

(($# <= 1)) || die "usage: check-tidy.sh [BASE]"
base=${1:-${LACATHODE_TIDY_BASE:-HEAD~1}}
limit=${LACATHODE_TIDY_FILES:-60}
[[ $limit =~ ^[0-9]+$ ]] || die "LACATHODE_TIDY_FILES=$limit is not a number"
seconds=${LACATHODE_TIDY_SECONDS:-300}
[[ $seconds =~ ^[0-9]+$ ]] || die "LACATHODE_TIDY_SECONDS=$seconds is not a number"
commands=$build_dir/compile_commands.json
[[ -e $commands ]] || die "there is no $commands; run scripts/build.sh first"
cd "$root"

all_sources() { git ls-files --cached --others --exclude-standard -- '*.cpp'; }

changed_sources() {
    if [[ $base == all ]]; then
        all_sources
    elif git rev-parse --quiet --verify "$base^{commit}" >/dev/null; then
        # With the branch point, a branch that lags behind BASE does not answer for BASE's own changes.
        git diff --name-only --diff-filter=d "$(git merge-base "$base" HEAD 2>/dev/null || echo "$base")" -- '*.cpp'
        git ls-files --others --exclude-standard -- '*.cpp'
    elif [[ $base == HEAD~1 ]]; then
        say "Tidy: this clone has no earlier commit; every source counts as changed" >&2
        all_sources
    else
        die "there is no commit $base here; fetch it, or name another one"
    fi
}

# Sources that can be read in reasonable time, one a line.
readable_sources() {
    local file
    while IFS= read -r file; do
        [[ -n $file ]] || continue
        if grep -qE '#include [<"](torch|ATen|c10)/' "$file" || [[ $file == src/libtorch/* ]]; then
            say "Tidy: $file is left out, it includes LibTorch" >&2
        elif ! grep -qF "$root/$file\"" "$commands"; then
            say "Tidy: $file is left out, this build does not compile it" >&2
        else
            echo "$file"
        fi
    done
}

changed=$(changed_sources)
mapfile -t files < <(readable_sources <<<"$changed")
if ((${#files[@]} == 0)); then
    say "Tidy: no source to check since $base"
    exit 0
fi
clang_tidy=$(clang_tool clang-tidy 16.0.4)
if ((${#files[@]} > limit)); then
    say "Tidy: only $limit of ${#files[@]} changed sources are checked (LACATHODE_TIDY_FILES)"
    # Spread over all directories rather than the first in the alphabet; the same ones each time.
    mapfile -t files < <(printf '%s\n' "${files[@]}" | shuf --random-source=<(yes) -n "$limit" | sort)
fi
say "Tidy: ${#files[@]} sources changed since $base"
# shellcheck disable=SC2016  # the shell that xargs starts expands them
read_one='timeout "$1" "$2" -p "$3" --quiet "$4" || { status=$?; ((status != 124)) || echo "error: $4 took $1 s" >&2; exit $status; }'
if ! printf '%s\0' "${files[@]}" |
    xargs -0 -P "$(nproc)" -n 1 bash -c "$read_one" bash "$seconds" "$clang_tidy" "$build_dir" \
        2> >(grep -vE '^[0-9]+ warnings? |^Suppressed ' >&2); then
    die "clang-tidy has findings, above; correct them, or say in .clang-tidy why a check is mistaken"
fi
say "Tidy: no findings"
