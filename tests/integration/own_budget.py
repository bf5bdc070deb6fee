# SPDX-License-Identifier: Apache-2.0
"""We eat it: `allocprof report` of a fixed trace, recorded and held against its own budget."""

import os
import subprocess
import unittest

import harness

BUDGET = harness.ROOT / "tests" / "budget" / "cli.budget.json"
TRACE = harness.ROOT / "tests" / "golden" / "service"


class OwnBudgetTest(harness.IntegrationTest):
    def test_the_report_of_a_fixed_trace_is_within_budget(self):
        # Two runs, which have to agree in each stack: on one processor the reader has one thread
        # more, whatever the machine has.
        ended = subprocess.run(
            ["taskset", "-c", str(min(os.sched_getaffinity(0))), harness.ALLOCPROF, "check", "--runs", "2",
             "--budget", BUDGET, "--", harness.ALLOCPROF, "report", "--format", "json", "--top",
             "0", "-o", self.folder / "report.json", "trace.json"],
            cwd=TRACE, env=harness.environment(self.folder), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120)
        self.assertEqual(ended.returncode, 0, ended.stdout)
        self.assertIn("2 runs, 0 stacks not the same in each", ended.stdout)


if __name__ == "__main__":
    unittest.main()
