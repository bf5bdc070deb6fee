# SPDX-License-Identifier: Apache-2.0
"""Four threads reuse one another's addresses at full speed; the order of frees and allocations
over threads must come out right, or blocks seem to leak and frees to be of nothing known."""

import unittest

import harness

OPERATIONS_PER_THREAD = 200000


class RaceTest(harness.IntegrationTest):
    def check_once(self):
        recorded = harness.record(
            [harness.program("race4"), str(OPERATIONS_PER_THREAD)], self.folder, timeout=120
        )
        self.assertEqual(recorded.status, 0, recorded.stderr.decode())
        made = dict(line.split() for line in recorded.stdout.decode().splitlines())
        made = {name: int(value) for name, value in made.items()}
        result = harness.report(recorded.trace)
        totals = result["totals"]
        work = harness.function(result, "work")["total"]

        self.assertEqual(work["allocations"], made["mallocs"] + made["reallocs"])
        self.assertEqual(work["allocated_bytes"], made["bytes"])
        self.assertEqual(work["leaked_bytes"], 0, "all that the threads made was freed")
        self.assertEqual(totals["reallocations"], made["reallocs"])
        self.assertEqual(totals["unknown_frees"], 0)
        self.assertEqual(totals["lost_events"], 0)
        leaking = [stack for stack in result["stacks"]
                   if stack["leaked_blocks"]
                   and any(frame["function"] == "work" for frame in stack["frames"])]
        self.assertEqual(leaking, [])
        # All that is left is what is outside `work`: pthread_create's thread vectors.
        self.assertEqual(
            harness.live_blocks_at_end(totals), totals["allocations"] - work["allocations"]
        )

    def test_first(self):
        self.check_once()

    def test_second(self):
        self.check_once()

    def test_third(self):
        self.check_once()

    def test_fourth(self):
        self.check_once()

    def test_fifth(self):
        self.check_once()


if __name__ == "__main__":
    unittest.main()
