#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Formats every C and C++ source by .clang-format; with --check says what would change, and exits 1.
set -eu
cd "$(dirname "$0")/.."

how=-i
case ${1:-} in
  "") ;;
  --check) how="--dry-run -Werror" ;;
  *) sed -n '3s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
if ! command -v clang-format >/dev/null 2>&1; then
  echo "format.sh: no clang-format; on Debian: apt-get install clang-format" >&2
  exit 1
fi
# shellcheck disable=SC2086 # one or two options
git ls-files '*.c' '*.cc' '*.cpp' '*.h' | xargs clang-format $how
