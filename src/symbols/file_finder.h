// SPDX-License-Identifier: Apache-2.0
//
// FileFinder: the files that a recorded module and its debug info live in.
//
// Owns: the search order and the proof that a file found belongs to the module. A wrong file is
// worse than none, so every candidate must show the module's build-id, or for a .gnu_debuglink
// without build-ids the recorded CRC. The disk comes first; debuginfod only if it is asked for.
// Source: GDB manual, "Separate Debug Files"; DWARF 5 section 7.3.6 and dwz(1) for alt files.
// Thread-safety: any thread.
#pragma once

#include <elfutils/libdw.h>

#include <memory>
#include <string>
#include <vector>

#include "symbols/debuginfod.h"
#include "symbols/elf_file.h"
#include "symbols/module.h"
#include "symbols/options.h"

namespace allocprof::symbols {

// A file that stood where the module's should, and is another build's.
struct RefusedFile {
  std::string path;
  std::string build_id;  // its own; empty when it has none
};

class FileFinder {
 public:
  explicit FileFinder(Options options);
  FileFinder(const FileFinder&) = delete;
  FileFinder& operator=(const FileFinder&) = delete;

  // The module's own file: at its path below the sysroot, then by build-id in the debug dirs, then
  // from debuginfod. Where only its separate debug file is to be had, that. Null when there is
  // none; `refused` gets what was found instead.
  std::unique_ptr<ElfFile> ModuleFile(const Module& module,
                                      std::vector<RefusedFile>* refused) const;

  // The debug file of `file`, recorded as `module_path`. Order: .gnu_debuglink beside the module,
  // in .debug/ there, under each debug dir; then each debug dir's .build-id/; then debuginfod.
  std::unique_ptr<ElfFile> DebugFile(const ElfFile& file, const std::string& module_path,
                                     std::vector<RefusedFile>* refused) const;

  // The file that .gnu_debugaltlink in `dwarf`, read from `debug_file`, points to. Null when there
  // is no such section or no file with the build-id it names.
  std::unique_ptr<ElfFile> AltFile(Dwarf* dwarf, const ElfFile& debug_file) const;

  // Where the file `name` of a split unit compiled in `directory` can be, for a module whose debug
  // info is in `debug_file`. What is found there must be compared with the unit's id.
  std::vector<std::string> SplitFilePaths(const ElfFile& debug_file, const std::string& directory,
                                          const std::string& name) const;
  // Where one file for all split units of a module can be.
  std::vector<std::string> PackagePaths(const ElfFile& file, const ElfFile& debug_file,
                                        const std::string& module_path) const;

  // Why debuginfod was given up; empty if it was not.
  std::string debuginfod_failure() const;

 private:
  std::string Fetched(Debuginfod::Kind kind, const std::string& build_id) const;

  Options options_;
  std::vector<std::string> debug_dirs_;  // each below the sysroot, then as it stands
  std::unique_ptr<Debuginfod> debuginfod_;
};

}  // namespace allocprof::symbols
