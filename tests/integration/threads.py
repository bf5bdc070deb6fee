# SPDX-License-Identifier: Apache-2.0
"""Threads that come and go: what each did is kept under its own name, and rings are used again, so
that memory does not grow with the number of threads that ever were."""

import json
import unittest

import harness

MANY = 4000


class ThreadsTest(harness.IntegrationTest):
    def told(self, *lines):
        script = self.folder / "script"
        script.write_text("".join(f"{line}\n" for line in (*lines, "quit")))
        recorded = harness.record([harness.program("on_command")], self.folder, None, script)
        self.assertEqual(recorded.status, 0, recorded.stderr.decode())
        self.assertEqual(recorded.stderr, b"")
        return recorded.trace

    def test_four_thousand_short_threads_share_a_few_rings(self):
        few = harness.report(self.told("threads 4"))["totals"]
        trace = self.told(f"threads {MANY}")
        totals = harness.report(trace)["totals"]
        self.assertEqual(totals["threads"], MANY + 1)
        self.assertEqual(totals["allocations"] - few["allocations"], 3 * (MANY - 4))
        self.assertEqual(totals["lost_events"], 0)
        self.assertEqual(totals["unknown_frees"], 0)
        # Each thread at once would have a ring of 68 KiB and a block of its own; these do not.
        self.assertLess(totals["overhead"]["bytes"], 3 * few["overhead"]["bytes"])

    def test_every_thread_has_its_own_events(self):
        result = harness.report(self.told("threads 50"))
        rows = [row for row in result["threads"] if row["allocations"] == 3]
        self.assertEqual(len(rows), 50)
        for row in rows:
            self.assertEqual((row["allocated_bytes"], row["frees"]), (150, 3))
            self.assertGreater(row["stack_high_water_bytes"], 0)

    def test_a_thread_that_has_ended_is_in_the_trace_already(self):
        trace = self.told("threads 1", "keep 1 10")
        lines = trace.read_bytes().splitlines()
        chunks = [json.loads(line.rstrip(b",")) for line in lines
                  if line.startswith(b'{"k":"chunk"')]
        of_thread = [chunk for chunk in chunks if chunk["thread"] == 2]
        self.assertEqual(sum(chunk["events"] for chunk in of_thread), 6)
        # Drained when it ended, before the main thread's own events at the end.
        self.assertEqual(chunks[0]["thread"], 2)

    def test_names_given_late_are_known(self):
        result = harness.report(
            harness.record([harness.program("threads_named")], self.folder).trace)
        self.assertLessEqual({"alpha", "beta", "gamma"}, {row["name"] for row in result["threads"]})


if __name__ == "__main__":
    unittest.main()
