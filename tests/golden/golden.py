# SPDX-License-Identifier: Apache-2.0
"""Compares what allocprof prints with the files here, byte for byte.

    golden.py ALLOCPROF FOLDER            compares every *.expected of the folder
    golden.py --update ALLOCPROF FOLDER   writes them anew

A file is named by its command: `report--format-json--top-0.expected` in folder `service` is what
`allocprof report --format json --top 0 trace.json` prints there. A new golden is an empty file of
the right name and an --update.
"""

import difflib
import os
import pathlib
import subprocess
import sys

SUFFIX = ".expected"


def command_of(name):
    """report--format-json--plumbing -> report --format json --plumbing"""
    command, *options = name.removesuffix(SUFFIX).split("--")
    words = [command]
    for option in options:
        flag, _, value = option.partition("-")
        words += ["--" + flag] + ([value] if value else [])
    return words


def printed_by(allocprof, folder, name):
    environment = {"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"], "TZ": "UTC"}
    run = subprocess.run([allocprof, *command_of(name), "trace.json"], cwd=folder,
                         env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if run.returncode != 0 or run.stderr:
        sys.exit(f"{folder.name}/{name}: exit {run.returncode}\n{run.stderr.decode()}")
    return run.stdout


def main():
    arguments = sys.argv[1:]
    update = arguments[:1] == ["--update"]
    allocprof, folder = arguments[1:] if update else arguments
    allocprof, folder = os.path.abspath(allocprof), pathlib.Path(folder)
    goldens = sorted(folder.glob("*" + SUFFIX))
    if not goldens:
        sys.exit(f"{folder}: no *{SUFFIX}")
    different = 0
    for golden in goldens:
        actual = printed_by(allocprof, folder, golden.name)
        expected = golden.read_bytes()
        if update:
            golden.write_bytes(actual)
        elif actual != expected:
            different += 1
            sys.stdout.writelines(difflib.unified_diff(
                expected.decode().splitlines(True), actual.decode().splitlines(True),
                f"{folder.name}/{golden.name}", "printed now"))
    if different:
        sys.exit(f"{different} of {len(goldens)} differ; if that is meant: scripts/golden.sh --update")


main()
