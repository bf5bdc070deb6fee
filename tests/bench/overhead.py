#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What recording costs: real programs run natively, under libtrace.so and under heaptrack's library.

The runs are interleaved, round by round, and figures are medians over the rounds: absolute times are
noise on a shared machine. CPU is user + system of the process and all it waited for. heaptrack is
run in process only (LD_PRELOAD of its library, raw data to a file), without its interpreter.
Never fails by time. Usage: overhead.py BUILD_DIR [--rounds N] [--json FILE] [--only NAME,...]
"""
import argparse
import glob
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

PYTHON_JOB = (
    "import json\n"
    "d=[{'k%d'%i:[i,str(i),{'x':i*1.5}]} for i in range(60000)]\n"
    "s=json.dumps(d)\n"
    "e=json.loads(s)\n"
    "print(len(s),len(e),sum(len(str(x)) for x in e))\n")

PERL_JOB = (
    "my %h; for my $i (0..250000) { my @a = split /,/, \"a$i,b$i,c$i\"; $h{$a[$i % 3]} .= join '-', @a; }"
    " print scalar(keys %h), \"\\n\";")

CPP_SOURCE = """
#include <map>
#include <string>
#include <vector>
#include <functional>
#include <algorithm>
template <int N> struct T { std::map<std::string, std::vector<int>> m;
  int f(int x) { m[std::to_string(x + N)].push_back(x); std::sort(m.begin()->second.begin(), m.begin()->second.end());
    std::function<int(int)> g = [this](int y) { return y + N + (int)m.size(); }; return g(x) + T<N - 1>().f(x); } };
