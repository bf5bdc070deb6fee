# SPDX-License-Identifier: Apache-2.0
"""allocprof doctor: programs of every kind that records little, built here and looked at; and
`run`, which says the same."""

import json
import os
import pathlib
import shutil
import subprocess
import unittest

import harness

SOURCE = """
#include <stdlib.h>
int main(void) { void* volatile p = malloc(8); free(p); return 0; }
"""


class DoctorTest(harness.IntegrationTest):
    def build(self, name, *flags, compiler="gcc", source=SOURCE):
        """Compiles a program; fails the test if the compiler cannot."""
        path = self.folder / name
        text = self.folder / f"{name}.c"
        text.write_text(source)
        made = subprocess.run([compiler, "-O0", "-fno-builtin", "-o", path, text, *flags],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertEqual(made.returncode, 0, made.stdout)
        return path

    def script(self, text):
        path = self.folder / "script"
        path.write_text(text)
        path.chmod(0o755)
        return path

    def doctor(self, *arguments):
        ended = harness.allocprof("doctor", "--format", "json", *arguments)
        if "--try" not in arguments:
            self.assertEqual(ended.stderr, b"")
        result = json.loads(ended.stdout)
        self.assertEqual(result["schema"], "allocprof.doctor/1")
        stops = any(row["weight"] == "stops" for row in result["findings"])
        self.assertEqual(ended.status, 1 if stops else 0)
        self.assertIs(result["program"]["recordable"], not stops)
        for row in result["findings"]:
            for key in ("finding", "evidence", "remedy"):
                self.assertTrue(row[key], f"{key} of {row['rule']}")
        return result

    def rules(self, *arguments):
        return [row["rule"] for row in self.doctor(*arguments)["findings"]]

    def assert_run_says(self, program, words):
        """`run` tells before an empty trace does, and passes the status through."""
        ended = harness.run(
            [str(harness.ALLOCPROF), "run", "-o", str(self.folder / "trace.json"), "--",
             str(program)], self.folder)
        self.assertIn(words, ended.stderr.decode())
        return ended

    def test_an_ordinary_program(self):
        self.assertEqual(self.rules(self.build("ordinary")), [])
        self.assertEqual(self.rules(shutil.which("sqlite3", path="/usr/bin")), [])

    def test_static(self):
        for flags in (["-static"], ["-static-pie"]):
            with self.subTest(flags):
                program = self.build("still", *flags)
                self.assertEqual(self.rules(program), ["static"])
                ended = self.assert_run_says(program, "is statically linked")
                self.assertEqual(ended.status, 0)
                self.assertIn("nothing was recorded", ended.stderr.decode())

    def test_musl(self):
        program = self.build("musl", compiler="musl-gcc")
        self.assertEqual(self.rules(program), ["musl"])
        self.assert_run_says(program, "uses musl")
        self.assertEqual(self.rules(self.build("still", "-static", compiler="musl-gcc")),
                         ["static"])

    def test_another_machine(self):
        program = self.build("foreign")
        bytes_of = bytearray(program.read_bytes())
        bytes_of[18] = 183  # e_machine: AArch64
        program.write_bytes(bytes_of)
        self.assertEqual(self.rules(program), ["machine"])
        bytes_of[4] = 1  # 32-bit: the rest is no sound file of that class, and is not followed
        program.write_bytes(bytes_of)
        self.assertIn(self.rules(program), (["machine"], []))

    def test_sanitizers(self):
        for flag in ("address", "thread", "leak"):
            with self.subTest(flag):
                program = self.build("sanitized", f"-fsanitize={flag}")
                self.assertEqual(self.rules(program), ["sanitizer"])
        undefined = self.build("undefined", "-fsanitize=undefined")
        self.assertEqual(self.rules(undefined), [])

    def test_own_malloc(self):
        program = harness.program("own_malloc")
        self.assertEqual(self.rules(program), ["own_malloc"])
        ended = self.assert_run_says(program, "exports its own malloc")
        self.assertEqual((ended.status, ended.stdout), (0, b"own 111 111\n"))

    def test_jemalloc_linked_in_whole(self):
        program = self.build("je", "/usr/lib/x86_64-linux-gnu/libjemalloc.a", "-lm", "-lstdc++",
                             "-lpthread")
        row = self.doctor(program)["findings"][0]
        self.assertEqual(row["rule"], "own_malloc")
        self.assertIn("(jemalloc)", row["finding"])

    def test_allocators_under_other_names(self):
        for name, function in (("jemalloc", "_rjem_malloc"), ("mimalloc", "mi_malloc"),
                               ("tcmalloc", "tc_malloc"), ("rpmalloc", "rpmalloc")):
            with self.subTest(name):
                source = f"void* {function}(unsigned long n) {{ return (void*)n; }}" + SOURCE
                row = self.doctor(self.build("prefixed", source=source))["findings"][0]
                self.assertEqual((row["rule"], row["weight"]), ("prefixed_allocator", "limits"))
                self.assertIn(name, row["finding"])
                self.assertIn(function, row["evidence"])

    def test_an_allocators_library_below_us_is_no_obstacle(self):
        self.assertEqual(self.rules(self.build("below", "-Wl,--no-as-needed", "-ljemalloc")), [])

    def test_set_user_id(self):
        program = self.build("privileged")
        if os.geteuid() == 0:
            os.chown(program, 65534, 65534)
        program.chmod(0o4755)
        changes = os.stat(program).st_uid != os.geteuid()
        self.assertEqual(self.rules(program), ["privileges"] if changes else [])

    def test_scripts(self):
        still = self.build("still", "-static")
        self.assertEqual(self.rules(self.script("#!/bin/sh\nls\n")), [])
        row = self.doctor(self.script(f"#!{still} -x\n"))["findings"][0]
        self.assertEqual(row["rule"], "static")
        self.assertIn(f"is a script of {still}", row["finding"])
        self.assertEqual(self.rules(self.script("#!/bin/sh\nexec env -i ls\n")),
                         ["clears_preload"])
        self.assertEqual(self.rules(self.script("#!/no/such/shell\n")), ["not_found"])
        python = self.doctor(self.script("#!/usr/bin/env python3\n"))
        self.assertIn("python3", python["program"]["interpreter"])

    def test_what_cannot_be_run(self):
        self.assertEqual(self.rules("no-such-program-anywhere"), ["not_found"])
        self.assertEqual(self.rules(self.folder / "nowhere"), ["not_found"])
        plain = self.build("plain")
        plain.chmod(0o644)
        self.assertEqual(self.rules(plain), ["not_executable"])
        self.assertEqual(self.rules(harness.LIBTRACE), ["library"])

    def test_python_is_known_for_its_arenas(self):
        self.assertEqual(self.rules("/usr/bin/python3"), ["runtime"])

    def test_trial_run(self):
        result = self.doctor("--try", harness.program("ten_thousand"), "exit")
        self.assertEqual(result["findings"], [])
        self.assertGreaterEqual(result["trial"][0]["allocations"], 10000)
        command = harness.program("own_malloc")
        shell = self.doctor("--try", "/bin/sh", "-c", f"'{command}' >/dev/null; true")
        self.assertEqual([row["rule"] for row in shell["findings"]], ["own_malloc_in_trial"])
        self.assertEqual([row["hooked"] for row in shell["trial"]], ["all", "none"])

    def test_traces(self):
        recorded = harness.record([harness.program("ten_thousand"), "exit"], self.folder)
        self.assertEqual(self.rules(recorded.trace), [])
        recorded = harness.record([harness.program("own_malloc")], self.folder)
        self.assertEqual(self.rules(recorded.trace), ["own_malloc"])
        recorded = harness.record([harness.program("own_malloc")], self.folder,
                                  {"ALLOCPROF_OWN_MALLOC": "libraries"})
        self.assertEqual(self.rules(recorded.trace), ["own_malloc"])
        recorded = harness.record([harness.program("ten_thousand"), "sigkill"], self.folder)
        pathlib.Path(f"{recorded.trace}.spool").unlink()
        self.assertEqual(self.rules(recorded.trace), ["cut"])

    def test_text_fits_and_names_the_remedy(self):
        ended = harness.allocprof("doctor", harness.program("own_malloc"))
        text = ended.stdout.decode()
        self.assertIn("exports its own malloc", text)
        self.assertIn("--own-malloc libraries", text)
        self.assertLessEqual(max(map(len, text.splitlines())), 100)

    def test_usage(self):
        ended = harness.allocprof("doctor")
        self.assertEqual(ended.status, 2)
        self.assert_one_line(ended.stderr, "doctor without a subject")


if __name__ == "__main__":
    unittest.main()
