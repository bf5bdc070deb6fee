# SPDX-License-Identifier: Apache-2.0
"""Each option of the recorder does what its row in options.def says; a bad value is told once and
the default stands; the README has the same table."""

import json
import re
import unittest

import harness

DEEP = 3000


def rows():
    """(name, type, default, help) of each row of options.def."""
    text = (harness.ROOT / "src" / "wire" / "options.def").read_text()
    found = re.findall(r'^OPTION\((\w+), (\w+), "([^"]*)", \d+, \d+,\s*"([^"]*)"\)', text, re.M)
    if len(found) != len(re.findall(r"^OPTION\(", text, re.M)):
        raise AssertionError("a row of options.def was not understood")
    return found


def told(*lines):
    return "".join(f"{line}\n" for line in (*lines, "quit"))


class OptionsTest(harness.IntegrationTest):
    def record(self, *lines, **options):
        script = self.folder / "script"
        script.write_text(told(*lines))
        env = {f"ALLOCPROF_{name}": value for name, value in options.items()}
        recorded = harness.record([harness.program("on_command")], self.folder, env, script)
        self.assertEqual(recorded.status, 0, recorded.stderr.decode())
        return recorded

    def header(self, trace):
        with open(trace, encoding="utf-8") as lines:
            return json.loads(lines.readline().rstrip().rstrip(",") + "}")

    def test_readme_has_every_row(self):
        readme = (harness.ROOT / "README.md").read_text()
        documented = re.findall(r"^\| `ALLOCPROF_(\w+)` \| `([^`]*)` \| (.*) \|$", readme, re.M)
        wanted = [(name, default, text.replace("|", "\\|")) for name, _, default, text in rows()]
        self.assertEqual(documented, wanted)

    def test_help_of_run_has_every_row(self):
        shown = harness.allocprof("run", "--help").stdout.decode()
        for name, _, default, text in rows():
            if name == "OUTPUT":
                continue
            flag = "--" + name.lower().replace("_", "-")
            self.assertIn(flag, shown)
            self.assertIn(text.split(":")[0], " ".join(shown.split()), flag)
            self.assertIn(f"[{default}]", shown, flag)

    def test_a_bad_value_is_told_once_and_the_default_stands(self):
        good = self.header(self.record("keep 3 10").trace)
        for name, kind, default, _ in rows():
            if kind == "kText":
                continue
            with self.subTest(name):
                recorded = self.record("keep 3 10", **{name: "nonsense"})
                self.assert_one_line(recorded.stderr, name)
                self.assertIn(f"ALLOCPROF_{name}", recorded.stderr.decode())
                self.assertIn("nonsense", recorded.stderr.decode())
                self.assertIn(f"default {default}", recorded.stderr.decode())
                self.assertEqual(harness.report(recorded.trace)["totals"]["allocations"], 3)
                header = self.header(recorded.trace)
                for option in ("ring", "depth", "unwind", "free_stacks", "start", "max_size"):
                    self.assertEqual(header[option], good[option])

    def test_numbers_outside_their_range_are_bad(self):
        for name, value in (("DEPTH", "15"), ("DEPTH", "2049"), ("DEPTH", "1K"), ("RING", "16383"),
                            ("RING", "2M"), ("MAX_SIZE", "-1"), ("MAX_SIZE", "9999999999G")):
            with self.subTest(f"{name}={value}"):
                self.assert_one_line(self.record("keep 1 10", **{name: value}).stderr, name)

    def test_run_refuses_a_bad_value_before_it_runs(self):
        for name, kind, _, _ in rows():
            if kind == "kText":
                continue
            flag = "--" + name.lower().replace("_", "-")
            ended = harness.allocprof("run", flag, "nonsense", "--", "/bin/true")
            self.assertEqual(ended.status, 2, flag)
            self.assertIn(b"nonsense", ended.stderr)

    def test_max_size(self):
        most = 100 * 1024
        lines = ["keep 1000 10", "churn 200000", "drop 400"]
        recorded = self.record(*lines, MAX_SIZE="100K")
        said = recorded.stderr.decode()
        self.assertEqual(said.count("ALLOCPROF_MAX_SIZE"), 1, said)
        # The last line is the end record; only it and a record a thread come on top.
        self.assertLess(recorded.trace.stat().st_size, most + 4096)
        result = harness.report(recorded.trace)
        totals = result["totals"]
        self.assertTrue(result["process"]["complete"])
        self.assertGreater(totals["allocations"], 1000)
        with open(recorded.trace, "rb") as lines:
            end = json.loads(lines.read().splitlines()[-2])
        dropped = end["dropped"]
        self.assertEqual(totals["allocations"] + dropped["allocations"], 201000)
        self.assertEqual(totals["frees"] + dropped["frees"], 200400)
        self.assertEqual(totals["allocated_bytes"] + dropped["allocated_bytes"],
                         1000 * 10 + 200000 * 16)
        self.assertEqual(totals["lost_events"], dropped["events"])
        (note,) = [note for note in result["notes"] if "full after" in note]
        self.assertIn(f"{dropped['allocations']:,} allocations", note)

    def test_depth_keeps_both_ends(self):
        recorded = self.record(f"deep {DEEP}", DEPTH="64")
        stacks = harness.report(recorded.trace)["stacks"]
        (stack,) = [stack for stack in stacks if stack["allocations"] == 1]
        names = [frame["function"] for frame in stack["frames"]]
        self.assertLess(len(names), 80)
        self.assertIn("keep", names[:4])
        self.assertEqual(names.count("main"), 1)
        self.assertGreater(names.count("deep"), 40)
        self.assertGreater(stack["stack_depth_max"], DEEP * 16)

    def test_a_depth_that_suffices_cuts_nothing(self):
        recorded = self.record("deep 1000", DEPTH="2048")
        stacks = harness.report(recorded.trace)["stacks"]
        (stack,) = [stack for stack in stacks if stack["allocations"] == 1]
        self.assertEqual([f["function"] for f in stack["frames"]].count("deep"), 1001)

    def test_ring(self):
        lines = ["keep 100 10", "churn 100000"]
        small = self.record(*lines, RING="16K")
        chunks = small.trace.read_bytes().count(b'"k":"chunk"')
        self.assertEqual(self.header(small.trace)["ring"], 16384)
        totals = harness.report(small.trace)["totals"]
        self.assertEqual((totals["allocations"], totals["lost_events"]), (100100, 0))
        large = self.record(*lines, RING="1M")
        self.assertLess(large.trace.read_bytes().count(b'"k":"chunk"'), chunks / 8)
        totals = harness.report(large.trace)["totals"]
        self.assertEqual((totals["allocations"], totals["lost_events"]), (100100, 0))

    def test_unwind(self):
        shown = {}
        for how in ("native", "libunwind", "verify"):
            recorded = self.record("keep 10 10", "deep 20", "churn 100", UNWIND=how)
            self.assertEqual(self.header(recorded.trace)["unwind"], how)
            result = harness.report(recorded.trace)
            shown[how] = [[f["function"] for f in s["frames"]] for s in result["stacks"]]
            verified = result["trust"]["stacks_verified"]
            self.assertEqual(verified > 0, how == "verify", how)
            self.assertEqual(result["trust"]["stacks_different"], 0)
        self.assertEqual(shown["libunwind"], shown["native"])
        self.assertEqual(shown["verify"], shown["native"])

    def test_free_stacks_off(self):
        lines = ["keep 1000 10", "churn 50000", "drop 1000"]
        frees = self.frees(self.record(*lines).trace)
        self.assertTrue(all(free["stack"] != 0 for free in frees))
        without = self.record(*lines, FREE_STACKS="off")
        frees = self.frees(without.trace)
        self.assertEqual(len(frees), 51000)
        self.assertTrue(all(free["stack"] == 0 for free in frees))
        totals = harness.report(without.trace)["totals"]
        self.assertEqual((totals["allocations"], totals["frees"], totals["leaked_blocks"]),
                         (51000, 51000, 0))

    def frees(self, trace):
        dumped = json.loads(harness.allocprof("dump", trace).stdout)
        return [record for record in dumped if record["k"] == "free"]

    def test_verbose(self):
        quiet = self.record("keep 1 10")
        self.assertEqual(quiet.stderr, b"")
        said = self.record("keep 1 10", VERBOSE="on").stderr.decode().splitlines()
        self.assertEqual(len(said), 2, said)
        self.assertIn("recording", said[0])
        self.assertIn("recorded", said[1])
        for line in said:
            self.assertIn(str(self.folder / "trace.json"), line)

    def test_output_patterns(self):
        recorded = harness.record(["/bin/true"], self.folder, {"ALLOCPROF_OUTPUT": "%e-%p%%.json"},
                                  trace=None)
        self.assertEqual(recorded.stderr, b"")
        (trace,) = self.folder.glob("*.json")
        self.assertRegex(trace.name, r"^true-\d+%\.json$")


if __name__ == "__main__":
    unittest.main()
