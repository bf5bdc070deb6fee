# SPDX-License-Identifier: Apache-2.0
"""The reports of a check are what their readers take: SARIF 2.1.0, JUnit XML, GitHub's annotations
and summary, GitLab's code quality. Budgets agree with their JSON schema, in what it takes and in
what it refuses."""

import inspect
import json
import re
import subprocess
import unittest
import xml.etree.ElementTree

import jsonschema
import sarif_om

import harness

SCHEMAS = harness.ROOT / "tests" / "budget"
BUDGET = {"version": 1, "budgets": [
    {"id": "total", "allocations": {"max": 10}, "peak_bytes": {"max": 1}, "threads": {"max": 0}},
    {"id": "kept", "description": "rows", "scope": {"function": "rows"},
     "allocations": {"max": "1000"}}]}

# Which class of SARIF's object model is behind which property.
SARIF = {"runs": "Run", "tool": "Tool", "driver": "ToolComponent", "rules": "ReportingDescriptor",
         "shortDescription": "MultiformatMessageString", "results": "Result", "message": "Message",
         "locations": "Location", "location": "Location", "physicalLocation": "PhysicalLocation",
         "artifactLocation": "ArtifactLocation", "region": "Region",
         "logicalLocations": "LogicalLocation", "stacks": "Stack", "frames": "StackFrame",
         "partialFingerprints": None}


def fields_of(kind):
    """The properties that an object has, and those that it must have."""
    fields = getattr(sarif_om, kind).__attrs_attrs__
    required = {name for name, parameter in
                inspect.signature(getattr(sarif_om, kind).__init__).parameters.items()
                if parameter.default is parameter.empty and name != "self"}
    names = {f.name: f.metadata.get("schema_property_name", f.name) for f in fields}
    return set(names.values()), {names[name] for name in required}


