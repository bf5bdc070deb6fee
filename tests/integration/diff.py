# SPDX-License-Identifier: Apache-2.0
"""`allocprof diff` between two builds of a program: what a compiler, a loader or an editor changes
by the way is no difference, and what allocates more is one, at its place."""

import json
import subprocess
import unittest

import harness

SOURCE = """
#include <cstdlib>
#include <string>
#include <vector>
%(drift)s
template <typename T>
static std::vector<T> fill(int n) {
  std::vector<T> values;
  for (int i = 0; i < n; i++) values.push_back(static_cast<T>(i));
  return values;
}
static inline std::string text(int n) { return std::string(100 + n, 'x'); }
int parse(int rows) {
  int sum = 0;
  for (int i = 0; i < rows; i++) {
    sum += fill<%(type)s>(20).size();
    for (int j = 0; j < %(texts)d; j++) sum += text(j).size();
  }
  return sum;
}
%(between)s
int main(int argc, char**) { return %(call)s(5 * argc) == 0; }
"""
PLAIN = {"drift": "", "type": "int", "texts": 1, "between": "", "call": "parse"}


class DiffTest(harness.IntegrationTest):
    def build(self, name, flags="-O1", **changes):
        source = self.folder / "app.cc"
        source.write_text(SOURCE % {**PLAIN, **changes})
        program = self.folder / name
        subprocess.run(["g++", "-g", *flags.split(), "-fno-builtin", "-o", program, source],
                       check=True)
        return harness.record([program], self.folder, trace=f"{name}.json").trace

    def diff(self, *arguments, status=0):
        ended = harness.allocprof("diff", *map(str, arguments))
        self.assertEqual(ended.status, status, ended.stderr)
        return ended.stdout.decode()

    def changes(self, *arguments):
        return json.loads(self.diff(*arguments, "--format", "json", "--top", "0"))

    def test_what_nobody_changed_is_no_difference(self):
        plain = self.build("plain")
        for name, other in {
                "again": self.build("again"),
                "drift": self.build("drift", drift="// a line\n" * 30),
                "types": self.build("types", type="unsigned"),
                "inlines": self.build("inlines", flags="-O2"),
                "none": self.build("none", flags="-O0"),
                "fixed": self.build("fixed", flags="-O1 -no-pie -fno-pie")}.items():
            found = self.changes(plain, other)
            self.assertEqual([s["change"] for s in found["stacks"]], [], name)
            self.assertIn("Nothing has changed", found["text"])

    def test_a_regression_is_named_with_its_place(self):
        plain, worse = self.build("plain"), self.build("worse", texts=3)
        text = self.diff(plain, worse)
        first, = [line for line in text.splitlines()[:1]]
        self.assertRegex(first, r"^10 allocations more \(\+\d+\.\d %: \d+ -> \d+\), \+10 of it in "
                                r"text \(.*app\.cc:\d+\)\.$")
        self.assertIn("Grown: 1 stack, +10 allocations", text)
        found = self.changes(plain, worse)
        stack, = found["stacks"]
        self.assertEqual((stack["change"], stack["by"]), ("grown", 10))
        self.assertIn("parse(int)", [f["function"] for f in stack["frames"]])
        totals = {trace: harness.report(trace)["totals"] for trace in (plain, worse)}
        for metric, change in found["totals"].items():
            self.assertEqual(change["before"], totals[plain].get(metric, change["before"]))
            self.assertEqual(change["after"], totals[worse].get(metric, change["after"]))
        markdown = self.diff(plain, worse, "--format", "md")
        self.assertTrue(markdown.startswith("### 10 allocations more "))
        # Backwards it has shrunk.
        self.assertEqual(self.changes(worse, plain)["stacks"][0]["change"], "shrunk")

    def test_a_function_in_between_moves_a_stack(self):
        between = "__attribute__((noipa)) int run(int n) { return parse(n); }"
        found = self.changes(self.build("plain"),
                             self.build("moved", between=between, call="run"))
        self.assertTrue(found["stacks"])
        self.assertEqual({(s["change"], s["moved"]) for s in found["stacks"]}, {("same", True)})

    def test_status(self):
        plain, worse = self.build("plain"), self.build("worse", texts=3)
        self.diff(plain, worse)
        text = self.diff(plain, worse, "--fail-on", "allocations>+0", status=3)
        self.assertIn("error: --fail-on allocations>+0: ", text)
        self.diff(plain, worse, "--fail-on", "allocations>+9", status=3)
        self.diff(plain, worse, "--fail-on", "allocations>+10")
        self.diff(plain, worse, "--fail-on", "allocations>+1000%")
        self.diff(worse, plain, "--fail-on", "allocations>+0")
        self.diff(plain, worse, "--fail-on", "leaked_bytes>0")
        self.diff(plain, worse, "--fail-on", "allocatons>+0", status=2)
        self.diff(plain, self.folder / "nowhere.json", status=1)
        self.diff(plain, status=2)

    def test_with_a_budget(self):
        plain, worse = self.build("plain"), self.build("worse", texts=3)
        count = harness.report(plain)["totals"]["allocations"]
        budget = self.folder / "b.budget.json"

        def limit(most):
            budget.write_text(json.dumps({"version": 1, "budgets": [
                {"id": "total", "allocations": {"max": most}}]}))
        limit(count + 5)
        text = self.diff(plain, worse, "--budget", budget, status=3)
        self.assertIn(f"  broken by this change: [total] {count} before; {count + 10} allocations "
                      f"> {count + 5} ", text)
        text = self.diff(worse, plain, "--budget", budget)
        self.assertIn("  repaired: [total] ", text)
        limit(1)
        self.assertIn("  broken before, too: ", self.diff(plain, worse, "--budget", budget))


if __name__ == "__main__":
    unittest.main()
