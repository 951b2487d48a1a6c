#!/usr/bin/env bash
# The whole chain on the bundled sample: data to pictures. Arguments go to lacathode-run.
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

out=$root/out/demo
cd "$root"

say "1/4 Packages"
scripts/setup.sh
say "2/4 Programs"
scripts/build.sh apps/all
say "3/4 LaCATHODE and CATHODE on data/dijets_mini.features.h5 (under a minute on two cores)"
start=$SECONDS
"$build_dir/apps/lacathode-run" --config configs/demo.json --out "$out" "$@"
say "The run took $((SECONDS - start)) s"
say "4/4 Pictures"
"$(find_python)" scripts/plot.py "$out" --out "$out/plots"
say "Results: $out, pictures: $out/plots"
