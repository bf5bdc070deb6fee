# SPDX-License-Identifier: Apache-2.0
"""The JSON report is a stable interface: its keys and types are as promised, its numbers add up
(births minus deaths are what lives; every breakdown sums to its total), and the text report
shows the same figures."""

import re
import unittest

import harness
import workloads

NUMBER = (int, float)
MAYBE_TEXT = (str, type(None))
MAYBE_LINE = (int, type(None))

PROCESS = {"pid": int, "exe": str, "argv": list, "start": (str, int, float), "duration_s": NUMBER,
           "exit": dict, "complete": bool}
COUNTED = ("allocations", "frees", "reallocations", "reallocations_in_place", "allocated_bytes",
           "peak_bytes", "peak_blocks", "leaked_bytes", "leaked_blocks", "runtime_bytes",
           "runtime_blocks", "temporary_allocations", "failed_allocations", "unknown_frees",
           "lost_events", "before_main_allocations", "after_main_allocations", "threads")
TOTALS = {**{name: int for name in COUNTED}, "peak_time_s": NUMBER, "overhead": dict}
FIGURES = {name: int for name in ("allocations", "allocated_bytes", "peak_bytes", "leaked_bytes",
                                  "temporary_allocations")}
FUNCTION = {"function": MAYBE_TEXT, "module": MAYBE_TEXT, "file": MAYBE_TEXT, "line": MAYBE_LINE,
            "self": dict, "total": dict, "frame_bytes": MAYBE_LINE, "stack_depth_max": MAYBE_LINE,
            "contained_allocations": int, "lifetime": dict, "size": dict}
STACK = {"frames": list, **FIGURES, "leaked_blocks": int, "contained_allocations": int,
         "cross_thread_frees": int}
FRAME = {"function": MAYBE_TEXT, "file": MAYBE_TEXT, "line": MAYBE_LINE, "module": MAYBE_TEXT,
         "inlined": bool, "frame_bytes": MAYBE_LINE}
THREAD = {"tid": int, "name": MAYBE_TEXT, "allocations": int, "allocated_bytes": int,
          "stack_limit_bytes": MAYBE_LINE, "stack_high_water_bytes": MAYBE_LINE,
          "stack_depth_max": MAYBE_LINE}
MOMENT = {"t_s": NUMBER, "live_bytes": int, "rss_bytes": MAYBE_LINE}
ADVICE = {"rule": str, "function": MAYBE_TEXT, "file": MAYBE_TEXT, "line": MAYBE_LINE, "text": str,
          "evidence": dict, "saves": dict}

# Keys of the contract whose analysis does not exist yet: absent, or of the right type.
LATER = {"contained_allocations", "lifetime", "size", "stack_high_water_bytes", "advice"}


