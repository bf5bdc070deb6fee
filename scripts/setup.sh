#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs the Debian packages that the build, the demo and the tests need: only those
# that are missing, so a second run changes nothing and needs no network.
set -eu

# Build: compilers, libraries of the reader and the command line.
packages="cmake g++ make ninja-build pkg-config binutils git
  libunwind-dev libspdlog-dev nlohmann-json3-dev libcli11-dev libdw-dev libelf-dev libdebuginfod-dev
  libiberty-dev libcapstone-dev libpcre2-dev libzstd-dev libtsl-hopscotch-map-dev liblzma-dev
  libgtest-dev libgmock-dev libbenchmark-dev"
# Tests and demo: programs to record, DHAT to compare with (it wants libc6-dbg), ELF readers.
packages="$packages sqlite3 valgrind libc6-dbg python3 perl elfutils debuginfod dwz
  mandoc groff-base zsh fish less dpkg-dev file python3-jsonschema python3-sarif-python-om
  python3-yaml libxml2-utils util-linux
  clang clang-format clang-tidy llvm zstd"
# Programs that the doctor is to know: another libc, an allocator linked in.
packages="$packages musl-tools libjemalloc-dev"
# A Rust toolchain of the user's own, from rustup say, is as good as Debian's.
command -v rustc >/dev/null 2>&1 || packages="$packages rustc"
command -v cargo >/dev/null 2>&1 || packages="$packages cargo"
# A program that compiles as it runs, to unwind through.
command -v node >/dev/null 2>&1 || packages="$packages nodejs"

if ! command -v dpkg-query >/dev/null 2>&1; then
  # shellcheck disable=SC2086 # a list of words, on one line
  echo "setup.sh: no dpkg here: install by hand what Debian calls:" $packages >&2
  exit 1
fi

missing=""
for package in $packages; do
  dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed ||
    missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -eq 0 ]; then
  as_root=""
elif command -v sudo >/dev/null 2>&1; then
  as_root="sudo"
else
  echo "setup.sh: missing packages and no sudo: as root, run: apt-get install$missing" >&2
  exit 1
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "setup.sh: installing$missing" >&2
apt() {
  # shellcheck disable=SC2086 # $as_root is a command or nothing
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 "$@" >"$log" 2>&1
}
# A stale package index that still serves is no reason to stop; the install tells.
apt update || true
# shellcheck disable=SC2086 # a list of words
if ! apt install -y --no-install-recommends $missing; then
  cat "$log" >&2
  echo "setup.sh: could not install$missing: see above; is a Debian mirror within reach?" >&2
  exit 1
fi
