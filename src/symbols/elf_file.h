// SPDX-License-Identifier: Apache-2.0
//
// ElfFile: one open ELF file.
//
// Owns: the descriptor and the libelf handle, and what the other files here ask of headers.
// Errors: a file that cannot be used is a null pointer; a missing part of one is an empty answer.
// The content is hostile: every libelf result is checked. Addresses are ELF virtual addresses.
// Source: ELF gABI 4.1; NT_GNU_BUILD_ID and .gnu_debuglink as in the GDB manual, "Separate Debug
// Files".
// Thread-safety: none, libelf loads lazily.
#pragma once

#include <libelf.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace allocprof::symbols {

// Lower-case hex, the spelling of build-ids in traces and file names.
std::string ToHex(const void* data, size_t size);

struct DebugLink {
  std::string name;  // a bare file name
  uint32_t crc;      // of the whole debug file
};

class ElfFile {
 public:
  // Null unless `path` is a readable regular file with an ELF header.
  static std::unique_ptr<ElfFile> Open(const std::string& path);
  ~ElfFile();
  ElfFile(const ElfFile&) = delete;
  ElfFile& operator=(const ElfFile&) = delete;

  Elf* elf() const { return elf_; }
  int descriptor() const { return fd_; }
  const std::string& path() const { return path_; }
  const std::string& build_id() const { return build_id_; }  // lower-case hex; empty when none

  bool IsProgramOrLibrary() const;  // ET_EXEC or ET_DYN: its addresses are final
  uint16_t machine() const { return machine_; }
  uint64_t entry() const { return entry_; }

  // A .debug_info with content, plain or compressed. False also when a compressed section claims to
  // unfold into more than its bytes can hold: libdw would believe it and ask for the memory.
  bool HasDebugInfo() const;
  // As HasDebugInfo, of a .dwo file.
  bool HasSplitDebugInfo() const;
  std::optional<DebugLink> debug_link() const;

  // A section's content, decompressed; empty when there is none. Valid as long as this object.
  std::string_view Section(std::string_view name) const;

  // True when [begin, end) lies inside one executable segment.
  bool IsCode(uint64_t begin, uint64_t end) const;
  // Up to `size` bytes of the file as they are loaded at `address`; fewer at a segment's end.
  std::vector<uint8_t> ReadCode(uint64_t address, size_t size) const;
  // The same of any segment: tables that code reads.
  std::vector<uint8_t> ReadLoaded(uint64_t address, size_t size) const;
  // CRC-32 (IEEE 802.3) of the whole file, as in .gnu_debuglink. Reads all of it.
  std::optional<uint32_t> Crc() const;

 private:
  struct Segment {
    uint64_t begin;
    uint64_t end;
    uint64_t offset;     // in the file
    uint64_t file_size;  // bytes of the segment that the file holds
    bool code;
  };

  ElfFile(std::string path, int fd, Elf* elf);
  bool Load();
  bool HasAnyOf(std::initializer_list<std::string_view> sections) const;
  std::vector<uint8_t> Read(uint64_t address, size_t size, bool code_only) const;

  std::string path_;
  int fd_;
  Elf* elf_;
  std::string build_id_;
  uint16_t type_ = 0;
  uint16_t machine_ = 0;
  uint64_t entry_ = 0;
  std::vector<Segment> segments_;
};

}  // namespace allocprof::symbols
