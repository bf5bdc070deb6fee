# SPDX-License-Identifier: Apache-2.0
"""Reports on a process that goes on allocating in several threads: each is of the moment at which it
began to read, none sees damage where the process is only not done yet, and the process goes on as if
nobody had looked."""

import json
import subprocess
import unittest

import harness

REPORTS = 20


class RunningTest(harness.IntegrationTest):
    def start(self):
        self.trace = self.folder / "trace.json"
        process = subprocess.Popen(
            [harness.program("busy_threads")], cwd=self.folder, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=harness.environment(self.folder, {"LD_PRELOAD": str(harness.LIBTRACE),
                                                  "ALLOCPROF_OUTPUT": str(self.trace)}))
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        while not self.trace.exists() or self.trace.stat().st_size < 200_000:
            self.assertIsNone(process.poll())
        return process

    def end(self, process):
        """Ends it, and holds the whole trace against what the program itself has counted."""
        out, errors = process.communicate(timeout=60)
        self.assertEqual((process.returncode, errors), (0, b""))
        said = {name: int(value) for name, value in map(bytes.split, out.splitlines())}
        result = harness.report(self.trace)
        made = harness.function(result, "make")["total"]
        self.assertEqual((made["allocations"], made["allocated_bytes"]),
                         (said[b"made"], said[b"bytes"]))
        self.assertEqual(result["totals"]["lost_events"], 0)
        self.assertEqual(result["totals"]["unknown_frees"], 0)
        self.assertEqual(result["trust"]["damage"], 0)
        self.assertTrue(result["trust"]["totals_proved"])
        return result

    def test_reports_while_it_runs(self):
        process = self.start()
        before = {"allocations": 0, "frees": 0, "allocated_bytes": 0, "peak_bytes": 0}
        for _ in range(REPORTS):
            so_far = harness.report(self.trace, "--top", "3")
            self.assertIsNone(process.poll())
            self.assertEqual(so_far["trust"]["damage"], 0, so_far["notes"])
            self.assertFalse(so_far["process"]["complete"])
            self.assertTrue(any("still running" in note for note in so_far["notes"]))
            self.assertFalse([n for n in so_far["notes"] if "amage" in n or "lost" in n])
            totals = so_far["totals"]
            for key, least in before.items():
                self.assertGreaterEqual(totals[key], least, key)
                before[key] = totals[key]
            self.assertEqual(totals["unknown_frees"] + totals["lost_events"], 0)
        result = self.end(process)
        for key, least in before.items():
            self.assertGreater(result["totals"][key], least - 1, key)

    def test_text_says_so(self):
        process = self.start()
        shown = harness.allocprof("report", self.trace)
        self.assertEqual((shown.status, shown.stderr), (0, b""))
        self.assertIn(b"still running", shown.stdout)
        self.assertNotIn(b"amage", shown.stdout)
        self.end(process)

    def test_merged_while_it_runs(self):
        process = self.start()
        merged = self.folder / "merged.json"
        ended = harness.allocprof("merge", self.trace, "-o", merged)
        self.assertEqual((ended.status, ended.stderr), (0, b""))
        json.loads(merged.read_bytes())
        result = harness.report(merged)
        self.assertEqual(result["trust"]["damage"], 0, result["notes"])
        self.assertGreater(result["totals"]["allocations"], 0)
        self.end(process)

    def test_it_ends_while_it_is_read(self):
        for _ in range(3):
            process = self.start()
            reader = subprocess.Popen(
                [harness.ALLOCPROF, "report", "--format", "json", self.trace],
                env=harness.environment(self.folder), stdout=subprocess.PIPE)
            process.stdin.close()
            process.stdin = None
            shown = json.loads(reader.communicate(timeout=60)[0])
            self.assertEqual(reader.returncode, 0)
            self.assertEqual(shown["trust"]["damage"], 0, shown["notes"])
            self.end(process)
            self.trace.unlink()


if __name__ == "__main__":
    unittest.main()
