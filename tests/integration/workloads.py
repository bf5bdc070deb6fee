# SPDX-License-Identifier: Apache-2.0
"""The programs that are recorded as they are: real ones and some of tests/programs.

Each is made in a folder, from nothing but what stands here, and does the same every time.
"""

import pathlib
import shutil
import subprocess
import typing

import harness

SQL = """\
CREATE TABLE visits(id INTEGER PRIMARY KEY, page TEXT, seconds INTEGER);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
  INSERT INTO visits(page, seconds) SELECT 'page-' || (i % 997), i % 61 FROM n;
CREATE INDEX visits_by_page ON visits(page);
SELECT page, count(*), sum(seconds) FROM visits GROUP BY page ORDER BY 3 DESC, 1 LIMIT 5;
"""

# Ends with the size of its environment: CPython copies each name and value into bytes objects,
# and it is not the same in every run.
PYTHON = """\
import json
import posix

words = [str(i) * (i % 7) for i in range(20000)]
by_length = {}
for word in words:
    by_length.setdefault(len(word), []).append(word)
text = json.dumps({str(length): len(found) for length, found in by_length.items()})
print(len(text), len(json.loads(text)), flush=True)
size = sum(len(name) + len(value) for name, value in posix.environ.items())
posix.write(1, b"%06d" % size)
"""

CPLUSPLUS = """\
#include <map>
#include <string>
#include <vector>

int count(const std::vector<std::string>& words) {
  std::map<std::string, int> counts;
  for (const std::string& word : words) ++counts[word];
  int most = 0;
  for (const auto& [word, times] : counts) most = times > most ? times : most;
  return most;
}
"""


class Workload(typing.NamedTuple):
    command: list
    env: dict = {}
    stdin: typing.Optional[pathlib.Path] = None


def sqlite3(folder):
    job = folder / "job.sql"
    job.write_text(SQL)
    return Workload(["/usr/bin/sqlite3", ":memory:"], stdin=job)


def python3(folder):
    # In a folder of its own: the import system lists a script's folder, and a trace is not there.
    script = folder / "job" / "job.py"
    script.parent.mkdir()
    script.write_text(PYTHON)
    return Workload(
        ["/usr/bin/python3", "-S", str(script)],
        env={"PYTHONMALLOC": "malloc", "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"},
    )


def cc1plus(folder):
    source = folder / "count.cc"
    source.write_text(CPLUSPLUS)
    preprocessed = folder / "count.ii"
    subprocess.run(
        ["g++", "-std=c++17", "-E", "-o", str(preprocessed), str(source)], check=True
    )
    compiler = subprocess.run(
        ["g++", "-print-prog-name=cc1plus"], check=True, stdout=subprocess.PIPE
    ).stdout.decode().strip()
    return Workload(
        [compiler, "-quiet", "-fpreprocessed", "-std=c++17", "-O1", "-o", "/dev/null",
         str(preprocessed)]
    )


def _rust(name, folder):
    # Rust's runtime asks pthread_getattr_np for the main thread's stack, which reads
    # /proc/self/maps by getline: a line longer than getline's first buffer costs one more
    # realloc. With a path of more than 60 characters that is so in every run, DHAT's too.
    home = folder / ("a-path-so-long-that-its-line-in-proc-self-maps-is-longer-than-120-"
                     "characters")
    home.mkdir(exist_ok=True)
    shutil.copy2(harness.program(name), home / name)
    return Workload([str(home / name)])


def rust_empty(folder):
    return _rust("rust_empty", folder)


def rust_work(folder):
    return _rust("rust_work", folder)


def threads_named(_):
    return Workload([harness.program("threads_named")])


def frees(_):
    return Workload([harness.program("frees")])


ALL = {
    make.__name__: make
    for make in (sqlite3, python3, cc1plus, rust_empty, rust_work, threads_named, frees)
}
