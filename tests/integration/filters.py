# SPDX-License-Identifier: Apache-2.0
"""Filters, groups, cuts and suppressions on real programs: what is shown and what is left out add
up, and text, JSON, CSV and Markdown show one and the same report."""

import csv
import io
import json
import re
import unittest

import harness
import workloads

FIGURES = ("allocations", "allocated_bytes", "peak_bytes", "leaked_bytes", "temporary_allocations")


def human(value, key):
    """A figure as people read it, spelled out here once more: what text and Markdown must show."""
    if value is None:
        return "–"
    if key.endswith("bytes") or "depth" in key or "size_max" in key:
        if value < 1024:
            return f"{value} B"
        amount = float(value)
        for unit in ("KiB", "MiB", "GiB"):
            amount /= 1024
            if round(amount, 1) < 1024:
                return f"{amount:.1f} {unit}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def cell(row, key):
    """The value at a dotted key."""
    for part in key.split("."):
        row = row[part]
    return row


class FiltersTest(harness.IntegrationTest):
    def recorded(self, make):
        work = make(self.folder)
        recorded = harness.record(work.command, self.folder, work.env, work.stdin)
        self.assertEqual(recorded.status, 0, recorded.stderr.decode())
        return recorded.trace

    def check_selection(self, trace, *filters):
        """The filtered report, having proved that it is a part of the whole and adds up."""
        whole, part = harness.report(trace), harness.report(trace, *filters)
        selection = part["selection"]
        self.assertTrue(selection["filters"], filters)
        for key in FIGURES:
            self.assertEqual(selection["whole"][key], whole["totals"][key], key)
            self.assertEqual(part["totals"][key] + selection["left_out"][key],
                             whole["totals"][key], key)
            for rows in ("stacks", "functions"):
                listed = sum(cell(row, f"self.{key}" if rows == "functions" else key)
                             for row in part[rows])
                self.assertEqual(listed, part["totals"][key], f"{rows}: {key}")
        for key in ("allocations", "allocated_bytes"):
            self.assertEqual(sum(row[key] for row in part["threads"]), part["totals"][key])
        return part

    def test_threads(self):
        trace = self.recorded(workloads.threads_named)
        for name, count, size in (("alpha", 1000, 24), ("beta", 2000, 48), ("gamma", 3000, 72)):
            totals = self.check_selection(trace, "--thread", name, "--function", r"^allocate\(")["totals"]
            self.assertEqual((totals["allocations"], totals["allocated_bytes"]),
                             (count, count * size), name)
            self.assertEqual((totals["frees"], totals["leaked_bytes"]), (count - 1, size), name)
        both = self.check_selection(trace, "--thread", "alpha", "--thread", "b*",
                                    "--function", r"^allocate\(")
        self.assertEqual(both["totals"]["allocations"], 3000)
        rows = {row["group"].split()[0]: row["self"]["allocations"] for row in
                harness.report(trace, "--group-by", "thread", "--function", r"^allocate\(")["groups"]}
        self.assertEqual(rows, {"alpha": 1000, "beta": 2000, "gamma": 3000})
        rows = {row["group"]: row["self"]["allocations"] for row in
                harness.report(trace, "--group-by", "size", "--function", r"^allocate\(")["groups"]}
        self.assertEqual(rows, {"17 B to 32 B": 1000, "33 B to 64 B": 2000, "65 B to 128 B": 3000})

    def test_functions_files_and_modules(self):
        trace = self.recorded(workloads.rust_work)
        whole = harness.report(trace)
        top = whole["functions"][0]
        by_function = self.check_selection(
            trace, "--function", "^" + re.escape(top["function"]) + "$", "--module", top["module"])
        self.assertEqual(by_function["totals"]["allocations"], top["total"]["allocations"])
        self.check_selection(trace, "--file", "*.rs")

    def test_phases_make_up_the_whole(self):
        trace = self.recorded(workloads.rust_empty)
        phases = [self.check_selection(trace, "--phase", phase)["totals"]["allocations"]
                  for phase in ("before", "in", "after")]
        totals = harness.report(trace)["totals"]
        self.assertEqual(sum(phases), totals["allocations"])
        self.assertEqual(phases[0], totals["before_main_allocations"])
        self.assertEqual(phases[2], totals["after_main_allocations"])

    def test_groups_sum_to_the_total(self):
        trace = self.recorded(workloads.sqlite3)
        for kind in ("file", "module", "thread", "size"):
            for options in ((), ("--top", "2"), ("--min", "10%")):
                result = harness.report(trace, "--group-by", kind, *options)
                omitted = result["omitted"].get("groups", {}).get("self", {})
                for key in FIGURES:
                    listed = sum(row["self"][key] for row in result["groups"])
                    self.assertEqual(listed + omitted.get(key, 0), result["totals"][key],
                                     f"{kind} {options} {key}")

    def test_min_leaves_out_small_rows(self):
        trace = self.recorded(workloads.sqlite3)
        result = harness.report(trace, "--sort", "allocated_bytes", "--min", "64KiB")
        figures = [row["allocated_bytes"] for row in result["stacks"]]
        self.assertTrue(figures)
        self.assertGreaterEqual(min(figures), 64 * 1024)
        self.assertEqual(sum(figures) + result["omitted"]["stacks"]["allocated_bytes"],
                         result["totals"]["allocated_bytes"])

    def test_nothing_matches(self):
        trace = self.recorded(workloads.threads_named)
        ended = harness.allocprof("report", "--function", "nowhere_at_all", trace)
        self.assertEqual(ended.status, 0)
        self.assertIn("No allocation matches --function 'nowhere_at_all'", ended.stdout.decode())
        ended = harness.allocprof("report", "--thread", "nobody", "--format", "csv", trace)
        self.assertEqual(ended.status, 0)
        self.assert_one_line(ended.stderr, "a table that is empty")
        self.assertIn(b"--thread 'nobody'", ended.stderr)

    def test_wrong_arguments_name_the_place(self):
        trace = self.recorded(workloads.threads_named)
        for options, said in ((["--function", "a(b"], b"'a(b': missing closing parenthesis"),
                              (["--phase", "during"], b"'during' is not before, in or after"),
                              (["--min", "lots"], b"'lots' is no amount"),
                              (["--group-by", "modul"], b"did you mean 'module'?")):
            ended = harness.allocprof("report", *options, trace)
            self.assertEqual(ended.status, 2, options)
            self.assert_one_line(ended.stderr, options)
            self.assertIn(said, ended.stderr)

    def test_suppressions(self):
        trace = self.recorded(workloads.threads_named)
        known = self.folder / "known.supp"
        known.write_text("# blocks that a thread keeps\nleak:^allocate(\nleak:never_called\n")
        before = harness.report(trace)["totals"]
        result = harness.report(trace, "--suppressions", known)
        totals = result["totals"]
        self.assertEqual((totals["suppressed_bytes"], totals["suppressed_blocks"]), (144, 3))
        self.assertEqual(totals["leaked_bytes"] + 144, before["leaked_bytes"])
        self.assertEqual(totals["runtime_bytes"], before["runtime_bytes"])
        self.assertEqual([(row["pattern"], row["line"], row["blocks"], row["bytes"])
                          for row in result["suppressions"]],
                         [("^allocate(", 2, 3, 144), ("never_called", 3, 0, 0)])
        self.assertTrue(any(note.startswith(f"{known}:3: the suppression 'never_called'")
                            for note in result["notes"]), result["notes"])
        for text, code, said in (("leak:a\nthread:b\n", 2, "known.supp:2: 'thread'"),
                                 (None, 1, "known.supp: cannot be read")):
            known.write_text(text) if text else known.unlink()
            ended = harness.allocprof("report", "--suppressions", known, trace)
            self.assertEqual(ended.status, code)
            self.assert_one_line(ended.stderr, text)
            self.assertIn(said, ended.stderr.decode())


