#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the programs beside this file natively and under an allocation profiler, and says for each
hazard whether the program went undisturbed, how many of its known events the tool kept, and whether
what it found is right.

Any profiler can be asked that can be told here how it is run and how its record is read: all that
is wanted of it are the allocations of 7919 bytes in the root process, and which of them were freed.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import typing

SIZE = 7919
SKIPPED = 77


class Row(typing.NamedTuple):
    program: str
    hazard: str
    known: int
    leaks: int = 0
    arguments: tuple = ()
    status: int = 0


# `known` and `leaks` are of the root process, as the comment atop each program says.
ROWS = [
    Row("fork_threads", "100 forks amid allocating threads", 1000),
    Row("fork_depth", "children of children, five deep", 10),
    Row("vfork_spawn", "vfork, posix_spawn, CLONE_VM, raw fork", 40),
    Row("exec_environment", "exec with an environment of its own", 20),
    Row("closed_descriptors", "daemon that closes all descriptors", 20),
    Row("seccomp_filter", "filter that kills on most system calls", 20),
    Row("limits", "RLIMIT_NOFILE, FSIZE, AS", 100),
    Row("many_threads", "2,820 threads, with destructors, cancelled", 4820),
    Row("signal_handlers", "handlers that allocate", 2000),
    Row("after_main", "before main, exit handlers, destructors", 40, 10),
    Row("namespaces", "RTLD_DEEPBIND and dlmopen", 20),
    Row("jumps", "exceptions, longjmp, coroutines", 3000),
    Row("edges", "edges of the malloc family, errno", 3),
    Row("address_reuse", "addresses that change threads", 400000),
    Row("ends", "ends by return", 500, 100, ("return",), 4),
    Row("ends", "ends by _exit", 500, 100, ("_exit",), 4),
    Row("ends", "ends by quick_exit", 500, 100, ("quick_exit",), 4),
    Row("ends", "ends by abort", 500, 100, ("abort",), -6),
    Row("ends", "ends by SIGKILL", 500, 100, ("sigkill",), -9),
    Row("ends", "ends by SIGSEGV", 500, 100, ("segv",), -11),
    Row("introspection", "looks at itself", 10),
    Row("chroot_setuid", "chroot and setuid", 40),
]


class Found(typing.NamedTuple):
    allocations: int
    leaks: int


class Tool:
    """How a profiler is run, and how its record is read."""

    def environment(self, folder):
        return {}

    def command(self, command, folder):
        return command

    def found(self, folder):
        """Of the root process; None if there is no record, or it cannot be read."""


class Nothing(Tool):
    def found(self, folder):
        return None


