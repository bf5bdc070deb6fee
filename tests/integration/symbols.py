# SPDX-License-Identifier: Apache-2.0
"""One program with its debug info wherever tools put it: each report must name the functions and
lines that the plain build's does, or say why it cannot."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import time
import unittest
import urllib.error
import urllib.request

import harness

SOURCES = harness.ROOT / "tests" / "programs" / "symbols"
UNITS = ("left", "right")
# What debug info alone can tell: inlined functions, from class, template and anonymous scopes.
INLINED = {
    "parts::Tank::Fill(unsigned long)",
    "parts::Tank::Tank(unsigned long)",
    "parts::(anonymous namespace)::Doubled<int>",
    "parts::(anonymous namespace)::Pump::Run",
}
OPTIMIZED = ("-O2", "-fPIE")


def tool(*command, cwd):
    done = subprocess.run([*map(str, command)], cwd=cwd, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=120)
    if done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}: {done.stdout.decode()}")
    return done.stdout.decode()


def build_id(path):
    return re.search(r"Build ID: ([0-9a-f]+)", tool("readelf", "-n", path, cwd="/"))[1]


def build_id_path(path):
    identity = build_id(path)
    return f".build-id/{identity[:2]}/{identity[2:]}.debug"


def frames(report, inner):
    """Of the one stack through the function `inner`: function, line and whether inlined, innermost
    first, of the program's own frames."""
    stacks = [s["frames"] for s in report["stacks"]
              if any((f["function"] or "").startswith(inner) for f in s["frames"])]
    if len(stacks) != 1:
        raise AssertionError(f"{len(stacks)} stacks through {inner}")
    return [(f["function"], pathlib.Path(f["file"] or "").name, f["line"], f["inlined"])
            for f in stacks[0] if f["module"] == "program"]


