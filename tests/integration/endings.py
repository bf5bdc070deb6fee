# SPDX-License-Identifier: Apache-2.0
"""Nothing is lost, however a process ends: 10,000 allocations are reported after each ending,
SIGKILL included, and a trace that is cut anywhere still reads as far as it goes."""

import json
import signal
import unittest

import harness
import workloads

KEPT = 10000
KEPT_BYTES = 655000


class EndingsTest(harness.IntegrationTest):
    def check(self, ending, status, complete, code=None, kept=KEPT):
        recorded = harness.record([harness.program("ten_thousand"), ending], self.folder)
        self.assertEqual(recorded.status, status, recorded.stderr.decode())
        self.assertEqual(recorded.stderr, b"")
        self.check_kept(recorded.trace, kept, complete, code)

    def check_kept(self, trace, kept, complete, code):
        result = harness.report(trace)
        keep = harness.function(result, "keep")
        self.assertEqual(keep["self"]["allocations"], kept, "keep, itself")
        self.assertEqual(keep["total"]["allocations"], kept, "keep and what it calls")
        self.assertEqual(keep["total"]["allocated_bytes"], kept * KEPT_BYTES // KEPT)
        self.assertEqual(keep["total"]["leaked_bytes"], kept * KEPT_BYTES // KEPT)
        self.assertGreaterEqual(result["totals"]["allocations"], kept)
        self.assertEqual(result["totals"]["lost_events"], 0)
        self.assertIs(result["process"]["complete"], complete, result["process"])
        self.assertEqual(result["process"]["exit"]["code"], code, result["process"])

    def test_return(self):
        self.check("return", 6, complete=True, code=6)

    def test_exit(self):
        self.check("exit", 3, complete=True, code=3)

    def test_underscore_exit(self):
        self.check("_exit", 4, complete=True, code=4)

    def test_quick_exit(self):
        self.check("quick_exit", 5, complete=True, code=5)

    def test_exit_with_threads_alive(self):
        self.check("threads", 4, complete=True, code=4, kept=2 * KEPT)

    def test_abort(self):
        self.check("abort", -signal.SIGABRT, complete=False)

    def test_sigkill(self):
        self.check("sigkill", -signal.SIGKILL, complete=False)

    def test_segv(self):
        self.check("segv", -signal.SIGSEGV, complete=False)

    def test_fork(self):
        self.check("fork", 3, complete=True, code=3)
        (child,) = self.folder.glob("trace.*.json")
        self.check_kept(child, KEPT, complete=True, code=7)


class CutTraceTest(harness.IntegrationTest):
    """The whole run is a prefix of itself: a cut trace never claims more than the full one."""

    GROW_ONLY = ("allocations", "frees", "reallocations", "allocated_bytes", "peak_bytes",
                 "peak_blocks", "temporary_allocations", "failed_allocations")

    def check_cuts(self, work, places):
        recorded = harness.record(work.command, self.folder, work.env, work.stdin)
        whole = recorded.trace.read_bytes()
        full = harness.report(recorded.trace)["totals"]
        cut = self.folder / "cut.json"
        readable = 0
        for size in sorted(places(len(whole))):
            cut.write_bytes(whole[:size])
            ended = harness.allocprof("report", "--format", "json", cut)
            where = f"cut at byte {size} of {len(whole)}"
            self.assertIn(ended.status, (0, 1), f"{where}: {ended.stderr.decode()}")
            if ended.status == 1:
                self.assert_one_line(ended.stderr, where)
                self.assertEqual(ended.stdout, b"", where)
                continue
            readable += 1
            result = json.loads(ended.stdout)
            for name in self.GROW_ONLY:
                self.assertLessEqual(result["totals"][name], full[name], f"{where}: {name}")
            # Whitespace and the closing bracket carry nothing; all else is missed, and said.
            if whole[size:].strip(b"]}\n "):
                self.assertFalse(result["process"]["complete"], f"{where}: said to be complete")
                self.assertTrue(result["notes"], f"{where}: the damage is not said")
        self.assertGreater(readable, 0, "no cut trace could be read at all")

    def test_cut_at_every_byte_of_a_short_trace(self):
        # Every byte of its head, where the header stands, and every seventh from there on.
        self.check_cuts(
            workloads.frees(self.folder),
            lambda size: {*range(0, min(size, 400)), *range(400, size, 7), *range(size - 80, size)},
        )

    def test_cut_at_many_bytes_of_a_long_trace(self):
        self.check_cuts(
            workloads.sqlite3(self.folder),
            lambda size: {*range(0, size, size // 150), *range(size - 40, size)},
        )


if __name__ == "__main__":
    unittest.main()
