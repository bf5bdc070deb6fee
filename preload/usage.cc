// SPDX-License-Identifier: Apache-2.0
#include "usage.h"

#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "sys.h"

namespace allocprof {
namespace {

constexpr size_t kPage = 4096;

uint64_t heap_start = 0;

uint64_t Break() { return static_cast<uint64_t>(sys::Call(SYS_brk, 0)); }

uint64_t Nanoseconds(const timeval& t) {
  return static_cast<uint64_t>(t.tv_sec) * 1000000000u + static_cast<uint64_t>(t.tv_usec) * 1000u;
}

// "size resident shared ...", in pages.
void ReadResident(Usage* usage) {
  char text[128];
  const int fd = sys::Open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  const long n = sys::Read(fd, text, sizeof(text) - 1);
  sys::Close(fd);
  if (n <= 0) return;
  text[n] = '\0';
  uint64_t* const fields[] = {&usage->resident, &usage->resident_file};
  const char* c = text;
  for (uint64_t* field : fields) {
    c = strchr(c, ' ');
    if (c == nullptr) return;
    uint64_t pages = 0;
    for (c++; *c >= '0' && *c <= '9'; c++) pages = pages * 10 + static_cast<uint64_t>(*c - '0');
    *field = pages * kPage;
  }
}

// Calls `page(address, resident)` from `low` upwards until it returns false. False if some of the
// range is not mapped.
template <typename Page>
bool ForEachPage(uintptr_t low, uintptr_t high, const Page& page) {
  constexpr size_t kAtOnce = 1024;
  unsigned char resident[kAtOnce];
  while (low < high) {
    const size_t left = (high - low) / kPage;
    const size_t n = left < kAtOnce ? left : kAtOnce;
    if (n == 0) break;
    if (sys::Call(SYS_mincore, static_cast<long>(low), static_cast<long>(n * kPage),
                  sys::Word(resident)) != 0) {
      return false;
    }
    for (size_t i = 0; i < n; i++) {
      if (!page(low + i * kPage, (resident[i] & 1) != 0)) return true;
    }
    low += n * kPage;
  }
  return true;
}

}  // namespace

void NoteHeapStart() { heap_start = Break(); }

Usage UsageNow() {
  Usage usage{};
  ReadResident(&usage);
  const uint64_t end = Break();
  usage.heap = end > heap_start ? end - heap_start : 0;
  rusage used;
  if (sys::Call(SYS_getrusage, RUSAGE_SELF, sys::Word(&used)) == 0) {
    usage.peak_resident = static_cast<uint64_t>(used.ru_maxrss) * 1024;
    usage.minor_faults = static_cast<uint64_t>(used.ru_minflt);
    usage.major_faults = static_cast<uint64_t>(used.ru_majflt);
    usage.user_ns = Nanoseconds(used.ru_utime);
    usage.system_ns = Nanoseconds(used.ru_stime);
  }
  return usage;
}

uint64_t ThreadNanoseconds() {
  timespec t{};
  sys::Call(SYS_clock_gettime, CLOCK_THREAD_CPUTIME_ID, sys::Word(&t));
  return static_cast<uint64_t>(t.tv_sec) * 1000000000u + static_cast<uint64_t>(t.tv_nsec);
}

uint64_t ResidentIn(uintptr_t low, size_t n) {
  uint64_t pages = 0;
  const bool mapped = ForEachPage(low, low + n, [&](uintptr_t, bool resident) {
    pages += resident;
    return true;
  });
  return mapped ? pages * kPage : 0;
}

uintptr_t LowestResident(uintptr_t low, uintptr_t high) {
  uintptr_t found = high;
  ForEachPage(low, high, [&](uintptr_t page, bool resident) {
    if (resident) found = page;
    return !resident;
  });
  return found;
}

}  // namespace allocprof
