# SPDX-License-Identifier: Apache-2.0
"""allocprof info on traces of every ending: every byte is accounted for, the totals are proved
again, and what is missing is said."""

import json
import os
import pathlib
import subprocess
import unittest

import harness
import workloads


class InfoTest(harness.IntegrationTest):
    def info(self, trace, status=0):
        ended = harness.allocprof("info", "--format", "json", trace)
        self.assertEqual(ended.status, status, ended.stderr.decode())
        result = json.loads(ended.stdout)
        self.assertEqual(result["schema"], "allocprof.info/1")
        self.assertEqual(sum(row["bytes"] for row in result["bytes"]),
                         result["trace"]["bytes"], "bytes by kind sum to the document")
        self.assertEqual(sum(row["events"] for row in result["threads"]),
                         self.total(result, "events") - result["integrity"]["events_after_end"])
        return result

    def total(self, result, figure, column="found"):
        return next(row for row in result["totals"] if row["figure"] == figure)[column]

    def test_a_whole_trace(self):
        work = workloads.sqlite3(self.folder)
        recorded = harness.record(work.command, self.folder, work.env, work.stdin)
        result = self.info(recorded.trace)
        self.assertEqual(result["trace"]["bytes"], os.stat(recorded.trace).st_size)
        self.assertEqual(result["trace"]["hooked"], "all")
        self.assertTrue(result["trace"]["allocator"].endswith("libc.so.6"))
        self.assertIs(result["integrity"]["whole"], True)
        self.assertIs(result["integrity"]["totals_proved"], True)
        for row in result["totals"]:
            self.assertEqual(row["found"], row["said"], row["figure"])
        report = harness.report(recorded.trace)
        for ours, theirs in (("allocations", "allocations"), ("frees", "frees")):
            self.assertEqual(self.total(result, ours), report["totals"][theirs])
        self.assertEqual(self.total(result, "events"), report["trust"]["events"])
        self.assertTrue(any("sqlite" in row["path"] for row in result["modules"]))
        self.assertTrue(all(row["build_id"] for row in result["modules"]))
        self.assertGreater(result["overhead"]["cpu_s"], 0)
        self.assertGreater(result["overhead"]["mapped_bytes"], 0)
        # The packed data is most of the document, and Base64 makes four of three.
        by_what = {row["what"]: row for row in result["bytes"]}
        overhead = by_what["Base64, beyond the data"]["bytes"]
        self.assertAlmostEqual(overhead / result["size"]["payload_bytes"], 1 / 3, places=1)
        self.assertEqual(by_what["events: allocations"]["records"],
                         self.total(result, "allocations"))
        self.assertEqual(by_what["stack definitions"]["records"],
                         self.total(result, "stack frames defined"))

    def test_a_killed_process(self):
        recorded = harness.record([harness.program("ten_thousand"), "sigkill"], self.folder)
        result = self.info(recorded.trace)
        self.assertEqual(result["process"]["ended"], "died")
        self.assertIs(result["integrity"]["whole"], False)
        self.assertIs(result["integrity"]["end_record"], False)
        self.assertIsNone(result["integrity"]["totals_proved"])
        self.assertGreaterEqual(self.total(result, "allocations"), 10000)
        self.assertEqual(result["integrity"]["damage"], 0)
        self.assertGreater(result["integrity"]["chunks_from_spool"], 0)
        self.assertGreater(result["size"]["spool_payload_bytes"], 0)
        # Without its spool the last events are gone, and nothing pretends otherwise.
        pathlib.Path(f"{recorded.trace}.spool").unlink()
        cut = self.info(recorded.trace)
        self.assertLess(self.total(cut, "allocations"), self.total(result, "allocations"))

    def test_a_running_process(self):
        trace = self.folder / "trace.json"
        child = subprocess.Popen(
            ["/usr/bin/python3", "-c", "import sys; print('up', flush=True); sys.stdin.read()"],
            env=harness.environment(self.folder, {"LD_PRELOAD": str(harness.LIBTRACE),
                                                  "ALLOCPROF_OUTPUT": str(trace)}),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            self.assertEqual(child.stdout.readline(), b"up\n")
            result = self.info(trace)
            self.assertEqual(result["process"]["ended"], "still running")
            self.assertGreater(self.total(result, "allocations"), 100)
        finally:
            child.stdin.close()
            self.assertEqual(child.wait(60), 0)
            child.stdout.close()
        self.assertIs(self.info(trace)["integrity"]["whole"], True)

    def test_damaged_and_cut(self):
        work = workloads.sqlite3(self.folder)
        recorded = harness.record(work.command, self.folder, work.env, work.stdin)
        whole = recorded.trace.read_bytes()
        events = self.total(self.info(recorded.trace), "events")
        cut = self.folder / "cut.json"
        for part in (0.2, 0.5, 0.9):
            with self.subTest(part):
                cut.write_bytes(whole[: int(len(whole) * part)])
                result = self.info(cut)
                self.assertIs(result["integrity"]["whole"], False)
                self.assertLess(self.total(result, "events"), events)
        lines = whole.split(b"\n")
        chunks = [i for i, line in enumerate(lines) if line.startswith(b'{"k":"chunk"')]
        self.assertGreater(len(chunks), 2)
        middle = chunks[len(chunks) // 2]
        cut.write_bytes(b"\n".join(lines[:middle] + lines[middle + 1:]))
        result = self.info(cut)
        self.assertEqual(result["integrity"]["missing_blocks"], 1)
        self.assertIs(result["integrity"]["totals_proved"], False)
        hole = lines[:middle] + [b"\0" * len(lines[middle])] + lines[middle + 1:]
        cut.write_bytes(b"\n".join(hole))
        result = self.info(cut)
        self.assertEqual(result["integrity"]["hole_bytes"], len(lines[middle]))
        self.assertGreaterEqual(result["integrity"]["damage"], 1)
        self.assertTrue(any("hole" in note for note in result["notes"]))

    def test_the_same_figures_in_every_format(self):
        recorded = harness.record([harness.program("threads_named")], self.folder)
        result = self.info(recorded.trace)
        for table in ("bytes", "modules", "threads", "totals"):
            with self.subTest(table):
                csv = harness.allocprof("info", "--format", "csv", "--table", table, recorded.trace)
                self.assertEqual(csv.status, 0)
                self.assertEqual(len(csv.stdout.decode().splitlines()), 1 + len(result[table]))
        markdown = harness.allocprof("info", "--format", "md", recorded.trace).stdout.decode()
        for row in result["bytes"]:
            self.assertIn(row["what"], markdown)
        text = harness.allocprof("info", recorded.trace).stdout.decode()
        self.assertIn(f"{self.total(result, 'allocated bytes'):,}", text)
        self.assertIn("end record", text)

    def test_what_is_no_trace(self):
        other = self.folder / "other.json"
        other.write_text("{}\n")
        ended = harness.allocprof("info", other)
        self.assertEqual(ended.status, 1)
        self.assert_one_line(ended.stderr, "info on another file")


if __name__ == "__main__":
    unittest.main()
