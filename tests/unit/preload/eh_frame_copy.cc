// SPDX-License-Identifier: Apache-2.0
#include "eh_frame_copy.h"

#include <fcntl.h>
#include <gelf.h>
#include <link.h>
#include <string.h>
#include <unistd.h>

#include <stdexcept>

namespace allocprof {
namespace {

struct Section {
  uint64_t address = 0, size = 0;
};

Section SectionOf(const char* wanted) {
  elf_version(EV_CURRENT);
  const int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  Elf* elf = elf_begin(fd, ELF_C_READ_MMAP, nullptr);
  size_t names = 0;
  elf_getshdrstrndx(elf, &names);
  Section found;
  for (Elf_Scn* s = nullptr; (s = elf_nextscn(elf, s)) != nullptr;) {
    GElf_Shdr header;
    if (gelf_getshdr(s, &header) == nullptr) continue;
    if (strcmp(elf_strptr(elf, names, header.sh_name), wanted) == 0) {
      found = {header.sh_addr, header.sh_size};
    }
  }
  elf_end(elf);
  close(fd);
  return found;
}

int FirstBias(dl_phdr_info* info, size_t, void* data) {
  *static_cast<uintptr_t*>(data) = info->dlpi_addr;
  return 1;
}

}  // namespace

EhFrame ThisProgramsEhFrame() {
  uintptr_t bias = 0;
  dl_iterate_phdr(FirstBias, &bias);
  const Section header = SectionOf(".eh_frame_hdr"), entries = SectionOf(".eh_frame");
  if (header.size == 0 || entries.address < header.address) {
    throw std::runtime_error("this program's unwind tables are not where they were looked for");
  }
  EhFrame out;
  out.origin = bias + header.address;
  out.bytes.assign(reinterpret_cast<const char*>(out.origin),
                   entries.address + entries.size - header.address);
  uint32_t count = 0;
  memcpy(&count, out.bytes.data() + 8, 4);
  for (uint32_t i = 0; i < count; i++) {
    int32_t start = 0;
    memcpy(&start, out.bytes.data() + 12 + i * 8, 4);
    out.functions.push_back(out.origin + static_cast<uintptr_t>(static_cast<intptr_t>(start)));
  }
  return out;
}

Rule RuleFromCopy(const test::ExactBytes& copy, const EhFrame& original, uintptr_t function,
                  uintptr_t offset) {
  const auto low = reinterpret_cast<uintptr_t>(copy.begin());
  return CompileRule(function + offset - original.origin + low, copy.begin(), low,
                     low + copy.size());
}

}  // namespace allocprof
