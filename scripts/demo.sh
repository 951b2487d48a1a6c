#!/usr/bin/env bash
# The whole chain on the bundled sample: data to pictures, in out/demo or where --out DIR says. All other arguments go to
# lacathode-run.
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

out=$root/out/demo
arguments=()
while (($# > 0)); do
    case $1 in
        --out)
            (($# > 1)) || die "--out: give a directory"
            out=$2
            shift
            ;;
        --out=*) out=${1#--out=} ;;
        *) arguments+=("$1") ;;
    esac
    shift
done
[[ -n $out ]] || die "--out: give a directory"
out=$(realpath --canonicalize-missing --no-symlinks -- "$out")
cd "$root"

say "1/4 Packages"
scripts/setup.sh
say "2/4 Programs"
scripts/build.sh apps/all
say "3/4 LaCATHODE and CATHODE on data/dijets_mini.features.h5 (under a minute on two cores)"
start=$SECONDS
"$build_dir/apps/lacathode-run" --config configs/demo.json --out "$out" "${arguments[@]}"
say "The run took $((SECONDS - start)) s"
say "4/4 Pictures"
"$(find_python)" scripts/plot.py "$out" --out "$out/plots"
say "Results: $out, pictures: $out/plots"
