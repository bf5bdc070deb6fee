# SPDX-License-Identifier: Apache-2.0
"""Manual pages and completions, as the build makes them: accepted by their readers, complete, and
in step with the help; and the pager of a terminal."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
import unittest

import harness

SHARE = harness.BUILD / "share"
MANUAL = SHARE / "man" / "man1"
BASH = SHARE / "bash-completion" / "completions" / "allocprof"
ZSH = SHARE / "zsh" / "vendor-completions" / "_allocprof"
FISH = SHARE / "fish" / "vendor_completions.d" / "allocprof.fish"


def output(*command):
    ended = subprocess.run(command, env=harness.environment("/"), stdin=subprocess.DEVNULL,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
    return ended.returncode, ended.stdout.decode()


def commands():
    return harness.allocprof("man", "--list").stdout.decode().split()


def options_of(command):
    """The long options that a command's help names."""
    text = harness.allocprof(command, "--help").stdout.decode()
    listed = text.split("Options:", 1)[1]
    return set(re.findall(r"^  (?:-\w,)?(--[a-z-]+)", listed, re.M))


class DocumentationTest(harness.IntegrationTest):
    def test_manual_pages_are_accepted(self):
        pages = sorted(path.name for path in MANUAL.iterdir())
        self.assertEqual(pages, sorted(["allocprof.1"] + [f"allocprof-{c}.1" for c in commands()]))
        for page in pages:
            # No date: the same sources make the same page.
            _, said = output("mandoc", "-T", "lint", "-W", "warning", str(MANUAL / page))
            self.assertEqual([line for line in said.splitlines() if "missing date" not in line], [],
                             page)
            self.assertEqual(output("groff", "-man", "-Tutf8", "-ww", "-z", str(MANUAL / page)),
                             (0, ""), page)

    def test_each_option_has_its_place_in_page_and_completions(self):
        bash, zsh, fish = (path.read_text() for path in (BASH, ZSH, FISH))
        for command in commands():
            _, page = output("mandoc", "-T", "ascii", str(MANUAL / f"allocprof-{command}.1"))
            page = re.sub(r".\x08", "", page)
            options = options_of(command)
            self.assertTrue(options, command)
            flags = re.search(rf"^    {command}\) options='([^']*)'", bash, re.M).group(1).split()
            for option in options:
                self.assertIn(option, page, f"allocprof-{command}.1")
                self.assertIn(option, flags, f"bash: {command}")
                self.assertIn(f"'*{option}[", zsh, f"zsh: {command}")
                self.assertRegex(fish, rf"from {command}'.* -l {option[2:]} ", f"fish: {command}")

    def test_completions_are_scripts(self):
        self.assertEqual(output("bash", "-n", str(BASH)), (0, ""))
        self.assertEqual(output("zsh", "-n", str(ZSH)), (0, ""))
        self.assertEqual(output("fish", "--no-execute", str(FISH)), (0, ""))

    def test_bash_completes(self):
        for words, wanted in ((["allocprof", "repo"], ["report"]),
                              (["allocprof", "report", "--so"], ["--sort"]),
                              (["allocprof", "report", "--group-by", "mo"], ["module"]),
                              (["allocprof", "tree", "--format", ""], ["text", "json", "csv", "md"])):
            line = " ".join(f"'{word}'" for word in words)
            status, said = output(
                "bash", "-c", f"source {BASH}; cd {self.folder}; COMP_WORDS=({line}); "
                f"COMP_CWORD={len(words) - 1}; _allocprof; printf '%s\\n' \"${{COMPREPLY[@]}}\"")
            self.assertEqual(status, 0, said)
            self.assertLessEqual(set(wanted), set(said.split()), words)

    def test_fish_completes(self):
        status, said = output("fish", "--no-config", "-c",
                              f"source {FISH}; complete -C 'allocprof report --group'")
        self.assertEqual(status, 0, said)
        self.assertTrue(said.startswith("--group-by"), said)


class PagerTest(harness.IntegrationTest):
    def shown(self, *options, **variables):
        """What a terminal shows."""
        trace = self.folder / "trace.json"
        if not trace.exists():
            recorded = harness.record([harness.program("frees")], self.folder)
            self.assertEqual(recorded.status, 0)
        ours, theirs = pty.openpty()
        # Higher than the text: less leaves by itself.
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 1000, 100, 0, 0))
        child = subprocess.Popen(
            [str(harness.ALLOCPROF), "report", *options, str(trace)], stdin=subprocess.DEVNULL,
            start_new_session=True, stdout=theirs, stderr=theirs,
            env=harness.environment(self.folder, {"TERM": "xterm", **variables}))
        os.close(theirs)
        text = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # the terminal's last user is gone
                break
            if not piece:
                break
            text += piece
        os.close(ours)
        self.assertEqual(child.wait(60), 0)
        return text.decode()

    def test_a_terminal_gets_the_pager_that_is_wanted(self):
        mark = "sed s/^/PAGED:/"
        for variables, options, paged in (
                ({"ALLOCPROF_PAGER": mark, "PAGER": "false"}, (), True),
                ({"PAGER": mark}, (), True),
                ({"ALLOCPROF_PAGER": "", "PAGER": mark}, (), False),
                ({"PAGER": mark}, ("--no-pager",), False),
                ({"PAGER": mark}, ("--format", "json"), False)):
            text = self.shown(*options, **variables)
            self.assertIn("allocations", text)
            self.assertEqual("PAGED:" in text, paged, (variables, options))

    def test_less_leaves_a_short_text_alone(self):
        text = self.shown("--top", "1", LESS="FRX")
        self.assertIn("Totals", text)

    def test_no_pager_without_a_terminal(self):
        recorded = harness.record([harness.program("frees")], self.folder)
        ended = subprocess.run(
            [str(harness.ALLOCPROF), "report", str(recorded.trace)], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, timeout=60,
            env=harness.environment(self.folder, {"PAGER": "sed s/^/PAGED:/"}))
        self.assertEqual(ended.returncode, 0)
        self.assertNotIn(b"PAGED:", ended.stdout)


if __name__ == "__main__":
    unittest.main()
