# SPDX-License-Identifier: Apache-2.0
"""Programs with a malloc of their own: undisturbed always, and with OWN_MALLOC=libraries recorded
as far as their libraries go."""

import json
import pathlib
import re
import subprocess
import unittest

import harness


def header(trace):
    """The first line of a trace; the records continue its object."""
    with open(trace, encoding="utf-8") as lines:
        return json.loads(lines.readline().rstrip().rstrip(",") + "}")


def exports_malloc(path):
    symbols = subprocess.run(
        ["readelf", "--dyn-syms", "-W", path], check=True, stdout=subprocess.PIPE
    ).stdout.decode()
    return re.search(r" (?!UND)\d+ malloc$", symbols, re.M) is not None


class OwnMallocTest(harness.IntegrationTest):
    def record(self, env=None):
        recorded = harness.record([harness.program("own_malloc")], self.folder, env)
        self.assertEqual(recorded.stderr, b"")
        self.assertEqual((recorded.status, recorded.stdout), (0, b"own 111 111\n"))
        return recorded.trace

    def test_its_blocks_stay_its_own(self):
        # reallocarray is libc's: with libc's realloc behind our hook it would abort.
        trace = self.record()
        self.assertEqual(header(trace)["hooked"], "none")
        self.assertEqual(header(trace)["allocator"], harness.program("own_malloc"))

    def test_libraries_are_recorded_when_asked(self):
        trace = self.record({"ALLOCPROF_OWN_MALLOC": "libraries"})
        self.assertEqual(header(trace)["hooked"], "libraries")
        result = harness.report(trace)
        main = harness.function(result, "main")["total"]
        # strdup's ten and the one of reallocarray; the executable's own calls are bound inside it.
        self.assertEqual(main["allocations"], 11)
        self.assertEqual(main["allocated_bytes"], 10 * len("by libc\0") + 16 * 8)

    def test_another_program_is_recorded_whole(self):
        for choice in ("off", "libraries"):
            with self.subTest(choice):
                recorded = harness.record([harness.program("ten_thousand"), "exit"], self.folder,
                                          {"ALLOCPROF_OWN_MALLOC": choice})
                self.assertEqual(header(recorded.trace)["hooked"], "all")
                kept = harness.function(harness.report(recorded.trace), "keep")
                self.assertEqual(kept["total"]["allocations"], 10000)

    def test_rustc(self):
        sysroot = subprocess.run(["rustc", "--print", "sysroot"], check=True,
                                 stdout=subprocess.PIPE).stdout.decode().strip()
        rustc = pathlib.Path(sysroot) / "bin" / "rustc"
        own = exports_malloc(rustc)
        source = self.folder / "one.rs"
        source.write_text("pub fn one() -> u32 { 1 }\n")
        command = [str(rustc), "--crate-type", "lib", "--emit", "metadata", str(source)]
        recorded = harness.record(command, self.folder, {"ALLOCPROF_OWN_MALLOC": "libraries"})
        self.assertEqual((recorded.status, recorded.stderr), (0, b""))
        self.assertEqual(header(recorded.trace)["hooked"], "libraries" if own else "all")
        totals = harness.report(recorded.trace)["totals"]
        self.assertGreater(totals["allocations"], 1000)
        # The compiler is a library: what it allocates it also frees there, but for what its
        # constructors made before the recorder's ran.
        self.assertLess(totals["unknown_frees"], totals["frees"] / 10)
        self.assertEqual(totals["lost_events"], 0)


if __name__ == "__main__":
    unittest.main()
