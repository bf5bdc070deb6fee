# SPDX-License-Identifier: Apache-2.0
"""Records programs, reads reports, counts with DHAT: what the integration tests share.

Every test gets a folder of its own, removed afterwards, and programs run with a clean
environment: what the caller has set, a preload above all, must not change a count.
"""

import json
import os
import pathlib
import re
import resource
import shutil
import subprocess
import tempfile
import typing
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("ALLOCPROF_BUILD", ROOT / "build")).resolve()
LIBTRACE = BUILD / "libtrace.so"
ALLOCPROF = BUILD / "allocprof"

# Debian's `valgrind` is a shell script that sets variables, which CPython, for one, would count.
VALGRIND = shutil.which("valgrind.bin") or "valgrind"

# Programs that are meant to crash leave no core.
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def program(name):
    """The path of one of tests/programs."""
    return str(BUILD / "tests" / "programs" / name)


class Ended(typing.NamedTuple):
    """How a program ended; status is negative for a signal, as subprocess has it."""

    status: int
    stdout: bytes
    stderr: bytes


class Recorded(typing.NamedTuple):
    """A recorded run and the trace of its root process."""

    status: int
    stdout: bytes
    stderr: bytes
    trace: pathlib.Path


class Counted(typing.NamedTuple):
    """DHAT's totals."""

    blocks: int
    bytes: int
    stdout: bytes


def environment(folder, extra=None):
    variables = {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
    }
    variables.update(extra or {})
    return variables


def run(command, folder, env=None, stdin=None, timeout=60):
    """Runs a program as it is, in `folder`; `stdin` is the path of a file or nothing."""
    with open(stdin or os.devnull, "rb") as source:
        ended = subprocess.run(
            command,
            cwd=folder,
            env=environment(folder, env),
            stdin=source,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=timeout,
        )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def record(command, folder, env=None, stdin=None, timeout=60, trace="trace.json"):
    """Runs a program under libtrace.so. With trace=None the default output is left to it."""
    variables = {"LD_PRELOAD": str(LIBTRACE)}
    if trace is not None:
        variables["ALLOCPROF_OUTPUT"] = str(pathlib.Path(folder) / trace)
    variables.update(env or {})
    ended = run(command, folder, variables, stdin, timeout)
    return Recorded(*ended, pathlib.Path(folder) / (trace or "trace.json"))


def allocprof(*arguments, timeout=120):
    """Runs the command line."""
    ended = subprocess.run(
        [str(ALLOCPROF), *map(str, arguments)],
        env=environment("/"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        timeout=timeout,
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def report(trace, *options, timeout=120):
    """The whole report of a trace, as JSON: no list is cut unless the options say so."""
    if "--top" not in options:
        options = ("--top", "0", *options)
    ended = allocprof("report", "--format", "json", *options, trace, timeout=timeout)
    if ended.status != 0:
        raise AssertionError(
            f"allocprof report {trace} ended with {ended.status}: {ended.stderr.decode()}"
        )
    return json.loads(ended.stdout)


def function(result, name):
    """The row of one function, by its name without parameters; fails if there is none."""
    rows = [
        row
        for row in result["functions"]
        if re.split(r"[(<]", row["function"] or "")[0].split("::")[-1] == name
    ]
    if len(rows) != 1:
        known = sorted(row["function"] or "?" for row in result["functions"])
        raise AssertionError(f"{len(rows)} functions {name!r} among {known[:40]}")
    return rows[0]


def live_blocks_at_end(totals):
    """Births minus deaths. A reallocation is both: it ends one block and begins another."""
    return (
        totals["allocations"]
        - totals["reallocations"]
        - (totals["frees"] - totals["unknown_frees"])
    )


def dhat(command, folder, env=None, stdin=None, timeout=300):
    """DHAT's total blocks and bytes of the same run."""
    profile = pathlib.Path(folder) / "dhat.out"
    # As many variables as a recorded program has, none of them empty; here they mean nothing.
    env = {"ALLOCPROF_OUTPUT": "none", "ALLOCPROF_ROOT": "none", **(env or {})}
    ended = run(
        [VALGRIND, "--tool=dhat", f"--dhat-out-file={profile}", *command],
        folder,
        env,
        stdin,
        timeout,
    )
    found = re.search(rb"Total: +([0-9,]+) bytes in ([0-9,]+) blocks", ended.stderr)
    if not found:
        raise AssertionError(f"no totals from DHAT for {command}: {ended.stderr.decode()}")
    size, blocks = (int(group.replace(b",", b"")) for group in found.groups())
    return Counted(blocks, size, ended.stdout)


class IntegrationTest(unittest.TestCase):
    """A test with a folder of its own, `self.folder`."""

    maxDiff = None

    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="allocprof-test-")
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name).resolve()
        for product in (LIBTRACE, ALLOCPROF):
            self.assertTrue(product.exists(), f"{product} is not built")

    def assert_one_line(self, text, about):
        """Exactly one line on a stream: what a user reads when something is refused."""
        lines = text.decode().splitlines()
        self.assertEqual(len(lines), 1, f"{about}: one line wanted, got {lines}")
        self.assertTrue(lines[0].strip(), f"{about}: the line is empty")
