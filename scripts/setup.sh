#!/usr/bin/env bash
# Installs what the build, the tests and the plots need, from Debian (or a relative of it).
# With everything present it changes nothing, needs no privileges and touches no network.
# Arguments: further packages to install.
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

packages=(g++ cmake ninja-build pkg-config libhdf5-dev zlib1g-dev libcli11-dev libspdlog-dev
    nlohmann-json3-dev libhwy-dev libxxhash-dev libgtest-dev libgmock-dev "$@")

# Another LibTorch, given as CMake will look for it, replaces Debian's.
has_own_libtorch() {
    local prefix config
    [[ -z ${Torch_DIR:-} ]] || return 0
    while IFS= read -r prefix; do
        for config in share/cmake/Torch lib/cmake/Torch Torch; do
            [[ -z $prefix || ! -e $prefix/$config/TorchConfig.cmake ]] || return 0
        done
    done < <(tr ':;' '\n' <<<"${CMAKE_PREFIX_PATH:-}")
    return 1
}

is_installed() { [[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

missing_packages() {
    local package
    for package in "${packages[@]}"; do
        is_installed "$package" || echo "$package"
    done
}

install_packages() {
    local as_root=()
    if ((EUID != 0)); then as_root=(sudo); fi
    local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get)
    # Package lists that are fresh enough need no update.
    if ! "${apt[@]}" install -y --no-install-recommends "$@"; then
        say "Updating the package lists"
        "${apt[@]}" update
        "${apt[@]}" install -y --no-install-recommends "$@"
    fi
}

# What only continuous integration runs: scripts/check-format.sh, check-tidy.sh, the tests in a terminal, those of manual
# pages and of the Python module, and a compiler cache for the builds.
if [[ ${CI:-} == true ]]; then
    packages+=(ccache clang-format-14 clang-tidy-16 tmux man-db python3-pandas python3-xxhash)
fi
has_own_libtorch || packages+=(libtorch-dev)
find_python >/dev/null || packages+=(python3 python3-h5py python3-numpy python3-matplotlib)

command -v dpkg-query >/dev/null ||
    die "this script knows Debian and its relatives only; please install the equivalents of: ${packages[*]}"

mapfile -t missing < <(missing_packages)
if ((${#missing[@]} == 0)); then
    say "All packages are present"
elif ((EUID == 0)) || command -v sudo >/dev/null; then
    say "Installing ${missing[*]}"
    install_packages "${missing[@]}"
else
    die "missing packages: ${missing[*]}
Neither root nor sudo is at hand to install them. Have an administrator run:
    apt-get update && apt-get install -y ${missing[*]}"
fi
find_python >/dev/null ||
    die "no python3 with h5py, numpy and matplotlib; name one in LACATHODE_PYTHON"
