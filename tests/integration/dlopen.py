# SPDX-License-Identifier: Apache-2.0
"""A minute of dlopen and dlclose beside an allocating thread ends: no hook takes the loader's
lock. The trace is read as well: modules that came and went thousands of times."""

import unittest

import harness

SECONDS = 60


class DlopenTest(harness.IntegrationTest):
    def test_a_minute_ends(self):
        recorded = harness.record(
            [harness.program("dlopen_loop"), str(SECONDS)], self.folder, timeout=SECONDS + 30
        )
        self.assertEqual(recorded.status, 0, recorded.stderr.decode())
        self.assertEqual(recorded.stdout, b"rounds ended well\n")
        self.assertEqual(recorded.stderr, b"")

    def test_plugin_that_is_gone_still_has_its_names(self):
        recorded = harness.record([harness.program("dlopen_loop"), "1"], self.folder)
        self.assertEqual(recorded.status, 0, recorded.stderr.decode())
        result = harness.report(recorded.trace)
        self.assertEqual(result["totals"]["lost_events"], 0)
        # Per round: at least 20 strings longer than the small-string buffer and an exception.
        work = harness.function(result, "plugin_work")
        self.assertGreater(work["total"]["allocations"], 20)
        self.assertTrue(work["module"].endswith("libdlopen_loop_plugin.so"), work["module"])
        self.assertEqual(work["total"]["leaked_bytes"], 0)


if __name__ == "__main__":
    unittest.main()
