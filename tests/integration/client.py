# SPDX-License-Identifier: Apache-2.0
"""What programs say of themselves by the installed headers: regions, marks, names, pools, counters,
regions without allocations; budgets in GoogleTest, figures for Google Benchmark."""

import json
import signal
import subprocess
import unittest
import xml.etree.ElementTree

import harness


class ClientTest(harness.IntegrationTest):
    def recorded(self, name, *arguments, **options):
        variables = {f"ALLOCPROF_{key}": value for key, value in options.items()}
        return harness.record([harness.program(name), *arguments], self.folder, variables)

    def plain(self, name, *arguments):
        return subprocess.run([harness.program(name), *arguments], cwd=self.folder,
                              env=harness.environment(self.folder, {}), capture_output=True,
                              timeout=60)

    def records(self, trace):
        with open(trace, encoding="utf-8") as f:
            return json.load(f)["records"]

    def test_without_the_recorder_nothing_is_counted(self):
        for name in ("client_regions", "client_regions_fixed", "client_regions_cxx"):
            with self.subTest(name):
                ran = self.plain(name)
                self.assertEqual(ran.returncode, 0)
                self.assertEqual(ran.stdout, b"0 0 0 0 0 0\n")

    def test_counters_are_exact(self):
        # Fixed: a program that is not position independent. C++ has libstdc++'s pool besides.
        for name in ("client_regions", "client_regions_fixed"):
            with self.subTest(name):
                ran = self.recorded(name)
                self.assertEqual(ran.stdout, b"1 7 112 7 45 44\n")
        ran = self.recorded("client_regions_cxx")
        self.assertEqual(ran.stdout.decode().split()[:4], ["1", "7", "112", "7"])

    def test_names_marks_and_threads_are_in_the_trace(self):
        ran = self.recorded("client_regions")
        records = self.records(ran.trace)
        names = sorted(r["name"] for r in records if r["k"] == "name")
        self.assertEqual(names, ["arena", "audio", "inner", "log", "parse"])
        marks = [r.get("name", r.get("what")) for r in records if r["k"] == "mark"]
        self.assertEqual(marks, ["parsed", "off", "on"])
        self.assertEqual([r["name"] for r in records if r["k"] == "thread"][-1], "boss")

    def test_violations_are_told_at_once_where_asked(self):
        quiet = self.recorded("client_regions")
        self.assertEqual(quiet.stderr, b"")
        told = self.recorded("client_regions", VIOLATIONS="warn")
        self.assertEqual(told.status, 0)
        self.assertEqual(told.stdout, quiet.stdout)
        lines = told.stderr.decode().splitlines()
        self.assertEqual(len(lines), 2, lines)  # the malloc and the free; "log" is permitted
        for line in lines:
            self.assertRegex(line, "^allocprof: .*without allocations")
        for choice, number in (("trap", signal.SIGTRAP), ("abort", signal.SIGABRT)):
            with self.subTest(choice):
                stopped = self.recorded("client_regions", VIOLATIONS=choice)
                self.assertEqual(stopped.status, -number)
                report = harness.report(stopped.trace)
                self.assertEqual(report["totals"]["allocations"], 30)

    def test_budgets_in_googletest(self):
        results = self.folder / "results.xml"
        ran = self.recorded("client_gtest", f"--gtest_output=xml:{results}")
        self.assertEqual(ran.status, 1)
        cases = {f"{c.get('classname')}.{c.get('name')}": c
                 for c in xml.etree.ElementTree.parse(results).iter("testcase")}
        failed = sorted(n for n, c in cases.items() if c.find("failure") is not None)
        self.assertEqual(failed, ["Fails.NoAllocations", "Fails.NoLeaks"])
        self.assertEqual(len(cases), 5)
        properties = {p.get("name"): int(p.get("value"))
                      for p in cases["Holds.Three"].iter("property")}
        self.assertGreaterEqual(properties["allocations"], 6)
        self.assertLess(properties["allocations"], 60)
        names = {r["name"] for r in self.records(ran.trace) if r["k"] == "name"}
        self.assertLessEqual({"Holds.Three", "Fails.NoLeaks"}, names)

    def test_googletest_skips_and_says_so_without_the_recorder(self):
        ran = self.plain("client_gtest")
        self.assertEqual(ran.returncode, 0)
        self.assertEqual(ran.stdout.count(b"Skipped"), 5)
        self.assertIn(b"run with LD_PRELOAD=libtrace.so", ran.stdout)

    def test_figures_for_benchmark(self):
        ran = self.recorded("client_benchmark", "--benchmark_format=json")
        figures = json.loads(ran.stdout)["benchmarks"][0]
        self.assertAlmostEqual(figures["allocs_per_iter"], 2, delta=0.2)
        # The memory is measured over 16 iterations, with some of the harness's own around them.
        self.assertGreaterEqual(figures["total_allocated_bytes"], 16 * 24)
        self.assertLess(figures["total_allocated_bytes"], 16 * 24 + 1024)
        plain = json.loads(self.plain("client_benchmark", "--benchmark_format=json").stdout)
        self.assertNotIn("allocs_per_iter", plain["benchmarks"][0])


if __name__ == "__main__":
    unittest.main()
