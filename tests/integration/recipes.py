# SPDX-License-Identifier: Apache-2.0
"""The recipes of share/doc/allocprof/ci, run as far as that goes without their servers: cargo with
its runner, git with its hook, and of GitHub's and GitLab's jobs each command, in the environment
that a runner gives it."""

import json
import os
import shutil
import subprocess
import unittest

import yaml

import harness

RECIPES = harness.ROOT / "src" / "package" / "ci"
MAKEFILE = "app: app.c\n\t$(CC) -g -O0 -fno-builtin -o $@ $<\n"
APP = """#include <stdlib.h>
static void work(void) {
  for (int i = 0; i < COUNT; i++) free(malloc(16));
}
int main(void) {
  work();
  return 0;
}
"""
RUST = """fn main() {
    let mut words: Vec<String> = Vec::new();
    for i in 0..COUNT {
        words.push(format!("{}", i));
    }
    println!("{}", words.len());
}
"""


class RecipesTest(harness.IntegrationTest):
    def setUp(self):
        super().setUp()
        self.project = self.folder / "project"
        self.project.mkdir()
        (self.project / "Makefile").write_text(MAKEFILE)
        self.environment = harness.environment(self.folder, {
            "PATH": f"{harness.BUILD}:{harness.environment(self.folder)['PATH']}",
            "GIT_CONFIG_GLOBAL": os.devnull, "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b",
            "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"})
        self.budget({"max": 10})

    def budget(self, limit):
        (self.project / "allocprof.budget.json").write_text(json.dumps(
            {"version": 1, "budgets": [{"id": "total", "allocations": limit}]}))

    def app(self, count):
        (self.project / "app.c").write_text(APP.replace("COUNT", str(count)))
        (self.project / "app").unlink(missing_ok=True)

    def call(self, *command, env=None, status=0):
        ended = subprocess.run([*map(str, command)], cwd=self.project, text=True,
                               env={**self.environment, **(env or {})}, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
        self.assertEqual(ended.returncode, status, ended.stdout)
        return ended.stdout

    def steps(self, commands, env, status):
        """As a runner does: each by a shell that ends at the first failure."""
        text = ""
        for command in commands[:-1]:
            text += self.call("sh", "-e", "-c", command, env=env)
        return text + self.call("sh", "-e", "-c", commands[-1], env=env, status=status)

    def test_github_workflow(self):
        workflow = yaml.safe_load((RECIPES / "github-workflow.yml").read_text())
        steps = workflow["jobs"]["budget"]["steps"]
        commands = [step["run"] for step in steps if "run" in step]
        env = {"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(self.project),
               "GITHUB_STEP_SUMMARY": str(self.folder / "summary.md")}
        self.app(10)
        self.steps(commands, env, 0)
        self.app(11)
        text = self.steps(commands, env, 3)
        self.assertRegex(text, r"(?m)^::error file=app\.c,line=3,title=allocation budget total::11 ")
        self.assertIn("**broken**", (self.folder / "summary.md").read_text())
        upload, = [step["with"] for step in steps if "upload-sarif" in step.get("uses", "")]
        log = json.loads((self.project / upload["sarif_file"]).read_text())
        self.assertEqual(len(log["runs"][0]["results"]), 1)

    def test_gitlab_job(self):
        job = yaml.safe_load((RECIPES / "gitlab-ci.yml").read_text())["allocations"]
        env = {"CI_PROJECT_DIR": str(self.project), "GITLAB_CI": "true"}
        self.app(10)
        self.steps(job["script"], env, 0)
        self.app(11)
        self.steps(job["script"], env, 3)
        for report in job["artifacts"]["reports"].values():
            self.assertIn("11 allocations", (self.project / report).read_text())
        issue, = json.loads((self.project / "codequality.json").read_text())
        self.assertEqual(issue["location"], {"path": "app.c", "lines": {"begin": 3}})

    def test_pre_push_hook(self):
        self.call("git", "init", "-q", "-b", "main")
        self.call("git", "init", "-q", "--bare", self.folder / "server.git")
        self.call("git", "remote", "add", "origin", self.folder / "server.git")
        shutil.copy(RECIPES / "pre-push", self.project / ".git" / "hooks" / "pre-push")
        self.assertTrue(os.access(self.project / ".git" / "hooks" / "pre-push", os.X_OK))
        self.app(10)
        self.call("git", "add", "app.c", "Makefile", "allocprof.budget.json")
        self.call("git", "commit", "-qm", "first")
        self.call("git", "push", "-q", "origin", "main")
        self.app(11)
        self.call("git", "commit", "-qam", "more")
        text = self.call("git", "push", "-q", "origin", "main", status=1)
        self.assertIn("app.c:3: error: [total] 11 allocations > 10 (+10.0 %)", text)
        # With a baseline the hook also lowers it.
        self.budget({"max": "50%"})
        self.call("allocprof", "baseline", "update", "--", "./app")
        self.app(8)
        self.call("git", "push", "-q", "origin", "main")
        self.assertIn('"total allocations":8\n',
                      (self.project / "allocprof.baseline.json").read_text())

    def test_cargo_runner(self):
        cargo = shutil.which("cargo")
        self.assertTrue(cargo, "no cargo; see scripts/setup.sh")
        env = {"PATH": f"{harness.BUILD}:{os.environ['PATH']}", "CARGO_NET_OFFLINE": "true",
               **{name: os.environ[name] for name in ("CARGO_HOME", "RUSTUP_HOME")
                  if name in os.environ}, "HOME": os.environ.get("HOME", "/")}
        (self.project / ".cargo").mkdir()
        shutil.copy(RECIPES / "cargo-config.toml", self.project / ".cargo" / "config.toml")
        (self.project / "src").mkdir()
        (self.project / "Cargo.toml").write_text(
            '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n')
        self.budget({"max": 60})
        main = self.project / "src" / "main.rs"
        main.write_text(RUST.replace("COUNT", "20"))
        self.assertIn("20\n", self.call(cargo, "run", "-q", env=env))
        main.write_text(RUST.replace("COUNT", "90"))
        text = self.call(cargo, "run", "-q", env=env, status=3)
        self.assertRegex(text, r"(?m)^src/main\.rs:4: error: \[total\] \d+ allocations > 60 ")


if __name__ == "__main__":
    unittest.main()
