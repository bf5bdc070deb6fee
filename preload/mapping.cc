// SPDX-License-Identifier: Apache-2.0
#include "mapping.h"

#include <fcntl.h>
#include <string.h>

#include "sys.h"

namespace allocprof {
namespace {

// struct procmap_query of <linux/fs.h>, Linux 6.11.
struct ProcMapQuery {
  uint64_t size, query_flags, query_addr;
  uint64_t vma_start, vma_end, vma_flags, vma_page_size, vma_offset;
  uint64_t inode;
  uint32_t dev_major, dev_minor, vma_name_size, build_id_size;
  uint64_t vma_name_addr, build_id_addr;
};
static_assert(sizeof(ProcMapQuery) == 104);
constexpr unsigned long kProcMapQuery = 3ul << 30 | 104ul << 16 | 'f' << 8 | 17;

bool QueryKernel(int fd, uintptr_t address, Mapping* out) {
  ProcMapQuery q;
  memset(&q, 0, sizeof(q));
  q.size = sizeof(q);
  q.query_addr = address;
  if (sys::Ioctl(fd, kProcMapQuery, &q) != 0) return false;
  out->low = q.vma_start;
  out->high = q.vma_end;
  return address >= out->low && address < out->high;
}

// Lines are "low-high perms ..."; only the first two fields matter, so a line may be split
// anywhere by the buffer.
bool ReadMaps(int fd, uintptr_t address, Mapping* out) {
  char buffer[1024];
  uintptr_t number[2] = {0, 0};
  int field = 0;
  for (long n; (n = sys::Read(fd, buffer, sizeof(buffer))) > 0;) {
    for (long i = 0; i < n; i++) {
      const char ch = buffer[i];
      if (ch == '\n') {
        number[0] = number[1] = 0;
        field = 0;
      } else if (field < 2 && (ch == '-' || ch == ' ')) {
        if (++field == 2 && address >= number[0] && address < number[1]) {
          *out = {number[0], number[1]};
          return true;
        }
      } else if (field < 2) {
        number[field] =
            number[field] << 4 | static_cast<uintptr_t>(ch <= '9' ? ch - '0' : ch - 'a' + 10);
      }
    }
  }
  return false;
}

}  // namespace

bool FindMapping(uintptr_t address, Mapping* out) {
  const int fd = sys::Open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool found = QueryKernel(fd, address, out) || ReadMaps(fd, address, out);
  sys::Close(fd);
  return found;
}

}  // namespace allocprof
