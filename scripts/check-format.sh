#!/usr/bin/env bash
# Checks that every tracked C++ file is formatted as .clang-format says. Lists those that are not; exit 1 if there are any.
# usage: check-format.sh [--fix]   (--fix formats them)
# Version 14 of clang-format, no other: each version lays some things out in its own way.
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

fix=false
case ${1:-} in
"") ;;
--fix) fix=true ;;
*) die "unknown argument $1 (usage: check-format.sh [--fix])" ;;
esac

clang_format=$(clang_tool clang-format 14.0.6)
cd "$root"
# A file that is deleted but not yet committed is still listed.
mapfile -t files < <(git ls-files '*.cpp' '*.hpp' '*.cu' '*.cuh' | while IFS= read -r file; do [[ ! -e $file ]] || echo "$file"; done)
((${#files[@]} > 0)) || die "no C++ files are tracked in $root"

findings=$("$clang_format" --dry-run "${files[@]}" 2>&1) || die "clang-format failed: $(head -n 3 <<<"$findings")"
mapfile -t bad < <(sed -nE 's/^([^:]+):[0-9]+:[0-9]+: warning: code should be clang-formatted.*/\1/p' <<<"$findings" | sort -u)

if ((${#bad[@]} == 0)); then
    say "Format: all ${#files[@]} files are as clang-format $(version_of "$clang_format") writes them"
elif $fix; then
    "$clang_format" -i "${bad[@]}"
    say "Format: ${#bad[@]} of ${#files[@]} files formatted"
else
    printf '%s\n' "${bad[@]}" >&2
    die "${#bad[@]} of ${#files[@]} files are not formatted; scripts/check-format.sh --fix does it"
fi
