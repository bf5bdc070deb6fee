# SPDX-License-Identifier: Apache-2.0
"""Every allocation is counted, once: blocks and bytes equal those of Valgrind's DHAT.

Both count a realloc as a new block of its whole new size. Where the two runs of a program
really differ, EXPLAINED says where, by how much and why; nothing else may, and never by more
than four blocks. Run as a script, this prints the table.
"""

import itertools
import pathlib
import sys
import tempfile
import typing
import unittest

import harness
import workloads

MOST_BLOCKS = 4


class Difference(typing.NamedTuple):
    """What ours minus DHAT's is made of at one site: so many `times` a block (or none) and bytes,
    and why the two runs are not the same there."""

    site: str
    blocks: int
    bytes: int
    times: range
    why: str


def thread_vectors(threads):
    return Difference(
        "pthread_create: _dl_allocate_tls, a calloc a thread", 0, 16, range(threads, threads + 1),
        "the thread vector has an entry of 16 bytes for each module with thread-local storage, "
        "and libtrace.so is one more",
    )


EXPLAINED = {
    "python3": [
        Difference(
            "importlib: _thread.get_ident, an int for each lock of a module", 0, 4, range(200),
            "a thread's ident is its address: below 2**30 under Valgrind, an int of 28 bytes, and "
            "above it elsewhere, 32 bytes",
        ),
    ],
    "rust_work": [thread_vectors(1)],
    "threads_named": [thread_vectors(3)],
    "cc1plus": [
        Difference(
            "ggc-page.cc: set_page_table_entry", 1, 32768, range(-MOST_BLOCKS, MOST_BLOCKS + 1),
            "gcc's collector keeps one table for each 16 MiB of addresses that its pages happen to "
            "lie in: two runs without any tool differ by one as well",
        ),
    ],
}


def explanation(differences, blocks, size):
    """How many times each difference explains these blocks and bytes; None if nothing does."""
    for times in itertools.product(*(each.times for each in differences)):
        if blocks == sum(n * each.blocks for n, each in zip(times, differences)) and size == sum(
            n * each.bytes for n, each in zip(times, differences)
        ):
            return times
    return None


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
        blocks = row.allocations - row.theirs.blocks
        size = row.allocated_bytes - row.theirs.bytes
        known = EXPLAINED.get(name, [])
        self.assertLessEqual(abs(blocks), MOST_BLOCKS, f"{name}: blocks\n{row.text()}")
        self.assertIsNotNone(
            explanation(known, blocks, size),
            f"{name}: {blocks:+} blocks and {size:+} bytes against DHAT are not explained by "
            f"{[each.site for each in known]}",
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
            print(f"{name}: {each.site}: {each.why}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        unittest.main()
    print_table()
