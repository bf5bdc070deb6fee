// SPDX-License-Identifier: Apache-2.0
//
// The calls that end or replace a process image, or unmap code, and the constructor. Observation
// only: each does its own small part and goes on to the real function.
#include <alloca.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include "clock.h"
#include "drain.h"
#include "family.h"
#include "modules.h"
#include "options.h"
#include "own_malloc.h"
#include "process.h"
#include "real.h"
#include "record.h"
#include "sys.h"
#include "thread.h"

#define ALLOCPROF_HOOK extern "C" __attribute__((visibility("default"), noinline))

namespace allocprof {
namespace {

// A vfork child shares our memory but is not the process that is recorded.
bool Recording() {
  return process != nullptr &&
         process->state.load(std::memory_order_acquire) == State::kRecording &&
         process->pid == sys::GetPid();
}

// Marks the spool, which the reader merges if the exec succeeds; undone if it comes back.
class ExecMark {
 public:
  ExecMark() : marked_(Recording() && process->closed.load() == 0) {
    if (!marked_) return;
    process->spool->ending = wire::Ending::kExec;
    process->spool->end_stamp = Stamp();
  }
  ~ExecMark() {
    if (!marked_) return;
    process->spool->end_stamp = 0;
    process->spool->ending = wire::Ending::kNone;
  }
  ExecMark(const ExecMark&) = delete;
  ExecMark& operator=(const ExecMark&) = delete;

 private:
  bool marked_;
};

void AtExit(int status, void*) { FinalDrain(wire::Ending::kExit, status); }

// The final drain comes after the program's own handlers, which are not told the status.
int quick_exit_status = 0;
void AtQuickExit() { FinalDrain(wire::Ending::kQuickExit, quick_exit_status); }

// Registered before main and before every library's destructors, hence run after them all.
__attribute__((constructor)) void Start() {
  if (!ProcessReady()) return;
  free_stacks = Is(options.FREE_STACKS, "on");
  const int saved = errno;
  if (!real.interposed && Is(options.OWN_MALLOC, "libraries")) RedirectLibraries();
  on_exit(AtExit, nullptr);
  at_quick_exit(AtQuickExit);
  errno = saved;
  MarkEnvironment();
}

}  // namespace
}  // namespace allocprof

using namespace allocprof;  // NOLINT: the hooks are global by nature

ALLOCPROF_HOOK int dlclose(void* handle) {
  if (real.dlclose == nullptr && !ResolveReal()) return -1;
  const int result = real.dlclose(handle);
  if (Recording()) RevalidateModules();
  return result;
}

ALLOCPROF_HOOK void _exit(int status) {
  FinalDrain(wire::Ending::kUnderscoreExit, status);
  for (;;) sys::Call(SYS_exit_group, status);
}

ALLOCPROF_HOOK void _Exit(int status) {
  FinalDrain(wire::Ending::kUnderscoreExit, status);
  for (;;) sys::Call(SYS_exit_group, status);
}

ALLOCPROF_HOOK void quick_exit(int status) {
  quick_exit_status = status;
  if (real.quick_exit != nullptr || ResolveReal()) real.quick_exit(status);
  for (;;) sys::Call(SYS_exit_group, status);
}

ALLOCPROF_HOOK int execve(const char* path, char* const* argv, char* const* env) {
  if (real.execve == nullptr && !ResolveReal()) return -1;
  ExecMark mark;
  return real.execve(path, argv, env);
}

ALLOCPROF_HOOK int execv(const char* path, char* const* argv) {
  if (real.execve == nullptr && !ResolveReal()) return -1;
  ExecMark mark;
  return real.execve(path, argv, environ);
}

ALLOCPROF_HOOK int execvpe(const char* file, char* const* argv, char* const* env) {
  if (real.execvpe == nullptr && !ResolveReal()) return -1;
  ExecMark mark;
  return real.execvpe(file, argv, env);
}

ALLOCPROF_HOOK int execvp(const char* file, char* const* argv) {
  if (real.execvpe == nullptr && !ResolveReal()) return -1;
  ExecMark mark;
  return real.execvpe(file, argv, environ);
}

ALLOCPROF_HOOK int fexecve(int fd, char* const* argv, char* const* env) {
  if (real.fexecve == nullptr && !ResolveReal()) return -1;
  ExecMark mark;
  return real.fexecve(fd, argv, env);
}

ALLOCPROF_HOOK int execveat(int fd, const char* path, char* const* argv, char* const* env,
                            int flags) {
  if (real.execveat == nullptr && !ResolveReal()) return -1;
  ExecMark mark;
  return real.execveat(fd, path, argv, env, flags);
}

// The variadic forms put their arguments into an array on the stack, as libc does.
#define ALLOCPROF_COLLECT(argv, first, last)                              \
  va_list list;                                                           \
  va_start(list, first);                                                  \
  size_t count = 1;                                                       \
  while (va_arg(list, char*) != nullptr) count++;                         \
  va_end(list);                                                           \
  char** argv = static_cast<char**>(alloca((count + 1) * sizeof(char*))); \
  va_start(list, first);                                                  \
  argv[0] = const_cast<char*>(first);                                     \
  for (size_t i = 1; i <= count; i++) argv[i] = va_arg(list, char*);      \
  last;                                                                   \
  va_end(list)

ALLOCPROF_HOOK int execl(const char* path, const char* first, ...) {
  ALLOCPROF_COLLECT(argv, first, (void)0);
  return execv(path, argv);
}

ALLOCPROF_HOOK int execlp(const char* file, const char* first, ...) {
  ALLOCPROF_COLLECT(argv, first, (void)0);
  return execvp(file, argv);
}

ALLOCPROF_HOOK int execle(const char* path, const char* first, ...) {
  ALLOCPROF_COLLECT(argv, first, char* const* env = va_arg(list, char* const*));
  return execve(path, argv, env);
}
