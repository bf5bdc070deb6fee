#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How fast a trace is read, and in how much memory.

Two tables. Generated traces of growing length with the same sites and live blocks: time should grow
with the events, memory should not. And recordings of real programs beside heaptrack's of the same
run, where heaptrack is installed: heaptrack_print reads what heaptrack_interpret has prepared while
the program ran (addresses resolved, stacks numbered), so both are timed, the two together as well.
Medians over the rounds, wall clock and CPU. Never fails by time.
Usage: reading.py BUILD_DIR [--events N,...] [--rounds N] [--json FILE] [--only generated|real]
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import overhead  # noqa: E402  the programs and heaptrack's library


def timed(command, stdin=None, stdout=subprocess.DEVNULL):
    """Wall seconds, CPU seconds and the largest resident size in KiB of one command."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdin=stdin, stdout=stdout, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"reading.py: {command[0]} ended with {process.returncode}")
    return time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def median_of(rounds, measure):
    runs = [measure() for _ in range(rounds)]
    return {"wall_s": statistics.median(r[0] for r in runs),
            "cpu_s": statistics.median(r[1] for r in runs),
            "max_rss_kib": max(r[2] for r in runs)}


def report_command(build, trace):
    return [os.path.join(build, "allocprof"), "report", "--format", "json", "--top", "10", trace]


def generated(build, sizes, rounds, work):
    rows = []
    print(f"{'events':>12} {'file':>9} {'wall s':>8} {'CPU s':>8} {'ns/event':>9} {'resident':>9}")
    for events in sizes:
        trace = os.path.join(work, "generated.json")
        subprocess.run([os.path.join(build, "tests", "make_reading_trace"), str(events), trace],
                       check=True)
        row = median_of(rounds, lambda: timed(report_command(build, trace)))
        row.update(events=events, file_bytes=os.path.getsize(trace))
        rows.append(row)
        os.unlink(trace)
        print(f"{events:12,} {row['file_bytes'] / 1e6:6.0f} MB {row['wall_s']:8.2f} "
              f"{row['cpu_s']:8.2f} {row['wall_s'] / events * 1e9:9.1f} "
              f"{row['max_rss_kib'] / 1024:5.0f} MiB", flush=True)
    return rows


def record(name, command, stdin, extra, build, work):
    """The trace, and heaptrack's raw and interpreted data of one program; None without heaptrack."""
    env = {k: v for k, v in os.environ.items()
           if not k.startswith("ALLOCPROF_") and k != "LD_PRELOAD"}
    env.update(extra)
    trace = os.path.join(work, name + ".json")
    overhead.Ran(command, stdin, dict(env, LD_PRELOAD=os.path.join(build, "libtrace.so"),
                                      ALLOCPROF_OUTPUT=trace), work)
    library = overhead.heaptrack_library()
    if library is None or shutil.which("heaptrack_print") is None:
        return trace, None, None
    raw = os.path.join(work, name + ".raw")
    overhead.Ran(command, stdin, dict(env, LD_PRELOAD=library, DUMP_HEAPTRACK_OUTPUT=raw), work)
    interpreted = os.path.join(work, name + ".heaptrack")
    return trace, raw, interpreted


def interpreter():
    return os.path.join(os.path.dirname(overhead.heaptrack_library()), "libexec",
                        "heaptrack_interpret")


def interpret(raw, interpreted):
    with open(raw, "rb") as source, open(interpreted, "wb") as out:
        return timed([interpreter()], source, out)


def real(build, rounds, work):
    rows = []
    print(f"{'program':10} {'events':>11} {'report':>9} {'print':>9} {'interpret':>10} {'print /':>8} "
          f"{'both /':>7}")
    print(f"{'':10} {'':>11} {'wall s':>9} {'wall s':>9} {'wall s':>10} {'report':>8} {'report':>7}")
    for name, (command, stdin, extra) in overhead.programs(work).items():
        trace, raw, interpreted = record(name, command, stdin, extra, build, work)
        row = {"program": name, "events": overhead.last_record(trace)["totals"]["events"],
               "report": median_of(rounds, lambda: timed(report_command(build, trace)))}
        text = f"{name:10} {row['events']:11,} {row['report']['wall_s']:9.3f}"
        if raw is not None and os.path.exists(interpreter()):
            row["interpret"] = median_of(rounds, lambda: interpret(raw, interpreted))
            row["print"] = median_of(
                rounds, lambda: timed(["heaptrack_print", "-f", interpreted]))
            ours, theirs = row["report"]["wall_s"], row["print"]["wall_s"]
            both = theirs + row["interpret"]["wall_s"]
            text += (f" {theirs:9.3f} {row['interpret']['wall_s']:10.3f} {theirs / ours:8.1f}"
                     f" {both / ours:7.1f}")
        print(text, flush=True)
        rows.append(row)
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build")
    parser.add_argument("--events", default="1000000,10000000,100000000")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json")
    parser.add_argument("--only", choices=["generated", "real"])
    arguments = parser.parse_args()
    build = os.path.abspath(arguments.build)
    work = tempfile.mkdtemp(prefix="allocprof-reading-")
    result = {"schema": "allocprof.bench/1"}
    try:
        if arguments.only != "real":
            sizes = [int(n) for n in arguments.events.split(",")]
            result["generated"] = generated(build, sizes, arguments.rounds, work)
        if arguments.only != "generated":
            result["real"] = real(build, arguments.rounds, work)
    finally:
        shutil.rmtree(work)
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as f:
            json.dump(result, f, indent=1)


if __name__ == "__main__":
    main()
