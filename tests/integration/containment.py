# SPDX-License-Identifier: Apache-2.0
"""Which allocations die before the frame that asked for them: programs with known answers, the same
at four levels of optimisation."""

import unittest

import harness

# Blocks asked for, contained, and freed one and two frames further out.
C = {
    "next_call": (200, 0),
    "toggle": (100, 0),
    "toggle_tail": (100, 0),
    "two_loops": (1000, 1000),
    "split_batch": (1000, 0),
    "reuse": (500, 500),
    "tail_free": (100, 100),
    "tail_dispose": (100, 100),
    "maker": (100, 0),
    "deep_maker": (100, 0),
    "quiet_leaf": (100, 100),
    "recurse": (300, 300),
    "hand_up": (400, 0),
    "two_sites": (200, 100),
    "interpret": (300, 300),
    "step": (51, 0),
    "threaded": (100, 100),
    "by_goto": (100, 100),
    "set_and_free": (100, 100),
    "ask_and_jump": (100, 0),
    "beside_alloca": (100, 100),
    "growing_frame": (400, 400),
    "next_call_alloca": (100, 0),
    "grow": (500, 500),
    "leak": (100, 0),
    "called_back": (200, 200),
    "interrupted": (100, 100),
    "on_signal": (100, 100),
    "in_thread": (10, 10),
}

CXX = {
    "Throw": (400, 0),
    "CatchAndFree": (100, 100),
    "Retry": (300, 300),
    "Unwound": (100, 100),
    "LocalVector": (500, 500),
    "MakeString[abi:cxx11]": (100, 0),
    "LocalFunction": (100, 100),
    "LocalShared": (100, 100),
    "ReleaseItself": (100, 100),
    "Set": (100, 0),
}

# Where the owner of what is not contained sits: function, one frame up, two, escaped.
OWNERS = {
    "maker": ("maker_user", 100, 0, 0),
    "deep_maker": ("deep_user", 0, 100, 0),
    "next_call": ("main", 199, 0, 1),
    "leak": (None, 0, 0, 100),
    "ask_and_jump": ("free_after_jump", 100, 0, 0),
}

# The limit that activation_rule.h names first: in truth 200 of its 300 are contained.
LIMIT = {"loop_and_keep": (300, 299)}

# Turns of a block with another of its size: all, those in one call of the function, and those in
# one of its caller's. What is not here has none, for its sizes change, or it has several at once.
CHURN = {
    "hand_up": (396, 0, 0),
    "recurse": (297, 0, 99),
    "interpret": (297, 0, 297),
    "two_sites": (198, 0, 0),
    "next_call": (99, 0, 99),
    "tail_free": (99, 0, 99),
    "tail_dispose": (99, 0, 99),
    "maker": (99, 0, 0),
    "deep_maker": (99, 0, 0),
    "threaded": (99, 0, 99),
    "by_goto": (99, 0, 99),
    "set_and_free": (99, 0, 99),
    "ask_and_jump": (99, 0, 0),
    "interrupted": (99, 0, 99),
    "on_signal": (99, 0, 0),
    "quiet_leaf": (99, 0, 99),
    "toggle": (98, 0, 98),
    "toggle_tail": (98, 0, 98),
    "step": (48, 0, 48),
    "in_thread": (9, 9, 0),
    "loop_and_keep": (299, 299, 0),
}
STAYED = {"quiet_leaf": "quiet_middle", "in_thread": "in_thread", "maker": "main"}


class ContainmentTest(harness.IntegrationTest):
    def recorded(self, program, env=None):
        recorded = harness.record([harness.program(program)], self.folder, env)
        self.assertEqual(recorded.status, 0, recorded.stderr)
        return harness.report(recorded.trace)

    def check(self, program, known):
        result = self.recorded(program)
        found = {}
        for name in known:
            row = harness.function(result, name)
            found[name] = (row["self"]["allocations"], row["contained_allocations"])
        self.assertEqual(found, known, program)
        for stack in result["stacks"]:
            owner = stack["owner"]
            self.assertEqual(
                stack["contained_allocations"]
                + owner["one_up"]
                + owner["two_up"]
                + owner["further_up"]
                + owner["escaped"]
                + owner["unknown"],
                stack["allocations"],
                "every block has one place",
            )
        return result

    def check_owners(self, result):
        for name, (owner, one_up, two_up, escaped) in OWNERS.items():
            of_function = [
                stack
                for stack in result["stacks"]
                if any(f["function"] == name for f in stack["frames"][:1])
            ]
            sums = [
                sum(stack["owner"][key] for stack in of_function)
                for key in ("one_up", "two_up", "escaped")
            ]
            self.assertEqual(sums, [one_up, two_up, escaped], name)
            owners = {stack["owner"]["function"] for stack in of_function}
            self.assertEqual(owners, {owner}, name)

    def check_churn(self, result):
        rows = {row["function"]: row for row in result["churn"]}
        found = {
            name: (row["turns"], row["in_call"], row["in_caller"]) for name, row in rows.items()
        }
        # Whether its second call is a tail call, past its caller, is the compiler's to say.
        self.assertEqual(found.pop("called_back")[0], 198)
        self.assertEqual(found, CHURN)
        self.assertEqual({name: rows[name]["stayed"] for name in STAYED}, STAYED)

    def check_c(self, program):
        result = self.check(program, C | LIMIT)
        self.check_owners(result)
        self.check_churn(result)

    def test_c_o0(self):
        self.check_c("contained_O0")

    def test_c_o1(self):
        self.check_c("contained_O1")

    def test_c_o2(self):
        self.check_c("contained_O2")

    def test_c_o3(self):
        self.check_c("contained_O3")

    def test_c_without_relocation(self):
        self.check_c("contained_O2_fixed")

    def test_c_by_clang(self):
        for level in ("O0", "O1", "O2", "O3"):
            with self.subTest(level):
                self.check_owners(self.check("contained_clang_" + level, C))

    def test_cxx_by_clang(self):
        for level in ("O0", "O1", "O2", "O3"):
            with self.subTest(level):
                self.check("contained_cxx_clang_" + level, CXX)

    def test_cxx_o0(self):
        self.check("contained_cxx_O0", CXX)

    def test_cxx_o1(self):
        self.check("contained_cxx_O1", CXX)

    def test_cxx_o2(self):
        self.check("contained_cxx_O2", CXX)

    def test_cxx_o3(self):
        self.check("contained_cxx_O3", CXX)

    def test_without_stacks_of_frees_nothing_is_known(self):
        result = self.recorded("contained_O2", {"ALLOCPROF_FREE_STACKS": "off"})
        for row in result["functions"]:
            self.assertIsNone(row["contained_allocations"])
        for stack in result["stacks"]:
            self.assertIsNone(stack["contained_allocations"])


if __name__ == "__main__":
    unittest.main()
