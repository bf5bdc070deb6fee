# SPDX-License-Identifier: Apache-2.0
"""A recorded program cannot tell, nor can its user: same output, same status, one new file."""

import json
import os
import stat
import subprocess
import unittest

import harness
import workloads


class TransparentTest(harness.IntegrationTest):
    def check(self, work, strip=lambda output: output):
        before = harness.run(work.command, self.folder, work.env, work.stdin)
        files_before = sorted(os.listdir(self.folder))
        # With no output given: the trace belongs in the current folder, under its default name.
        recorded = harness.record(work.command, self.folder, work.env, work.stdin, trace=None)
        self.assertEqual(recorded.status, before.status, "exit status")
        self.assertEqual(strip(recorded.stdout), strip(before.stdout), "stdout")
        self.assertEqual(recorded.stderr, before.stderr, "stderr")
        files_after = sorted(os.listdir(self.folder))
        self.assertEqual(
            files_after, sorted([*files_before, "trace.json"]), "files in the current folder"
        )
        return recorded

    def test_sqlite3(self):
        self.check(workloads.sqlite3(self.folder))

    def test_python3(self):
        # Its last six bytes are the size of its environment, which a preload does change.
        self.check(workloads.python3(self.folder), strip=lambda output: output[:-6])

    def test_cc1plus(self):
        self.check(workloads.cc1plus(self.folder))

    def test_rust_empty(self):
        self.check(workloads.rust_empty(self.folder))

    def test_rust_work(self):
        self.check(workloads.rust_work(self.folder))

    def test_threads_named(self):
        self.check(workloads.threads_named(self.folder))

    def test_status_and_both_streams(self):
        recorded = self.check(workloads.Workload([harness.program("early_exit_status")]))
        self.assertEqual(recorded.status, 42)
        self.assertEqual(recorded.stdout, b"known text on stdout\n")
        self.assertEqual(recorded.stderr, b"known text on stderr\n")

    def test_every_entry_of_the_malloc_family(self):
        self.check(workloads.Workload([harness.program("family")]))

    def test_signal_handlers_that_allocate(self):
        self.check(workloads.Workload([harness.program("signals")]))

    def test_trace_is_one_json_document(self):
        recorded = self.check(workloads.sqlite3(self.folder))
        checked = subprocess.run(
            ["/usr/bin/python3", "-m", "json.tool", str(recorded.trace), os.devnull],
            stderr=subprocess.PIPE,
        )
        self.assertEqual(checked.returncode, 0, checked.stderr.decode())
        with open(recorded.trace, encoding="utf-8") as trace:
            self.assertEqual(json.load(trace)["allocprof"], 1)

    def test_trace_is_private(self):
        recorded = self.check(workloads.frees(self.folder))
        mode = stat.S_IMODE(os.stat(recorded.trace).st_mode)
        self.assertEqual(oct(mode), oct(0o600))

    def test_finished_trace_is_replaced(self):
        work = workloads.frees(self.folder)
        first = self.check(work)
        pid = harness.report(first.trace)["process"]["pid"]
        again = harness.record(work.command, self.folder, trace=None)
        self.assertEqual(again.stderr, b"")
        self.assertEqual(sorted(os.listdir(self.folder)), ["trace.json"])
        result = harness.report(again.trace)
        self.assertNotEqual(result["process"]["pid"], pid)
        self.assertEqual(result["totals"]["allocations"], 88)

    def test_symlinked_output_is_refused(self):
        precious = self.folder / "precious"
        precious.write_text("not to be touched\n")
        (self.folder / "trace.json").symlink_to(precious)
        recorded = harness.record(
            [harness.program("ten_thousand"), "return"], self.folder, trace=None
        )
        self.assertEqual(recorded.status, 6, "the program runs all the same")
        self.assertEqual(recorded.stdout, b"kept\n")
        self.assert_one_line(recorded.stderr, "a symlink as output")
        self.assertEqual(precious.read_text(), "not to be touched\n")
        self.assertTrue((self.folder / "trace.json").is_symlink())

    def test_unwritable_output_is_one_line(self):
        recorded = harness.record(
            [harness.program("ten_thousand"), "return"], self.folder, trace="no/such/folder/t.json"
        )
        self.assertEqual(recorded.status, 6)
        self.assertEqual(recorded.stdout, b"kept\n")
        self.assert_one_line(recorded.stderr, "an output in a folder that is not there")

    def test_bad_option_is_one_line_and_the_default(self):
        recorded = harness.record(
            [harness.program("frees")], self.folder, env={"ALLOCPROF_DEPTH": "banana"}
        )
        self.assertEqual(recorded.status, 0)
        self.assert_one_line(recorded.stderr, "ALLOCPROF_DEPTH=banana")
        self.assertIn(b"DEPTH", recorded.stderr)
        self.assertIn(b"banana", recorded.stderr)
        self.assertEqual(harness.report(recorded.trace)["totals"]["allocations"], 88)


if __name__ == "__main__":
    unittest.main()
