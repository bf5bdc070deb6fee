// SPDX-License-Identifier: Apache-2.0
#include "symbols/debug_file.h"

#include <elfutils/libdwelf.h>

#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

namespace allocprof::symbols {
namespace {

std::string DirectoryOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

std::vector<std::string> DebugDirs(const Options& options) {
  std::vector<std::string> dirs;
  for (const std::string& dir : options.debug_dirs) {
    if (!options.sysroot.empty()) dirs.push_back(options.sysroot + dir);
    dirs.push_back(dir);
  }
  return dirs;
}

// The path below a debug dir, as in /usr/lib/debug + /.build-id/ab/cdef.debug.
std::string BuildIdPath(const std::string& id) {
  return "/.build-id/" + id.substr(0, 2) + "/" + id.substr(2) + ".debug";
}

std::unique_ptr<ElfFile> OpenWithBuildId(const std::string& path, const std::string& id) {
  std::unique_ptr<ElfFile> file = ElfFile::Open(path);
  return file && file->build_id() == id ? std::move(file) : nullptr;
}

// The CRC is the second choice: it reads the whole file.
bool Belongs(const ElfFile& candidate, const ElfFile& module, const DebugLink& link) {
  if (!candidate.build_id().empty() && !module.build_id().empty()) {
    return candidate.build_id() == module.build_id();
  }
  return candidate.Crc() == link.crc;
}

}  // namespace

std::unique_ptr<ElfFile> FindDebugFile(const ElfFile& module, const std::string& module_path,
                                       const Options& options) {
  const std::optional<DebugLink> link = module.debug_link();
  // A name with a slash could walk out of the directories searched.
  if (link && link->name.find('/') == std::string::npos) {
    const std::string beside = DirectoryOf(module.path());
    std::vector<std::string> paths = {beside + "/" + link->name, beside + "/.debug/" + link->name};
    for (const std::string& dir : DebugDirs(options)) {
      paths.push_back(dir + DirectoryOf(module_path) + "/" + link->name);
    }
    for (const std::string& path : paths) {
      if (path == module.path()) continue;  // a link to one's own name
      std::unique_ptr<ElfFile> file = ElfFile::Open(path);
      if (file && Belongs(*file, module, *link)) return file;
    }
  }
  if (module.build_id().size() > 2) {
    for (const std::string& dir : DebugDirs(options)) {
      auto file = OpenWithBuildId(dir + BuildIdPath(module.build_id()), module.build_id());
      if (file) return file;
    }
  }
  return nullptr;
}

std::unique_ptr<ElfFile> FindAltFile(Dwarf* dwarf, const ElfFile& debug_file,
                                     const Options& options) {
  const char* text = nullptr;
  const void* bytes = nullptr;
  const ssize_t size = dwelf_dwarf_gnu_debugaltlink(dwarf, &text, &bytes);
  if (size <= 1 || text == nullptr) return nullptr;
  const std::string id = ToHex(bytes, static_cast<size_t>(size));
  const std::string name(text);

  std::vector<std::string> paths;
  if (name.starts_with('/')) {
    if (!options.sysroot.empty()) paths.push_back(options.sysroot + name);
    paths.push_back(name);
  } else {
    // Relative to the real file: .build-id/xx/yyy.debug is a symbolic link in some systems.
    std::error_code error;
    const auto real = std::filesystem::canonical(debug_file.path(), error);
    paths.push_back(DirectoryOf(error ? debug_file.path() : real.string()) + "/" + name);
  }
  const size_t shared = name.find("/.dwz/");
  for (const std::string& dir : DebugDirs(options)) {
    if (shared != std::string::npos) paths.push_back(dir + name.substr(shared));
    paths.push_back(dir + BuildIdPath(id));
  }
  for (const std::string& path : paths) {
    if (auto file = OpenWithBuildId(path, id)) return file;
  }
  return nullptr;
}

}  // namespace allocprof::symbols
