# SPDX-License-Identifier: Apache-2.0
"""Regions, rules against allocation and pools of a real program, in every command that shows them."""

import json
import os
import unittest

import harness


class RegionsTest(harness.IntegrationTest):
    def setUp(self):
        super().setUp()
        self.ran = harness.record([harness.program("client_regions")], self.folder)
        self.trace = self.ran.trace

    def report(self, *options):
        return harness.report(self.trace, *options)

    def region(self, report, name):
        return next(r for r in report["regions"] if r["region"] == name)

    def test_figures_of_each_region(self):
        report = self.report()
        parse, inner = self.region(report, "parse"), self.region(report, "inner")
        self.assertEqual((parse["entered"], parse["allocations"], parse["frees"]), (3, 30, 30))
        self.assertEqual((inner["entered"], inner["allocations"]), (3, 6))
        self.assertEqual(parse["self"]["allocations"], 24)
        self.assertEqual(parse["allocated_bytes"], 480)
        self.assertEqual(parse["leaked_bytes"], 0)

    def test_inside_and_outside_are_the_whole(self):
        report = self.report("--group-by", "region", "--top", "0")
        groups = {g["group"]: g["self"]["allocations"] for g in report["groups"]}
        self.assertEqual(groups["parse"], 24)
        self.assertEqual(groups["parse / inner"], 6)
        self.assertEqual(groups["audio / log"], 1)
        self.assertEqual(sum(groups.values()), report["totals"]["allocations"])
        inside = sum(r["self"]["allocations"] for r in report["regions"])
        self.assertEqual(inside + groups["[no region]"], report["totals"]["allocations"])

    def test_a_filter_selects_a_region_and_those_inside(self):
        self.assertEqual(self.report("--region", "^parse$")["totals"]["allocations"], 30)
        self.assertEqual(self.report("--region", "inner")["totals"]["allocations"], 6)
        bad = harness.allocprof("report", self.trace, "--region", "(")
        self.assertEqual(bad.status, 2)
        self.assertIn(b"--region '('", bad.stderr)

    def test_violations_have_their_region_and_stack(self):
        found = self.report()["violations"]
        self.assertEqual({v["region"] for v in found}, {"audio"})
        self.assertEqual(sum(v["allocations"] for v in found), 1)
        self.assertEqual(sum(v["frees"] for v in found), 1)
        self.assertEqual({v["function"] for v in found}, {"pairs"})

    def test_a_function_is_not_to_allocate(self):
        found = self.report("--no-alloc", "^pairs$", "--top", "0")["violations"]
        by_function = [v for v in found if v["region"] == "function /^pairs$/"]
        self.assertEqual(sum(v["allocations"] for v in by_function), 44)
        self.assertEqual(sum(v["frees"] for v in by_function), 44)
        self.assertNotIn("function /x/", {v["region"] for v in
                                          self.report("--no-alloc", "x")["violations"]})

    def test_run_tells_what_broke_the_rule(self):
        output = os.path.join(self.folder, "denied.json")
        program = harness.program("client_regions")
        ran = harness.allocprof("run", "-o", output, "--no-alloc", "^pairs$", "--", program)
        self.assertEqual(ran.status, 3, ran.stderr)
        self.assertIn(b"calls where nothing is to be allocated or freed", ran.stderr)
        self.assertIn(b"pairs", ran.stderr)

    def test_pools(self):
        (arena,) = self.report()["pools"]
        self.assertEqual(arena["pool"], "arena")
        self.assertEqual((arena["allocations"], arena["frees"], arena["resets"]), (4, 1, 1))
        self.assertEqual((arena["peak_bytes"], arena["live_bytes"]), (128, 0))

    def test_the_timeline_has_marks_and_regions(self):
        shown = harness.allocprof("timeline", self.trace, "--format", "json")
        timeline = json.loads(shown.stdout)
        self.assertEqual([m["mark"] for m in timeline["marks"]], ["parsed"])
        self.assertIn("parse", {r["region"] for r in timeline["regions"]})

    def test_a_budget_of_a_region(self):
        def check(region, most):
            path = os.path.join(self.folder, "budget.json")
            with open(path, "w", encoding="utf-8") as f:
                json.dump({"version": 1, "budgets": [
                    {"id": "r", "scope": {"region": region}, "allocations": {"max": most}}]}, f)
            return harness.allocprof("check", "--budget", path, self.trace).status
        self.assertEqual(check("parse", 30), 0)
        self.assertEqual(check("parse", 29), 3)
        self.assertEqual(check("pars?", 29), 3)
        self.assertEqual(check("nowhere", 29), 2)

    def test_the_text_shows_them(self):
        text = harness.allocprof("report", self.trace).stdout.decode()
        for word in ("Regions", "parse", "Calls where there are to be none", "audio", "arena"):
            self.assertIn(word, text)
        self.assertIn("parsed", harness.allocprof("timeline", self.trace).stdout.decode())


if __name__ == "__main__":
    unittest.main()
