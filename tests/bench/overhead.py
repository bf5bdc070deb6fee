#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What recording costs: natively, under a library that only counts (the floor), under libtrace.so and
under heaptrack's library.

Two parts: pairs of malloc and free alone (tests/bench/pairs.c), by depth, by what changes of the stack,
by threads and by live blocks; and real programs. The runs are interleaved, round by round; ratios are
medians of the rounds' own, since absolute times are noise on a shared machine. CPU is user + system of the
process, the writing of the trace included. heaptrack is run in process only (LD_PRELOAD of its library, raw
data to a file), without its interpreter; it records stacks on allocations alone. An event is an
allocation or a free; a realloc is both. Never fails by time.
Usage: overhead.py BUILD_DIR [--rounds N] [--pairs N] [--json FILE] [--only NAME,...]
"""
import argparse
import glob
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

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


class Ran:
    """One run by `launcher`: CPU and wall seconds, peak resident bytes, standard output."""

    def __init__(self, launcher, command, stdin, env, cwd):
        env = dict(env)
        preload = env.pop("LD_PRELOAD", "")
        took_read, took_write = os.pipe()
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, \
                tempfile.TemporaryFile() as err:
            given.write(stdin or b"")
            given.seek(0)
            # The launcher writes to its descriptor 3.
            child = subprocess.Popen(
                ["/bin/sh", "-c", f'exec "$@" 3>&{took_write} {took_write}>&-', "sh", launcher,
                 preload, *command],
                stdin=given, env=env, cwd=cwd, stdout=out, stderr=err, pass_fds=[took_write])
            os.close(took_write)
            with os.fdopen(took_read) as took:
                figures = took.read().split()
            launched = child.wait()
            err.seek(0)
            if launched != 0 or figures[0] != "0":
                sys.exit(f"overhead.py: {command[0]} ended with status {figures[:1] or launched}: "
                         f"{err.read()[-300:]!r}")
            out.seek(0)
            self.out = out.read()
        self.cpu = float(figures[1]) + float(figures[2])
        self.wall = float(figures[3])
        self.rss = int(figures[4]) * 1024


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
        rows["rust, 2 threads"] = ([rust, "2"], None, {})
    return rows


# shape, depth, threads, live blocks
PAIRS = [("site", 10, 1, 1), ("site", 30, 1, 1), ("site", 100, 1, 1), ("sites", 30, 1, 1),
         ("root", 30, 1, 1), ("descent", 30, 1, 1), ("site", 30, 2, 1), ("site", 30, 4, 1),
         ("site", 30, 1, 1000), ("site", 30, 1, 1000000)]


def pairs_programs(build, pairs):
    return {f"{shape}, depth {depth}, {threads} thread{'s' * (threads > 1)}, {live:,} live":
            ([os.path.join(build, "tests", "pairs"), shape, str(depth), str(threads), str(live),
              str(pairs // threads)], None, {})
            for shape, depth, threads, live in PAIRS}


def median_of(rows, key):
    values = [row[key] for row in rows if row.get(key) is not None]
    return statistics.median(values) if values else None


def measure(name, command, stdin, extra, build, rounds, work):
    heaptrack = heaptrack_library()
    base = {k: v for k, v in os.environ.items() if not k.startswith("ALLOCPROF_") and k != "LD_PRELOAD"}
    base.update(extra)
    trace = os.path.join(work, "trace.json")
    raw = os.path.join(work, "heaptrack.raw")
    kinds = {"native": base,
             "counting": dict(base, LD_PRELOAD=os.path.join(build, "tests", "libcount_only.so")),
             "allocprof": dict(base, LD_PRELOAD=os.path.join(build, "libtrace.so"), ALLOCPROF_OUTPUT=trace)}
    if heaptrack:
        kinds["heaptrack"] = dict(base, LD_PRELOAD=heaptrack, DUMP_HEAPTRACK_OUTPUT=raw)
    launcher = os.path.join(build, "tests", "launch")
    ran = {k: [] for k in kinds}
    for r in range(rounds + 1):
        for kind, env in kinds.items():
            one = Ran(launcher, command, stdin, env, work)
            if r > 0:  # the first round warms the caches
                ran[kind].append(one)
    if len({one.out for of_kind in ran.values() for one in of_kind}) != 1:
        sys.exit(f"overhead.py: {name}: the output differs between runs")
    events = last_record(trace)["totals"]["events"]
    row = {"program": name, "events": events,
           "native_cpu_s": statistics.median(one.cpu for one in ran["native"]),
           "bytes_per_event": os.path.getsize(trace) / events}
    for kind in kinds:
        if kind == "native":
            continue
        both = list(zip(ran[kind], ran["native"]))
        row[f"{kind}_cpu_ratio"] = statistics.median(a.cpu / n.cpu for a, n in both)
        row[f"{kind}_wall_ratio"] = statistics.median(a.wall / n.wall for a, n in both)
        row[f"{kind}_ns_per_event"] = statistics.median(a.cpu - n.cpu for a, n in both) / events * 1e9
        row[f"{kind}_rss_added"] = statistics.median(a.rss - n.rss for a, n in both)
    if heaptrack and row["heaptrack_ns_per_event"] > 0:
        row["share_of_heaptrack"] = row["allocprof_ns_per_event"] / row["heaptrack_ns_per_event"]
    return row


HEAD = (f"{'':36} {'events':>11} {'native':>8} {'counting':>9} {'allocprof':>10} {'heaptrack':>10} "
        f"{'share':>6} {'CPU x':>6} {'wall x':>6} {'ht x':>6} {'bytes':>6} {'RSS':>7}\n"
        f"{'':36} {'':>11} {'CPU s':>8} {'ns/event':>9} {'ns/event':>10} {'ns/event':>10} "
        f"{'':>6} {'':>6} {'':>6} {'':>6} {'/event':>6} {'+MiB':>7}")


def line(row):
    def figure(key, width, digits):
        value = row.get(key)
        return " " * (width - 1) + "-" if value is None else f"{value:{width}.{digits}f}"
    return (f"{row['program']:36} {row['events']:11,} {figure('native_cpu_s', 8, 3)} "
            f"{figure('counting_ns_per_event', 9, 1)} {figure('allocprof_ns_per_event', 10, 1)} "
            f"{figure('heaptrack_ns_per_event', 10, 1)} {figure('share_of_heaptrack', 6, 2)} "
            f"{figure('allocprof_cpu_ratio', 6, 2)} {figure('allocprof_wall_ratio', 6, 2)} "
            f"{figure('heaptrack_cpu_ratio', 6, 2)} {figure('bytes_per_event', 6, 2)} "
            f"{row['allocprof_rss_added'] / 2**20:7.1f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pairs", type=int, default=3000000, help="of each micro-benchmark; 0: none")
    parser.add_argument("--json")
    parser.add_argument("--only", default="", help="names of programs, or `pairs`")
    arguments = parser.parse_args()
    build = os.path.abspath(arguments.build)
    only = [name for name in arguments.only.split(",") if name]
    work = tempfile.mkdtemp(prefix="allocprof-bench-")
    parts = {"pairs": pairs_programs(build, arguments.pairs) if arguments.pairs else {},
             "programs": programs(work)}
    result = {"schema": "allocprof.bench/2"}
    print(HEAD)
    for part, rows_of in parts.items():
        result[part] = []
        for name, (command, stdin, extra) in rows_of.items():
            if only and name not in only and part not in only:
                continue
            row = measure(name, command, stdin, extra, build, arguments.rounds, work)
            result[part].append(row)
            print(line(row), flush=True)
    if result["programs"]:
        share = median_of(result["programs"], "share_of_heaptrack")
        ratios = [row["allocprof_cpu_ratio"] for row in result["programs"]]
        result["median_share"] = share
        result["cpu_ratio_geometric_mean"] = statistics.geometric_mean(ratios)
        print(f"programs: median share of heaptrack {share if share is None else round(share, 2)}, "
              f"CPU x{result['cpu_ratio_geometric_mean']:.2f} (geometric mean)")
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as f:
            json.dump(result, f, indent=1)
    shutil.rmtree(work)


if __name__ == "__main__":
    main()
