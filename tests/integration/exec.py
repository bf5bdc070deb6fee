# SPDX-License-Identifier: Apache-2.0
"""A process that execs gets one trace for each program that it was; none overwrites another."""

import os
import unittest

import harness


class ExecTest(harness.IntegrationTest):
    def check(self, ending, times):
        recorded = harness.record([harness.program("ten_thousand"), ending], self.folder)
        self.assertEqual(recorded.status, 6)
        self.assertEqual(recorded.stdout, b"kept\n" * times)
        self.assertEqual(recorded.stderr, b"")
        first = harness.report(recorded.trace)
        pid = first["process"]["pid"]
        expected = ["trace.json", f"trace.{pid}.json", f"trace.{pid}.2.json"][:times]
        # A spool may stay beside what an exec ended: it could have failed, so nothing is final.
        found = [name for name in os.listdir(self.folder) if not name.endswith(".spool")]
        self.assertEqual(sorted(found), sorted(expected))
        for name in expected:
            with self.subTest(trace=name):
                result = harness.report(self.folder / name)
                self.assertEqual(result["process"]["pid"], pid)
                self.assertEqual(harness.function(result, "keep")["total"]["allocations"], 10000)
                self.assertEqual(result["totals"]["lost_events"], 0)
        last = harness.report(self.folder / expected[-1])["process"]
        self.assertIs(last["complete"], True)
        self.assertEqual(last["exit"]["code"], 6)

    def test_exec(self):
        self.check("exec", 2)

    def test_exec_twice(self):
        self.check("exec_twice", 3)

    def test_shell_and_its_commands(self):
        program = harness.program("ten_thousand")
        recorded = harness.record(
            ["/bin/sh", "-c", f"'{program}' exit; '{program}' sigkill; exit 9"], self.folder
        )
        self.assertEqual(recorded.status, 9)
        self.assertIs(harness.report(recorded.trace)["process"]["complete"], True)
        kept = []
        for trace in self.folder.glob("trace.*.json"):
            result = harness.report(trace)
            names = [row["function"] for row in result["functions"]]
            if "keep" in names:
                kept.append(harness.function(result, "keep")["total"]["allocations"])
        self.assertEqual(kept, [10000, 10000], sorted(os.listdir(self.folder)))


if __name__ == "__main__":
    unittest.main()
