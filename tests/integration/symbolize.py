# SPDX-License-Identifier: Apache-2.0
"""A symbolised trace is reported without the program's files as the original is with them."""

import os
import pathlib
import re
import subprocess
import unittest

import harness
import workloads


def without_source_lines(report):
    """Names travel with the trace, the source does not: a report shows a line where it can be read."""
    report = re.sub(rb'"source":(null|"(?:[^"\\]|\\.)*"),', b"", report)
    return re.sub(rb"(?m)^ +\d+ \| .*\n", b"", report)


class SymbolizeTest(harness.IntegrationTest):
    def recorded(self, make):
        job = make(self.folder)
        recorded = harness.record(job.command, self.folder, job.env, job.stdin)
        self.assertEqual(recorded.status, 0)
        return recorded.trace

    def symbolize(self, trace, name):
        out = self.folder / name
        ended = harness.allocprof("symbolize", trace, "-o", out)
        self.assertEqual((ended.status, ended.stdout, ended.stderr), (0, b"", b""))
        return out

    def reports(self, trace, *options):
        for form in (("--format", "json", "--top", "0"), ("--plumbing",)):
            ended = harness.allocprof("report", *form, *options, trace)
            self.assertEqual(ended.status, 0, ended.stderr)
            yield without_source_lines(ended.stdout)

    def test_reports_of_programs_whose_files_are_not_here(self):
        nowhere = self.folder / "nowhere"
        nowhere.mkdir()
        for make in (workloads.sqlite3, workloads.python3, workloads.rust_work,
                     workloads.threads_named):
            trace = self.recorded(make)
            expected = list(self.reports(trace))
            without = list(self.reports(trace, "--sysroot", nowhere))
            self.assertNotEqual(without, expected, "the files make no difference")
            for name in ("symbolized.json", "symbolized.json.zst"):
                with self.subTest(f"{make.__name__}, {name}"):
                    copy = self.symbolize(trace, name)
                    got = list(self.reports(copy, "--sysroot", nowhere))
                    self.assertTrue(got == expected, "another report")

    def test_the_program_moved_away(self):
        program = self.folder / "program"
        subprocess.run(["g++", "-g", "-O1", "-o", program, "-x", "c++", "-"], check=True,
                       input=b"#include <vector>\n"
                             b"int main() { std::vector<int> v; for (int i = 0; i < 99; i++)"
                             b" v.push_back(i); return v.size() != 99; }\n")
        recorded = harness.record([program], self.folder)
        expected = list(self.reports(recorded.trace))
        copy = self.symbolize(recorded.trace, "copy")
        again = self.symbolize(copy, "again")
        os.replace(program, self.folder / "elsewhere")
        self.assertNotEqual(list(self.reports(recorded.trace)), expected)
        self.assertEqual(list(self.reports(copy)), expected)
        # Symbolised twice, without the file the second time.
        self.assertEqual(self.symbolize(copy, "third").read_bytes(), copy.read_bytes())
        self.assertEqual(again.read_bytes(), copy.read_bytes())

    def test_standard_input_and_output(self):
        trace = self.recorded(workloads.frees)
        ended = harness.allocprof("symbolize", "-")
        self.assertEqual((ended.status, ended.stdout), (2, b""))
        self.assert_one_line(ended.stderr, "standard input")
        ended = harness.allocprof("symbolize", trace)
        self.assertEqual((ended.status, ended.stderr), (0, b""))
        self.assertEqual(ended.stdout, self.symbolize(trace, "copy").read_bytes())
        self.assertIn(b'{"k":"symbols","module":', ended.stdout)

    def test_a_trace_without_files_at_all(self):
        trace = self.folder / "missing.json"
        ended = harness.allocprof("symbolize", trace, "-o", self.folder / "out")
        self.assertEqual(ended.status, 1)
        self.assert_one_line(ended.stderr, "no such trace")
        self.assertFalse(pathlib.Path(self.folder / "out").exists())


if __name__ == "__main__":
    unittest.main()
