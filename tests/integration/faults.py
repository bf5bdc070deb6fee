# SPDX-License-Identifier: Apache-2.0
"""Every system call of the recorder fails once, at each point where it is made, and from there on:
the program does not notice, and no event is missing without being counted.

libtrace_faults.so is the recorder with a seam in its system calls (tests/faults/fault.cc)."""

import errno
import json
import unittest

import harness

LIBRARY = harness.BUILD / "tests" / "libtrace_faults.so"

# What the program is told, and the least that an undisturbed recording of it holds.
LINES = ["keep 1000 10", "churn 6000", "threads 3", "drop 300", "grow 100 50"]
ALLOCATIONS = 1000 + 6000 + 9 + 100

CALLS = {"openat": 257, "read": 0, "pwrite64": 18, "fallocate": 285, "mmap": 9, "close": 3,
         "fstat": 5, "unlink": 87, "madvise": 28, "fcntl": 72, "newfstatat": 262, "getcwd": 79}
SHORT = 0


class FaultsTest(harness.IntegrationTest):
    def setUp(self):
        super().setUp()
        self.script = self.folder / "script"
        self.script.write_text("".join(f"{line}\n" for line in (*LINES, "quit")))
        self.command = [harness.program("on_command")]

    def record(self, call, first, count, error):
        for left in self.folder.glob("trace*"):
            left.unlink()
        env = {"LD_PRELOAD": str(LIBRARY), "ALLOCPROF_RING": "16K", "FAULT_CALL": str(call),
               "FAULT_FROM": str(first), "FAULT_COUNT": str(count), "FAULT_ERROR": str(error)}
        return harness.record(self.command, self.folder, env, self.script)

    def check(self, name, first, count, error):
        where = f"{name} number {first}, {count or 'all'} with {errno.errorcode.get(error, 'short')}"
        recorded = self.record(CALLS[name], first, count, error)
        self.assertEqual(recorded.status, 0, f"{where}: {recorded.stderr.decode()}")
        self.assertEqual(recorded.stdout, self.answers, where)
        for line in recorded.stderr.decode().splitlines():
            self.assertTrue(line.startswith("allocprof: "), f"{where}: {line}")
        self.assertLessEqual(len(recorded.stderr.splitlines()), 3, where)
        if not recorded.trace.exists():
            self.assertTrue(recorded.stderr, f"{where}: nothing is recorded and nothing said")
            return "no trace"
        ended = harness.allocprof("report", "--format", "json", recorded.trace)
        self.assertIn(ended.status, (0, 1), f"{where}: {ended.stderr.decode()}")
        if ended.status == 1:
            self.assertTrue(recorded.stderr, f"{where}: the trace is bad and nothing was said")
            return "bad trace"
        result = json.loads(ended.stdout)
        totals = result["totals"]
        kept = result["trust"]["events"] + totals["lost_events"]
        if kept != self.events:
            # Then it says so, in a note or when it happened.
            self.assertTrue(result["notes"] or recorded.stderr,
                            f"{where}: {self.events - kept} of {self.events} events are gone")
            return "counted"
        return "whole" if totals["allocations"] == self.allocations else "lost and counted"

    def check_call(self, name, *errors, points=(1, 2, 3, 4, 6, 9, 20), counts=(1, 0)):
        native = harness.run(self.command, self.folder, stdin=self.script)
        self.answers = native.stdout
        sound = self.record(9999, 1, 1, 0)
        result = harness.report(sound.trace)
        self.allocations = result["totals"]["allocations"]
        self.assertGreaterEqual(self.allocations, ALLOCATIONS)
        self.assertEqual(result["totals"]["lost_events"], 0)
        self.events = result["trust"]["events"]
        seen = {}
        for error in errors:
            for count in counts:
                for first in points:
                    how = self.check(name, first, count, error)
                    seen[how] = seen.get(how, 0) + 1
        print(name, seen)
        self.assertGreater(seen.get("whole", 0) + seen.get("lost and counted", 0), 0, seen)
        return seen

    def test_open(self):
        self.check_call("openat", errno.EMFILE, errno.EINTR)

    def test_read(self):
        self.check_call("read", errno.EIO, errno.EINTR)

    def test_write_that_fails(self):
        self.check_call("pwrite64", errno.ENOSPC, errno.EIO)

    def test_write_that_is_interrupted_or_short(self):
        seen = self.check_call("pwrite64", errno.EINTR, SHORT)
        self.assertGreater(seen["whole"], 7, "a short write is gone on with")

    def test_reserving_space(self):
        self.check_call("fallocate", errno.ENOSPC, errno.EINTR, errno.EOPNOTSUPP)

    def test_mapping(self):
        self.check_call("mmap", errno.ENOMEM)

    def test_the_rest(self):
        for name, error in (("close", errno.EIO), ("fstat", errno.EIO), ("unlink", errno.EPERM),
                            ("madvise", errno.EINVAL), ("fcntl", errno.EMFILE),
                            ("newfstatat", errno.EACCES), ("getcwd", errno.ENOENT)):
            self.check_call(name, error, points=(1, 2, 4, 7), counts=(1,))


if __name__ == "__main__":
    unittest.main()
