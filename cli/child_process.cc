// SPDX-License-Identifier: Apache-2.0
#include "child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

namespace allocprof::cli {
namespace {

constexpr std::array kPassedOn = {SIGINT,  SIGQUIT, SIGTERM,  SIGHUP,
                                  SIGUSR1, SIGUSR2, SIGWINCH, SIGCONT};

[[noreturn]] void Exec(std::vector<std::string> command, const EnvironmentChanges& changes,
                       const sigset_t& mask, int failure) {
  for (const std::string& name : changes.unset) unsetenv(name.c_str());
  for (const auto& [name, value] : changes.set) setenv(name.c_str(), value.c_str(), 1);
  sigprocmask(SIG_SETMASK, &mask, nullptr);
  std::vector<char*> argv;
  for (std::string& word : command) argv.push_back(word.data());
  argv.push_back(nullptr);
  execvp(argv[0], argv.data());
  const int error = errno;
  const ssize_t written = write(failure, &error, sizeof(error));
  _exit(written == sizeof(error) ? kExitNotFound : kExitCannotRun);
}

// errno of the child's exec, or 0 when the pipe was closed by a good one.
int ExecError(int fd) {
  int error = 0;
  ssize_t n = 0;
  do {
    n = read(fd, &error, sizeof(error));
  } while (n < 0 && errno == EINTR);
  close(fd);
  return n == sizeof(error) ? error : 0;
}

int WaitPassingSignalsOn(pid_t pid, const sigset_t& waited) {
  for (;;) {
    siginfo_t info = {};
    const int signal = sigwaitinfo(&waited, &info);
    // Looked at on every wake: signals of a kind merge, and other children may have ended.
    int status = 0;
    if (waitpid(pid, &status, WNOHANG) == pid) return status;
    // A terminal sends Ctrl-C to the whole foreground group, so the child has had it already.
    if (signal > 0 && signal != SIGCHLD && info.si_code != SI_KERNEL) kill(pid, signal);
  }
}

}  // namespace

Result<ChildEnd> RunChild(const std::vector<std::string>& command,
                          const EnvironmentChanges& changes) {
  // Blocked and then fetched, so that nothing runs in a handler and none is missed around fork.
  sigset_t waited, mask;
  sigemptyset(&waited);
  for (const int signal : kPassedOn) sigaddset(&waited, signal);
  sigaddset(&waited, SIGCHLD);
  sigprocmask(SIG_BLOCK, &waited, &mask);
  // Ignored by our caller, children would vanish without a status.
  struct sigaction child_default = {}, child_before = {};
  child_default.sa_handler = SIG_DFL;
  sigaction(SIGCHLD, &child_default, &child_before);

  std::array<int, 2> failure = {-1, -1};
  const pid_t pid = pipe2(failure.data(), O_CLOEXEC) == 0 ? fork() : -1;
  if (pid == 0) {
    if (child_before.sa_handler == SIG_IGN) sigaction(SIGCHLD, &child_before, nullptr);
    Exec(command, changes, mask, failure[1]);
  }
  const int error = errno;
  if (failure[1] >= 0) close(failure[1]);
  if (pid < 0) {
    if (failure[0] >= 0) close(failure[0]);
    sigprocmask(SIG_SETMASK, &mask, nullptr);
    return Status(ErrorCode::kInternal,
                  fmt::format("cannot start a process: {}; raise ulimit -u or end some",
                              std::strerror(error)));
  }
  ChildEnd end;
  end.pid = pid;
  end.exec_error = ExecError(failure[0]);
  const int status = WaitPassingSignalsOn(pid, waited);
  sigprocmask(SIG_SETMASK, &mask, nullptr);
  if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
  end.exit_code = end.signal != 0 ? 128 + end.signal : WEXITSTATUS(status);
  if (end.exec_error != 0) {
    end.exit_code = end.exec_error == ENOENT ? kExitNotFound : kExitNotExecutable;
  }
  return end;
}

}  // namespace allocprof::cli
