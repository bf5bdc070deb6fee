// SPDX-License-Identifier: Apache-2.0
#include "child_process.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "folder.h"

namespace allocprof::cli {
namespace {

ChildEnd RunWords(const std::vector<std::string>& command, const EnvironmentChanges& changes = {}) {
  return RunChild(command, changes).value();
}

ChildEnd Shell(const std::string& script, const EnvironmentChanges& changes = {}) {
  return RunWords({"sh", "-c", script}, changes);
}

TEST(RunChild, PassesTheStatusThrough) {
  EXPECT_EQ(Shell("exit 0").exit_code, 0);
  EXPECT_EQ(Shell("exit 42").exit_code, 42);
  EXPECT_EQ(Shell("exit 255").exit_code, 255);
  EXPECT_GT(Shell("exit 0").pid, 0);
}

TEST(RunChild, DeathBySignalIs128AndTheSignal) {
  const ChildEnd end = Shell("kill -KILL $$");
  EXPECT_EQ(end.exit_code, 128 + SIGKILL);
  EXPECT_EQ(end.signal, SIGKILL);
}

TEST(RunChild, AFailedStartEndsAsEnvDoes) {
  const Folder folder;
  const std::string plain = folder.Write("plain", "no program");
  EXPECT_EQ(RunWords({folder.Path("nowhere")}).exit_code, kExitNotFound);
  EXPECT_EQ(RunWords({"no-such-command-anywhere"}).exec_error, ENOENT);
  EXPECT_EQ(RunWords({plain}).exit_code, kExitNotExecutable);
  EXPECT_EQ(RunWords({plain}).exec_error, EACCES);
}

TEST(RunChild, ChangesTheEnvironmentOfTheChildAlone) {
  setenv("ALLOCPROF_TEST_GONE", "1", 1);
  EnvironmentChanges changes;
  changes.set = {{"ALLOCPROF_TEST_SET", "a b"}};
  changes.unset = {"ALLOCPROF_TEST_GONE"};
  EXPECT_EQ(Shell("[ \"$ALLOCPROF_TEST_SET$ALLOCPROF_TEST_GONE\" = 'a b' ]", changes).exit_code, 0);
  EXPECT_EQ(std::getenv("ALLOCPROF_TEST_SET"), nullptr);
  EXPECT_STREQ(std::getenv("ALLOCPROF_TEST_GONE"), "1");
  unsetenv("ALLOCPROF_TEST_GONE");
}

// The shell sends the signal to us, its parent, and waits for it to come back.
TEST(RunChild, PassesSignalsOn) {
  for (const char* name : {"TERM", "INT", "HUP", "QUIT", "USR1", "USR2"}) {
    const ChildEnd end = Shell(std::string("trap 'exit 7' ") + name + "; kill -" + name +
                               " $PPID; i=0; while [ $i -lt 100 ]; do sleep 0.05; i=$((i+1)); "
                               "done; exit 1");
    EXPECT_EQ(end.exit_code, 7) << name;
  }
}

TEST(RunChild, LeavesSignalsAsTheyWere) {
  sigset_t before, after;
  sigprocmask(SIG_SETMASK, nullptr, &before);
  Shell("exit 0");
  sigprocmask(SIG_SETMASK, nullptr, &after);
  EXPECT_EQ(sigismember(&before, SIGTERM), sigismember(&after, SIGTERM));
  EXPECT_EQ(sigismember(&after, SIGCHLD), 0);
}

TEST(RunChild, TheChildHasOurSignalMask) {
  // Bit 14 of SigBlk is SIGTERM.
  EXPECT_EQ(Shell("read -r x <<EOF\n$(grep SigBlk /proc/$$/status)\nEOF\n"
                  "case $x in *0000000000000000) exit 0;; esac; exit 1")
                .exit_code,
            0);
}

TEST(RunChild, WorksWhereChildrenAreIgnored) {
  std::signal(SIGCHLD, SIG_IGN);
  EXPECT_EQ(Shell("exit 3").exit_code, 3);
  std::signal(SIGCHLD, SIG_DFL);
}

}  // namespace
}  // namespace allocprof::cli
