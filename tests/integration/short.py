# SPDX-License-Identifier: Apache-2.0
"""A short program stays short: recording `true` costs at most 3 ms, start to end, and a `make` of many
such programs at most 5 ms of processor time for each."""

import os
import statistics
import subprocess
import sys
import time
import unittest

import harness

ROUNDS = 200
ATTEMPTS = 3
MOST_MS = 3.0


def milliseconds(env):
    start = time.perf_counter_ns()
    pid = os.posix_spawn("/bin/true", ["true"], env)
    _, status = os.waitpid(pid, 0)
    took = (time.perf_counter_ns() - start) / 1e6
    if status != 0:
        raise AssertionError(f"true ended with {status}")
    return took


class ShortTest(harness.IntegrationTest):
    def measure(self):
        """The medians natively, recorded, and of the difference; the runs are interleaved."""
        native = harness.environment(self.folder)
        recorded = {
            **native,
            "LD_PRELOAD": str(harness.LIBTRACE),
            "ALLOCPROF_OUTPUT": str(self.folder / "trace.json"),
        }
        milliseconds(recorded)
        self.assertTrue((self.folder / "trace.json").exists(), "true was not recorded")
        pairs = [(milliseconds(native), milliseconds(recorded)) for _ in range(ROUNDS)]
        return (
            statistics.median(pair[0] for pair in pairs),
            statistics.median(pair[1] for pair in pairs),
            statistics.median(pair[1] - pair[0] for pair in pairs),
        )

    def test_recording_true_costs_little(self):
        # A busy machine only ever adds: the best of some attempts is the nearest to the truth.
        best = None
        for _ in range(ATTEMPTS):
            native, recorded, added = self.measure()
            print(f"true: {native:.2f} ms, recorded {recorded:.2f} ms, added {added:.2f} ms")
            best = added if best is None else min(best, added)
            if best <= MOST_MS:
                return
        self.fail(f"recording `true` adds {best:.2f} ms, more than {MOST_MS} ms")

    def test_make_of_200_small_processes(self):
        bench = harness.ROOT / "tests" / "bench" / "many_processes.py"
        ended = subprocess.run(
            [sys.executable, bench, harness.BUILD, "--processes", "200", "--rounds", "2",
             "--most", "5"], env=harness.environment(self.folder), stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        print(ended.stdout.decode())
        self.assertEqual(ended.returncode, 0, ended.stdout.decode() + ended.stderr.decode())


if __name__ == "__main__":
    unittest.main()
