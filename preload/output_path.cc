// SPDX-License-Identifier: Apache-2.0
#include "output_path.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "line.h"
#include "options.h"
#include "process.h"
#include "spool_file.h"
#include "sys.h"

namespace allocprof {
namespace {

// Leaves room for ".<pid>.<n>.json.spool" behind any name.
constexpr size_t kRoomForSuffix = 64;

bool ExpandOutput(char* out, size_t size) {
  Line line(out, size - 1);
  if (options.OUTPUT[0] != '/') {
    char cwd[kPathMax];
    if (sys::GetCwd(cwd, sizeof(cwd)) <= 0) return false;
    line.Raw(cwd).Raw("/");
  }
  for (const char* c = options.OUTPUT; *c != '\0'; c++) {
    if (c[0] == '%' && c[1] == 'p') {
      line.Number(process->pid);
    } else if (c[0] == '%' && c[1] == 'e') {
      const char* slash = strrchr(exe_path, '/');
      line.Raw(slash != nullptr ? slash + 1 : exe_path);
    } else if (c[0] == '%' && c[1] == 'h') {
      utsname host;
      if (sys::Call(SYS_uname, sys::Word(&host)) == 0) line.Raw(host.nodename);
    } else if (c[0] == '%' && c[1] == '%') {
      line.Raw("%");
    } else {
      line.Raw(c, 1);
      continue;
    }
    c++;
  }
  if (line.full()) return false;
  out[line.size()] = '\0';
  return true;
}

void SetPaths(const char* trace) {
  const size_t n = strlen(trace);
  memmove(process->trace_path, trace, n + 1);
  memcpy(process->spool_path, process->trace_path, n);
  memcpy(process->spool_path + n, ".spool", 7);
}

// root_output with ".<pid>" or ".<pid>.<n>" before its ".json".
void ChildName(uint32_t n) {
  const size_t length = strlen(root_output);
  const size_t stem =
      length > 5 && strcmp(root_output + length - 5, ".json") == 0 ? length - 5 : length;
  static char name[kPathMax];  // static: this may run on a small stack, and in one thread only
  Line line(name, sizeof(name) - 1);
  line.Raw(root_output, stem).Raw(".").Number(process->pid);
  if (n > 1) line.Raw(".").Number(n);
  line.Raw(root_output + stem);
  name[line.size()] = '\0';
  SetPaths(name);
}

int CreateExclusive() {
  return sys::Open(process->trace_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
}

const char* Why(int error) {
  switch (-error) {
    case ENOENT:
      return "its directory does not exist: create it or set ALLOCPROF_OUTPUT";
    case EACCES:
    case EPERM:
    case EROFS:
      return "not writable: set ALLOCPROF_OUTPUT to a place that is";
    case ENOSPC:
    case EDQUOT:
      return "the disk is full: set ALLOCPROF_OUTPUT to another one";
    default:
      return "cannot create it: set ALLOCPROF_OUTPUT to another place";
  }
}

int SayNoMemory() {
  Say("not recording", process->trace_path,
      "no memory for the recorder: raise the limit (ulimit -v)");
  return -1;
}

int CreateNumbered() {
  for (uint32_t n = 1; n < 10000; n++) {
    ChildName(n);
    struct stat st;
    if (sys::Call(SYS_newfstatat, AT_FDCWD, sys::Word(process->trace_path), sys::Word(&st),
                  AT_SYMLINK_NOFOLLOW) == 0) {
      continue;
    }
    const SpoolResult spool = CreateSpool();
    if (spool == SpoolResult::kInUse) continue;
    if (spool == SpoolResult::kNoMemory) return SayNoMemory();
    const int fd = CreateExclusive();
    if (fd >= 0) return fd;
    RemoveSpool();
    if (fd != -EEXIST) {
      Say("this process is not recorded", process->trace_path, Why(fd));
      return -1;
    }
  }
  return -1;
}

}  // namespace

int CreateRootTrace() {
  if (!ExpandOutput(root_output, sizeof(root_output) - kRoomForSuffix)) {
    Say("not recording", options.OUTPUT, "the path is too long: set ALLOCPROF_OUTPUT");
    return -1;
  }
  SetPaths(root_output);
  struct stat st;
  const bool exists = sys::Call(SYS_newfstatat, AT_FDCWD, sys::Word(root_output), sys::Word(&st),
                                AT_SYMLINK_NOFOLLOW) == 0;
  if (exists && !S_ISREG(st.st_mode)) {
    Say("not recording", root_output,
        S_ISLNK(st.st_mode) ? "it is a symbolic link: remove it or set ALLOCPROF_OUTPUT"
                            : "it is not a regular file: remove it or set ALLOCPROF_OUTPUT");
    return -1;
  }
  const SpoolResult spool = CreateSpool();
  if (spool == SpoolResult::kNoMemory) return SayNoMemory();
  if (spool == SpoolResult::kInUse) {
    const int fd = CreateNumbered();
    if (fd >= 0) Say("another process is writing", root_output, "this one has its pid in the name");
    return fd;
  }
  if (exists) sys::Unlink(root_output);
  const int fd = CreateExclusive();
  if (fd < 0) {
    Say("not recording", root_output, Why(fd));
    RemoveSpool();
  }
  return fd;
}

int CreateChildTrace() { return CreateNumbered(); }

}  // namespace allocprof
