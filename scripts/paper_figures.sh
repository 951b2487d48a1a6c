#!/usr/bin/env bash
# Every figure of both papers: the studies of configs/paper and the toy model, what they share once, with pictures and tables; then
# how long each took. What is there already is not made again.
# usage: scripts/paper_figures.sh OUT [OPTION of lacathode-study]...
#   scripts/paper_figures.sh out/paper --preset fast --seed 2 --set prepare.input=dijets.features.h5 \
#       --set prepare.extra_background=dijets_extra_sr.features.h5
# LACATHODE_FIGURES names some of them only: "cathode_fig6 toy". Takes the programs of the build, or else those on the PATH.
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

(($# > 0)) || die "usage: scripts/paper_figures.sh OUT [OPTION of lacathode-study]..."
out=$1
shift
PATH=$build_dir/apps:$PATH
python=$(find_python) || die "no python3 with h5py, numpy and matplotlib (run scripts/setup.sh)"

# Those first whose flows others use.
figures=(lacathode_fig6 lacathode_fig7 lacathode_fig8 lacathode_fig1 cathode_fig6 cathode_fig3 cathode_fig4 cathode_fig5 cathode_fig8
    cathode_fig9 cathode_fig10 cathode_fig11 cathode_fig12 cathode_fig7 toy)
if [[ -n ${LACATHODE_FIGURES:-} ]]; then
    known=${figures[*]}
    read -ra figures <<<"$LACATHODE_FIGURES"
    for name in "${figures[@]}"; do
        [[ " $known " == *" $name "* ]] || die "$name: no such figure; there are $known"
    done
fi

figure() {
    if [[ $1 == toy ]]; then
        "$root/scripts/toy_figures.sh" "$out/toy"
        return
    fi
    lacathode-study --config "$root/configs/paper/$1.json" --out "$out" "${@:2}"
    "$python" "$root/scripts/plot.py" "$out/$1"
    "$python" "$root/scripts/tables.py" "$out/$1"
}

mkdir -p "$out"
TIMEFORMAT='%R %U %S'
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for name in "${figures[@]}"; do
    say "$name"
    { time figure "$name" "$@" 2>&3; } 3>&2 2>"$log"
    read -r clock user system <"$log"
    times+=("$name $clock $user $system")
done
printf '%s\n' "${times[@]}" | awk '
    BEGIN {print "figure  minutes by the clock  of processor time"}
    {clock += $2; processor += $3 + $4; printf "%-16s %8.1f %8.1f\n", $1, $2 / 60, ($3 + $4) / 60}
    END {printf "%-16s %8.1f %8.1f\n", "together", clock / 60, processor / 60}'
