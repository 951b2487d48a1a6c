#!/usr/bin/env bash
# The toy study of the LaCATHODE paper (figures 3 to 5): x at a small and a large correlation with the mass,
# and z; three classifiers each. What is there already is not made again: an interrupted study goes on, another CONFIG wants another OUT.
# usage: scripts/toy_figures.sh [OUT [CONFIG]]   (out/toy and configs/toy.json; a minute). Takes the programs of the build, or
# else those on the PATH.
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

out=${1:-out/toy}
PATH=$build_dir/apps:$PATH
python=$(find_python) || die "no python3 with h5py, numpy and matplotlib (run scripts/setup.sh)"
settings=(--config "${2:-$root/configs/toy.json}")

# made FILE COMMAND...: makes the file by a program, unless it is there.
made() { [[ -e $1 ]] || "${@:2}" --output "$1"; }

# A case: its name, then options of lacathode-generate-toy. Its folder is laid out as that of a run, of three classifiers.
toy() {
  local folder=$out/$1 training scores=()
  say "$1"
  mkdir -p "$folder/toy"
  made "$folder/events.h5" lacathode-generate-toy "${settings[@]}" "${@:2}" --seed 1
  made "$folder/sample.h5" lacathode-generate-toy "${settings[@]}" "${@:2}" --seed 2 --sample true
  for training in 0 1 2; do
    made "$folder/toy/classifier_0$training.h5" lacathode-train-classifier "${settings[@]}" --retraining $training \
      --data "$folder/events.h5" --background "$folder/sample.h5"
    made "$folder/toy/scores_0$training.h5" lacathode-score "${settings[@]}" --classifier "$folder/toy/classifier_0$training.h5" \
      --events "$folder/events.h5"
    scores+=("$folder/toy/scores_0$training.h5")
  done
  made "$folder/toy/sculpting.h5" lacathode-evaluate-sculpting "${settings[@]}" --scores "${scores[@]}"
}

toy x_small_correlation --correlation 0.001
toy x_large_correlation --correlation 0.1
toy z --correlation 0.1 --latent true
"$python" "$root/scripts/plot.py" "$out"
