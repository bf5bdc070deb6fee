# SPDX-License-Identifier: Apache-2.0
"""Compressed traces: how small, read everywhere, and what damage and hostile files do."""

import os
import pathlib
import re
import subprocess
import unittest

import harness
import workloads

PERL = "my %h; $h{$_ % 700} .= $_ for 1 .. 60000; print scalar(keys %h), qq(\\n);"


def events_of(trace):
    """Of the end record."""
    return int(re.findall(rb'"events":([0-9]+)', trace.read_bytes()[-4000:])[-1])


class CompressTest(harness.IntegrationTest):
    def compress(self, trace, *arguments):
        out = self.folder / "small"
        ended = harness.allocprof("compress", trace, "-o", out, *arguments)
        self.assertEqual((ended.status, ended.stdout, ended.stderr), (0, b"", b""))
        return out

    def recorded(self, make):
        job = make(self.folder)
        recorded = harness.record(job.command, self.folder, job.env, job.stdin)
        self.assertEqual(recorded.status, 0)
        return recorded.trace

    def same_everywhere(self, plain, compressed):
        for command in (("report", "--format", "json", "--top", "0"), ("report",), ("dump",)):
            a, b = (harness.allocprof(*command, t) for t in (plain, compressed))
            self.assertEqual((a.status, b.status), (0, 0), b.stderr)
            self.assertEqual(a.stdout, b.stdout, command)

    def test_real_programs_take_at_most_2_5_bytes_an_event(self):
        def perl(_):
            return workloads.Workload(["/usr/bin/perl", "-e", PERL], {"PERL_HASH_SEED": "0"})

        for make in (workloads.sqlite3, workloads.python3, perl, workloads.cc1plus):
            with self.subTest(make.__name__):
                trace = self.recorded(make)
                small = self.compress(trace)
                events = events_of(trace)
                self.assertGreater(events, 10000)
                self.assertLess(small.stat().st_size / events, 2.5)
                back = harness.allocprof("compress", "-d", small)
                self.assertEqual((back.status, back.stderr), (0, b""))
                self.assertTrue(back.stdout == trace.read_bytes(), "not the same document")

    def test_every_command_reads_it_from_a_file_and_from_standard_input(self):
        trace = self.recorded(workloads.threads_named)
        small = self.compress(trace)
        self.same_everywhere(trace, small)
        plain_zstd = self.folder / "plain.zst"
        subprocess.run(["zstd", "-q", trace, "-o", plain_zstd], check=True)
        self.same_everywhere(trace, plain_zstd)
        expected = harness.allocprof("report", trace).stdout
        for path in (trace, small, plain_zstd):
            with open(path, "rb") as source:
                ended = subprocess.run([harness.ALLOCPROF, "report", "-"], stdin=source,
                                       stdout=subprocess.PIPE, env=harness.environment("/"),
                                       timeout=60)
            self.assertEqual(ended.stdout, expected)

    def test_the_name_beside_the_trace_is_its_own(self):
        trace = self.recorded(workloads.frees)
        ended = harness.allocprof("compress", trace)
        self.assertEqual((ended.status, ended.stderr), (0, b""))
        self.same_everywhere(trace, trace.with_name(trace.name + ".zst"))
        self.assertTrue(trace.exists())

    def test_the_trace_of_a_killed_program_is_complete_in_the_copy(self):
        script = self.folder / "endless.py"
        script.write_text("import time\nkept = ['x' * n for n in range(2000)]\n"
                          "print('ready', flush=True)\ntime.sleep(60)\n")
        trace = self.folder / "trace.json"
        program = subprocess.Popen(
            ["/usr/bin/python3", "-S", script], stdout=subprocess.PIPE,
            env=harness.environment(self.folder, {
                "LD_PRELOAD": str(harness.LIBTRACE), "ALLOCPROF_OUTPUT": str(trace),
                "PYTHONMALLOC": "malloc"}))
        self.assertEqual(program.stdout.readline(), b"ready\n")
        program.kill()
        program.wait()
        program.stdout.close()
        self.assertTrue(pathlib.Path(f"{trace}.spool").exists())
        small = self.compress(trace)
        elsewhere = self.folder / "elsewhere"
        elsewhere.mkdir()
        moved = elsewhere / "t.zst"
        os.replace(small, moved)
        self.same_everywhere(trace, moved)

    def test_a_cut_file_is_read_as_far_as_it_goes(self):
        trace = self.recorded(workloads.cc1plus)
        small = self.compress(trace)
        whole = harness.report(trace)["totals"]["allocations"]
        cut = self.folder / "cut.zst"
        last = 0
        for part in (0.3, 0.6, 0.9):
            cut.write_bytes(small.read_bytes()[:int(small.stat().st_size * part)])
            report = harness.report(cut)
            self.assertIn("The end of the trace is missing: the file was cut, or its spool was "
                          "not kept beside it.", report["notes"])
            self.assertGreaterEqual(report["totals"]["allocations"], last)
            last = report["totals"]["allocations"]
        self.assertGreater(last, whole * 0.5)
        self.assertLess(last, whole)

    def test_hostile_files_end_with_one_line(self):
        bomb = self.folder / "bomb.zst"
        zeros = subprocess.run("head -c 2G /dev/zero | zstd -q -19 --long=27", shell=True, check=True,
                               stdout=subprocess.PIPE).stdout
        bomb.write_bytes(zeros)
        text = self.folder / "text"
        text.write_text("no trace\n")
        packed = self.folder / "packed.zst"
        subprocess.run(["zstd", "-q", "-o", packed, "-"], input=b"allocprof packed 1\n" + b"\xff" * 99,
                       check=True)
        for path in (bomb, text, packed):
            for command in ("report", "compress"):
                ended = harness.allocprof(command, path)
                self.assertEqual(ended.status, 1, (path, command, ended.stderr))
                self.assert_one_line(ended.stderr, path)
                self.assertFalse(path.with_name(path.name + ".zst").exists(), path)

    def run_to(self, output, *command):
        return subprocess.run(
            [harness.ALLOCPROF, "run", "-o", output, "--", *map(str, command)], cwd=self.folder,
            env=harness.environment(self.folder), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, timeout=120)

    def test_run_compresses_every_trace_of_the_run(self):
        ended = self.run_to("t.json.zst", "/bin/sh", "-c", "/bin/true; /bin/echo done; :")
        self.assertEqual((ended.returncode, ended.stdout), (0, b"done\n"))
        self.assert_one_line(ended.stderr, "run")
        self.assertIn(b"to t.json.zst", ended.stderr)
        names = sorted(p.name for p in self.folder.iterdir() if p.name.startswith("t."))
        self.assertGreaterEqual(len(names), 2)
        for name in names:
            self.assertTrue(name.endswith(".json.zst"), names)
            self.assertEqual((self.folder / name).stat().st_mode & 0o777, 0o600)
            self.assertEqual(harness.report(self.folder / name)["trust"]["totals_proved"], True)

    def test_run_compresses_what_a_killed_program_left(self):
        ended = self.run_to("t.json.zst", "/bin/sh", "-c", "kill -9 $$")
        self.assertEqual(ended.returncode, 137)
        names = [p.name for p in self.folder.iterdir() if p.name.startswith("t.")]
        self.assertEqual(names, ["t.json.zst"])
        self.assertTrue(harness.report(self.folder / "t.json.zst")["trust"]["from_spool"])

    def test_run_keeps_the_plain_trace_if_compression_fails(self):
        (self.folder / "t.json.zst").mkdir()
        (self.folder / "t.json.zst" / "in the way").touch()
        ended = self.run_to("t.json.zst", "/bin/true")
        self.assertEqual(ended.returncode, 0)
        self.assertIn(b"the trace is kept uncompressed", ended.stderr)
        self.assertEqual(harness.report(self.folder / "t.json")["trust"]["totals_proved"], True)
        self.assertFalse((self.folder / "t.json.zst.partial").exists())
        # And a plain trace in the way is not run over.
        ended = self.run_to("t.json.zst", "/bin/true")
        self.assertEqual(ended.returncode, 2)
        self.assert_one_line(ended.stderr, "in the way")

    def test_a_full_disk_leaves_no_half_of_a_trace(self):
        trace = self.recorded(workloads.frees)
        ended = harness.allocprof("compress", trace, "-o", "/dev/full")
        self.assertEqual((ended.status, ended.stdout), (1, b""))
        self.assert_one_line(ended.stderr, "/dev/full")
        self.assertTrue(os.path.exists("/dev/full"))


if __name__ == "__main__":
    unittest.main()
