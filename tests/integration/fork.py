# SPDX-License-Identifier: Apache-2.0
"""A hundred children forked from a parent whose threads are all in malloc: each lives, starts a
thread, exits as it should and leaves a trace of its own; the parent's stays whole."""

import re
import unittest

import harness


class ForkTest(harness.IntegrationTest):
    def test_fork_storm(self):
        recorded = harness.record([harness.program("fork_storm")], self.folder, timeout=60)
        self.assertEqual(recorded.stdout, b"children 100\n")
        self.assertEqual(recorded.status, 0)
        self.assertEqual(recorded.stderr, b"")
        self.assertEqual(list(self.folder.glob("*.spool*")), [], "spools left behind")

        parent = harness.report(recorded.trace)
        self.assertIs(parent["process"]["complete"], True)
        self.assertEqual(parent["process"]["exit"]["code"], 0)
        self.assertEqual(parent["totals"]["lost_events"], 0)
        self.assertEqual(harness.function(parent, "allocate_on")["total"]["leaked_bytes"], 0)
        names = [row["function"] for row in parent["functions"]]
        self.assertNotIn("child_keeps", names, "a child's events in the parent's trace")

        children = sorted(self.folder.glob("trace.*.json"))
        self.assertEqual(len(children), 100)
        statuses = []
        for trace in children:
            with self.subTest(trace=trace.name):
                child = harness.report(trace)
                pid = int(re.fullmatch(r"trace\.(\d+)\.json", trace.name).group(1))
                self.assertEqual(child["process"]["pid"], pid)
                self.assertIs(child["process"]["complete"], True)
                self.assertEqual(child["totals"]["lost_events"], 0)
                keeps = harness.function(child, "child_keeps")["total"]
                self.assertEqual((keeps["allocations"], keeps["allocated_bytes"]), (100, 3200))
                keeps = harness.function(child, "child_thread_keeps")["total"]
                self.assertEqual((keeps["allocations"], keeps["allocated_bytes"]), (50, 2400))
                statuses.append(child["process"]["exit"]["code"])
        self.assertEqual(sorted(statuses), list(range(1, 101)), "exit statuses of the children")


if __name__ == "__main__":
    unittest.main()
