# SPDX-License-Identifier: Apache-2.0
"""Windows of time and moments on real programs: the parts of a run add up to it, and who held the
memory at a moment adds up to what was live."""

import unittest

import harness
import workloads

# Events may share a stamp (16 in a row while there is one thread): a window has both its ends.
SAME_STAMP = 16


class TimesTest(harness.IntegrationTest):
    def recorded(self, make):
        work = make(self.folder)
        recorded = harness.record(work.command, self.folder, work.env, work.stdin)
        self.assertEqual(recorded.status, 0, recorded.stderr.decode())
        return recorded.trace

    def check_held(self, report):
        at = report["at"]
        for rows in ("held", "held_stacks"):
            self.assertEqual(sum(row["bytes"] for row in report[rows]), at["live_bytes"], rows)
            self.assertEqual(sum(row["blocks"] for row in report[rows]), at["live_blocks"], rows)

    def check_run(self, trace):
        whole = harness.report(trace)["totals"]
        parts = [harness.report(trace, "--from", a, "--to", b)
                 for a, b in (("start", "30%"), ("30%", "80%"), ("80%", "end"))]
        for key in ("allocations", "frees", "reallocations"):
            counted = sum(part["totals"][key] for part in parts)
            self.assertGreaterEqual(counted, whole[key], key)
            self.assertLessEqual(counted, whole[key] + 2 * SAME_STAMP, key)
        self.assertEqual(max(part["totals"]["peak_bytes"] for part in parts), whole["peak_bytes"])
        self.assertEqual(parts[0]["window"]["start_bytes"], 0)
        for part in parts:
            totals, window = part["totals"], part["window"]
            self.assertEqual(
                window["start_blocks"] + totals["allocations"] - totals["frees"]
                + totals["unknown_frees"] - totals["reallocations"] - totals["lost_frees"],
                window["end_blocks"])
            for key in ("peak_bytes", "leaked_bytes", "allocations"):
                self.assertEqual(sum(row[key] for row in part["stacks"]), totals[key], key)
                self.assertEqual(sum(row["self"][key] for row in part["functions"]), totals[key])
            self.assertEqual(max(point["live_bytes"] for point in part["timeline"]),
                             totals["peak_bytes"])

        moment = harness.report(trace, "--at", "30%")
        self.check_held(moment)
        self.assertEqual(moment["at"]["live_bytes"], parts[0]["window"]["end_bytes"])
        self.assertEqual(moment["at"]["live_blocks"], parts[0]["window"]["end_blocks"])
        peak = harness.report(trace, "--at", "peak")
        self.check_held(peak)
        self.assertEqual(peak["at"]["live_bytes"], whole["peak_bytes"])
        end = harness.report(trace, "--at", "end")
        self.check_held(end)
        self.assertEqual(end["at"]["live_bytes"], parts[2]["window"]["end_bytes"])

    def test_sqlite(self):
        self.check_run(self.recorded(workloads.sqlite3))

    def test_a_program_of_several_threads(self):
        self.check_run(self.recorded(workloads.threads_named))

    def test_a_time_that_is_none_is_a_usage_error(self):
        recorded = harness.record(["/bin/true"], self.folder)
        for arguments, words in ((("--at", "lunch"), "no time and no mark"),
                                 (("--from", "1000000"), "the run lasted"),
                                 (("--from", "90%", "--to", "10%"), "is later than"),
                                 (("--to", "10%", "--at", "50%"), "is outside")):
            done = harness.allocprof("report", str(recorded.trace), *arguments)
            self.assertEqual(done.status, 2, arguments)
            self.assertIn(words, done.stderr.decode())
            self.assertEqual(done.stdout, b"")


if __name__ == "__main__":
    unittest.main()
