# SPDX-License-Identifier: Apache-2.0
"""`allocprof check`, `budget` and `baseline` as a CI job uses them: verdicts, exit codes, what a
failing command does, the ratchet, and that every mistake in a budget is one."""

import json
import signal
import subprocess
import unittest

import harness

PROGRAM = harness.program("budgeted")


class CheckTest(harness.IntegrationTest):
    def budget(self, *budgets, name="allocprof.budget.json"):
        path = self.folder / name
        path.write_text(json.dumps({"version": 1, "budgets": list(budgets)}))
        return path

    def allocprof(self, *arguments, env=None, text=True):
        ended = subprocess.run([harness.ALLOCPROF, *map(str, arguments)], cwd=self.folder, text=text,
                               env=harness.environment(self.folder, env), stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        self.assertNotIn(ended.returncode, (-6, -11), ended.stderr)
        return ended

    def record(self, *arguments):
        words = [*map(str, arguments)]
        return harness.record([PROGRAM, *words], self.folder, trace="-".join(words) + ".json").trace

    def assert_says(self, ended, words):
        self.assert_one_line(ended.stderr.encode(), words)
        self.assertIn(words, ended.stderr)

    def limits(self, *arguments):
        """The verdicts of a check, as JSON has them."""
        ended = self.allocprof("check", "--report", "json", *arguments)
        self.assertIn(ended.returncode, (0, 3), ended.stderr)
        return {(v["budget"], v["metric"]): v for v in json.loads(ended.stdout)["limits"]}

    def test_within_and_over(self):
        self.budget({"id": "total", "allocations": {"max": 20}, "leaked_bytes": {"max": 0}})
        trace = self.record("rows", 10)
        ended = self.allocprof("check", trace)
        self.assertEqual((ended.returncode, ended.stderr), (0, ""))
        self.assertEqual(ended.stdout, "kept: [total] 20 allocations, max 20\n"
                                       "kept: [total] 0 leaked bytes, max 0\n"
                                       "budgeted: all 2 limits are kept\n")
        ended = self.allocprof("check", self.record("rows", 11))
        self.assertEqual((ended.returncode, ended.stderr), (3, ""))
        lines = ended.stdout.splitlines()
        # The place is in the function that allocates most, and in the user's own source.
        self.assertRegex(lines[0], r"^/.*/tests/programs/budgeted\.c:\d+: error: \[total\] "
                                   r"22 allocations > 20 \(\+10\.0 %\)$")
        self.assertRegex(lines[1], r"^    11 allocations: keep_row .*budgeted\.c:\d+ < rows ")
        self.assertRegex(lines[2], r"^    11 allocations: parse_row .*budgeted\.c:\d+ < rows ")
        self.assertEqual(lines[3], "    to accept: set /budgets/0/allocations/max in "
                                   "allocprof.budget.json to 22")
        self.assertEqual(lines[-1], "budgeted: 1 of 2 limits broken")

    def test_figures_are_those_of_the_report(self):
        trace = harness.record([harness.program("frees")], self.folder).trace
        totals = harness.report(trace)["totals"]
        metrics = [name for name in totals if isinstance(totals[name], int)
                   and name not in ("lost_frees", "peak_time_s")]
        self.assertIn("temporary_allocations", metrics)
        self.budget({"id": "total", **{name: {"max": 10**9} for name in metrics}})
        found = self.limits(trace)
        self.assertEqual({name: found["total", name]["figure"] for name in metrics},
                         {name: totals[name] for name in metrics})

    def test_each_metric_of_a_scope_is_the_sum_of_its_stacks(self):
        trace = harness.record([harness.program("frees")], self.folder).trace
        stacks = harness.report(trace)["stacks"]
        own = [s for s in stacks if any(f["function"] == "contained_here" for f in s["frames"])]
        names = ("allocations", "allocated_bytes", "peak_bytes", "peak_blocks", "leaked_bytes",
                 "temporary_allocations", "contained_allocations", "reallocations")
        self.budget({"id": "a", "scope": {"function": "^contained_here$"},
                     **{name: {"min": 0} for name in names}})
        found = self.limits(trace)
        self.assertEqual({name: found["a", name]["figure"] for name in names},
                         {name: sum(s[name] for s in own) for name in names})
        self.assertEqual(found["a", "allocations"]["figure"], 10)
        self.assertEqual(found["a", "contained_allocations"]["figure"], 10)

    def test_threads_and_phases(self):
        trace = harness.record([harness.program("threads_named")], self.folder).trace
        threads = {t["name"]: t["allocations"] for t in harness.report(trace)["threads"]}
        name = next(n for n in sorted(threads) if n != "threads_named" and threads[n])
        self.budget({"id": "main", "scope": {"thread": "main"}, "allocations": {"min": 0}},
                    {"id": "one", "scope": {"thread": name}, "allocations": {"min": 0}})
        found = self.limits(trace)
        self.assertEqual(found["one", "allocations"]["figure"], threads[name])
        self.assertEqual(found["main", "allocations"]["figure"], threads["threads_named"])
        trace = harness.record([harness.program("phases")], self.folder).trace
        phases = {p["phase"]: p["allocations"] for p in harness.report(trace)["phases"]}
        self.budget(*({"id": phase, "scope": {"phase": phase}, "allow_empty": True,
                       "allocations": {"min": 0}} for phase in
                      ("before_main", "main", "after_main")))
        found = self.limits(trace)
        for phase, count in phases.items():
            self.assertEqual(found[phase.replace(" ", "_"), "allocations"]["figure"], count)
        self.assertGreater(found["after_main", "allocations"]["figure"], 0)

    def test_a_command_is_recorded_and_its_output_is_its_own(self):
        self.budget({"id": "total", "allocations": {"max": 1}})
        ended = self.allocprof("check", "--", "sh", "-c", f"echo mine; {PROGRAM} rows 3")
        self.assertEqual((ended.returncode, ended.stdout), (3, "mine\n"))
        self.assertIn("3 allocations: parse_row", ended.stderr)
        # Nothing is left behind.
        self.assertEqual([p.name for p in self.folder.iterdir()], ["allocprof.budget.json"])

    def test_processes_of_a_command_count_together(self):
        self.budget({"id": "rows", "scope": {"function": "^rows$"}, "allocations": {"equal": 10}})
        ended = self.allocprof("check", "--", "sh", "-c", f"{PROGRAM} rows 3; {PROGRAM} rows 2")
        self.assertEqual(ended.returncode, 0, ended.stderr)

    def test_a_failing_command_has_its_own_status_and_no_verdict(self):
        self.budget({"id": "total", "allocations": {"max": 0}})
        for arguments, status in ((("exit", "7"), 7), (("exit", "3"), 3),
                                  (("kill", str(int(signal.SIGTERM))), 128 + signal.SIGTERM)):
            ended = self.allocprof("check", "--", PROGRAM, *arguments)
            self.assertEqual((ended.returncode, ended.stdout), (status, ""))
            self.assert_says(ended, "so there is no verdict")
        self.assertEqual(self.allocprof("check", "--", "./nowhere").returncode, 127)
        self.assertEqual(self.allocprof("check", "--", "/etc/passwd").returncode, 126)

    def test_what_is_not_recorded_is_no_success(self):
        self.budget({"id": "total", "allocations": {"max": 0}})
        # env -i drops the preload.
        ended = self.allocprof("check", "--", "env", "-i", PROGRAM, "rows", "3")
        self.assertNotEqual(ended.returncode, 0)
        ended = self.allocprof("check", "--", PROGRAM, "rows", "3",
                               env={"ALLOCPROF_START": "off"})
        self.assertEqual(ended.returncode, 0)  # it was recorded, and told to count nothing

    def test_percentages_need_a_baseline_and_the_ratchet_moves_it(self):
        self.budget({"id": "total", "allocations": {"max": "10%"}})
        trace = self.record("rows", 10)
        ended = self.allocprof("check", trace)
        self.assertEqual(ended.returncode, 2)
        self.assert_says(ended,
                         "write it: allocprof baseline update " + str(trace))
        self.assertEqual(self.allocprof("baseline", "update", trace).returncode, 0)
        baseline = self.folder / "allocprof.baseline.json"
        first = baseline.read_bytes()
        self.assertEqual(self.allocprof("check", trace).returncode, 0)
        self.assertEqual(self.allocprof("check", self.record("rows", 11)).returncode, 0)
        worse = self.record("rows", 12)
        ended = self.allocprof("check", worse)
        self.assertEqual(ended.returncode, 3)
        self.assertIn("24 allocations > 22 (+9.1 %; baseline 20)", ended.stdout)
        self.assertIn("    12 allocations (+2): keep_row", ended.stdout)
        accept = f"allocprof baseline update --accept-increase total {worse}"
        self.assertIn("    to accept: " + accept, ended.stdout)
        # Down only: refused, and the file stays as it is.
        ended = self.allocprof("baseline", "update", "--only-decrease", worse)
        self.assertEqual(ended.returncode, 3)
        self.assertEqual(baseline.read_bytes(), first)
        # What the failure says is what makes it pass.
        self.assertEqual(self.allocprof(*accept.split()[1:]).returncode, 0)
        self.assertEqual(self.allocprof("check", worse).returncode, 0)
        # Better than it is no failure, unless it is to be.
        self.assertEqual(self.allocprof("check", trace).returncode, 0)
        ended = self.allocprof("check", "--strict", trace)
        self.assertEqual(ended.returncode, 4)
        self.assertIn(f"to keep it: allocprof baseline update {trace}", ended.stdout)
        self.assertEqual(
            self.allocprof("baseline", "update", "--only-decrease", trace).returncode, 0)
        self.assertEqual(baseline.read_bytes(), first)
        self.assertEqual(self.allocprof("check", "--strict", trace).returncode, 0)

    def test_a_new_stack_is_called_new(self):
        self.budget({"id": "total", "allocations": {"max": "0%"}})
        self.allocprof("baseline", "update", self.record("rows", 10))
        ended = self.allocprof("check", self.record("leak", 25))
        self.assertEqual(ended.returncode, 3)
        self.assertIn("    25 allocations, NEW: leak_row", ended.stdout)

    def test_the_three_assertions_that_dhat_users_know(self):
        self.budget({"id": "exact", "allocations": {"equal": 20}},
                    {"id": "peak", "peak_bytes": {"max": 24}},
                    {"id": "freed", "leaked_blocks": {"max": 0}})
        self.assertEqual(self.allocprof("check", self.record("rows", 10)).returncode, 0)
        ended = self.allocprof("check", self.record("leak", 2))
        self.assertEqual(ended.returncode, 3)
        self.assertIn("[exact] 2 allocations != 20 (-90.0 %)", ended.stdout)
        self.assertIn("[peak] 32 peak bytes > 24 (+33.3 %)", ended.stdout)
        self.assertIn("[freed] 2 leaked blocks > 0 (+2)", ended.stdout)

    def test_runs_that_differ_are_named_and_left_out_where_the_budget_says_so(self):
        counted = ["--runs", "3", "--", PROGRAM, "counted", self.folder / "count"]
        self.budget({"id": "total", "allocations": {"max": 6}})
        ended = self.allocprof("check", *counted)
        self.assertEqual(ended.returncode, 3)
        self.assertIn("[total] 7 allocations > 6", ended.stderr)  # of the worst run
        self.assertRegex(ended.stderr, r"unstable: 1 to 3 allocations from run to run: drift_row ")
        self.assertIn("3 runs, 1 stack not the same in each", ended.stderr)
        self.budget({"id": "total", "exclude_unstable": True, "allocations": {"equal": 4}})
        ended = self.allocprof("check", *counted)
        self.assertEqual(ended.returncode, 0, ended.stderr)
        self.assertIn("unstable: 4 to 6 allocations", ended.stderr)
        self.budget({"id": "total", "allocations": {"equal": 20}})
        ended = self.allocprof("check", "--runs", "3", "--", PROGRAM, "rows", "10")
        self.assertEqual(ended.returncode, 0)
        self.assertIn("3 runs, 0 stacks not the same", ended.stderr)

    def test_two_checks_of_a_trace_are_the_same_bytes(self):
        self.budget({"id": "total", "allocations": {"max": 1}, "peak_bytes": {"max": 1}})
        trace = harness.record([harness.program("stacks_torture")], self.folder).trace
        for report in ("text", "json", "sarif", "junit", "md"):
            first, second = (self.allocprof("check", "--report", report, trace).stdout
                             for _ in range(2))
            self.assertEqual(first, second)
            self.assertTrue(first)

    def test_a_first_budget_is_kept_by_its_program(self):
        trace = self.record("rows", 1000)
        ended = self.allocprof("budget", "init", trace)
        self.assertEqual((ended.returncode, ended.stdout), (0, ""))
        self.assertIn("next: allocprof check", ended.stderr)
        text = (self.folder / "allocprof.budget.json").read_text()
        self.assertIn('"allocations": { "max": 2200 },  // 2,000 now', text)
        self.assertIn(r'"function": "\\bparse_row\\b"', text)
        self.assertEqual(self.allocprof("check", trace).returncode, 0)
        self.assertEqual(self.allocprof("check", self.record("rows", 1200)).returncode, 3)
        # People may have edited it.
        ended = self.allocprof("budget", "init", trace)
        self.assertEqual(ended.returncode, 2)
        self.assertIn("--force", ended.stderr)

    def test_mistakes(self):
        trace = self.record("rows", 1)
        for budget, arguments, about in (
                ({"id": "a", "alocations": {"max": 1}}, (trace,),
                 "allocprof.budget.json: /budgets/0/alocations: "),
                ({"id": "a", "scope": {"function": "nowhere"}, "frees": {"max": 1}}, (trace,),
                 "allocprof.budget.json: /budgets/0/scope: "),
                ({"id": "a", "scope": {"region": "x"}, "frees": {"max": 1}}, (trace,),
                 "no allocation is in the scope region 'x'"),
                ({"id": "a", "frees": {"max": "1 lb"}}, (trace,), "/budgets/0/frees/max: "),
                ({"id": "a", "frees": {"max": 1}}, (), "no trace, and no command"),
                ({"id": "a", "frees": {"max": 1}}, (trace, "--", "true"), "name one of them"),
                ({"id": "a", "frees": {"max": 1}}, (trace, "--runs", "2"), "--runs: needs a command"),
                ({"id": "a", "frees": {"max": 1}}, (trace, "--report", "jnuit=x"),
                 "did you mean 'junit'?"),
                ({"id": "a", "frees": {"max": 1}}, (trace, "--budget", "nowhere.json"),
                 "nowhere.json: cannot be read: no such file")):
            self.budget(budget)
            ended = self.allocprof("check", *arguments)
            self.assertEqual((ended.returncode, ended.stdout), (2, ""), about)
            self.assert_says(ended, about)
        self.budget({"id": "a", "frees": {"max": 1}})
        self.assertEqual(self.allocprof("check", "nowhere.json").returncode, 1)
        ended = self.allocprof("baseline", "update", "--accept-increase", "b", trace)
        self.assertEqual(ended.returncode, 2)
        # allow_empty makes the scope one that is to be empty.
        self.budget({"id": "a", "scope": {"region": "x"}, "allow_empty": True, "frees": {"max": 0}})
        self.assertEqual(self.allocprof("check", trace).returncode, 0)


if __name__ == "__main__":
    unittest.main()