class FormatsTest(harness.IntegrationTest):
    """Four formats of one report, parsed back."""

    def recorded(self, make=workloads.sqlite3):
        work = make(self.folder)
        recorded = harness.record(work.command, self.folder, work.env, work.stdin)
        self.assertEqual(recorded.status, 0, recorded.stderr.decode())
        return recorded.trace

    def printed(self, trace, *options):
        ended = harness.allocprof("report", *options, trace)
        self.assertEqual(ended.status, 0, ended.stderr.decode())
        return ended.stdout.decode()

    def check_csv(self, trace, table, rows, options):
        text = self.printed(trace, "--format", "csv", "--table", table, *options)
        parsed = list(csv.DictReader(io.StringIO(text)))
        self.assertEqual(len(parsed), len(rows), table)
        for row, expected in zip(parsed, rows):
            for key, shown in row.items():
                if key == "frames":
                    self.assertEqual(shown.split(";")[0].split("+0x")[0],
                                     (expected["frames"][0]["function"]
                                      or expected["frames"][0]["module"]).split("+0x")[0])
                    continue
                value = cell(expected, key)
                if isinstance(value, bool):
                    self.assertEqual(shown, str(value).lower(), key)
                elif isinstance(value, float):
                    self.assertEqual(float(shown), value, key)
                else:
                    self.assertEqual(shown, "" if value is None else str(value), key)

    def check_markdown(self, trace, table, rows, columns, options):
        text = self.printed(trace, "--format", "md", "--table", table, *options)
        lines = [line for line in text.splitlines() if line.startswith("|")][2:]
        self.assertEqual(len(lines), len(rows), table)
        for line, expected in zip(lines, rows):
            cells = [part.strip() for part in re.split(r"(?<!\\)\|", line)[1:-1]]
            for key in columns:
                value = human(cell(expected, key), key)
                self.assertIn(value, cells, f"{table}.{key}")

    def check_text(self, text, heading, rows, figures):
        """Each row's figures stand in the text's lines under the heading, in the same order."""
        body = text.split("\n" + heading, 1)[1]
        body = re.sub(r"\s+", " ", body.split("\n\n", 1)[0])
        at = 0
        for row in rows:
            for key in figures:
                value = human(cell(row, key), key)
                found = re.compile(rf"(?<![\w,.]){re.escape(value)}(?![\w,.])").search(body, at)
                self.assertTrue(found, f"{heading}: {key} {value} is not in the text after {at}")
                at = found.end()

    def check_formats(self, trace, first, *options):
        options = ("--top", "6", *options)
        result = json.loads(self.printed(trace, "--format", "json", *options))
        for table in (first, "stacks", "threads", "phases"):
            self.check_csv(trace, table, result[table], options)
        shown = ["self.allocations", "self.allocated_bytes", "self.peak_bytes"]
        self.check_markdown(trace, first, result[first], shown, options)
        self.check_markdown(trace, "stacks", result["stacks"],
                            ["allocations", "allocated_bytes", "peak_bytes"], options)
        text = self.printed(trace, *options)
        title = "Functions" if first == "functions" else "By "
        self.check_text(text, title, result[first], shown[:2])
        for key in ("allocations", "frees", "allocated_bytes", "leaked_bytes"):
            self.assertIn(human(result["totals"][key], key), text, key)

    def test_the_whole(self):
        self.check_formats(self.recorded(), "functions")

    def test_filtered_and_sorted(self):
        self.check_formats(self.recorded(), "functions", "--function", "sqlite3", "--sort",
                           "allocated_bytes", "--phase", "in")

    def test_groups(self):
        self.check_formats(self.recorded(), "groups", "--group-by", "size", "--min", "1%")

    def test_cplusplus_names(self):
        self.check_formats(self.recorded(workloads.threads_named), "functions", "--sort",
                           "allocated_bytes")


if __name__ == "__main__":
    unittest.main()
