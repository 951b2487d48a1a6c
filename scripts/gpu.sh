#!/usr/bin/env bash
# Builds with a LibTorch for CUDA, runs every test of LibTorch's networks on the GPU, measures replicas, and plain PyTorch
# beside them (gpu_yardstick.py), and writes one report. For a machine that is at hand for minutes: it asks nothing and installs nothing outside the build directory.
# usage: gpu.sh [--device cuda|cpu] [--seconds S] [--replicas "R..."] [--report FILE]
# Defaults: cuda, 1 s a measurement, "1 10 100 1000", BUILD/gpu-report.md; BUILD is $LACATHODE_BUILD_DIR or build-gpu.
# LibTorch is that of $Torch_DIR; without it PyPI's torch, which is built for CUDA (--device cpu: the installed one).
# CUDA's toolkit is looked for in PATH, $CUDA_HOME and /usr/local/cuda. --device cpu rehearses all of it.
set -euo pipefail
: "${LACATHODE_BUILD_DIR:=$(dirname "${BASH_SOURCE[0]}")/../build-gpu}"
export LACATHODE_BUILD_DIR
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

device=cuda seconds=1 replicas="1 10 100 1000" report=$build_dir/gpu-report.md
usage='usage: gpu.sh [--device cuda|cpu] [--seconds S] [--replicas "R..."] [--report FILE]'
while (($# > 0)); do
    [[ -n ${2:-} ]] || die "$1 needs a value ($usage)"
    case $1 in
    --device) device=$2 ;;
    --seconds) seconds=$2 ;;
    --replicas) replicas=$2 ;;
    --report) report=$2 ;;
    *) die "unknown argument $1 ($usage)" ;;
    esac
    shift 2
done
[[ $device == cuda || $device == cpu ]] || die "--device $device: cuda or cpu ($usage)"
[[ $seconds =~ ^[0-9]+(\.[0-9]+)?$ ]] || die "--seconds $seconds: a number ($usage)"
read -ra counts <<<"$replicas"
for count in "${counts[@]}"; do
    [[ $count =~ ^[1-9][0-9]*$ ]] || die "--replicas $replicas: whole numbers with blanks between them ($usage)"
done
begin=$SECONDS

# Puts CUDA's compiler, which LibTorch's CMake package asks for, on PATH.
find_cuda() {
    local candidate
    nvidia-smi >/dev/null 2>&1 || die "nvidia-smi sees no GPU; --device cpu is a rehearsal without one"
    for candidate in "${CUDA_HOME:-}" /usr/local/cuda; do
        if ! command -v nvcc >/dev/null && [[ -x $candidate/bin/nvcc ]]; then PATH=$candidate/bin:$PATH; fi
    done
    command -v nvcc >/dev/null || die "no nvcc: install CUDA's toolkit, in the version that LibTorch was built with, or set CUDA_HOME"
}

# Prints the directory of TorchConfig.cmake in PyPI's torch, which is installed under the build directory.
torch_of_pypi() {
    local environment=$build_dir/tools/torch
    [[ -x $environment/bin/python ]] || python3 -m venv "$environment" >&2
    "$environment/bin/pip" install --quiet torch >&2
    "$environment/bin/python" -c 'import torch; print(torch.utils.cmake_prefix_path + "/Torch")'
}

if [[ $device == cuda ]]; then
    find_cuda
    if [[ -z ${Torch_DIR:-} ]]; then
        say "Fetching torch from PyPI"
        mkdir -p "$build_dir"
        Torch_DIR=$(torch_of_pypi)
    fi
    export Torch_DIR
fi
LACATHODE_BENCH=ON "$root/scripts/build.sh" lacathode_torch test_libtorch test_models bench_replicas \
    lacathode-generate-toy lacathode-train-flow lacathode-encode

