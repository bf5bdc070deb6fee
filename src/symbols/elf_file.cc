// SPDX-License-Identifier: Apache-2.0
#include "symbols/elf_file.h"

#include <elfutils/libdwelf.h>
#include <fcntl.h>
#include <gelf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace allocprof::symbols {
namespace {

constexpr std::array<uint32_t, 256> MakeCrcTable() {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < table.size(); ++i) {
    uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) ? 0xedb88320u : 0u);
    table[i] = value;
  }
  return table;
}
constexpr std::array<uint32_t, 256> kCrcTable = MakeCrcTable();

// zlib gains a factor of 1,032 at the very most; zstd more, but not on debug info.
constexpr uint64_t kMostUnfolding = 1100;

bool UnfoldsWithinReason(Elf_Scn* section, const GElf_Shdr& header, const char* name) {
  uint64_t unfolded = 0;
  if ((header.sh_flags & SHF_COMPRESSED) != 0) {
    GElf_Chdr compressed;
    if (gelf_getchdr(section, &compressed) == nullptr) return false;
    unfolded = compressed.ch_size;
  } else if (std::strncmp(name, ".zdebug", 7) == 0) {
    // "ZLIB", then the size as eight big-endian bytes.
    const Elf_Data* data = elf_rawdata(section, nullptr);
    if (data == nullptr || data->d_buf == nullptr || data->d_size < 12) return false;
    const auto* bytes = static_cast<const uint8_t*>(data->d_buf);
    for (int i = 4; i < 12; ++i) unfolded = unfolded << 8 | bytes[i];
  }
  return unfolded / kMostUnfolding <= header.sh_size;
}

}  // namespace

std::string ToHex(const void* data, size_t size) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(size * 2);
  const auto* bytes = static_cast<const uint8_t*>(data);
  for (size_t i = 0; i < size; ++i) {
    out += kDigits[bytes[i] >> 4];
    out += kDigits[bytes[i] & 15];
  }
  return out;
}

std::unique_ptr<ElfFile> ElfFile::Open(const std::string& path) {
  if (elf_version(EV_CURRENT) == EV_NONE) return nullptr;
  // O_NONBLOCK: a FIFO in the file's place must not hold us up before fstat tells.
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return nullptr;
  struct stat info;
  Elf* elf = nullptr;
  if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode)) elf = elf_begin(fd, ELF_C_READ_MMAP, nullptr);
  std::unique_ptr<ElfFile> file(new ElfFile(path, fd, elf));
  return file->Load() ? std::move(file) : nullptr;
}

ElfFile::ElfFile(std::string path, int fd, Elf* elf) : path_(std::move(path)), fd_(fd), elf_(elf) {}

ElfFile::~ElfFile() {
  if (elf_ != nullptr) elf_end(elf_);
  close(fd_);
}

bool ElfFile::Load() {
  GElf_Ehdr header;
  if (elf_ == nullptr || elf_kind(elf_) != ELF_K_ELF || gelf_getehdr(elf_, &header) == nullptr) {
    return false;
  }
  type_ = header.e_type;
  machine_ = header.e_machine;
  entry_ = header.e_entry;

  size_t count = 0;
  if (elf_getphdrnum(elf_, &count) != 0) count = 0;
  for (size_t i = 0; i < count; ++i) {
    GElf_Phdr segment;
    if (gelf_getphdr(elf_, static_cast<int>(i), &segment) == nullptr) break;
    if (segment.p_type != PT_LOAD) continue;
    const uint64_t end = segment.p_vaddr + segment.p_memsz;
    if (end < segment.p_vaddr) continue;
    segments_.push_back({segment.p_vaddr, end, segment.p_offset,
                         std::min<uint64_t>(segment.p_filesz, segment.p_memsz),
                         (segment.p_flags & PF_X) != 0});
  }

  const void* id = nullptr;
  const ssize_t size = dwelf_elf_gnu_build_id(elf_, &id);
  if (size > 0) build_id_ = ToHex(id, static_cast<size_t>(size));
  return true;
}

