# SPDX-License-Identifier: Apache-2.0
"""The installed tree and the Debian package: complete, movable, found by other projects, and a
stripped or hardened libtrace.so records the same."""

import os
import pathlib
import re
import shutil
import subprocess
import unittest

import harness

PROJECT = """
cmake_minimum_required(VERSION 3.25)
project(consumer C)
find_package(allocprof 0.1 REQUIRED)
enable_testing()
add_executable(app app.c)
target_link_libraries(app PRIVATE allocprof::client)
add_test(NAME recorded COMMAND allocprof::allocprof run -o app.json -- $<TARGET_FILE:app>)
add_test(NAME reported COMMAND allocprof::allocprof report --format json app.json)
set_tests_properties(recorded PROPERTIES FIXTURES_SETUP trace)
set_tests_properties(reported PROPERTIES FIXTURES_REQUIRED trace
  PASS_REGULAR_EXPRESSION "\\"allocations\\":7,")
allocprof_add_test(NAME within COMMAND app BUDGET app.budget.json RUNS 2
  REPORT junit=within.xml WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR} LABELS memory)
allocprof_add_test(NAME over COMMAND $<TARGET_FILE:app> more BUDGET app.budget.json)
set_tests_properties(over PROPERTIES WILL_FAIL ON)
if(NOT EXISTS "${allocprof_LIBTRACE}")
  message(FATAL_ERROR "no libtrace.so at ${allocprof_LIBTRACE}")
endif()
"""
APP = """
#include <stdlib.h>
int main(int argc, char** argv) {
  (void)argv;
  for (int i = 0; i < 7 * argc; i++) free(malloc(16));
  return 0;
}
"""
BUDGET = """{
  "version": 1, // seven, and all freed
  "budgets": [ { "id": "total", "allocations": { "equal": 7 }, "leaked_blocks": { "max": 0 } } ]
}
"""
INSTALLED = ["lib/cmake/allocprof/AllocProf.cmake", "share/allocprof/schema/allocprof-budget-1.json",
             "share/doc/allocprof/ci/cargo-config.toml", "share/doc/allocprof/ci/pre-push",
             "bin/allocprof", "lib/allocprof/libtrace.so", "lib/cmake/allocprof/allocprofConfig.cmake",
             "lib/cmake/allocprof/allocprofConfigVersion.cmake",
             "lib/cmake/allocprof/allocprofTargets.cmake", "lib/pkgconfig/allocprof.pc",
             "share/doc/allocprof/README.md", "share/doc/allocprof/FORMAT.md",
             "share/doc/allocprof/copyright"]


