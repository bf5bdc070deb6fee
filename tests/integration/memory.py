# SPDX-License-Identifier: Apache-2.0
"""Where the memory is: stacks touched, mappings of the program's own, the kernel's figures, and one
table in which the parts make up the resident memory."""

import json
import unittest

import harness
import workloads

MIB = 1 << 20


class MemoryTest(harness.IntegrationTest):
    def told(self, *lines, status=0):
        script = self.folder / "script"
        script.write_text("".join(f"{line}\n" for line in (*lines, "quit")))
        recorded = harness.record([harness.program("on_command")], self.folder, None, script)
        self.assertEqual(recorded.status, status, recorded.stderr.decode())
        return harness.report(recorded.trace)

    def test_program_mappings(self):
        before = self.told("keep 1 10")["resources"]["mapped_by_program"]
        result = self.told("keep 1 10", f"map {3 * MIB}", "map 100", f"remap {2 * MIB}", "unmap",
                           f"remap {MIB}", f"map {MIB}")
        after = result["resources"]["mapped_by_program"]
        grew = {key: after[key] - before[key] for key in after}
        self.assertEqual((grew["maps"], grew["unmaps"], grew["remaps"]), (3, 1, 2))
        self.assertEqual(grew["mapped_bytes"], 3 * MIB + 4096 + (2 * MIB - 4096) + MIB)
        self.assertEqual(grew["unmapped_bytes"], 2 * MIB + 2 * MIB)
        self.assertEqual(grew["peak_bytes"], 5 * MIB)
        self.assertEqual(result["resources"]["mapped_by_allocator"]["maps"], 0)
        row = self.rows(result)["mapped by the program itself"]
        self.assertEqual(row["at_end_bytes"],
                         before["mapped_bytes"] - before["unmapped_bytes"] + 2 * MIB)

    def test_blocks_that_malloc_maps(self):
        recorded = harness.record([harness.program("mapped_blocks")], self.folder)
        self.assertEqual(recorded.status, 0, recorded.stderr.decode())
        _, most_bytes, blocks = map(int, recorded.stdout.split())
        resources = harness.report(recorded.trace)["resources"]
        self.assertEqual(resources["mapped_blocks"]["blocks"], blocks)
        self.assertEqual(resources["mapped_blocks"]["peak_bytes"], most_bytes)
        self.assertGreaterEqual(resources["mapped_blocks"]["threshold_bytes"], 6000000)
        self.assertGreaterEqual(resources["heap_peak_bytes"], resources["heap_bytes"])

    def rows(self, result):
        return {row["what"]: row for row in result["memory"]}

    def check_sums(self, result):
        rows = result["memory"]
        for column in ("at_peak_bytes", "at_end_bytes"):
            parts = [row[column] for row in rows[:-1]]
            self.assertEqual(sum(parts), rows[-1][column], column)

    def test_the_parts_make_up_the_resident_memory(self):
        for make in (workloads.sqlite3, workloads.python3):
            work = make(self.folder)
            recorded = harness.record(work.command, self.folder, work.env, work.stdin)
            result = harness.report(recorded.trace)
            self.check_sums(result)
            rows = self.rows(result)
            self.assertEqual(rows["live heap, as asked for"]["at_peak_bytes"],
                             result["totals"]["peak_bytes"])
            resources = result["resources"]
            self.assertGreater(resources["resident_peak_bytes"], result["totals"]["peak_bytes"])
            self.assertGreaterEqual(resources["cpu_user_s"] + resources["cpu_system_s"], 0)
            self.assertGreater(resources["minor_faults"], 100)
            self.assertGreater(resources["heap_bytes"], 0)
            self.assertGreater(rows["the recorder"]["at_end_bytes"], 65536)

    def test_a_killed_process_has_what_its_spool_knows(self):
        recorded = harness.record([harness.program("ten_thousand"), "sigkill"], self.folder)
        result = harness.report(recorded.trace)
        self.assertIsNone(result["resources"]["cpu_user_s"])
        self.assertGreaterEqual(result["resources"]["mapped_by_program"]["maps"], 0)

    def test_slack_is_what_the_allocator_gives_beyond(self):
        # glibc rounds 10 bytes up to 24.
        result = self.told("keep 30000 10", "churn 100000")
        slack = self.rows(result)["rounded up by malloc (estimate)"]
        self.assertAlmostEqual(slack["at_peak_bytes"] / (30000 * 14), 1, delta=0.05)

    def test_stack_high_water_of_the_main_thread(self):
        (flat,) = self.told("keep 1 10")["threads"]
        (deep,) = self.told("keep 1 10", f"stack {2 * MIB}")["threads"]
        self.assertGreaterEqual(deep["stack_high_water_bytes"], 2 * MIB)
        self.assertLess(deep["stack_high_water_bytes"], 2 * MIB + 512 * 1024)
        self.assertLess(flat["stack_high_water_bytes"], 512 * 1024)
        # No event saw that depth: only the pages tell.
        self.assertLess(deep["stack_depth_max"], 256 * 1024)

    def test_stack_high_water_of_threads(self):
        result = harness.report(
            harness.record([harness.program("threads_named")], self.folder).trace)
        for row in result["threads"]:
            self.assertGreater(row["stack_high_water_bytes"], 0, row)
            self.assertGreaterEqual(row["stack_high_water_bytes"] + 4096, row["stack_depth_max"])
            self.assertLess(row["stack_high_water_bytes"], row["stack_limit_bytes"])

    def test_samples_carry_the_figures(self):
        work = workloads.sqlite3(self.folder)
        recorded = harness.record(work.command, self.folder, work.env, work.stdin)
        records = [json.loads(line.rstrip(b",")) for line in recorded.trace.read_bytes().splitlines()
                   if line.startswith((b'{"k":"sample"', b'{"k":"end"'))]
        for key in ("ns", "t"):
            self.assertEqual([r[key] for r in records], sorted(r[key] for r in records))
        for record in records:
            self.assertGreater(record["rss"], record["file"])
            self.assertGreaterEqual(record["faults"][0], 0)
        self.assertGreaterEqual(records[-1]["faults"][0], records[0]["faults"][0])


