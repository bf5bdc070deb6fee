// SPDX-License-Identifier: Apache-2.0
#include "trace_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "line.h"
#include "options.h"
#include "output_path.h"
#include "process.h"
#include "real.h"
#include "spool_file.h"
#include "sys.h"

namespace allocprof {
namespace {

// As high as the limit allows, out of the way of programs that count on low numbers.
int MoveHigh(int fd) {
  rlimit limit;
  long wanted = 1000;
  if (sys::Call(SYS_prlimit64, 0, RLIMIT_NOFILE, 0, sys::Word(&limit)) == 0 &&
      limit.rlim_cur < 1024) {
    wanted = static_cast<long>(limit.rlim_cur) - 8;
  }
  const int high = wanted > fd ? sys::Fcntl(fd, F_DUPFD_CLOEXEC, wanted) : -1;
  if (high < 0) return fd;
  sys::Close(fd);
  return high;
}

bool IsOurs(int fd) {
  struct stat st;
  return fd >= 0 && sys::FStat(fd, &st) == 0 && st.st_dev == process->trace_device &&
         st.st_ino == process->trace_inode;
}

// The descriptor, reopened if the program closed it or put another file there.
int TraceDescriptor() {
  if (IsOurs(process->trace_fd)) return process->trace_fd;
  uint32_t free_claim = 0;
  for (int tries = 0; !process->fd_claim.compare_exchange_strong(free_claim, 1); tries++) {
    if (tries == 1000) return -1;
    free_claim = 0;
    sys::Yield();
  }
  if (!IsOurs(process->trace_fd)) {
    const int fd = sys::Open(process->trace_path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    if (IsOurs(fd)) {
      process->trace_fd = MoveHigh(fd);
    } else if (fd >= 0) {
      sys::Close(fd);
    }
  }
  process->fd_claim.store(0);
  return IsOurs(process->trace_fd) ? process->trace_fd : -1;
}

void StopWriting(const char* why) {
  if (__atomic_exchange_n(&process->spool->window, 1u, __ATOMIC_ACQ_REL) == 0) {
    Say("cannot write the trace any more", process->trace_path, why);
  }
}

bool WriteAt(const char* lines, size_t n) {
  const int fd = TraceDescriptor();
  if (fd < 0) {
    StopWriting("it was closed and cannot be opened again; only the last events are kept");
    return false;
  }
  const uint64_t size = __atomic_load_n(&process->spool->trace_offset, __ATOMIC_RELAXED);
  if (PassesFileLimit(size, n)) {
    StopWriting("the file size limit is reached (ulimit -f); only the last events are kept");
    return false;
  }
  uint64_t offset = __atomic_fetch_add(&process->spool->trace_offset, n, __ATOMIC_RELAXED);
  while (n > 0) {
    const long r = sys::PWrite(fd, lines, n, offset);
    if (r <= 0) {
      StopWriting(r == -ENOSPC ? "the disk is full; only the last events are kept"
                               : "write failed; only the last events are kept");
      return false;
    }
    lines += r;
    offset += static_cast<uint64_t>(r);
    n -= static_cast<size_t>(r);
  }
  return true;
}

void HeaderRecord(Line* line, const char* arguments, size_t argument_bytes) {
  line->Raw("{\"allocprof\":").Number(wire::kFormatMajor).Field("minor", wire::kFormatMinor);
  line->Field("pid", process->pid).Field("ppid", static_cast<uint64_t>(sys::Call(SYS_getppid)));
  line->Field("forked_from", process->forked_from).Field("start_ticks", process->start_ticks);
  line->Key("root").Raw("{").Field("pid", root_pid).Field("start_ticks", root_start_ticks);
  line->Field("output", root_output).Raw("}");
  line->Field("exe", exe_path).Key("argv").Raw("[");
  for (size_t at = 0; at < argument_bytes;) {
    const size_t n = strnlen(arguments + at, argument_bytes - at);
    if (at != 0) line->Raw(",");
    line->String(arguments + at, n);
    at += n + 1;
  }
  line->Raw("]").Field("clock", stamp_is_tsc ? "tsc" : "monotonic");
  line->Field("stamp", process->first_stamp).Field("ns", process->first_ns);
  line->Field("real_ns", Nanoseconds(CLOCK_REALTIME));
  line->Field("ring", options.RING).Field("depth", options.DEPTH);
  line->Field("unwind", options.UNWIND).Field("free_stacks", options.FREE_STACKS);
  line->Field("start", options.START).Field("max_size", options.MAX_SIZE);
  line->Field("spool", process->spool_on_disk ? "file" : "memory");
  line->Field("allocator", *real.allocator_path != '\0' ? real.allocator_path : exe_path);
  line->Field("hooked", real.interposed                       ? "all"
                        : Is(options.OWN_MALLOC, "libraries") ? "libraries"
                                                              : "none");
  line->Raw(",\n\"records\":[\n");
}

bool WriteHeader() {
  // The command line may be as long as the kernel lets it be; 64 KiB of it are enough to know it.
  constexpr size_t kArguments = 64 * 1024, kBuffer = kArguments * 6 + 16 * kPathMax;
  auto* memory = static_cast<char*>(
      sys::MMap(kArguments + kBuffer, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  if (memory == nullptr) return false;
  long n = 0;
  const int fd = sys::Open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
  if (fd >= 0) {
    n = sys::Read(fd, memory, kArguments);
    sys::Close(fd);
  }
  Line line(memory + kArguments, kBuffer);
  HeaderRecord(&line, memory, n > 0 ? static_cast<size_t>(n) : 0);
  const bool written = !line.full() && WriteAt(line.begin(), line.size());
  sys::MUnmap(memory, kArguments + kBuffer);
  return written;
}

}  // namespace

bool OpenTrace(bool is_root) {
  const int fd = is_root ? CreateRootTrace() : CreateChildTrace();
  if (fd < 0) return false;
  struct stat st {};
  const bool known = sys::FStat(fd, &st) == 0;
  process->trace_fd = MoveHigh(fd);
  process->trace_device = process->spool->trace_device = st.st_dev;
  process->trace_inode = process->spool->trace_inode = st.st_ino;
  if (!known || !WriteHeader()) {
    // Else it has been said why.
    if (process->spool->window == 0) {
      Say("not recording", process->trace_path, "its header cannot be written");
    }
    sys::Close(process->trace_fd);
    RemoveSpool();
    return false;
  }
  if (Is(options.VERBOSE, "on")) Say("recording", exe_path, process->trace_path);
  return true;
}

bool WriteTrace(const char* lines, size_t n) {
  sys::SignalsBlocked blocked;
  process->writers.fetch_add(1, std::memory_order_acq_rel);
  const bool may = process->closed.load(std::memory_order_acquire) == 0 &&
                   process->full.load(std::memory_order_relaxed) == 0 &&
                   __atomic_load_n(&process->spool->window, __ATOMIC_ACQUIRE) == 0;
  const bool written = may && WriteAt(lines, n);
  process->writers.fetch_sub(1, std::memory_order_acq_rel);
  return written;
}

bool WriteTraceFinal(const char* lines, size_t n) {
  return __atomic_load_n(&process->spool->window, __ATOMIC_ACQUIRE) == 0 && WriteAt(lines, n);
}

void CloseTrace() {
  if (IsOurs(process->trace_fd)) sys::Close(process->trace_fd);
  process->trace_fd = -1;
  RemoveSpool();
}

}  // namespace allocprof
