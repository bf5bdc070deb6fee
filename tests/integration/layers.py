# SPDX-License-Identifier: Apache-2.0
"""Includes run downhill only, from room to room; preload/ keeps to headers that need no C++
runtime. The rooms and their ranks stand here."""

import pathlib
import re
import unittest

import harness

# Each room may include itself and what stands before it; those of one line not each other.
RANKS = [
    ["src/wire"],
    ["src/base"],
    ["src/trace"],
    ["src/symbols"],
    ["src/model"],
    ["src/report"],
    ["src/analysis"],
    ["src/view", "src/export"],
    ["src/budget"],
    ["src/client"],
    ["src/package"],
    ["cli"],
]
RANK = {room: rank for rank, rooms in enumerate(RANKS) for room in rooms}

# Beyond rank: rooms that are given less than all below.
ONLY = {
    "preload": {"preload", "src/wire"},
    "src/wire": {"src/wire"},
    "src/base": {"src/base"},
    # For users' programs: it may not drag the house in.
    "src/client": {"src/client", "src/wire"},
    # A view never sees events.
    "src/view": {"src/view", "src/report", "src/base"},
}

# Freestanding, or as good as: nothing here needs libstdc++ at run time.
PRELOAD_CPLUSPLUS = set(
    "atomic bit cstddef cstdint cstring limits new type_traits utility".split()
)
# C headers that a hook must not need.
PRELOAD_NEVER = {"stdio.h", "wchar.h", "locale.h", "iconv.h"}

SOURCES = {".c", ".cc", ".cpp", ".h", ".hpp", ".def", ".inc"}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def room_of(path):
    relative = path.relative_to(harness.ROOT).parts
    return "/".join(relative[:2]) if relative[0] == "src" else relative[0]


def sources():
    for top in ("preload", "src", "cli"):
        for path in sorted((harness.ROOT / top).rglob("*")):
            if path.suffix in SOURCES and path.is_file():
                yield path


def included(path):
    """Each include of a file: how it is written, and our own file that it names, or none."""
    for mark, name in INCLUDE.findall(path.read_text()):
        places = (path.parent, harness.ROOT / "src", harness.ROOT)
        ours = next((place / name for place in places if (place / name).is_file()), None)
        yield mark, name, pathlib.Path(ours).resolve() if ours else None


class LayersTest(unittest.TestCase):
    def test_every_room_is_known(self):
        rooms = {room_of(path) for path in sources() if path.parent != harness.ROOT / "src"}
        self.assertLessEqual(rooms, {*RANK, "preload"})

    def test_own_includes_resolve(self):
        lost = [f"{path.relative_to(harness.ROOT)}: {name}"
                for path in sources() for mark, name, ours in included(path)
                if mark == '"' and ours is None]
        self.assertEqual(lost, [])

    def test_includes_run_downhill(self):
        uphill = []
        for path in sources():
            room = room_of(path)
            for _, name, ours in included(path):
                if ours is None:
                    continue
                target = room_of(ours)
                if room in ONLY:
                    allowed = target in ONLY[room]
                else:
                    allowed = target == room or RANK.get(target, 99) < RANK[room]
                if not allowed:
                    uphill.append(f"{path.relative_to(harness.ROOT)} includes {name}")
        self.assertEqual(uphill, [])

    def test_preload_keeps_to_headers_without_a_runtime(self):
        wrong = []
        for path in sources():
            if room_of(path) not in ("preload", "src/wire"):
                continue
            for mark, name, ours in included(path):
                if ours is not None or mark == '"':
                    continue
                c_header = name.endswith(".h") and name not in PRELOAD_NEVER
                if not c_header and name not in PRELOAD_CPLUSPLUS:
                    wrong.append(f"{path.relative_to(harness.ROOT)} includes <{name}>")
        self.assertEqual(wrong, [])


if __name__ == "__main__":
    unittest.main()
