# SPDX-License-Identifier: Apache-2.0
"""What is advised of programs whose functions each have one known trait, and of their look-alikes,
which get none."""

import re
import unittest

import harness

CXX = {
    "SmallBuffer": "inline",
    "LocalUnique": "inline",
    "LocalShared": "inline",
    "Streamed": "inline",
    "LocalFunction": "idiom",
    "Compiled": "idiom",
    "Grow": "reserve",
    "Reserved": "inline",
    "ScratchInLoop": "reuse",
    "MakeName[abi:cxx11]": "caller-buffer",
    "Label": "intern",
    "BuildList": "arena",
    "Boxes": "tiny",
    "LeakSome": "leak-growing",
    "LeakTable": "leak-once",
    "Produce": "cross-thread",
    "Large": "oversized",
}
CXX_WORDS = {
    "LocalUnique": "hold the object itself",
    "LocalShared": "nothing shares it",
    "LocalFunction": "template parameter",
    "Compiled": "static const std::regex",
    "Grow": "reserve()",
    "BuildList": "monotonic_buffer_resource",
    "Streamed": "std::to_chars",
    "Label": "std::string_view",
}
RUST = {
    "small_vec": "inline",
    "local_box": "inline",
    "cloned": "idiom",
    "formatted": "idiom",
    "grow": "reserve",
    "concatenated": "reserve",
    "scratch_in_loop": "reuse",
    "build_list": "arena",
    "boxes": "tiny",
    "reserved": "inline",
    "make_name": "caller-buffer",
    "label": "intern",
    "leak_some": "leak-growing",
    "leak_table": "leak-once",
    "large": "oversized",
    "produce": "cross-thread",
}
RUST_WORDS = {
    "small_vec": "SmallVec<[T; N]>",
    "local_box": "hold the value itself",
    "cloned": "borrow",
    "formatted": "write!",
    "grow": "Vec::with_capacity",
    "concatenated": "String::with_capacity",
    "build_list": "bumpalo",
    "label": "Rc<str>",
}


def short(name):
    return re.split(r"[(<]", name)[0].split("::")[-1]


class AdviceTest(harness.IntegrationTest):
    def advised(self, program):
        recorded = harness.record([harness.program(program)], self.folder)
        self.assertEqual(recorded.status, 0, recorded.stderr)
        return harness.report(recorded.trace), recorded.trace

    def check(self, program, rules, words, language):
        result, trace = self.advised(program)
        found = {}
        # How much of a short run the allocator takes is the machine's to say.
        places = [piece for piece in result["advice"] if piece["rule"] != "allocator"]
        for piece in places:
            name = short(piece["function"])
            self.assertNotRegex(name, "(?i)fine$", piece)
            found.setdefault(name, []).append(piece)
        for name, rule in rules.items():
            self.assertIn(name, sorted(found), program)
            self.assertIn(rule, [piece["rule"] for piece in found[name]], name)
            self.assertEqual({piece["language"] for piece in found[name]}, {language}, name)
        for name, word in words.items():
            self.assertTrue(any(word in piece["text"] for piece in found[name]), found[name])
        allocations = result["totals"]["allocations"]
        for piece in places:
            evidence = piece["evidence"]
            self.assertLessEqual(piece["saves"]["allocations"], allocations, piece)
            self.assertGreater(evidence["allocations"], 0, piece)
            self.assertTrue(piece["why"] and piece["text"] and piece["frames"], piece)
            if piece["rule"] == "inline":
                grown = evidence["frame_bytes_then"] - evidence["frame_bytes"]
                self.assertGreaterEqual(grown, evidence["size_p95"], piece)
                self.assertGreaterEqual(
                    evidence["stack_depth_then"] - evidence["stack_depth_max"], grown, piece
                )
        return found, trace

    def test_cxx_o0(self):
        self.check("advice_cxx_O0", CXX, CXX_WORDS, "C++")

    def test_cxx_o2(self):
        found, _ = self.check("advice_cxx_O2", CXX, CXX_WORDS, "C++")
        (grow,) = found["Grow"]
        self.assertEqual(grow["saves"]["allocations"], 40 * 20 * 8)
        (boxes,) = found["Boxes"]
        self.assertEqual(boxes["saves"]["allocations"], 20000)
        (leak,) = found["LeakSome"]
        self.assertEqual(leak["saves"]["bytes"], (40 * 50 + 30) * 100)

    def test_rust(self):
        found, _ = self.check("advice_rust", RUST, RUST_WORDS, "Rust")
        (grow,) = found["grow"]
        self.assertEqual(grow["saves"]["allocations"], 40 * 20 * 6)

    def test_the_command_shows_the_same(self):
        result, trace = self.advised("advice_rust")
        ended = harness.allocprof("advise", "--top", "0", trace)
        self.assertEqual(ended.status, 0, ended.stderr)
        text = " ".join(ended.stdout.decode().split())
        for piece in result["advice"]:
            self.assertIn(piece["rule"], text)
            self.assertIn(" ".join(piece["text"].split()), text)
        self.assertNotIn("Totals", text)
        brief = harness.allocprof("report", trace).stdout.decode()
        self.assertIn("allocprof advise shows them", brief)

    def test_nothing_to_say_is_said(self):
        recorded = harness.record([harness.program("rust_empty")], self.folder)
        ended = harness.allocprof("advise", recorded.trace)
        self.assertEqual(ended.status, 0, ended.stderr)
        self.assertIn(b"Nothing here is as any rule of advice knows it.", ended.stdout)


if __name__ == "__main__":
    unittest.main()