class PackagingTest(harness.IntegrationTest):
    def call(self, *command, cwd=None, env=None):
        ended = subprocess.run([*map(str, command)], cwd=cwd or self.folder, text=True,
                               env={**harness.environment(self.folder), **(env or {})},
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(ended.returncode, 0, f"{command}:\n{ended.stdout}")
        return ended.stdout

    def install(self):
        prefix = self.folder / "installed"
        self.call("cmake", "--install", harness.BUILD, "--prefix", prefix)
        return prefix

    def assert_records(self, allocprof, env=None):
        """That command line finds its library and records."""
        trace = self.folder / "packaged.json"
        trace.unlink(missing_ok=True)
        self.call(allocprof, "run", "-o", trace, "--", harness.program("frees"), env=env)
        text = self.call(allocprof, "report", trace, env=env)
        self.assertIn("allocations", text)
        self.assertEqual(harness.report(trace)["totals"]["lost_events"], 0)

    def test_the_installed_tree_is_whole_and_movable(self):
        prefix = self.install()
        for name in INSTALLED:
            self.assertTrue((prefix / name).is_file(), name)
        moved = self.folder / "else where"
        prefix.rename(moved)
        dynamic = self.call("readelf", "-dW", moved / "bin/allocprof")
        self.assertNotIn(str(harness.BUILD), dynamic)
        plain = self.folder / "elsewhere"
        moved.rename(plain)
        self.assert_records(plain / "bin/allocprof")
        # Through a link of another folder, as /usr/local/bin may have it.
        link = self.folder / "allocprof"
        link.symlink_to(plain / "bin/allocprof")
        self.assert_records(link)

    def test_another_cmake_project_uses_it(self):
        prefix = self.install()
        source = self.folder / "consumer"
        source.mkdir()
        (source / "CMakeLists.txt").write_text(PROJECT)
        (source / "app.c").write_text(APP)
        (source / "app.budget.json").write_text(BUDGET)
        self.call("cmake", "-S", source, "-B", source / "build", f"-DCMAKE_PREFIX_PATH={prefix}",
                  "-DCMAKE_C_FLAGS=-O0 -fno-builtin")
        self.call("cmake", "--build", source / "build")
        text = self.call("ctest", "--test-dir", source / "build", "--output-on-failure",
                         "--no-tests=error")
        self.assertIn("100% tests passed, 0 tests failed out of 4", text)
        self.assertIn('failures="0"', (source / "build/within.xml").read_text())
        # What CDash is sent has the figures.
        self.call("ctest", "--test-dir", source / "build", "-T", "Test", "-R", "within")
        sent, = (source / "build/Testing").glob("*-*/Test.xml")
        self.assertIn('name="total allocations"><Value>7</Value>',
                      re.sub(r">\s+<", "><", sent.read_text()))
        # A mistake is one when the project is configured, not when its tests run.
        with open(source / "CMakeLists.txt", "a") as lists:
            lists.write("allocprof_add_test(NAME lost COMMAND app BUDGET nowhere.json)\n")
        ended = subprocess.run(["cmake", "-S", source, "-B", source / "build"], text=True,
                               env=harness.environment(self.folder), stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT)
        self.assertNotEqual(ended.returncode, 0)
        self.assertRegex(ended.stdout, r"nowhere.json is\s+not there")

    def test_pkg_config(self):
        prefix = self.install()
        path = {"PKG_CONFIG_PATH": str(prefix / "lib/pkgconfig")}
        library = self.call("pkg-config", "--variable=libtrace", "allocprof", env=path).strip()
        self.assertTrue(pathlib.Path(library).is_file(), library)
        self.assertIn(f"-I{prefix}", self.call("pkg-config", "--cflags", "allocprof", env=path)
                      .replace("lib/pkgconfig/../../", ""))

    def test_debian_package(self):
        self.call("cpack", "-G", "DEB", "--config", harness.BUILD / "CPackConfig.cmake", "-B",
                  self.folder / "packages")
        package, = (self.folder / "packages").glob("*.deb")
        self.assertRegex(package.name, r"^allocprof_[0-9.]+_amd64\.deb$")
        depends = self.call("dpkg-deb", "-f", package, "Depends")
        # Computed from what is linked, each a package of this system.
        self.assertIn("libdw1", depends)
        for one in depends.split(","):
            name = re.split(r"[ (|]", one.strip())[0]
            self.assertIn("installed", self.call("dpkg-query", "-W", "-f", "${db:Status-Status}",
                                                 name), name)
        root = self.folder / "root"
        for needed in ("var/lib/dpkg/info", "var/lib/dpkg/updates", "var/log"):
            (root / needed).mkdir(parents=True)
        (root / "var/lib/dpkg/status").touch()
        dpkg = ["dpkg", f"--root={root}", "--force-not-root", "--force-depends",
                "--force-script-chrootless", "--log=/dev/null"]
        path = {"PATH": os.environ["PATH"] + ":/sbin:/usr/sbin"}
        self.call(*dpkg, "-i", package, env=path)
        files = self.call(*dpkg, "-L", "allocprof", env=path).split()
        for name in INSTALLED:
            self.assertIn(f"/usr/{name}", files)
        self.assert_records(root / "usr/bin/allocprof")
        # Stripped, and still right about its caller's stack.
        self.assertNotIn(".debug_info", self.call("readelf", "-SW",
                                                  root / "usr/lib/allocprof/libtrace.so"))
        self.call(*dpkg, "-r", "allocprof", env=path)
        self.assertFalse((root / "usr/bin/allocprof").exists())

    def assert_same_counts(self, library):
        expected = harness.record([harness.program("ten_thousand"), "exit"], self.folder)
        recorded = harness.record([harness.program("ten_thousand"), "exit"], self.folder,
                                  {"LD_PRELOAD": str(library)}, trace="other.json")
        self.assertEqual(recorded.status, expected.status)
        self.assertEqual(recorded.stderr, b"")
        ours, other = (harness.report(r.trace) for r in (expected, recorded))
        self.assertEqual(other["totals"]["allocations"], ours["totals"]["allocations"])
        self.assertEqual(harness.function(other, "keep")["total"],
                         harness.function(ours, "keep")["total"])
        self.assertEqual(other["trust"]["stacks_cut"], 0)

    def test_stripped_library(self):
        library = self.folder / "libtrace.so"
        shutil.copy(harness.LIBTRACE, library)
        self.call("strip", "--strip-all", library)
        self.assert_same_counts(library)

    def test_hardened_library(self):
        """Debian's flags for packages: stack protector, fortified libc calls, CET, full RELRO."""
        flags = "-g -O2 -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fcf-protection=full " \
                "-Wformat -Werror=format-security"
        build = self.folder / "hardened"
        self.call("cmake", "-S", harness.ROOT, "-B", build, "-DALLOCPROF_TESTS=OFF",
                  f"-DCMAKE_CXX_FLAGS={flags}", f"-DCMAKE_C_FLAGS={flags}",
                  "-DCMAKE_MODULE_LINKER_FLAGS=-Wl,-z,relro,-z,now")
        self.call("cmake", "--build", build, "--target", "trace")
        self.assert_same_counts(build / "libtrace.so")


if __name__ == "__main__":
    unittest.main()
