#!/usr/bin/env bash
# Makes the Debian packages of a build, installs them into a fresh system of the same release (debootstrap), runs the main job
# there, also after the package with LibTorch, and removes them again. As root, or with sudo; needs the network of apt.
# Argument: the build directory (default: build).
# LACATHODE_DEBIAN_MIRROR: another mirror than debootstrap's own.
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

build=$(realpath "${1:-$build_dir}")
[[ -f $build/CPackConfig.cmake ]] || die "$build is no build of this project: run scripts/build.sh first"
((EUID == 0)) || exec sudo --preserve-env=http_proxy,https_proxy,LACATHODE_DEBIAN_MIRROR "$root/scripts/test-package.sh" "$build"
"$root/scripts/setup.sh" debootstrap dpkg-dev

work=$(mktemp -d /var/tmp/lacathode-package.XXXXXX)
system=$work/system
# One file system: what is mounted there must not be deleted.
clean_up() { umount "$system/proc" 2>/dev/null || true; rm -rf --one-file-system "$work"; }
trap clean_up EXIT

inside() { chroot "$system" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp DEBIAN_FRONTEND=noninteractive \
    ${http_proxy:+http_proxy="$http_proxy"} "$@"; }
files() { inside find / -xdev -path /proc -prune -o -path /var/cache -prune -o -path /var/lib/dpkg -prune -o \
    -path /var/log -prune -o -path /var/lib/apt -prune -o -print | sort; }

say "Packages"
(cd "$work" && cpack --config "$build/CPackConfig.cmake" -B "$work/packages" >/dev/null)
ls -l "$work"/packages/*.deb

say "A fresh system"
release=$(. /etc/os-release && echo "$VERSION_CODENAME")
debootstrap --variant=minbase "$release" "$system" ${LACATHODE_DEBIAN_MIRROR:+"$LACATHODE_DEBIAN_MIRROR"} >/dev/null
mount -t proc proc "$system/proc"
cp "$work"/packages/lacathode*.deb "$system/var/cache/"
inside apt-get update >/dev/null
before=$(files)

say "Installing lacathode"
inside sh -c 'apt-get install -y --no-install-recommends /var/cache/lacathode_*.deb' >/dev/null
inside lacathode --version
inside sh -c 'cd /tmp && lacathode run --config /usr/share/lacathode/configs/demo.json --set run.retrainings=1 --out demo'
inside sh -c 'lacathode info /tmp/demo/flow_00.h5 | head -3'

say "Installing lacathode-torch"
inside sh -c 'apt-get install -y --no-install-recommends /var/cache/lacathode-torch_*.deb' >/dev/null
inside lacathode --version | grep -q '^LibTorch [0-9]' || die "the module with LibTorch is not found"

say "Removing all"
inside sh -c 'apt-get purge -y lacathode lacathode-torch && apt-get autoremove --purge -y' >/dev/null
inside rm -rf /tmp/demo
after=$(files)
left=$(comm -13 <(echo "$before") <(echo "$after") | grep lacathode || true)
[[ -z $left ]] || die "the removed packages leave files behind: $left"
say "Installed, run and removed"
