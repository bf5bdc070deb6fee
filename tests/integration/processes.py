# SPDX-License-Identifier: Apache-2.0
"""Several processes: a make with many children, shell pipes, every way of Python's multiprocessing,
chains of exec. One trace a process; `report` lists the children, `--tree` sums them, `merge` makes
one file of them, and the figures add up: of the tree those of its processes, of a merged file those
of what went into it."""

import json
import unittest

import harness

SUMMED = ("allocations", "allocated_bytes", "frees", "temporary_allocations", "peak_bytes",
          "leaked_bytes", "runtime_bytes")
# Of the whole these depend on when things happened, not on how many processes they were in.
OF_THE_WHOLE = ("allocations", "allocated_bytes", "frees", "reallocations",
                "reallocations_in_place", "temporary_allocations", "peak_bytes", "leaked_bytes",
                "leaked_blocks", "runtime_bytes", "failed_allocations", "unknown_frees", "threads")

# Rows of a list: more than there are processes, less than there are stacks.
ENOUGH = ("--top", "60")

PYTHON = """
import multiprocessing, sys

def work(n):
    return sum(len(bytearray(1000 + i)) for i in range(n))

if __name__ == "__main__":
    multiprocessing.set_start_method(sys.argv[1])
    with multiprocessing.Pool(3) as pool:
        results = pool.map(work, [100] * 12)
    child = multiprocessing.Process(target=work, args=(10,))
    child.start()
    child.join()
    print(sum(results), child.exitcode)
"""