class AllocatorCostTest(harness.IntegrationTest):
    def test_one_call_in_about_256_is_timed(self):
        work = workloads.sqlite3(self.folder)
        recorded = harness.record(work.command, self.folder, work.env, work.stdin)
        result = harness.report(recorded.trace)
        events = result["trust"]["events"]
        timed = result["allocator_calls"]
        sampled = sum(row["timed"] for row in timed)
        self.assertGreater(sampled, events / 400)
        self.assertLess(sampled, events / 200)
        self.assertLessEqual({"allocate", "free"}, {row["call"] for row in timed})
        for row in timed:
            self.assertLessEqual(row["timed"], row["calls"])
            self.assertLessEqual(row["p50_s"], row["p99_s"])
            self.assertLessEqual(row["p99_s"], row["p999_s"])
            self.assertLess(row["p50_s"], 1e-3)
        # What was timed is chance: frees as often as allocations, about.
        frees = sum(row["timed"] for row in timed if row["call"] == "free")
        self.assertGreater(frees, sampled / 4)
        self.assertLess(frees, sampled * 3 / 4)

    def test_a_pattern_of_two_is_not_always_met_on_one_foot(self):
        script = self.folder / "script"
        script.write_text("churn 200000\nquit\n")
        recorded = harness.record([harness.program("on_command")], self.folder, None, script)
        timed = harness.report(recorded.trace)["allocator_calls"]
        by_call = {row["call"]: row["timed"] for row in timed}
        self.assertGreater(min(by_call["allocate"], by_call["free"]), 300)

    def test_usable_sizes_hold_the_block(self):
        work = workloads.python3(self.folder)
        recorded = harness.record(work.command, self.folder, work.env, work.stdin)
        dumped = json.loads(harness.allocprof("dump", recorded.trace).stdout)
        last = {}
        costs = 0
        for record in dumped:
            if record["k"] in ("alloc", "free"):
                last[record["thread"]] = record
            elif record["k"] == "cost":
                costs += 1
                event = last[record["thread"]]
                self.assertEqual((record["by"], record["address"]),
                                 (event["by"], event["address"]))
                if event["k"] == "alloc":
                    self.assertGreaterEqual(record["usable"], event["size"])
        self.assertGreater(costs, 100)


if __name__ == "__main__":
    unittest.main()
