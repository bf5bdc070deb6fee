// SPDX-License-Identifier: Apache-2.0
#include "symbols/file_finder.h"

#include <elfutils/libdwelf.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

namespace allocprof::symbols {
namespace {

std::string DirectoryOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

std::string BaseName(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::string ToLower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

// Ids come from the trace and become file names.
bool IsHex(const std::string& id) {
  return id.size() > 2 && id.find_first_not_of("0123456789abcdef") == std::string::npos;
}

// The path below a debug dir, as in /usr/lib/debug + /.build-id/ab/cdef + .debug.
std::string BuildIdPath(const std::string& id) {
  return "/.build-id/" + id.substr(0, 2) + "/" + id.substr(2);
}

std::unique_ptr<ElfFile> OpenWithBuildId(const std::string& path, const std::string& id,
                                         std::vector<RefusedFile>* refused) {
  std::unique_ptr<ElfFile> file = ElfFile::Open(path);
  if (file == nullptr || file->build_id() == id) return file;
  if (refused != nullptr) refused->push_back({path, file->build_id()});
  return nullptr;
}

// The CRC is the second choice: it reads the whole file.
bool Belongs(const ElfFile& candidate, const ElfFile& module, const DebugLink& link) {
  if (!candidate.build_id().empty() && !module.build_id().empty()) {
    return candidate.build_id() == module.build_id();
  }
  return candidate.Crc() == link.crc;
}

}  // namespace

FileFinder::FileFinder(Options options) : options_(std::move(options)) {
  for (const std::string& dir : options_.debug_dirs) {
    if (!options_.sysroot.empty()) debug_dirs_.push_back(options_.sysroot + dir);
    debug_dirs_.push_back(dir);
  }
  if (options_.debuginfod) debuginfod_ = std::make_unique<Debuginfod>();
}

std::string FileFinder::Fetched(Debuginfod::Kind kind, const std::string& build_id) const {
  return debuginfod_ != nullptr ? debuginfod_->Fetch(kind, build_id) : std::string();
}

std::string FileFinder::debuginfod_failure() const {
  return debuginfod_ != nullptr ? debuginfod_->failure() : std::string();
}

std::unique_ptr<ElfFile> FileFinder::ModuleFile(const Module& module,
                                                std::vector<RefusedFile>* refused) const {
  // The kernel's own names for mappings have no slash; opened, they would be files of our own
  // working directory.
  if (!module.path.starts_with('/')) return nullptr;
  const std::string id = ToLower(module.build_id);
  const std::string path = options_.sysroot + module.path;
  std::unique_ptr<ElfFile> file = ElfFile::Open(path);
  if (file != nullptr && file->IsProgramOrLibrary()) {
    if (id.empty() || file->build_id().empty() || file->build_id() == id) return file;
    refused->push_back({path, file->build_id()});
  }
  if (!IsHex(id)) return nullptr;
  const auto usable = [&](const std::string& candidate) {
    file = OpenWithBuildId(candidate, id, refused);
    return file != nullptr && file->IsProgramOrLibrary();
  };
  for (const char* suffix : {"", ".debug"}) {
    for (const std::string& dir : debug_dirs_) {
      if (usable(dir + BuildIdPath(id) + suffix)) return file;
    }
  }
  for (const auto kind : {Debuginfod::Kind::kExecutable, Debuginfod::Kind::kDebugInfo}) {
    const std::string fetched = Fetched(kind, id);
    if (!fetched.empty() && usable(fetched)) return file;
  }
  return nullptr;
}

std::unique_ptr<ElfFile> FileFinder::DebugFile(const ElfFile& module,
                                               const std::string& module_path,
                                               std::vector<RefusedFile>* refused) const {
  const std::optional<DebugLink> link = module.debug_link();
  // A name with a slash could walk out of the directories searched.
  if (link && link->name.find('/') == std::string::npos) {
    const std::string beside = DirectoryOf(module.path());
    std::vector<std::string> paths = {beside + "/" + link->name, beside + "/.debug/" + link->name};
    for (const std::string& dir : debug_dirs_) {
      paths.push_back(dir + DirectoryOf(module_path) + "/" + link->name);
    }
    for (const std::string& path : paths) {
      if (path == module.path()) continue;  // a link to one's own name
      std::unique_ptr<ElfFile> file = ElfFile::Open(path);
      if (file && Belongs(*file, module, *link)) return file;
      if (file) refused->push_back({path, file->build_id()});
    }
  }
  if (!IsHex(module.build_id())) return nullptr;
  for (const std::string& dir : debug_dirs_) {
    auto file = OpenWithBuildId(dir + BuildIdPath(module.build_id()) + ".debug", module.build_id(),
                                refused);
    if (file) return file;
  }
  const std::string fetched = Fetched(Debuginfod::Kind::kDebugInfo, module.build_id());
  return fetched.empty() ? nullptr : OpenWithBuildId(fetched, module.build_id(), refused);
}

std::unique_ptr<ElfFile> FileFinder::AltFile(Dwarf* dwarf, const ElfFile& debug_file) const {
  const char* text = nullptr;
  const void* bytes = nullptr;
  const ssize_t size = dwelf_dwarf_gnu_debugaltlink(dwarf, &text, &bytes);
  if (size <= 1 || text == nullptr) return nullptr;
  const std::string id = ToHex(bytes, static_cast<size_t>(size));
  const std::string name(text);

  std::vector<std::string> paths;
  if (name.starts_with('/')) {
    if (!options_.sysroot.empty()) paths.push_back(options_.sysroot + name);
    paths.push_back(name);
  } else {
    // Relative to the real file: .build-id/xx/yyy.debug is a symbolic link in some systems.
    std::error_code error;
    const auto real = std::filesystem::canonical(debug_file.path(), error);
    paths.push_back(DirectoryOf(error ? debug_file.path() : real.string()) + "/" + name);
  }
  const size_t shared = name.find("/.dwz/");
  for (const std::string& dir : debug_dirs_) {
    if (shared != std::string::npos) paths.push_back(dir + name.substr(shared));
    paths.push_back(dir + BuildIdPath(id) + ".debug");
  }
  for (const std::string& path : paths) {
    if (auto file = OpenWithBuildId(path, id, nullptr)) return file;
  }
  const std::string fetched = Fetched(Debuginfod::Kind::kDebugInfo, id);
  return fetched.empty() ? nullptr : OpenWithBuildId(fetched, id, nullptr);
}

std::vector<std::string> FileFinder::SplitFilePaths(const ElfFile& debug_file,
                                                    const std::string& directory,
                                                    const std::string& name) const {
  const std::string built = name.starts_with('/') ? name : directory + "/" + name;
  std::vector<std::string> paths;
  if (built.starts_with('/')) {
    if (!options_.sysroot.empty()) paths.push_back(options_.sysroot + built);
    paths.push_back(built);
  }
  const std::string beside = DirectoryOf(debug_file.path());
  if (!name.starts_with('/')) paths.push_back(beside + "/" + name);
  paths.push_back(beside + "/" + BaseName(name));
  for (const std::string& dir : debug_dirs_) {
    if (built.starts_with('/')) paths.push_back(dir + built);
    if (!name.starts_with('/')) paths.push_back(dir + "/" + name);
    paths.push_back(dir + "/" + BaseName(name));
  }
  return paths;
}

std::vector<std::string> FileFinder::PackagePaths(const ElfFile& file, const ElfFile& debug_file,
                                                  const std::string& module_path) const {
  std::vector<std::string> paths = {file.path() + ".dwp"};
  if (debug_file.path() != file.path()) paths.push_back(debug_file.path() + ".dwp");
  for (const std::string& dir : debug_dirs_) {
    paths.push_back(dir + module_path + ".dwp");
    paths.push_back(dir + "/" + BaseName(module_path) + ".dwp");
    if (IsHex(file.build_id())) paths.push_back(dir + BuildIdPath(file.build_id()) + ".dwp");
  }
  return paths;
}

}  // namespace allocprof::symbols