class CheckFormatsTest(harness.IntegrationTest):
    def setUp(self):
        super().setUp()
        (self.folder / "allocprof.budget.json").write_text(json.dumps(BUDGET))
        self.trace = harness.record([harness.program("budgeted"), "rows", "20"], self.folder).trace

    def check(self, *arguments, env=None, status=3):
        ended = subprocess.run([harness.ALLOCPROF, "check", *arguments, str(self.trace)],
                               cwd=self.folder, env=harness.environment(self.folder, env),
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertEqual(ended.returncode, status, ended.stderr)
        return ended.stdout

    def test_all_at_once(self):
        self.check(*(f"--report={name}={name}.out" for name in
                     ("text", "json", "md", "junit", "sarif", "github", "gitlab", "ctest")))
        said = {p.stem: p.read_text() for p in self.folder.glob("*.out")}
        self.assertEqual(len(said), 8)
        for name, text in said.items():
            self.assertIn("40" if name == "ctest" else "40 allocations > 10", text.replace(
                "&gt;", ">"), name)

    def assert_sarif(self, value, kind):
        known, required = fields_of(kind)
        self.assertLessEqual(set(value), known | {"$schema"}, kind)
        self.assertLessEqual(required, set(value), kind)
        for name, inner in value.items():
            if SARIF.get(name) and isinstance(inner, (dict, list)):
                for one in inner if isinstance(inner, list) else [inner]:
                    self.assert_sarif(one, SARIF[name])

    def test_sarif(self):
        text = self.check("--report", "sarif")
        log = json.loads(text)
        jsonschema.validate(log, json.loads((SCHEMAS / "sarif.schema.json").read_text()))
        self.assert_sarif(log, "SarifLog")
        run, = log["runs"]
        self.assertEqual([r["ruleId"] for r in run["results"]],
                         ["allocations", "peak_bytes", "threads"])
        for result in run["results"]:
            self.assertEqual(run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"],
                             result["ruleId"])
        first = run["results"][0]
        where = first["locations"][0]["physicalLocation"]
        self.assertTrue(where["artifactLocation"]["uri"].endswith("/tests/programs/budgeted.c"))
        names = [f["location"]["logicalLocations"][0]["fullyQualifiedName"]
                 for f in first["stacks"][0]["frames"]]
        self.assertEqual(names[:3], ["keep_row", "rows", "main"])

    def test_the_sarif_schema_refuses_what_is_wrong(self):
        schema = json.loads((SCHEMAS / "sarif.schema.json").read_text())
        for change in (lambda r: r["results"][0].update(level="fatal"),
                       lambda r: r["results"][0].pop("message"),
                       lambda r: r["results"][0]["stacks"][0].pop("frames"),
                       lambda r: r.pop("tool")):
            log = json.loads(self.check("--report", "sarif"))
            change(log["runs"][0])
            with self.assertRaises(jsonschema.ValidationError):
                jsonschema.validate(log, schema)

    def test_junit(self):
        path = self.folder / "junit.xml"
        self.check(f"--report=junit={path}")
        ended = subprocess.run(["xmllint", "--noout", "--schema", str(SCHEMAS / "junit.xsd"),
                                str(path)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(ended.returncode, 0, ended.stdout)
        suites = xml.etree.ElementTree.parse(path).getroot()
        cases = suites.findall("testsuite/testcase")
        self.assertEqual([(c.get("classname"), c.get("name"), c.find("failure") is not None)
                          for c in cases],
                         [("allocprof.total", "allocations max", True),
                          ("allocprof.total", "peak_bytes max", True),
                          ("allocprof.total", "threads max", True),
                          ("allocprof.kept", "allocations max", False)])
        self.assertEqual(suites.get("failures"), "3")
        self.assertIn("keep_row", cases[0].find("failure").text)

    def test_gitlab(self):
        for issue in json.loads(self.check("--report", "gitlab")):
            self.assertEqual(set(issue), {"description", "check_name", "fingerprint", "severity",
                                          "location"})
            self.assertIn(issue["severity"], ("info", "minor", "major", "critical", "blocker"))
            self.assertGreater(issue["location"]["lines"]["begin"], 0)
        # The runner's checkout is what paths are relative to.
        checkout = {"CI_PROJECT_DIR": str(harness.ROOT)}
        issues = json.loads(self.check("--report", "gitlab", env=checkout))
        self.assertEqual([i["location"]["path"] for i in issues],
                         ["tests/programs/budgeted.c"] * 2 + ["allocprof.budget.json"])
        self.assertEqual(len({i["fingerprint"] for i in issues}), 3)

    def test_github(self):
        summary = self.folder / "summary.md"
        summary.write_text("before\n")
        text = self.check(env={"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(harness.ROOT),
                               "GITHUB_STEP_SUMMARY": str(summary)})
        annotations = [line for line in text.splitlines() if line.startswith("::")]
        self.assertEqual(len(annotations), 3)
        by_title = "\n".join(sorted(annotations))
        self.assertRegex(by_title, r"(?m)^::error file=tests/programs/budgeted\.c,line=\d+,"
                                   r"title=allocation budget total::40 allocations > 10 "
                                   r"\(\+300\.0 %25\)%0A20 allocations: keep_row")
        self.assertIn("::error file=allocprof.budget.json,title=", by_title)
        # What people read comes first, and a summary is added to.
        self.assertTrue(text.startswith("tests/programs/budgeted.c:"))
        self.assertTrue(summary.read_text().startswith("before\n### Allocations of budgeted: 3 of "))
        self.assertIn("| total | allocations | 40 | max 10 | +300.0 % |  | **broken** |",
                      summary.read_text())
        self.assertNotIn("::", self.check())

    def test_measurements_reach_ctest(self):
        found = re.findall(r'<CTestMeasurement type="numeric/integer" name="([^"]+)">(\d+)<',
                           self.check("--report", "ctest"))
        self.assertIn(("total allocations", "40"), found)

    def test_budgets_agree_with_their_schema(self):
        ended = subprocess.run([harness.ALLOCPROF, "budget", "schema"], stdout=subprocess.PIPE)
        schema = json.loads(ended.stdout)
        installed = harness.ROOT / "src" / "package" / "schema" / "allocprof-budget-1.json"
        self.assertEqual(schema, json.loads(installed.read_text()))
        jsonschema.Draft7Validator.check_schema(schema)
        limit = {"max": 1}
        good = [{"id": "a", name: limit} for name in schema["definitions"]["budget"]["properties"]
                if name not in ("id", "description", "scope", "allow_empty", "exclude_unstable")]
        self.assertGreater(len(good), 20)
        good += [{"id": "a", "peak_bytes": {"max": size}} for size in
                 ("10 MiB", "1.5KiB", "5%", "2.5 %", "0", "9 kB", 7)]
        good += [{"id": "a", "frees": limit, "allow_empty": True, "exclude_unstable": False,
                  "description": "x", "scope": scope} for scope in
                 ({"function": "^x", "self": True}, {"phase": "before_main"}, {"region": "r*"},
                  {"file": "*.c", "module": "lib*", "thread": "main"}, {})]
        bad = [{"id": "a"}, {"frees": limit}, {"id": "a b", "frees": limit},
               {"id": "a", "free": limit}, {"id": "a", "frees": {}}, {"id": "a", "frees": 3},
               {"id": "a", "frees": {"max": -1}}, {"id": "a", "frees": {"max": 1.5}},
               {"id": "a", "frees": {"max": "1 KiB"}}, {"id": "a", "peak_bytes": {"max": "1 lb"}},
               {"id": "a", "frees": limit, "scope": {"line": "3"}},
               {"id": "a", "frees": limit, "scope": {"phase": "after"}},
               {"id": "a", "frees": limit, "allow_empty": 1}]
        for takes, budgets in ((True, good), (False, bad)):
            for budget in budgets:
                file = {"version": 1, "budgets": [budget]}
                self.assertEqual(jsonschema.Draft7Validator(schema).is_valid(file), takes, budget)
                (self.folder / "allocprof.budget.json").write_text(json.dumps(file))
                ended = subprocess.run([harness.ALLOCPROF, "check", "nowhere.json"],
                                       cwd=self.folder, stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE, text=True)
                # A sound one is refused later: there is no such trace, or no baseline.
                sound = "nowhere.json: " in ended.stderr or "baseline update" in ended.stderr
                self.assertEqual(sound, takes, (budget, ended.stderr))

    def test_examples_agree_with_the_schema(self):
        schema = json.loads((harness.ROOT / "src" / "package" / "schema" /
                             "allocprof-budget-1.json").read_text())
        paths = sorted(SCHEMAS.glob("*.budget.json"))
        self.assertTrue(paths)
        for path in paths:
            text = re.sub(r"(?m)^\s*//.*$|(?<=[,\]}])\s*//.*$", "", path.read_text())
            jsonschema.validate(json.loads(text), schema)


if __name__ == "__main__":
    unittest.main()
