// SPDX-License-Identifier: Apache-2.0
#include "pager.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <iostream>

#include "program_check.h"

namespace allocprof::cli {

std::string PagerCommand(const EnvironmentLookup& environment) {
  for (const char* name : {"ALLOCPROF_PAGER", "PAGER"}) {
    const char* value = environment(name);
    if (value == nullptr) continue;
    const std::string command = value;
    return command == "cat" ? "" : command;  // empty switches it off
  }
  return FindProgram("less").empty() ? "" : "less";
}

std::unique_ptr<Pager> Pager::Start(const std::string& command) {
  if (command.empty()) return nullptr;
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return nullptr;
  const int terminal = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  const pid_t pid = terminal < 0 ? -1 : fork();
  if (pid < 0) {
    close(ends[0]);
    close(ends[1]);
    if (terminal >= 0) close(terminal);
    return nullptr;
  }
  if (pid == 0) {
    dup2(ends[0], STDIN_FILENO);
    // Quit if it fits on one screen, colours as they are, leave the text on the terminal.
    setenv("LESS", "FRX", 0);
    execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
    _exit(127);
  }
  close(ends[0]);
  dup2(ends[1], STDOUT_FILENO);
  close(ends[1]);
  return std::unique_ptr<Pager>(new Pager(pid, terminal));
}

Pager::~Pager() {
  std::cout.flush();
  dup2(terminal_, STDOUT_FILENO);  // closes the pipe: the pager sees the end
  close(terminal_);
  // The terminal's ^C is for the pager.
  const auto before = std::signal(SIGINT, SIG_IGN);
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  std::signal(SIGINT, before);
}

}  // namespace allocprof::cli