class ProcessesTest(harness.IntegrationTest):
    def traces(self):
        return sorted(p for p in self.folder.glob("*.json") if p.name != "merged.json")

    def check_tree(self, root, processes):
        """The root's list, the tree and a merged file say the same; returns the tree's report."""
        alone = harness.report(root, *ENOUGH)
        tree = harness.report(root, "--tree", *ENOUGH)
        children = alone["children"]
        self.assertEqual(len(children), processes - 1, json.dumps(children, indent=1))
        self.assertEqual(len(tree["processes"]), processes)
        self.assertEqual(tree["process"]["processes"], processes)
        totals = tree["totals"]
        for key in SUMMED:
            self.assertEqual(sum(p[key] for p in tree["processes"]), totals[key], key)
        self.assertGreaterEqual(sum(p["own_peak_bytes"] for p in tree["processes"]),
                                totals["peak_bytes"])
        self.assertEqual(harness.live_blocks_at_end(totals),
                         totals["leaked_blocks"] + totals["runtime_blocks"])
        self.assertEqual(totals["lost_events"] + totals["lost_frees"], 0)

        # Each row is what a report of that trace alone says.
        pairs = list(zip(tree["processes"][1:], children))
        self.assertEqual([(row["pid"], row["trace"]) for row, _ in pairs],
                         [(child["pid"], child["trace"]) for _, child in pairs])
        for row, child in pairs[:6]:
            own = harness.report(child["trace"], *ENOUGH)
            self.assertEqual(own["process"]["pid"], row["pid"])
            for key in ("allocations", "allocated_bytes", "frees", "leaked_bytes"):
                self.assertEqual(row[key], own["totals"][key], f"{child['trace']} {key}")
            self.assertEqual(row["own_peak_bytes"], own["totals"]["peak_bytes"])
            self.assertEqual(child["allocations"], own["totals"]["allocations"])
            self.assertEqual(child["allocated_bytes"], own["totals"]["allocated_bytes"])
            self.assertEqual(child["peak_bytes"], own["totals"]["peak_bytes"])
            self.assertEqual(child["end_bytes"], own["totals"]["leaked_bytes"]
                             + own["totals"]["runtime_bytes"])
            self.assertEqual(child["exit_code"], own["process"]["exit"]["code"])

        merged = self.folder / "merged.json"
        ended = harness.allocprof("merge", "--tree", root, "-o", merged)
        self.assertEqual((ended.status, ended.stderr), (0, b""))
        json.loads(merged.read_bytes())
        again = harness.report(merged, *ENOUGH)
        together = harness.report(root, *(child["trace"] for child in children), *ENOUGH)
        for other in (again, together):
            for key in OF_THE_WHOLE:
                self.assertEqual(other["totals"][key], totals[key], key)
            self.assertEqual(self.without(other["functions"]), self.without(tree["functions"]))
            self.assertEqual(len(other["processes"]), processes)
            self.assertEqual([p["level"] for p in other["processes"]],
                             [p["level"] for p in tree["processes"]])
        return tree

    @staticmethod
    def without(functions):
        """Functions in an order of their own: those with equal figures may change places."""
        return sorted(json.dumps(f, sort_keys=True) for f in functions)

    def commands(self, result):
        return [row["command"].split(" ")[0] for row in result["processes"]]

    def test_make(self):
        jobs = 12
        (self.folder / "Makefile").write_text(
            "all: " + " ".join(f"{i}.o" for i in range(jobs)) + "\n\t@true\n"
            "%.o:\n\t@sort /dev/null >$@\n")
        recorded = harness.record(["make", "-j4"], self.folder)
        self.assertEqual((recorded.status, recorded.stderr), (0, b""))
        tree = self.check_tree(recorded.trace, len(self.traces()))
        self.assertEqual(self.commands(tree).count("sort"), jobs)
        self.assertEqual(tree["processes"][0]["level"], 0)
        self.assertTrue(all(p["level"] > 0 for p in tree["processes"][1:]))
        cut = harness.report(recorded.trace, "--tree", "--top", "3")
        self.assertGreater(cut["omitted"]["processes"]["rows"], 0)
        for key in SUMMED:
            self.assertEqual(
                sum(p[key] for p in cut["processes"]) + cut["omitted"]["processes"][key],
                tree["totals"][key], key)

    def test_shell_with_pipes(self):
        script = "echo b a | tr ' ' '\\n' | sort | tail -1; (perl -e 'my %h = 1..100; exit 3'); exit 5"
        recorded = harness.record(["/bin/sh", "-c", script], self.folder)
        self.assertEqual((recorded.status, recorded.stdout), (5, b"b\n"))
        tree = self.check_tree(recorded.trace, len(self.traces()))
        self.assertLessEqual({"tr", "sort", "tail", "perl"}, set(self.commands(tree)))
        exits = {p["command"].split(" ")[0]: p["exit_code"] for p in tree["processes"]}
        self.assertEqual(exits["perl"], 3)
        self.assertEqual(tree["process"]["exit"]["code"], 5)

    def check_python(self, method):
        (self.folder / "work.py").write_text(PYTHON)
        recorded = harness.record(["/usr/bin/python3", "work.py", method], self.folder,
                                  {"PYTHONHASHSEED": "0"})
        self.assertEqual(recorded.status, 0, recorded.stderr.decode())
        self.assertEqual(recorded.stdout.split()[1], b"0")
        tree = self.check_tree(recorded.trace, len(self.traces()))
        self.assertGreaterEqual(len(tree["processes"]), 5)
        return tree

    def test_python_fork(self):
        tree = self.check_python("fork")
        self.assertEqual([p["level"] for p in tree["processes"]], [0, 1, 1, 1, 1])

    def test_python_spawn(self):
        self.check_python("spawn")

    def test_python_forkserver(self):
        self.check_python("forkserver")

    def test_chain_of_execs(self):
        program = harness.program("ten_thousand")
        recorded = harness.record([program, "exec_twice"], self.folder)
        tree = self.check_tree(recorded.trace, 3)
        self.assertEqual(len({p["pid"] for p in tree["processes"]}), 1)
        self.assertEqual([p["level"] for p in tree["processes"]], [0, 1, 2])
        self.assertEqual([p["ended"] for p in tree["processes"]], ["exec", "exec", "exit"])
        # One program run three times: its function is one row.
        keep = harness.function(tree, "keep")
        self.assertEqual(keep["total"]["allocations"], 30000)

    def test_children_one_after_the_other(self):
        program = harness.program("ten_thousand")
        calls = [f"{program} exit"] * 4
        recorded = harness.record(["/bin/sh", "-c", "; ".join(calls) + "; true"], self.folder)
        tree = self.check_tree(recorded.trace, 1 + len(calls))
        own = [p["own_peak_bytes"] for p in tree["processes"]]
        # What one left is gone when the next one runs.
        self.assertLessEqual(tree["totals"]["peak_bytes"], own[0] + max(own[1:]))
        self.assertGreaterEqual(tree["totals"]["leaked_bytes"], sum(own[1:]) // 2)
        self.assertLess(tree["timeline"][-1]["live_bytes"], max(own[1:]))

    def test_a_selection_is_told_by_process(self):
        program = harness.program("ten_thousand")
        recorded = harness.record(["/bin/sh", "-c", f"{program} exit; {program} exit; true"],
                                  self.folder)
        kept = harness.report(recorded.trace, "--tree", "--function", "^keep$")
        self.assertEqual([p["allocations"] for p in kept["processes"]], [0, 10000, 10000])
        for key in SUMMED:
            if key != "frees":
                self.assertEqual(sum(p[key] for p in kept["processes"]), kept["totals"][key], key)
        self.assertIsNone(kept["processes"][1]["own_peak_bytes"])
        ended = harness.allocprof("timeline", "--sort", "allocations", recorded.trace)
        self.assertEqual((ended.status, ended.stdout), (2, b""))
        ended = harness.allocprof("leaks", "--group-by", "module", "--format", "json",
                                  recorded.trace, "--tree")
        groups = {g["group"]: g for g in json.loads(ended.stdout)["groups"]}
        self.assertGreater(groups["ten_thousand"]["total"]["leaked_bytes"], 0)

    def test_child_that_outlives_its_parent(self):
        program = harness.program("ten_thousand")
        # The shell waits for nobody; its child's output keeps the run open.
        recorded = harness.record(["/bin/sh", "-c", f"(sleep 0.3; {program} exit) & exit 3"],
                                  self.folder)
        self.assertEqual(recorded.status, 3)
        tree = self.check_tree(recorded.trace, len(self.traces()))
        rows = {p["command"].split(" ")[0]: p for p in tree["processes"]}
        self.assertEqual(tree["processes"][0]["exit_code"], 3)
        self.assertEqual(rows["ten_thousand"]["own_peak_bytes"],
                         rows["ten_thousand"]["peak_bytes"])
        # The parent had ended by then, and what it had is not in the peak.
        self.assertEqual(tree["processes"][0]["peak_bytes"], 0)
        self.assertGreater(tree["totals"]["peak_time_s"], 0.25)

    def test_child_that_is_killed(self):
        program = harness.program("ten_thousand")
        recorded = harness.record(["/bin/sh", "-c", f"{program} sigkill; {program} _exit; true"],
                                  self.folder)
        self.assertEqual(recorded.status, 0)
        tree = self.check_tree(recorded.trace, 3)
        self.assertEqual([p["ended"] for p in tree["processes"]], ["_exit", "died", "_exit"])
        self.assertEqual(harness.function(tree, "keep")["total"]["allocations"], 20000)
        self.assertTrue(any("killed or crashed" in note for note in tree["notes"]))
        # A merged file stands alone: it holds what only the spool had.
        merged = self.folder / "merged.json"
        for spool in self.folder.glob("*.spool"):
            spool.unlink()
        again = harness.report(merged)
        self.assertEqual(harness.function(again, "keep")["total"]["allocations"], 20000)

    def test_other_runs_in_the_folder_are_not_listed(self):
        program = harness.program("ten_thousand")
        first = harness.record(["/bin/sh", "-c", f"{program} exit; true"], self.folder)
        moved = first.trace.rename(self.folder / "old.json")
        harness.record(["/bin/sh", "-c", f"{program} exit; {program} exit; true"], self.folder)
        self.assertEqual(len(harness.report(self.folder / "trace.json")["children"]), 2)
        # Its children are found by the name that the run had.
        self.assertEqual(len(harness.report(moved)["children"]), 1)
        (child,) = harness.report(moved)["children"]
        self.assertEqual(harness.report(child["trace"])["children"], [])

    def test_merge_of_two_runs(self):
        program = harness.program("ten_thousand")
        a = harness.record([program, "exit"], self.folder, trace="a.json").trace
        b = harness.record([program, "return"], self.folder, trace="b.json").trace
        merged = self.folder / "merged.json"
        self.assertEqual(harness.allocprof("merge", a, b, "-o", merged).status, 0)
        result = harness.report(merged)
        self.assertEqual(harness.function(result, "keep")["total"]["allocations"], 20000)
        self.assertEqual([p["level"] for p in result["processes"]], [0, 0])
        # Again with the same: a process counts once. Merging what is merged adds to it.
        more = self.folder / "more.json"
        c = harness.record([program, "exit"], self.folder, trace="c.json").trace
        self.assertEqual(harness.allocprof("merge", merged, a, c, "-o", more).status, 0)
        result = harness.report(more)
        self.assertEqual(harness.function(result, "keep")["total"]["allocations"], 30000)
        self.assertEqual(len(result["processes"]), 3)
        dumped = json.loads(harness.allocprof("dump", more).stdout)
        self.assertEqual(sum(1 for line in dumped if line["k"] == "alloc"),
                         result["totals"]["allocations"])

    def test_merge_from_and_to_a_pipe(self):
        program = harness.program("ten_thousand")
        a = harness.record([program, "exit"], self.folder, trace="a.json").trace
        b = harness.record([program, "exit"], self.folder, trace="b.json").trace
        shell = (f"cat {a} | {harness.ALLOCPROF} merge - {b} | {harness.ALLOCPROF} report - "
                 "--format json --top 0")
        ended = harness.run(["/bin/sh", "-c", shell], self.folder)
        self.assertEqual((ended.status, ended.stderr), (0, b""))
        result = json.loads(ended.stdout)
        self.assertEqual(harness.function(result, "keep")["total"]["allocations"], 20000)

    def test_merge_refuses_what_is_no_trace(self):
        program = harness.program("ten_thousand")
        a = harness.record([program, "exit"], self.folder, trace="a.json").trace
        other = self.folder / "other.json"
        other.write_text("{}\n")
        for bad in (other, self.folder / "missing.json"):
            ended = harness.allocprof("merge", a, bad, "-o", self.folder / "merged.json")
            self.assertEqual(ended.status, 1)
            self.assert_one_line(ended.stderr, bad)
            self.assertFalse((self.folder / "merged.json").exists())
        ended = harness.allocprof("merge", a, "-o", a)
        self.assertEqual(ended.status, 2)
        self.assert_one_line(ended.stderr, "over itself")


if __name__ == "__main__":
    unittest.main()
