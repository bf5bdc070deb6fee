# SPDX-License-Identifier: Apache-2.0
"""Recording switched off and on in a running process: nothing made meanwhile is in the profile, what
dies meanwhile is not taken for a leak, and the report says what is missing."""

import os
import subprocess
import unittest

import harness

# A thread that records looks at the switch once in 256 events.
NOTICES = 600


class Told:
    """tests/programs/on_command.c, being recorded."""

    def __init__(self, folder, **options):
        self.trace = folder / "trace.json"
        variables = {"LD_PRELOAD": str(harness.LIBTRACE), "ALLOCPROF_OUTPUT": str(self.trace)}
        variables.update({f"ALLOCPROF_{name}": value for name, value in options.items()})
        self.process = subprocess.Popen(
            [harness.program("on_command")], cwd=folder,
            env=harness.environment(folder, variables), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def do(self, *lines):
        for line in lines:
            self.process.stdin.write(line.encode() + b"\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline()
            if answer != b"ok\n":
                raise AssertionError(f"{line!r} was answered by {answer!r}")

    def end(self):
        _, errors = self.process.communicate(b"quit\n", timeout=60)
        return self.process.returncode, errors

    def stop(self):
        self.process.kill()
        self.process.communicate()


class SwitchingTest(harness.IntegrationTest):
    def told(self, **options):
        told = Told(self.folder, **options)
        self.addCleanup(told.stop)
        told.do("keep 0 0")  # it has begun
        return told

    def switch(self, how, name):
        ended = harness.allocprof(how, name)
        self.assertEqual(ended.status, 0, ended.stderr.decode())
        self.assertEqual(ended.stdout, b"")
        self.assert_one_line(ended.stderr, f"{how} {name}")
        return ended.stderr.decode()

    def result(self, told):
        status, errors = told.end()
        self.assertEqual(status, 0)
        self.assertEqual(errors, b"")
        return harness.report(told.trace)

    def made(self, result, name):
        """What a function allocated itself; 0 if it is not in the profile."""
        rows = [row for row in result["functions"] if row["function"] == name]
        return sum(row["self"]["allocations"] for row in rows)

    def test_stop_and_start_by_pid(self):
        told = self.told()
        told.do("keep 100 10", f"churn {NOTICES}")
        self.assertIn("now off", self.switch("stop", told.process.pid))
        told.do(f"churn {NOTICES}", "keep 50 1000", f"churn {NOTICES}")
        self.assertIn("now on", self.switch("start", told.process.pid))
        told.do("keep 30 10")
        result = self.result(told)
        self.assertEqual(self.made(result, "keep"), 130)
        churned = self.made(result, "churn")
        self.assertGreaterEqual(churned, NOTICES)
        self.assertLess(churned, 2 * NOTICES, "the switch was not noticed")
        self.assertEqual(result["totals"]["leaked_bytes"], 1300)
        self.assertEqual(result["totals"]["lost_events"], 0)
        # Every allocation is either recorded or counted as passed.
        (note,) = [note for note in result["notes"] if "Recording was off" in note]
        passed = 3 * NOTICES + 50 - churned
        self.assertIn(f"{passed:,} allocations", note)
        self.assertIn("in one span", note)

    def test_what_dies_while_off_is_no_leak(self):
        told = self.told()
        told.do("keep 100 10", f"churn {NOTICES}")
        self.switch("stop", told.trace)
        told.do(f"churn {NOTICES}", "drop 60", "grow 20 500", "keep 5 99")
        self.switch("start", told.trace)
        told.do("drop 5")
        result = self.result(told)
        # 60 were freed and 20 became others that nobody saw; the last 5 were never seen at all.
        self.assertEqual(result["totals"]["leaked_blocks"], 20)
        self.assertEqual(result["totals"]["leaked_bytes"], 200)
        self.assertGreaterEqual(result["totals"]["unknown_frees"], 5)

    def test_start_off_records_from_the_start_command_on(self):
        told = self.told(START="off")
        told.do("keep 1000 10")
        self.assertIn("now on", self.switch("start", told.process.pid))
        told.do("keep 70 10")
        result = self.result(told)
        self.assertEqual(result["totals"]["allocations"], 70)
        self.assertEqual(result["totals"]["leaked_bytes"], 700)
        (note,) = [note for note in result["notes"] if "Recording was off" in note]
        self.assertIn("allocations", note)

    def test_start_off_alone_records_nothing(self):
        told = self.told(START="off")
        told.do("keep 10 10", "churn 10000", "drop 10", "threads 3")
        result = self.result(told)
        self.assertEqual(result["totals"]["allocations"], 0)
        self.assertEqual(result["totals"]["frees"], 0)
        self.assertTrue(result["process"]["complete"])

    def test_threads_follow_the_switch(self):
        told = self.told()
        told.do(f"churn {NOTICES}")
        self.switch("stop", told.process.pid)
        told.do(f"churn {NOTICES}", "threads 20")
        self.switch("start", told.process.pid)
        told.do("threads 7")
        result = self.result(told)
        self.assertEqual(self.made(result, "in_thread"), 21)
        self.assertEqual(result["totals"]["lost_events"], 0)

    def test_many_turns(self):
        told = self.told()
        for _ in range(20):
            self.switch("stop", told.process.pid)
            told.do(f"churn {NOTICES}")
            self.switch("start", told.process.pid)
            told.do(f"churn {NOTICES}")
        result = self.result(told)
        self.assertTrue(any("20 spans" in note for note in result["notes"]), result["notes"])
        self.assertEqual(harness.live_blocks_at_end(result["totals"]),
                         result["totals"]["leaked_blocks"])

    def test_said_twice(self):
        told = self.told()
        self.assertIn("was already on", self.switch("start", told.process.pid))
        self.switch("stop", told.process.pid)
        self.assertIn("was already off", self.switch("stop", told.process.pid))

    def test_killed_while_off(self):
        told = self.told()
        told.do("keep 100 10", f"churn {NOTICES}")
        self.switch("stop", told.process.pid)
        told.do(f"churn {NOTICES}", "drop 40", "keep 40 10")
        told.stop()
        result = harness.report(told.trace)
        self.assertEqual(result["totals"]["leaked_bytes"], 600)
        self.assertTrue(any("Recording was off" in note for note in result["notes"]))

    def refused(self, how, name):
        ended = harness.allocprof(how, name)
        self.assertEqual(ended.status, 1, ended.stderr.decode())
        self.assert_one_line(ended.stderr, f"{how} {name}")
        return ended.stderr.decode()

    def test_refusals(self):
        told = self.told()
        # This very process is not recorded.
        self.assertIn("not being recorded", self.refused("stop", os.getpid()))
        self.assertIn("no process", self.refused("start", 4194304 + 17))
        self.assertIn("trace of a running", self.refused("stop", self.folder / "none.json"))
        told.stop()
        self.assertIn("has ended", self.refused("stop", told.trace))
        recorded = harness.record(["/bin/true"], self.folder, trace="true.json")
        self.assertIn("no spool", self.refused("start", recorded.trace))
        (self.folder / "true.json.spool").write_bytes(b"not a spool" * 1000)
        self.assertIn("not a spool", self.refused("start", recorded.trace))
        self.assertEqual(harness.allocprof("stop").status, 2)


if __name__ == "__main__":
    unittest.main()
