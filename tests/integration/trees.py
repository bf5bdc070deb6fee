# SPDX-License-Identifier: Apache-2.0
"""The commands beside `report`, on real programs: a tree's figures add up at every node, the leaks
are those of the report, and a timeline's parts make up the whole."""

import csv
import io
import json
import re
import unittest

import harness
import workloads

FIGURES = ("allocations", "allocated_bytes", "peak_bytes", "leaked_bytes", "temporary_allocations")


class TreesTest(harness.IntegrationTest):
    def recorded(self, make):
        work = make(self.folder)
        recorded = harness.record(work.command, self.folder, work.env, work.stdin)
        self.assertEqual(recorded.status, 0, recorded.stderr.decode())
        return recorded.trace

    def shown(self, command, trace, *options):
        ended = harness.allocprof(command, *options, trace)
        self.assertEqual(ended.status, 0, ended.stderr.decode())
        return ended.stdout.decode()

    def as_json(self, command, trace, *options):
        return json.loads(self.shown(command, trace, "--format", "json", *options))

    def check_tree(self, result):
        """Each total is the node's own figures and its children's; the first level's, the report's."""
        open_nodes = []  # a row and what its children have had so far, outermost first

        def close(until):
            while len(open_nodes) > until:
                row, below = open_nodes.pop()
                for key in FIGURES:
                    if row["rest"] == 0:
                        self.assertEqual(row["total"][key], row["self"][key] + below[key],
                                         f"{row['function']}: {key}")
        roots = dict.fromkeys(FIGURES, 0)
        for row in result["tree"]:
            self.assertLessEqual(row["depth"], len(open_nodes))
            close(row["depth"])
            into = open_nodes[-1][1] if open_nodes else roots
            for key in FIGURES:
                into[key] += row["total"][key]
            open_nodes.append((row, dict.fromkeys(FIGURES, 0)))
        close(0)
        for key in FIGURES:
            self.assertEqual(roots[key], result["totals"][key], key)

    def check_trees(self, make):
        trace = self.recorded(make)
        for options in ((), ("--inverted",), ("--min", "0"), ("--plumbing", "--min", "5%"),
                        ("--inverted", "--sort", "peak_bytes", "--top", "2")):
            result = self.as_json("tree", trace, *options)
            self.assertGreater(len(result["tree"]), 2, options)
            self.check_tree(result)
        # The call sites of the inverted tree have what the functions have for themselves.
        functions = {(row["function"], row["module"], row["file"]): row["self"]["allocations"]
                     for row in harness.report(trace)["functions"]}
        for row in self.as_json("tree", trace, "--inverted", "--min", "0")["tree"]:
            if row["depth"] == 0 and row["function"]:
                key = (row["function"], row["module"], row["file"])
                self.assertEqual(row["total"]["allocations"], functions[key], key)
        return trace

    def test_sqlite3(self):
        self.check_trees(workloads.sqlite3)

    def test_rust(self):
        self.check_trees(workloads.rust_work)

    def test_cplusplus(self):
        trace = self.check_trees(workloads.threads_named)
        result = self.as_json("tree", trace, "--thread", "beta", "--function", r"^allocate\(")
        self.check_tree(result)
        self.assertEqual(result["totals"]["allocations"], 2000)

    def test_formats_agree(self):
        trace = self.recorded(workloads.rust_work)
        rows = self.as_json("tree", trace)["tree"]
        table = list(csv.DictReader(io.StringIO(self.shown("tree", trace, "--format", "csv"))))
        self.assertEqual([(row["depth"], row["function"], row["total"]["allocations"])
                          for row in rows],
                         [(int(row["depth"]), row["function"] or None,
                           int(row["total.allocations"])) for row in table])
        markdown = [line for line in self.shown("tree", trace, "--format", "md").splitlines()
                    if line.startswith("|")][2:]
        self.assertEqual(len(markdown), len(rows))
        text = self.shown("tree", trace)
        at = 0
        for row in rows:
            if row["rest"]:
                continue
            figure = f"{row['total']['allocations']:,}"
            at = text.find(f" {figure} ", at)
            self.assertGreater(at, 0, f"{row['function']}: {figure} is not in the text")

    def test_leaks(self):
        trace = self.recorded(workloads.threads_named)
        totals = harness.report(trace)["totals"]
        result = self.as_json("leaks", trace)
        for key in ("leaked_bytes", "leaked_blocks"):
            self.assertEqual(sum(row[key] for row in result["leaks"]), totals[key], key)
        self.assertEqual(sum(row["bytes"] for row in result["runtime"]), totals["runtime_bytes"])
        ours = [row for row in result["leaks"]
                if any(frame["function"].startswith("allocate(") for frame in row["frames"])]
        self.assertEqual(sorted((row["leaked_bytes"], row["leaked_blocks"], row["size_max"])
                                for row in ours), [(24 + 48 + 72, 3, 72)])
        for row in result["leaks"]:
            self.assertLessEqual(0, row["born_first_s"])
            self.assertLessEqual(row["born_first_s"], row["born_last_s"])
            self.assertLessEqual(row["born_last_s"], result["process"]["duration_s"])
        text = self.shown("leaks", trace)
        self.assertIn("144 B leaked", re.sub(r"\s+", " ", text))
        self.assertIn("allocate(", text)

    def test_timeline(self):
        trace = self.recorded(workloads.sqlite3)
        totals = harness.report(trace)["totals"]
        for intervals in ("0", "1", "30"):
            result = self.as_json("timeline", trace, "--intervals", intervals)
            rows = result["intervals"]
            for key in ("allocations", "allocated_bytes"):
                self.assertEqual(sum(row[key] for row in rows), totals[key], key)
            self.assertEqual(max(row["live_bytes_max"] for row in rows), totals["peak_bytes"])
            self.assertEqual(rows[-1]["live_bytes_end"],
                             totals["leaked_bytes"] + totals["runtime_bytes"])
        text = self.shown("timeline", trace)
        self.assertIn("live heap", text)
        self.assertIn("█", text)


if __name__ == "__main__":
    unittest.main()
