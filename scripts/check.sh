#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# All that a change must pass, in the order in which it fails soonest: format, build, lint, every
# test, then the unit tests under each sanitizer. CI runs this.
#   scripts/check.sh           everything
#   scripts/check.sh --quick   without the sanitizers
set -eu
cd "$(dirname "$0")/.."

case ${1:-} in
  "" | --quick) ;;
  *) sed -n '3,6s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
scripts/setup.sh
scripts/format.sh --check
scripts/build.sh
scripts/lint.sh
scripts/test.sh
[ "${1:-}" != --quick ] || exit 0
for sanitizer in asan ubsan tsan; do
  scripts/sanitize.sh "$sanitizer"
done