mkdir -p "$(dirname "$report")"
failed=0
# section TITLE COMMAND...: what it prints, on the screen and as a section of the report.
section() {
    local title=$1
    shift
    say "$title"
    printf '\n## %s\n```\n' "$title" >>"$report"
    "$@" 2>&1 | tee -a "$report" || failed=1
    printf '```\n' >>"$report"
}

machine() {
    if [[ $device == cuda ]]; then nvidia-smi --query-gpu=name,memory.total,driver_version --format=csv,noheader; fi
    awk -F ': ' '/^model name/ {print $2; exit}' /proc/cpuinfo
    echo "$(nproc) cores"
    "$build_dir/apps/lacathode-encode" --version
}
# Without them the tests would pass too, by LibTorch.
kernels_of_our_own() {
    local generation
    generation=$(nvidia-smi --query-gpu=compute_cap --format=csv,noheader | head -n 1)
    if [[ ${generation%%.*} != 9 && ${generation%%.*} != 10 ]]; then # the ones with 227 KB a block
        echo "none for a card of generation $generation"
    elif [[ $("$build_dir/apps/lacathode-encode" --version) == *"own kernels"* ]]; then
        echo "used"
    else
        echo "not used, although the card is of generation $generation"
        return 1
    fi
}
tests() { LACATHODE_TEST_DEVICE=$device run_tests "$build_dir" -L '^(libtorch|models)$' --parallel 2; }
tests_without_kernels() { LACATHODE_CUDA_KERNELS=off tests; }
measure() { "$build_dir/bench/bench_replicas" "$device" "$seconds" "${counts[@]}"; }
# Beside these times: a step of the kind of code that analyses are written in.
yardstick() {
    local python
    for python in "$build_dir/tools/torch/bin/python" python3 /usr/bin/python3; do
        if "$python" -c 'import torch' >/dev/null 2>&1; then
            "$python" "$root/scripts/gpu_yardstick.py" "$device" "$seconds"
            return
        fi
    done
    echo "left out: no python3 here has torch"
}
measure_without_kernels() { LACATHODE_CUDA_KERNELS=off measure; }
measure_tf32() { TORCH_ALLOW_TF32_CUBLAS_OVERRIDE=1 measure_without_kernels; }
measure_without_graphs() { LACATHODE_CUDA_GRAPHS=off measure_without_kernels; }

# From file to file: ten flows of the papers' size on the toy model, and events through the last of them.
ten_flows() {
    local options=(--backend torch --device "$device" --quiet --force) network=()
    if [[ $device == cpu ]]; then network=(--blocks 2 --hidden 16); fi
    "$build_dir/apps/lacathode-generate-toy" --output "$work/toy.h5" --quiet >/dev/null &&
        time "$build_dir/apps/lacathode-train-flow" --events "$work/toy.h5" --output "$work/flow.h5" --replicas 10 --epochs 2 \
            "${network[@]}" "${options[@]}" >/dev/null &&
        time "$build_dir/apps/lacathode-encode" --events "$work/toy.h5" --flow "$work/flow_09.h5" --output "$work/latent.h5" \
            "${options[@]}" >/dev/null
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf '# Replicas on %s\n%s, revision %s\n' "$device" "$(date -u +%Y-%m-%d)" \
    "$(git -C "$root" rev-parse --short HEAD 2>/dev/null || echo unknown)" >"$report"
section "Machine" machine
if [[ $device == cuda ]]; then section "Kernels of our own" kernels_of_our_own; fi
section "Tests on $device" tests
section "Times" measure
section "Times of plain PyTorch" yardstick
if [[ $device == cuda ]]; then
    section "Tests without kernels of our own" tests_without_kernels
    section "Times without kernels of our own" measure_without_kernels
    section "The same with TF32" measure_tf32
    section "The same without CUDA graphs" measure_without_graphs
fi
section "lacathode-train-flow --replicas 10, lacathode-encode" ten_flows
printf '\nAll in %s s, the build included.\n' "$((SECONDS - begin))" | tee -a "$report"
say "The report is $report"
exit "$failed"
