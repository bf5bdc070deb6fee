#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Looks at the sources without running them: clang-tidy over src/ and cli/ by .clang-tidy, then the
# tests of the rooms' layers and of libtrace.so's symbols. Needs a built build/.
#   scripts/lint.sh            everything
#   scripts/lint.sh FILE.cc…   clang-tidy on these alone
set -eu
cd "$(dirname "$0")/.."

if ! command -v clang-tidy >/dev/null 2>&1; then
  echo "lint.sh: no clang-tidy; on Debian: apt-get install clang-tidy" >&2
  exit 1
fi
if [ ! -f build/compile_commands.json ]; then
  echo "lint.sh: no build/compile_commands.json; run scripts/build.sh first" >&2
  exit 1
fi
tidy() {
  # -Wno-unknown-warning-option: the flags are g++'s.
  printf '%s\n' "$@" | xargs -P "$(nproc)" -n 4 \
    clang-tidy -p build --quiet --extra-arg=-Wno-unknown-warning-option 2>/dev/null
}
if [ $# -gt 0 ]; then
  tidy "$@"
  exit
fi
# shellcheck disable=SC2046 # our file names have no spaces
tidy $(git ls-files 'src/*.cc' 'cli/*.cc')
exec ctest --test-dir build --output-on-failure --no-tests=error -R '^(layers|symbols_of_objects)\.'
