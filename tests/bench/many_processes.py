#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What recording costs a build of many small processes: `make` with 200 rules, each a program that
does next to nothing, natively and under libtrace.so.

The runs are interleaved and figures are medians over the rounds, by the clock and of processor time
(user + system of make and all that it waited for). With --most MS it ends with 1 when a process costs
more processor time than that over native in the best of the rounds; the clock's figure needs a quiet
machine.

Usage: many_processes.py BUILD_DIR [--processes N] [--rounds N] [--jobs N] [--most MS]
"""
import argparse
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time


def milliseconds(command, folder, env):
    """By the clock, and of the processor."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    done = subprocess.run(command, cwd=folder, env=env, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, check=False)
    took = (time.monotonic() - start) * 1e3
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"many_processes.py: make ended with {done.returncode}: {done.stderr[-300:]!r}")
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return took, cpu * 1e3


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build")
    parser.add_argument("--processes", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--most", type=float)
    arguments = parser.parse_args()
    library = pathlib.Path(arguments.build).resolve() / "libtrace.so"
    work = pathlib.Path(tempfile.mkdtemp(prefix="allocprof-bench-"))
    targets = " ".join(f"t{i}" for i in range(arguments.processes))
    (work / "Makefile").write_text(
        f"all: {targets}\n.PHONY: all {targets}\n{targets}:\n\t@/bin/true\n")
    command = ["make", f"-j{arguments.jobs}", "-f", str(work / "Makefile")]
    base = {name: value for name, value in os.environ.items()
            if not name.startswith(("ALLOCPROF_", "MAKE")) and name != "LD_PRELOAD"}
    native, recorded = [], []
    for round_ in range(arguments.rounds + 1):
        folder = work / f"round{round_}"
        folder.mkdir()
        plain = milliseconds(command, folder, base)
        traced = milliseconds(command, folder,
                              dict(base, LD_PRELOAD=str(library),
                                   ALLOCPROF_OUTPUT=str(folder / "trace.json")))
        traces = len(list(folder.glob("trace*.json")))
        if traces <= arguments.processes:
            sys.exit(f"many_processes.py: {traces} traces of {arguments.processes} processes")
        shutil.rmtree(folder)
        if round_ > 0:  # the first round warms the caches
            native.append(plain)
            recorded.append(traced)
    print(f"make of {arguments.processes} processes, -j{arguments.jobs}")
    best = []
    for index, name in enumerate(("clock", "processor")):
        added = [(t[index] - p[index]) / arguments.processes for p, t in zip(native, recorded)]
        best.append(min(added))
        print(f"  by the {name}: {statistics.median(p[index] for p in native):.0f} ms natively, "
              f"{statistics.median(t[index] for t in recorded):.0f} ms recorded, "
              f"{statistics.median(added):.2f} ms a process added (best {min(added):.2f})")
    shutil.rmtree(work)
    return 1 if arguments.most is not None and best[1] > arguments.most else 0


if __name__ == "__main__":
    sys.exit(main())