class Allocprof(Tool):
    def __init__(self, build):
        self.library = build / "libtrace.so"
        self.allocprof = build / "allocprof"

    def environment(self, folder):
        return {"LD_PRELOAD": str(self.library), "ALLOCPROF_OUTPUT": str(folder / "trace.json")}

    def found(self, folder):
        dump = subprocess.run([self.allocprof, "dump", folder / "trace.json"],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
        if dump.returncode != 0:
            return None
        allocations, live = 0, set()
        for line in dump.stdout.splitlines():
            line = line.rstrip(b",")
            if line.startswith(b'{"k":"alloc"'):
                event = json.loads(line)
                if event["size"] == SIZE:
                    allocations += 1
                    live.add(event["address"])
            elif line.startswith(b'{"k":"free"'):
                live.discard(json.loads(line)["address"])
        return Found(allocations, len(live))


class Heaptrack(Tool):
    """Its library alone, which writes raw lines: `+ size trace address`, `- address`."""

    def __init__(self):
        places = ("/usr/lib/heaptrack", "/usr/lib/x86_64-linux-gnu/heaptrack", "/usr/local/lib/heaptrack")
        found = [pathlib.Path(place) / "libheaptrack_preload.so" for place in places]
        self.library = next((path for path in found if path.exists()), None)
        if self.library is None:
            sys.exit("conformance.py: no libheaptrack_preload.so; install the package libheaptrack")

    def environment(self, folder):
        return {"LD_PRELOAD": str(self.library), "DUMP_HEAPTRACK_OUTPUT": str(folder / "raw.$$")}

    def found(self, folder):
        # A child writes its own file; the root's is the one with the lowest number.
        files = sorted(folder.glob("raw.*"), key=lambda path: int(path.suffix[1:] or 0))
        if not files:
            return None
        allocations, live = 0, set()
        for line in files[0].read_bytes().splitlines():
            words = line.split()
            if len(words) == 4 and words[0] == b"+" and int(words[1], 16) == SIZE:
                allocations += 1
                live.add(words[3])
            elif len(words) == 2 and words[0] == b"-":
                live.discard(words[1])
        return Found(allocations, len(live))


class Result(typing.NamedTuple):
    undisturbed: bool
    how: str
    found: typing.Optional[Found]

    def kept(self, row):
        return self.found is not None and self.found.allocations == row.known

    def right(self, row):
        return self.kept(row) and self.found.leaks == row.leaks


def run(row, programs, tool, timeout):
    """None if the program cannot be tried here."""
    with tempfile.TemporaryDirectory(prefix="conformance-") as name:
        folder = pathlib.Path(name)
        command = [str(programs / row.program), *row.arguments]
        environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8",
                       **tool.environment(folder)}
        child = subprocess.Popen(tool.command(command, folder), cwd=folder, env=environment,
                                 stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, start_new_session=True)
        try:
            _, said = child.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            # Its children as well: one of them hangs, perhaps.
            os.killpg(child.pid, 9)
            child.communicate()
            return Result(False, f"hangs, over {timeout} s", tool.found(folder))
        if child.returncode == SKIPPED:
            return None
        lines = said.decode(errors="replace").strip().splitlines()
        how = "" if child.returncode == row.status else \
            f"status {child.returncode}" + (f": {lines[-1]}" if lines else "")
        return Result(child.returncode == row.status, how, tool.found(folder))


def words(row, result, judged):
    yes = "yes" if result.undisturbed else f"NO: {result.how}"
    if not judged:
        return yes, "", ""
    found = result.found
    if found is None:
        return yes, "NO: no record", "NO"
    kept = f"{found.allocations:,} of {row.known:,}"
    right = "yes" if result.right(row) else f"NO: {found.leaks:,} leaks, not {row.leaks:,}" \
        if result.kept(row) else "NO"
    return yes, kept, right


def main():
    parser = argparse.ArgumentParser(description="Runs the conformance programs under a profiler.")
    parser.add_argument("--tool", choices=("allocprof", "heaptrack", "none"), default="allocprof")
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build"))
    parser.add_argument("--only", help="rows of this program alone")
    parser.add_argument("--timeout", type=int, default=60, metavar="SECONDS")
    parser.add_argument("--markdown", action="store_true", help="a table for a README")
    arguments = parser.parse_args()
    build = arguments.build.resolve()
    programs = build / "tests" / "conformance"
    tool = {"allocprof": lambda: Allocprof(build), "heaptrack": Heaptrack,
            "none": Nothing}[arguments.tool]()
    rows = [row for row in ROWS if arguments.only in (None, row.program)]
    if not rows:
        sys.exit(f"conformance.py: no program {arguments.only}")
    judged = arguments.tool != "none"
    table = [("hazard", "undisturbed", "events kept", "findings right")]
    failed = 0
    for row in rows:
        if not (programs / row.program).exists():
            sys.exit(f"conformance.py: {programs / row.program} is not built")
        result = run(row, programs, tool, arguments.timeout)
        if result is None:
            table.append((row.hazard, "not tried: needs root", "", ""))
            continue
        table.append((row.hazard, *words(row, result, judged)))
        failed += not result.undisturbed or (judged and not result.right(row))
    widths = [max(len(line[i]) for line in table) for i in range(4)]
    for number, line in enumerate(table):
        if arguments.markdown:
            print("| " + " | ".join(line) + " |")
            if number == 0:
                print("|---" * 4 + "|")
        else:
            print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())
    print(f"\n{arguments.tool}: {len(rows) - failed} of {len(rows)} rows in order")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
