# SPDX-License-Identifier: Apache-2.0
"""Every stack is the one that libunwind finds.

ALLOCPROF_UNWIND=verify walks each stack three times: with the recorder's caches, by its rules
without them, and by libunwind. Not one may differ. Run without arguments, it prints the table.
"""

import json
import pathlib
import shutil
import sys
import tempfile
import unittest

import harness
import workloads

PERL = 'my %h; for my $i (0..4000) { my @a = split /,/, "a$i,b$i"; $h{$a[$i % 2]} .= join "-", @a; }'

# Code that the JIT makes has no unwind tables: those stacks are walked by frame pointers as far as they
# go and end flagged; what is walked by tables has to agree.
NODE = """let t = 0;
for (let i = 0; i < 3000; i++) {
  const o = JSON.parse(JSON.stringify({a: i, b: [i, String(i)], c: {d: "x".repeat(i % 50)}}));
  t += Buffer.from(o.c.d).length + o.b.length;
}
console.log(t);"""

MADE = {make.__name__: make for make in (workloads.sqlite3, workloads.python3, workloads.cc1plus,
                                         workloads.rust_work, workloads.threads_named)}
GIVEN = {
    "perl": ["/usr/bin/perl", "-e", PERL],
    "git": ["/usr/bin/git", "-c", "safe.directory=*", "diff", "--no-index", "--stat",
            str(harness.ROOT / "src"), str(harness.ROOT / "preload")],
    "signals": [harness.program("signals")],
    "race4": [harness.program("race4"), "5000"],
    "dlopen_loop": [harness.program("dlopen_loop"), "2"],
    "stacks_torture": [harness.program("stacks_torture")],
    "rust_panics": [harness.program("rust_panics")],
    "no_cfi": [harness.program("no_cfi"), "300"],
    "node": [shutil.which("node") or "/usr/bin/node", "-e", NODE],
}


def verified(name, folder):
    """The end record's account of unwinding: {cut, verified, different}."""
    if name in MADE:
        work = MADE[name](folder)
        command, env, stdin = work.command, work.env, work.stdin
    else:
        command, env, stdin = GIVEN[name], {}, None
    recorded = harness.record(command, folder, {**env, "ALLOCPROF_UNWIND": "verify"}, stdin, 240)
    with open(recorded.trace, "rb") as trace:
        for line in trace:
            if line.startswith(b'{"k":"end"'):
                return json.loads(line)["unwind"]
    raise AssertionError(f"{name}: no end record; status {recorded.status}: {recorded.stderr[-300:]!r}")


class VerifyTest(harness.IntegrationTest):
    def check(self, name, at_least, cut=0):
        unwind = verified(name, self.folder)
        self.assertEqual(unwind["different"], 0, unwind)
        self.assertGreaterEqual(unwind["verified"], at_least, unwind)
        self.assertLessEqual(unwind["cut"], cut, unwind)

    def test_sqlite3(self):
        self.check("sqlite3", 50000)

    def test_python3(self):
        self.check("python3", 100000)

    def test_cc1plus(self):
        self.check("cc1plus", 100000)

    def test_rust_work(self):
        self.check("rust_work", 5000)

    def test_threads_named(self):
        self.check("threads_named", 10000)

    def test_perl(self):
        self.check("perl", 10000)

    def test_git(self):
        self.check("git", 1000)

    def test_signals(self):
        self.check("signals", 1000)

    def test_race4(self):
        self.check("race4", 10000)

    def test_dlopen_loop(self):
        self.check("dlopen_loop", 10000)

    def test_stacks_torture(self):
        # Recursion of 30,000 frames is deeper than the walk goes: those stacks are cut, and said so.
        self.check("stacks_torture", 25000, cut=200)

    def test_rust_panics(self):
        self.check("rust_panics", 10000)

    def test_no_cfi(self):
        # Assembly without CFI and without a frame pointer ends the stack, flagged: a third of them.
        self.check("no_cfi", 900, cut=700)

    def test_node(self):
        self.check("node", 10000, cut=1000000)


def print_table():
    total = 0
    print(f"{'program':16}{'verified':>12}{'different':>11}{'cut':>8}")
    for name in (*MADE, *GIVEN):
        with tempfile.TemporaryDirectory() as folder:
            unwind = verified(name, pathlib.Path(folder).resolve())
        total += unwind["verified"]
        print(f"{name:16}{unwind['verified']:12,}{unwind['different']:11,}{unwind['cut']:8,}", flush=True)
    print(f"{'all':16}{total:12,}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        unittest.main()
    print_table()