class ReportKeysTest(harness.IntegrationTest):
    def recorded(self, make=workloads.sqlite3):
        work = make(self.folder)
        recorded = harness.record(work.command, self.folder, work.env, work.stdin)
        self.assertEqual(recorded.status, 0, recorded.stderr.decode())
        return recorded.trace

    def check_row(self, row, types, where):
        for key, kind in types.items():
            if key in LATER and key not in row:
                continue
            self.assertIn(key, row, where)
            self.assertIsInstance(row[key], kind, f"{where}.{key}")
            if kind is int:
                self.assertNotIsInstance(row[key], bool, f"{where}.{key}")
                self.assertGreaterEqual(row[key], 0, f"{where}.{key}")

    def check_sum(self, result, rows, key):
        """A list and what was left out of it make up the total."""
        listed = sum(row[key] for row in result[rows])
        omitted = result["omitted"].get(rows, {}).get(key, 0)
        self.assertEqual(listed + omitted, result["totals"][key], f"{rows}: sum of {key}")

    def check_sum_of_functions(self, result, key):
        """Each allocation is some function's own, and no other's."""
        listed = sum(row["self"][key] for row in result["functions"])
        omitted = result["omitted"].get("functions", {}).get("self", {}).get(key, 0)
        self.assertEqual(listed + omitted, result["totals"][key], f"functions' own {key}")

    def test_keys_and_types(self):
        result = harness.report(self.recorded())
        self.assertEqual(result["schema"], "allocprof.report/1")
        self.check_row(result["process"], PROCESS, "process")
        self.check_row(result["process"]["exit"],
                       {"code": MAYBE_LINE, "signal": (int, str, type(None))}, "exit")
        self.check_row(result["totals"], TOTALS, "totals")
        self.check_row(result["totals"]["overhead"], {"cpu_s": NUMBER, "bytes": int}, "overhead")
        for name, types in (("functions", FUNCTION), ("stacks", STACK), ("threads", THREAD),
                            ("timeline", MOMENT), ("advice", ADVICE)):
            for index, row in enumerate(result[name] if name not in LATER else result.get(name, [])):
                self.check_row(row, types, f"{name}[{index}]")
        for name in ("functions", "stacks", "threads", "timeline"):
            self.assertTrue(result[name], f"{name} is empty")
        for row in result["functions"]:
            self.check_row(row["total"], FIGURES, "functions.total")
            self.check_row(row["self"], FIGURES, "functions.self")
        for row in result["stacks"]:
            self.assertTrue(row["frames"])
            for frame in row["frames"]:
                self.check_row(frame, FRAME, "stacks.frames")

    def test_process(self):
        process = harness.report(self.recorded())["process"]
        self.assertEqual(process["exe"], "/usr/bin/sqlite3")
        self.assertEqual(process["argv"], ["/usr/bin/sqlite3", ":memory:"])
        self.assertEqual(process["exit"], {"code": 0, "signal": None})
        self.assertIs(process["complete"], True)
        self.assertGreater(process["duration_s"], 0)
        self.assertLess(process["duration_s"], 60)

    def check_conservation(self, result):
        totals = result["totals"]
        self.assertEqual(
            harness.live_blocks_at_end(totals),
            totals["leaked_blocks"] + totals["runtime_blocks"],
            "births - deaths = live",
        )
        self.assertLessEqual(totals["reallocations_in_place"], totals["reallocations"])
        self.assertEqual(totals["lost_events"], 0)
        for key in ("allocations", "allocated_bytes", "peak_bytes", "leaked_bytes",
                    "leaked_blocks", "temporary_allocations"):
            self.check_sum(result, "stacks", key)
        for key in ("allocations", "allocated_bytes"):
            self.check_sum(result, "threads", key)
        for key in FIGURES:
            self.check_sum_of_functions(result, key)
        for row in result["functions"]:
            for key in FIGURES:
                self.assertLessEqual(row["self"][key], row["total"][key], row["function"])
                self.assertLessEqual(row["total"][key], totals[key], row["function"])
        highest = max(moment["live_bytes"] for moment in result["timeline"])
        self.assertLessEqual(highest, totals["peak_bytes"])
        times = [moment["t_s"] for moment in result["timeline"]]
        self.assertEqual(times, sorted(times), "the timeline runs forward")

    def test_sqlite3_adds_up(self):
        self.check_conservation(harness.report(self.recorded()))

    def test_python3_adds_up(self):
        self.check_conservation(harness.report(self.recorded(workloads.python3)))

    def test_rust_adds_up(self):
        self.check_conservation(harness.report(self.recorded(workloads.rust_work)))

    def test_threads_add_up(self):
        self.check_conservation(harness.report(self.recorded(workloads.threads_named)))

    def test_a_cut_list_says_what_it_omits(self):
        trace = self.recorded()
        whole = harness.report(trace)
        cut = harness.report(trace, "--top", "3")
        self.assertEqual(cut["totals"], whole["totals"])
        for name in ("functions", "stacks"):
            self.assertEqual(cut[name], whole[name][:3], name)
        self.assertLessEqual({"functions", "stacks"}, set(cut["omitted"]))
        for key in ("allocations", "allocated_bytes", "peak_bytes", "leaked_bytes"):
            self.check_sum(cut, "stacks", key)
            self.check_sum_of_functions(cut, key)

    def test_sort(self):
        trace = self.recorded()
        for key in ("allocations", "allocated_bytes", "peak_bytes"):
            stacks = harness.report(trace, "--sort", key)["stacks"]
            figures = [stack[key] for stack in stacks]
            self.assertEqual(figures, sorted(figures, reverse=True), f"--sort {key}")
        ended = harness.allocprof("report", "--sort", "banana", trace)
        self.assertEqual(ended.status, 2, "a sort key that does not exist")
        self.assertIn(b"banana", ended.stderr)

    def test_text_shows_the_same_figures(self):
        trace = self.recorded()
        totals = harness.report(trace)["totals"]
        ended = harness.allocprof("report", trace)
        self.assertEqual(ended.status, 0, ended.stderr.decode())
        self.assertNotIn(b"\x1b", ended.stdout, "colour where there is no terminal")
        shown = re.sub(r"(?<=\d),(?=\d)", "", ended.stdout.decode())
        for key in ("allocations", "frees", "temporary_allocations", "leaked_blocks"):
            self.assertRegex(shown, rf"(?<!\d){totals[key]}(?!\d)", f"{key} is not in the text")

    def test_no_such_trace(self):
        ended = harness.allocprof("report", self.folder / "nowhere.json")
        self.assertEqual(ended.status, 1)
        self.assertEqual(ended.stdout, b"")
        self.assert_one_line(ended.stderr, "a trace that is not there")
        self.assertIn(b"nowhere.json", ended.stderr)


if __name__ == "__main__":
    unittest.main()