template <> struct T<0> { int f(int x) { return x; } };
int main() { return T<60>().f(3); }
"""


def sql_job():
    rows = "".join(
        f"insert into t values({i},'name {i * 7919 % 100003}',{i * 0.25});\n" for i in range(60000))
    return ("create table t(id integer primary key, name text, score real);\nbegin;\n" + rows +
            "commit;\ncreate index by_name on t(name);\n"
            "select count(*), sum(score) from t where name like 'name 1%';\n"
            "select name, count(*) from t group by substr(name,1,7) order by 2 desc limit 5;\n")


def heaptrack_library():
    for pattern in ("/usr/lib/heaptrack/libheaptrack_preload.so",
                    "/usr/lib/*/heaptrack/libheaptrack_preload.so"):
        for path in glob.glob(pattern):
            return path
    return None


def run(command, stdin, env, cwd):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    done = subprocess.run(command, input=stdin, env=env, cwd=cwd, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False)
    wall = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"overhead.py: {command[0]} ended with {done.returncode}: {done.stderr[-300:]!r}")
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return cpu, wall, done.stdout


def last_record(trace):
    with open(trace, "rb") as f:
        f.seek(max(0, os.path.getsize(trace) - 65536))
        for line in reversed(f.read().splitlines()):
            if line.startswith(b'{"k":"end"'):
                return json.loads(line)
    sys.exit(f"overhead.py: {trace} has no end record")


def programs(work):
    sql = sql_job().encode()
    cc1plus = subprocess.check_output(["g++", "-print-prog-name=cc1plus"], text=True).strip()
    source = os.path.join(work, "job.cc")
    with open(source, "w", encoding="utf-8") as f:
        f.write(CPP_SOURCE)
    preprocessed = os.path.join(work, "job.ii")
    subprocess.run(["g++", "-std=c++17", "-E", source, "-o", preprocessed], check=True)
    rust = os.path.join(work, "words")
    if shutil.which("rustc"):
        source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "words.rs")
        subprocess.run(["rustc", "-O", "-o", rust, source], check=True)
    rows = {
        "sqlite3": (["/usr/bin/sqlite3", ":memory:"], sql, {}),
        "python3": (["/usr/bin/python3", "-S", "-c", PYTHON_JOB], None,
                    {"PYTHONMALLOC": "malloc", "PYTHONHASHSEED": "0"}),
        "perl": (["/usr/bin/perl", "-e", PERL_JOB], None, {"PERL_HASH_SEED": "0"}),
        "cc1plus": ([cc1plus, "-quiet", "-O1", "-std=c++17", "-fpreprocessed", preprocessed, "-o",
                     "/dev/null"], None, {}),
    }
    if os.path.exists(rust):
        rows["rust"] = ([rust], None, {})
    return rows


def measure(name, command, stdin, extra, build, rounds, work):
    heaptrack = heaptrack_library()
    base = {k: v for k, v in os.environ.items() if not k.startswith("ALLOCPROF_") and k != "LD_PRELOAD"}
    base.update(extra)
    trace = os.path.join(work, "trace.json")
    raw = os.path.join(work, "heaptrack.raw")
    kinds = {"native": base,
             "allocprof": dict(base, LD_PRELOAD=os.path.join(build, "libtrace.so"), ALLOCPROF_OUTPUT=trace)}
    if heaptrack:
        kinds["heaptrack"] = dict(base, LD_PRELOAD=heaptrack, DUMP_HEAPTRACK_OUTPUT=raw)
    cpu = {k: [] for k in kinds}
    wall = {k: [] for k in kinds}
    outputs = set()
    for r in range(rounds + 1):
        for kind, env in kinds.items():
            c, w, out = run(command, stdin, env, work)
            outputs.add(out)
            if r > 0:  # the first round warms the caches
                cpu[kind].append(c)
                wall[kind].append(w)
    if len(outputs) != 1:
        sys.exit(f"overhead.py: {name}: the output differs between runs")
    end = last_record(trace)
    events = end["totals"]["events"]
    median = {k: statistics.median(v) for k, v in cpu.items()}
    row = {"program": name, "events": events, "native_cpu_s": median["native"],
           "bytes_per_event": os.path.getsize(trace) / events,
           "allocprof_cpu_ratio": statistics.median(a / n for a, n in zip(cpu["allocprof"], cpu["native"])),
           "allocprof_wall_ratio": statistics.median(a / n for a, n in zip(wall["allocprof"], wall["native"])),
           "allocprof_ns_per_event": (median["allocprof"] - median["native"]) / events * 1e9}
    if heaptrack:
        row["heaptrack_cpu_ratio"] = statistics.median(h / n for h, n in zip(cpu["heaptrack"], cpu["native"]))
        row["heaptrack_ns_per_event"] = (median["heaptrack"] - median["native"]) / events * 1e9
        row["share_of_heaptrack"] = row["allocprof_ns_per_event"] / row["heaptrack_ns_per_event"]
    return row


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json")
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    build = os.path.abspath(arguments.build)
    work = tempfile.mkdtemp(prefix="allocprof-bench-")
    rows = []
    print(f"{'program':10} {'events':>11} {'native':>8} {'allocprof':>10} {'heaptrack':>10} {'share':>6} "
          f"{'CPU x':>6} {'ht x':>6} {'bytes/ev':>8}")
    print(f"{'':10} {'':>11} {'CPU s':>8} {'ns/event':>10} {'ns/event':>10}")
    for name, (command, stdin, extra) in programs(work).items():
        if arguments.only and name not in arguments.only.split(","):
            continue
        row = measure(name, command, stdin, extra, build, arguments.rounds, work)
        rows.append(row)
        ht = row.get("heaptrack_ns_per_event")
        print(f"{name:10} {row['events']:11,} {row['native_cpu_s']:8.3f} {row['allocprof_ns_per_event']:10.1f} "
              f"{ht if ht is not None else float('nan'):10.1f} {row.get('share_of_heaptrack', float('nan')):6.2f} "
              f"{row['allocprof_cpu_ratio']:6.2f} {row.get('heaptrack_cpu_ratio', float('nan')):6.2f} "
              f"{row['bytes_per_event']:8.2f}", flush=True)
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as f:
            json.dump({"schema": "allocprof.bench/1", "rows": rows}, f, indent=1)
    shutil.rmtree(work)


if __name__ == "__main__":
    main()
