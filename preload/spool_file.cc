// SPDX-License-Identifier: Apache-2.0
#include "spool_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "clock.h"
#include "family.h"
#include "options.h"
#include "process.h"
#include "rule_table.h"
#include "sys.h"

namespace allocprof {
namespace {

constexpr uint64_t kHeadBytes = wire::kSpoolPage + wire::kModuleLogBytes;

// Reserves [offset, offset + n). File systems without fallocate get real zeroes.
bool Reserve(int fd, uint64_t offset, uint64_t n) {
  if (PassesFileLimit(offset, n)) return false;
  const int r = sys::FAllocate(fd, offset, n);
  if (r == 0) return true;
  if (r != -EOPNOTSUPP) return false;
  static const char zeroes[4096] = {};
  for (uint64_t at = 0; at < n; at += sizeof(zeroes)) {
    if (sys::PWrite(fd, zeroes, sizeof(zeroes), offset + at) != sizeof(zeroes)) return false;
  }
  return true;
}

void* Anonymous(uint64_t n) {
  void* p = sys::MMap(n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (p != nullptr) __atomic_fetch_add(&process->spool->mapped_bytes, n, __ATOMIC_RELAXED);
  return p;
}

// Whether the process that made the spool at spool_path is still recording into it.
bool LeftoverIsLive() {
  const int fd = sys::Open(process->spool_path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return false;
  wire::SpoolHeader head;
  struct stat st;
  const bool whole = sys::Read(fd, &head, sizeof(head)) == static_cast<long>(sizeof(head));
  const bool stated = sys::FStat(fd, &st) == 0;
  sys::Close(fd);
  if (!whole || memcmp(head.magic, wire::kSpoolMagic, sizeof(head.magic)) != 0) {
    // Its maker may be between creating it and writing the header, but not for ten seconds.
    const auto now = static_cast<int64_t>(Nanoseconds(CLOCK_REALTIME) / 1000000000);
    return stated && now - st.st_mtim.tv_sec < 10;
  }
  return head.ending == wire::Ending::kNone && head.pid != process->pid &&
         StartTicks(head.pid) == head.start_ticks && head.start_ticks != 0;
}

void FillHeader(wire::SpoolHeader* spool) {
  memcpy(spool->magic, wire::kSpoolMagic, sizeof(spool->magic));
  spool->version = wire::kFormatMajor;
  spool->ring_bytes = static_cast<uint32_t>(options.RING);
  spool->pid = process->pid;
  spool->start_ticks = process->start_ticks;
}

}  // namespace

bool PassesFileLimit(uint64_t offset, uint64_t n) {
  rlimit limit;
  if (sys::Call(SYS_prlimit64, 0, RLIMIT_FSIZE, 0, sys::Word(&limit)) != 0) return false;
  return limit.rlim_cur != RLIM_INFINITY &&
         (offset > limit.rlim_cur || n > limit.rlim_cur - offset);
}

SpoolResult CreateSpool() {
  constexpr int flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
  int fd = sys::Open(process->spool_path, flags, 0600);
  if (fd == -EEXIST) {
    if (LeftoverIsLive()) return SpoolResult::kInUse;
    sys::Unlink(process->spool_path);
    fd = sys::Open(process->spool_path, flags, 0600);
    if (fd == -EEXIST) return SpoolResult::kInUse;  // another one was quicker
  }
  void* memory = nullptr;
  if (fd >= 0) {
    // The header first, by write: who finds the file must be able to tell whose it is.
    wire::SpoolHeader head;
    memset(&head, 0, sizeof(head));
    FillHeader(&head);
    if (Reserve(fd, 0, kHeadBytes) &&
        sys::PWrite(fd, &head, sizeof(head), 0) == static_cast<long>(sizeof(head))) {
      memory = sys::MMap(kHeadBytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    }
    sys::Close(fd);
    if (memory == nullptr) sys::Unlink(process->spool_path);
  }
  process->spool_on_disk = memory != nullptr;
  if (memory == nullptr) {
    memory = sys::MMap(kHeadBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == nullptr) return SpoolResult::kNoMemory;
    FillHeader(static_cast<wire::SpoolHeader*>(memory));
  }
  process->spool = static_cast<wire::SpoolHeader*>(memory);
  process->spool->mapped_bytes = kHeadBytes + sizeof(Process) + (sizeof(RuleSet) << kRuleSetsLog2);
  return process->spool_on_disk ? SpoolResult::kCreated : SpoolResult::kAnonymous;
}

wire::RingHeader* NewRing() {
  wire::SpoolHeader* spool = process->spool;
  const uint64_t bytes = wire::kSpoolPage + spool->ring_bytes;
  void* memory = nullptr;
  if (process->spool_on_disk) {
    const int fd = sys::Open(process->spool_path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    wire::SpoolHeader head;
    if (fd >= 0) {
      // After a chroot or a rename the path may lead to some other file.
      const bool ours = sys::Read(fd, &head, sizeof(head)) == static_cast<long>(sizeof(head)) &&
                        memcmp(head.magic, wire::kSpoolMagic, sizeof(head.magic)) == 0 &&
                        head.pid == spool->pid && head.start_ticks == spool->start_ticks;
      if (ours) {
        // Taken before it is reserved: a place that could not be reserved stays a hole, which the
        // reader takes for a ring never used.
        const uint32_t index = __atomic_fetch_add(&spool->ring_count, 1u, __ATOMIC_RELAXED);
        const uint64_t offset = wire::RingOffset(spool->ring_bytes, index);
        if (Reserve(fd, offset, bytes)) {
          memory = sys::MMap(bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);
        }
      }
      sys::Close(fd);
    }
  }
  if (memory != nullptr) {
    __atomic_fetch_add(&spool->mapped_bytes, bytes, __ATOMIC_RELAXED);
  } else {
    memory = Anonymous(bytes);
  }
  return static_cast<wire::RingHeader*>(memory);
}

void RemoveSpool() {
  if (process->spool_on_disk) sys::Unlink(process->spool_path);
}

}  // namespace allocprof
