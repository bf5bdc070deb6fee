# SPDX-License-Identifier: Apache-2.0
"""Programs whose counts are known by hand are reported with exactly these; the head of each of
tests/programs says where the numbers come from."""

import unittest

import harness
import workloads


class KnownCountsTest(harness.IntegrationTest):
    def result(self, name):
        recorded = harness.record([harness.program(name)], self.folder)
        self.assertEqual(recorded.status, 0, (recorded.stdout + recorded.stderr).decode())
        return harness.report(recorded.trace)

    def check_totals(self, result, **expected):
        found = {name: result["totals"][name] for name in expected}
        self.assertEqual(found, expected)

    def check_total(self, result, name, **expected):
        row = harness.function(result, name)["total"]
        self.assertEqual({key: row[key] for key in expected}, expected, name)

    def test_family(self):
        self.check_totals(
            self.result("family"), allocations=13, reallocations=3, frees=10,
            allocated_bytes=781, failed_allocations=7, leaked_blocks=0, leaked_bytes=0,
            unknown_frees=0, lost_events=0,
        )

    def test_phases(self):
        result = self.result("phases")
        self.check_totals(
            result, allocations=11, allocated_bytes=2325, before_main_allocations=3,
            after_main_allocations=3, frees=0, peak_blocks=11, peak_bytes=2325,
        )
        self.check_total(result, "before_main", allocations=3, allocated_bytes=306)
        self.check_total(result, "in_main", allocations=5, allocated_bytes=1015)
        self.check_total(result, "after_main", allocations=2, allocated_bytes=603)
        self.check_total(result, "at_the_end", allocations=1, allocated_bytes=401)
        # main's own five are all that main is blamed for.
        self.check_total(result, "main", allocations=5)

    def test_frees(self):
        result = self.result("frees")
        self.check_totals(
            result, allocations=88, frees=81, reallocations=0, allocated_bytes=4028,
            peak_bytes=2428, peak_blocks=38, leaked_blocks=7, leaked_bytes=700,
            temporary_allocations=51, unknown_frees=0, failed_allocations=0, threads=1,
        )
        self.check_total(result, "late_here", allocations=20, allocated_bytes=1280,
                         peak_bytes=1280, leaked_bytes=0, temporary_allocations=0)
        self.check_total(result, "leak_here", allocations=7, allocated_bytes=700,
                         peak_bytes=700, leaked_bytes=700, temporary_allocations=0)
        self.check_total(result, "temp_here", allocations=50, allocated_bytes=1600,
                         peak_bytes=0, leaked_bytes=0, temporary_allocations=50)
        self.check_total(result, "contained_here", allocations=10, allocated_bytes=400,
                         peak_bytes=400, leaked_bytes=0, temporary_allocations=1)
        self.check_total(result, "deep_here", allocations=1, allocated_bytes=48,
                         peak_bytes=48, leaked_bytes=0, temporary_allocations=0)
        self.check_total(result, "main", allocations=88, allocated_bytes=4028)

    def test_stack_of_a_big_frame(self):
        result = self.result("frees")
        deep = harness.function(result, "deep_here")
        self.assertGreaterEqual(deep["frame_bytes"], 4096)
        self.assertLess(deep["frame_bytes"], 4096 + 256)
        self.assertGreaterEqual(deep["stack_depth_max"], 4096)
        other = harness.function(result, "late_here")
        self.assertLess(other["frame_bytes"], 256)
        (thread,) = result["threads"]
        self.assertGreaterEqual(thread["stack_depth_max"], deep["stack_depth_max"])

    def test_threads_named(self):
        result = self.result("threads_named")
        rows = {row["name"]: (row["allocations"], row["allocated_bytes"])
                for row in result["threads"]}
        self.assertEqual(len(result["threads"]), 4)
        self.assertEqual(result["totals"]["threads"], 4)
        self.assertEqual(rows["alpha"], (1000, 24000))
        self.assertEqual(rows["beta"], (2000, 96000))
        self.assertEqual(rows["gamma"], (3000, 216000))
        self.check_total(result, "allocate", allocations=6000, allocated_bytes=336000,
                         leaked_bytes=24 + 48 + 72, temporary_allocations=5997)

    def test_signals(self):
        result = self.result("signals")
        self.check_totals(result, allocations=200100, frees=200000, leaked_blocks=100,
                          leaked_bytes=3300, unknown_frees=0, lost_events=0)
        self.check_total(result, "in_handler", allocations=100, allocated_bytes=3300)
        self.check_total(result, "main_line", allocations=200000, temporary_allocations=200000)
        # The handler's stack goes on, over the signal's frame, to who raised it.
        self.check_total(result, "raise_here", allocations=100)

    def test_runtime_is_told_from_leaks(self):
        # libstdc++'s start-up pool, stdio's buffer: alive at the end, nobody's leak.
        self.check_totals(self.result("threads_named"), leaked_bytes=24 + 48 + 72,
                          leaked_blocks=3)
        recorded = harness.record([harness.program("early_exit_status")], self.folder)
        result = harness.report(recorded.trace)
        self.check_totals(result, leaked_blocks=10, leaked_bytes=110)
        self.check_total(result, "made_here", allocations=10, leaked_bytes=110)

    def test_rust_main_that_is_empty_allocates_nothing(self):
        work = workloads.rust_empty(self.folder)
        recorded = harness.record(work.command, self.folder)
        totals = harness.report(recorded.trace)["totals"]
        self.assertGreater(totals["allocations"], 0, "std's runtime does allocate")
        self.assertEqual(
            totals["before_main_allocations"] + totals["after_main_allocations"],
            totals["allocations"],
        )
        self.assertEqual(totals["leaked_bytes"], 0)

    def test_rust_vec_growth(self):
        work = workloads.rust_work(self.folder)
        recorded = harness.record(work.command, self.folder)
        result = harness.report(recorded.trace)
        # 4, 8, ... 1,024 elements of 8 bytes: 9 allocations, 8 of them reallocations.
        self.check_total(result, "grow_vec", allocations=9, allocated_bytes=8 * (2048 - 4))
        self.check_total(result, "box_up", allocations=1000, allocated_bytes=128000)


if __name__ == "__main__":
    unittest.main()