class SymbolsTest(harness.IntegrationTest):
    def build(self, *flags, compiler="g++", link=()):
        """Builds and records the program in a folder of its own, self.folder/made."""
        made = self.folder / "made"
        made.mkdir(exist_ok=True)
        for unit in UNITS:
            tool(compiler, *OPTIMIZED, *flags, "-c", SOURCES / f"{unit}.cc", "-o", f"{unit}.o",
                 cwd=made)
        tool(compiler, "-pie", *(f"{unit}.o" for unit in UNITS), "-Wl,--build-id=sha1", *link,
             "-o", "program", cwd=made)
        return made / "program"

    def record(self, program):
        recorded = harness.record([program], self.folder)
        self.assertEqual((recorded.status, recorded.stderr), (0, b""))
        return recorded.trace

    def names(self, report):
        return {f["function"] for s in report["stacks"] for f in s["frames"] if f["inlined"]}

    def assert_whole(self, report):
        """Every inlined function with its line, in both units."""
        for outer, inner, source in (("parts::Left", "parts::(anonymous namespace)::Doubled<int>",
                                      "left.cc"),
                                     ("parts::Right", "parts::(anonymous namespace)::Pump::Run",
                                      "right.cc")):
            chain = frames(report, outer)
            self.assertEqual([f[0].split("(int)")[0] for f in chain[:4]],
                             ["parts::Tank::Fill(unsigned long)",
                              "parts::Tank::Tank(unsigned long)", inner, outer])
            self.assertEqual([f[1] for f in chain[:4]], ["parts.h", "parts.h", source, source])
            self.assertTrue(all(f[2] > 0 for f in chain[:4]), chain)
            self.assertEqual([f[3] for f in chain[:4]], [True, True, True, False])

    def assert_functions_alone(self, report):
        """The symbol table still names functions; nothing inlined is made up."""
        self.assertEqual(self.names(report) & INLINED, set())
        self.assertEqual(len([f for f in frames(report, "parts::Left")]), 3)  # main and _start

    def test_plain(self):
        report = harness.report(self.record(self.build("-g")))
        self.assert_whole(report)
        self.assertEqual(report["trust"]["modules_with_wrong_build_id"], 0)

    def test_compressed_sections(self):
        for kind in ("zlib", "zlib-gnu"):
            with self.subTest(kind):
                self.assert_whole(harness.report(self.record(
                    self.build("-g", f"-gz={kind}", link=(f"-gz={kind}",)))))

    def split_builds(self):
        yield "g++, DWARF 4", "g++", ("-gdwarf-4", "-gsplit-dwarf")
        yield "g++, DWARF 5", "g++", ("-gdwarf-5", "-gsplit-dwarf")
        yield "clang, DWARF 4", "clang++", ("-gdwarf-4", "-gsplit-dwarf",
                                            "-fno-split-dwarf-inlining")
        yield "clang, DWARF 5", "clang++", ("-gdwarf-5", "-gsplit-dwarf",
                                            "-fno-split-dwarf-inlining")

    def test_split_files(self):
        for title, compiler, flags in self.split_builds():
            with self.subTest(title):
                trace = self.record(self.build(*flags, compiler=compiler))
                self.assert_whole(harness.report(trace))
                # The objects' folder is gone: they lie where --debug-dir says.
                aside = self.folder / "aside"
                aside.mkdir(exist_ok=True)
                for unit in UNITS:
                    os.replace(self.folder / "made" / f"{unit}.dwo", aside / f"{unit}.dwo")
                report = harness.report(trace)
                self.assert_functions_alone(report)
                self.assertEqual([n for n in report["notes"] if ".dwo" in n],
                                 ["Debug info of program is in 2 .dwo files that are not here, "
                                  "first left.dwo; --debug-dir can name their folder."])
                self.assert_whole(harness.report(trace, "--debug-dir", aside))

    def test_split_file_of_another_compilation_is_left_unused(self):
        trace = self.record(self.build("-g", "-gsplit-dwarf"))
        left = (self.folder / "made" / "left.dwo").read_bytes()
        self.build("-g", "-gsplit-dwarf", "-O1", "-DOTHER")
        program = self.folder / "made" / "program"
        self.assertNotEqual((self.folder / "made" / "left.dwo").read_bytes(), left)
        program.unlink()
        # The linked file of the first build with the objects of the second.
        self.build("-g", "-gsplit-dwarf")
        first = program.read_bytes()
        self.build("-g", "-gsplit-dwarf", "-O1", "-DOTHER")
        program.write_bytes(first)
        report = harness.report(trace)
        self.assert_functions_alone(report)
        self.assertTrue([n for n in report["notes"] if "2 .dwo files" in n], report["notes"])

    def test_split_package(self):
        for title, compiler, flags in self.split_builds():
            # Of Debian 12's packers binutils' knows DWARF 4 only, and LLVM's never ends on g++'s 5.
            if title == "g++, DWARF 5":
                continue
            packer = "dwp" if "4" in title else "llvm-dwp"
            with self.subTest(title):
                program = self.build(*flags, compiler=compiler)
                tool(packer, "-e", program, "-o", "program.dwp", cwd=program.parent)
                for unit in UNITS:
                    (program.parent / f"{unit}.dwo").unlink()
                trace = self.record(program)
                self.assert_whole(harness.report(trace))
                aside = self.folder / "aside"
                aside.mkdir(exist_ok=True)
                os.replace(program.parent / "program.dwp", aside / "program.dwp")
                self.assert_functions_alone(harness.report(trace))
                self.assert_whole(harness.report(trace, "--debug-dir", aside))

    def test_dwz_alternative_file(self):
        program = self.build("-gdwarf-4")
        other = program.parent / "other"
        shutil.copy(program, other)
        tool("dwz", "-m", "shared.debug", program, other, cwd=program.parent)
        self.assertIn(".gnu_debugaltlink", tool("readelf", "-S", "-W", program, cwd="/"))
        trace = self.record(program)
        self.assert_whole(harness.report(trace))
        # Without it the names that went there are missing, and none is wrong.
        shared = program.parent / "shared.debug"
        aside = self.folder / "aside" / build_id_path(shared)
        aside.parent.mkdir(parents=True)
        os.replace(shared, aside)
        report = harness.report(trace)
        self.assertLess(self.names(report) & INLINED, INLINED)
        self.assert_whole(harness.report(trace, "--debug-dir", self.folder / "aside"))

    def test_debug_link_and_build_id_folder(self):
        program = self.build("-g")
        made = program.parent
        tool("objcopy", "--only-keep-debug", program, "program.debug", cwd=made)
        tool("objcopy", "--strip-all", "--add-gnu-debuglink=program.debug", program, cwd=made)
        trace = self.record(program)
        self.assert_whole(harness.report(trace))
        aside = self.folder / "aside" / build_id_path(program)
        aside.parent.mkdir(parents=True)
        os.replace(made / "program.debug", aside)
        report = harness.report(trace)
        self.assertEqual(self.names(report) & INLINED, set())
        self.assertIn("program", report["trust"]["modules_without_debug_info_names"])
        self.assert_whole(harness.report(trace, "--debug-dir", self.folder / "nothing",
                                         "--debug-dir", self.folder / "aside"))
        # The debug file alone, without the program, tells the same.
        program.unlink()
        self.assertEqual(harness.report(trace)["trust"]["modules_without_file_names"], ["program"])
        self.assert_whole(harness.report(trace, "--debug-dir", self.folder / "aside"))

    def test_sysroot(self):
        program = self.build("-g")
        trace = self.record(program)
        root = self.folder / "root"
        copy = root / program.relative_to("/")
        copy.parent.mkdir(parents=True)
        os.replace(program, copy)
        report = harness.report(trace)
        self.assertIn("program", report["trust"]["modules_without_file_names"])
        report = harness.report(trace, "--sysroot", root)
        self.assert_whole(report)
        self.assertNotIn("program", report["trust"]["modules_without_file_names"])

    def test_another_build_is_told_and_left_unused(self):
        program = self.build("-g")
        trace = self.record(program)
        first = build_id(program)
        self.build("-g", "-O1")
        second = build_id(program)
        report = harness.report(trace)
        self.assertEqual(self.names(report), set())
        self.assertEqual(report["trust"]["modules_with_wrong_build_id_names"], ["program"])
        self.assertIn(
            f"{program} is another build than the program recorded (build-id {second}, not "
            f"{first}) and is left unused; --sysroot or --debug-dir can name the right one.",
            report["notes"])

    def test_folders_that_are_not_there_are_told(self):
        trace = self.record(self.build("-g"))
        for flag in ("--sysroot", "--debug-dir"):
            ended = harness.allocprof("report", flag, "/nonexistent", trace)
            self.assertEqual(ended.status, 0)
            self.assert_one_line(ended.stderr, flag)

    def report_with(self, variables, *arguments):
        return subprocess.run(
            [harness.ALLOCPROF, "report", "--format", "json", "--top", "0", *map(str, arguments)],
            env=harness.environment(self.folder, variables), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)

    @contextlib.contextmanager
    def debuginfod(self, folder):
        """A server on this machine for the files of a folder; yields its URL once it knows them."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        server = subprocess.Popen(
            ["debuginfod", "-p", str(port), "-d", ":memory:", "-F", "-t", "0", "-g", "0",
             str(folder)],
            env=harness.environment(self.folder), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield f"http://127.0.0.1:{port}/"
        finally:
            server.kill()
            server.wait()

    def await_file(self, url, identity):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        for _ in range(300):
            with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
                with opener.open(f"{url}buildid/{identity}/debuginfo", timeout=10) as answer:
                    if answer.status == 200:
                        return
            time.sleep(0.2)
        self.fail("debuginfod did not find the file within a minute")

    def test_debuginfod(self):
        program = self.build("-g")
        identity = build_id(program)
        served = self.folder / "served"
        served.mkdir()
        tool("objcopy", "--only-keep-debug", program, served / "program.debug", cwd="/")
        trace = self.record(program)
        tool("strip", program, cwd="/")
        cache = self.folder / "cache"
        with self.debuginfod(served) as url:
            self.await_file(url, identity)
            variables = {"DEBUGINFOD_URLS": url, "DEBUGINFOD_CACHE_PATH": str(cache),
                         "DEBUGINFOD_TIMEOUT": "20"}
            # The variable alone asks nobody.
            done = self.report_with(variables, trace)
            self.assertEqual((done.returncode, done.stderr), (0, b""))
            self.assertEqual(self.names(json.loads(done.stdout)) & INLINED, set())
            self.assertFalse(cache.exists())
            done = self.report_with(variables, "--debuginfod", trace)
            self.assertEqual((done.returncode, done.stderr), (0, b""))
            self.assert_whole(json.loads(done.stdout))
            self.assertTrue((cache / identity / "debuginfo").exists())
            # The program gone, too: its debug file alone has to do.
            program.unlink()
            self.assert_whole(json.loads(
                self.report_with(variables, "--debuginfod", trace).stdout))
        # Nobody answers any more: said once, and the cache still serves.
        other = {**variables, "DEBUGINFOD_CACHE_PATH": str(self.folder / "empty")}
        done = self.report_with(other, "--debuginfod", trace)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        notes = json.loads(done.stdout)["notes"]
        self.assertEqual(len([n for n in notes if n.startswith("debuginfod was asked")]), 1, notes)

    def test_debuginfod_without_servers_is_a_mistake(self):
        trace = self.record(self.build("-g"))
        done = self.report_with({}, "--debuginfod", trace)
        self.assertEqual((done.returncode, done.stdout), (2, b""))
        self.assert_one_line(done.stderr, "--debuginfod")


if __name__ == "__main__":
    unittest.main()