bool ElfFile::IsProgramOrLibrary() const { return type_ == ET_EXEC || type_ == ET_DYN; }

bool ElfFile::HasDebugInfo() const { return HasAnyOf({".debug_info", ".zdebug_info"}); }

bool ElfFile::HasSplitDebugInfo() const {
  return HasAnyOf({".debug_info.dwo", ".zdebug_info.dwo"});
}

bool ElfFile::HasAnyOf(std::initializer_list<std::string_view> sections) const {
  size_t names = 0;
  if (elf_getshdrstrndx(elf_, &names) != 0) return false;
  bool found = false;
  for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf_, section)) != nullptr;) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) == nullptr) continue;
    if (header.sh_type == SHT_NOBITS || header.sh_size == 0) continue;
    const char* name = elf_strptr(elf_, names, header.sh_name);
    if (name == nullptr) continue;
    if (!UnfoldsWithinReason(section, header, name)) return false;
    found = found || std::find(sections.begin(), sections.end(), name) != sections.end();
  }
  return found;
}

std::string_view ElfFile::Section(std::string_view wanted) const {
  size_t names = 0;
  if (elf_getshdrstrndx(elf_, &names) != 0) return {};
  for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf_, section)) != nullptr;) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) == nullptr || header.sh_type == SHT_NOBITS) continue;
    const char* name = elf_strptr(elf_, names, header.sh_name);
    if (name == nullptr || wanted != name) continue;
    if ((header.sh_flags & SHF_COMPRESSED) != 0 &&
        (!UnfoldsWithinReason(section, header, name) || elf_compress(section, 0, 0) < 0)) {
      return {};
    }
    const Elf_Data* data = elf_rawdata(section, nullptr);
    if (data == nullptr || data->d_buf == nullptr) return {};
    return {static_cast<const char*>(data->d_buf), data->d_size};
  }
  return {};
}

std::optional<DebugLink> ElfFile::debug_link() const {
  GElf_Word crc = 0;
  const char* name = dwelf_elf_gnu_debuglink(elf_, &crc);
  if (name == nullptr || *name == '\0') return std::nullopt;
  return DebugLink{name, crc};
}

bool ElfFile::IsCode(uint64_t begin, uint64_t end) const {
  return std::any_of(segments_.begin(), segments_.end(), [&](const Segment& segment) {
    return segment.code && segment.begin <= begin && begin < end && end <= segment.end;
  });
}

std::vector<uint8_t> ElfFile::ReadCode(uint64_t address, size_t size) const {
  return Read(address, size, true);
}

std::vector<uint8_t> ElfFile::ReadLoaded(uint64_t address, size_t size) const {
  return Read(address, size, false);
}

std::vector<uint8_t> ElfFile::Read(uint64_t address, size_t size, bool code_only) const {
  for (const Segment& segment : segments_) {
    if (code_only && !segment.code) continue;
    if (address < segment.begin || address - segment.begin >= segment.file_size) continue;
    const uint64_t skip = address - segment.begin;
    const size_t wanted = static_cast<size_t>(std::min<uint64_t>(size, segment.file_size - skip));
    std::vector<uint8_t> bytes(wanted);
    const ssize_t got =
        pread(fd_, bytes.data(), bytes.size(), static_cast<off_t>(segment.offset + skip));
    bytes.resize(got > 0 ? static_cast<size_t>(got) : 0);
    return bytes;
  }
  return {};
}

std::optional<uint32_t> ElfFile::Crc() const {
  std::vector<uint8_t> buffer(size_t{1} << 20);
  uint32_t crc = ~0u;
  off_t offset = 0;
  for (;;) {
    const ssize_t got = pread(fd_, buffer.data(), buffer.size(), offset);
    if (got < 0) return std::nullopt;
    if (got == 0) return ~crc;
    for (ssize_t i = 0; i < got; ++i) crc = (crc >> 8) ^ kCrcTable[(crc ^ buffer[i]) & 0xff];
    offset += got;
  }
}

}  // namespace allocprof::symbols
