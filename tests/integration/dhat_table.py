# SPDX-License-Identifier: Apache-2.0
"""Every allocation is counted, once: blocks and bytes equal those of Valgrind's DHAT.

Both count a realloc as a new block of its whole new size. Where the two runs of a program
really differ, EXPLAINED says where, by how much and why; nothing else may, and never by more
than four blocks. Run as a script, this prints the table.
"""

import pathlib
import tempfile
import typing
import unittest

import harness
import workloads

MOST_BLOCKS = 4


class Difference(typing.NamedTuple):
    """Ours minus DHAT's at one site, and why the two runs are not the same there."""

    site: str
    blocks: int
    bytes: int
    why: str


EXPLAINED = {}


class Row(typing.NamedTuple):
    workload: str
    theirs: harness.Counted
    allocations: int
    allocated_bytes: int

    def text(self):
        return (
            f"{self.workload:14} {self.theirs.blocks:>10,} {self.allocations:>10,} "
            f"{self.allocations - self.theirs.blocks:>+7,} {self.theirs.bytes:>14,} "
            f"{self.allocated_bytes:>14,} {self.allocated_bytes - self.theirs.bytes:>+9,}"
        )


HEADER = (
    f"{'program':14} {'DHAT':>10} {'ours':>10} {'blocks':>7} {'DHAT bytes':>14} "
    f"{'our bytes':>14} {'bytes':>9}"
)


def measure(name, folder):
    work = workloads.ALL[name](folder)
    recorded = harness.record(work.command, folder, work.env, work.stdin)
    if recorded.status != 0:
        raise AssertionError(f"{name} ended with {recorded.status}: {recorded.stderr.decode()}")
    totals = harness.report(recorded.trace)["totals"]
    theirs = harness.dhat(work.command, folder, work.env, work.stdin)
    allocated_bytes = totals["allocated_bytes"]
    if name == "python3":
        # The preload's variables and Valgrind's are equally many, but not equally long.
        allocated_bytes += int(theirs.stdout[-6:]) - int(recorded.stdout[-6:])
    return Row(name, theirs, totals["allocations"], allocated_bytes)


class DhatTableTest(harness.IntegrationTest):
    def check(self, name):
        row = measure(name, self.folder)
        print(HEADER, row.text(), sep="\n")
        explained = EXPLAINED.get(name, [])
        said = "; ".join(f"{each.site}: {each.why}" for each in explained) or "nothing explained"
        self.assertLessEqual(sum(abs(each.blocks) for each in explained), MOST_BLOCKS)
        self.assertEqual(
            row.allocations - row.theirs.blocks,
            sum(each.blocks for each in explained),
            f"{name}: blocks differ from DHAT's ({said})\n{row.text()}",
        )
        self.assertEqual(
            row.allocated_bytes - row.theirs.bytes,
            sum(each.bytes for each in explained),
            f"{name}: bytes differ from DHAT's ({said})\n{row.text()}",
        )

    def test_sqlite3(self):
        self.check("sqlite3")

    def test_python3(self):
        self.check("python3")

    def test_cc1plus(self):
        self.check("cc1plus")

    def test_rust_empty(self):
        self.check("rust_empty")

    def test_rust_work(self):
        self.check("rust_work")

    def test_threads_named(self):
        self.check("threads_named")

    def test_frees(self):
        self.check("frees")


def print_table():
    print(HEADER)
    for name in workloads.ALL:
        with tempfile.TemporaryDirectory(prefix="allocprof-dhat-") as folder:
            print(measure(name, pathlib.Path(folder)).text(), flush=True)
    for name, differences in EXPLAINED.items():
        for each in differences:
            print(f"{name}: {each.blocks:+} blocks, {each.bytes:+} bytes at {each.site}: {each.why}")


if __name__ == "__main__":
    import sys

    if len(sys.argv) > 1:
        unittest.main()
    print_table()
