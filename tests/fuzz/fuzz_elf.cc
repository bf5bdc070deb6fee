// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as the ELF file of a module, its own debug file, .dwo and package: every question that
// the symbolizer and the control flow answer. The file is its own surroundings: the folder it lies
// in is all there is.
#include <elf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "symbols/code_flow.h"
#include "symbols/elf_file.h"
#include "symbols/split_package.h"
#include "symbols/symbolizer.h"

namespace {

// Addresses worth asking for: the entry, and the beginnings, ends and middles of code.
template <typename Ask>
void ForEachAddress(const uint8_t* data, size_t size, Ask&& ask) {
  Elf64_Ehdr header;
  if (size < sizeof(header)) return;
  std::memcpy(&header, data, sizeof(header));
  ask(header.e_entry);
  for (int i = 0; i < 8 && i < header.e_phnum; i++) {
    Elf64_Phdr segment;
    const uint64_t at = header.e_phoff + uint64_t{sizeof(segment)} * static_cast<uint64_t>(i);
    if (at > size || size - at < sizeof(segment)) return;
    std::memcpy(&segment, data + at, sizeof(segment));
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_X) == 0) continue;
    const uint64_t step = segment.p_memsz / 24 + 1;
    for (uint64_t n = 0; n < 24; n++) ask(segment.p_vaddr + n * step);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace allocprof::symbols;
  static const int fd = memfd_create("module", MFD_CLOEXEC);
  static const std::string path = "/proc/self/fd/" + std::to_string(fd);
  if (ftruncate(fd, 0) != 0 || pwrite(fd, data, size, 0) != static_cast<ssize_t>(size)) {
    return -1;
  }
  const Options options{.debug_dirs = {}, .sysroot = "", .debuginfod = false};
  const Module module{path, ""};
  Symbolizer symbolizer(options);
  CodeFlow flow(options);
  uint64_t before = 0;
  ForEachAddress(data, size, [&](uint64_t address) {
    if (symbolizer.Resolve(module, address).empty()) __builtin_trap();
    symbolizer.FunctionStart(module, address);
    flow.Reaches(module, {before, false}, {address, false});
    flow.EndsInTailCall(module, {address, true}, true);
    before = address;
  });
  symbolizer.EntryPoint(module);
  symbolizer.MainAddress(module);
  if (symbolizer.modules().size() > 1) __builtin_trap();

  // Of a package the index is ours; its units are libdw's.
  std::unique_ptr<ElfFile> file = ElfFile::Open(path);
  if (file == nullptr) return 0;
  const std::string index(file->Section(".debug_cu_index"));
  const auto package = SplitPackage::Open(std::move(file));
  if (package == nullptr) return 0;
  // The index begins with its sizes; then come the ids of units.
  for (size_t at = 16; at + 8 <= index.size() && at < 16 + 8 * 16; at += 8) {
    uint64_t id;
    std::memcpy(&id, index.data() + at, sizeof(id));
    if (Elf* unit = package->Unit(id)) elf_end(unit);
  }
  return 0;
}
