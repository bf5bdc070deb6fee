// SPDX-License-Identifier: Apache-2.0
#include "symbols/symbolizer.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "symbols/debug_info.h"
#include "symbols/elf_file.h"
#include "symbols/elf_symbols.h"
#include "symbols/entry_point.h"
#include "symbols/unwind_ranges.h"

namespace allocprof::symbols {
namespace {

size_t LeadingUnderscores(std::string_view name) {
  return std::min(name.find_first_not_of('_'), name.size());
}

// The better name of a function whose debug info has no C++ or Rust linkage name. The symbol wins
// where it knows more: the parameters of a static C++ function, the public alias of a C one
// (malloc, not __libc_malloc). Else the debug info does: a symbol may be another function's, folded
// into this one, or the compiler's name for a part or copy of it.
std::string BetterName(const FunctionName& name, std::string_view symbol) {
  if (name.text.empty()) return std::string(symbol);
  const std::string_view base = std::string_view(name.plain).substr(0, name.plain.find('<'));
  const bool has_parameters = symbol.find('(') != std::string_view::npos;
  if (has_parameters && symbol.find(base) != std::string_view::npos) {
    return std::string(symbol.substr(0, symbol.find(" [clone ")));
  }
  const bool cleaner = LeadingUnderscores(symbol) < LeadingUnderscores(name.plain);
  return cleaner ? std::string(symbol) : name.text;
}

}  // namespace

// Declared in the order of dependence: each member points into those above it.
struct Symbolizer::LoadedModule {
  ModuleFiles files;
  std::unique_ptr<ElfFile> file;        // null: unresolved throughout
  std::unique_ptr<ElfFile> debug_file;  // null when the file has debug info itself
  ElfSymbols symbols;
  std::unique_ptr<DebugInfo> debug_info;
  std::unique_ptr<UnwindRanges> unwind_ranges;
  bool opened = false;    // the files were looked for
  bool embedded = false;  // `files` is what the trace says
  std::unordered_map<uint64_t, std::vector<Frame>> answers;
  std::unordered_map<uint64_t, std::optional<uint64_t>> starts;
  // Asked for: the outer one is there.
  std::optional<std::optional<uint64_t>> entry, main;
};

Symbolizer::Symbolizer(Options options) : finder_(std::move(options)) {}
Symbolizer::~Symbolizer() = default;

Symbolizer::LoadedModule& Symbolizer::Of(const Module& module) {
  std::unique_ptr<LoadedModule>& entry = modules_[module];
  if (entry == nullptr) {
    entry = std::make_unique<LoadedModule>();
    entry->files.module = module;
  }
  return *entry;
}

Symbolizer::LoadedModule& Symbolizer::Load(const Module& module) {
  LoadedModule& loaded = Of(module);
  if (std::exchange(loaded.opened, true)) return loaded;
  ModuleFiles files{module, false, false, {}, {}};
  loaded.file = finder_.ModuleFile(module, &files.refused);
  if (loaded.file) {
    files.file = true;
    if (!loaded.file->HasDebugInfo()) {
      loaded.debug_file = finder_.DebugFile(*loaded.file, module.path, &files.refused);
    }
    loaded.symbols.Add(*loaded.file);
    if (loaded.debug_file) loaded.symbols.Add(*loaded.debug_file);
    loaded.symbols.Seal();
    const ElfFile& dwarf_file = loaded.debug_file ? *loaded.debug_file : *loaded.file;
    loaded.debug_info = DebugInfo::Open(dwarf_file, *loaded.file, finder_, module.path);
    files.debug_info = loaded.debug_info != nullptr;
    loaded.unwind_ranges = std::make_unique<UnwindRanges>(*loaded.file);
  }
  if (!loaded.embedded) loaded.files = std::move(files);
  return loaded;
}

void Symbolizer::Embed(const Module& module, const trace::ModuleSymbols& known) {
  LoadedModule& loaded = Of(module);
  // Later records of a module hold addresses alone.
  if (!std::exchange(loaded.embedded, true)) {
    loaded.files.file = known.file;
    loaded.files.debug_info = known.debug_info;
    for (const auto& [path, build_id] : known.refused) {
      loaded.files.refused.push_back({path, build_id});
    }
    loaded.files.missing_split_files = known.missing_split_files;
    loaded.entry.emplace(known.entry);
    loaded.main.emplace(known.main);
  }
  for (const trace::KnownAddress& a : known.addresses) {
    std::vector<Frame> frames;
    for (const trace::KnownFrame& f : a.frames) {
      frames.push_back({f.function, f.file, f.line, f.inlined});
    }
    loaded.answers.try_emplace(a.address, std::move(frames));
    loaded.starts.try_emplace(a.address, a.start);
  }
}

trace::ModuleSymbols Symbolizer::Given(const Module& module) const {
  trace::ModuleSymbols given;
  const auto found = modules_.find(module);
  if (found == modules_.end()) return given;
  const LoadedModule& loaded = *found->second;
  const ModuleFiles files = FilesOf(loaded);
  given.file = files.file;
  given.debug_info = files.debug_info;
  for (const RefusedFile& r : files.refused) given.refused.emplace_back(r.path, r.build_id);
  given.missing_split_files = files.missing_split_files;
  given.entry = loaded.entry.value_or(std::nullopt);
  given.main = loaded.main.value_or(std::nullopt);
  for (const auto& [address, frames] : loaded.answers) {
    trace::KnownAddress a;
    a.address = address;
    if (const auto start = loaded.starts.find(address); start != loaded.starts.end()) {
      a.start = start->second;
    }
    for (const Frame& f : frames) a.frames.push_back({f.function, f.file, f.line, f.inlined});
    given.addresses.push_back(std::move(a));
  }
  std::sort(given.addresses.begin(), given.addresses.end(),
            [](const auto& a, const auto& b) { return a.address < b.address; });
  return given;
}

const std::vector<Frame>& Symbolizer::Resolve(const Module& module, uint64_t vaddr) {
  LoadedModule& known = Of(module);
  const auto found = known.answers.find(vaddr);
  if (found != known.answers.end()) return found->second;
  LoadedModule& loaded = Load(module);
  return loaded.answers.emplace(vaddr, Find(loaded, vaddr)).first->second;
}

std::vector<Frame> Symbolizer::Find(LoadedModule& loaded, uint64_t vaddr) {
  DebugInfo::Location location;
  if (loaded.debug_info) location = loaded.debug_info->Find(vaddr);
  if (location.frames.empty()) location.frames.emplace_back();
  const FunctionName* name = location.function;
  if (name != nullptr && name->from_linkage) return std::move(location.frames);
  const auto symbol = loaded.file ? loaded.symbols.Find(vaddr) : std::nullopt;
  if (symbol) {
    location.frames.back().function =
        name != nullptr ? BetterName(*name, symbol->name) : std::string(symbol->name);
  }
  return std::move(location.frames);
}

std::optional<uint64_t> Symbolizer::FunctionStart(const Module& module, uint64_t vaddr) {
  const auto [start, fresh] = Of(module).starts.try_emplace(vaddr);
  if (!fresh) return start->second;
  LoadedModule& loaded = Load(module);
  if (!loaded.file) return std::nullopt;
  if (const auto symbol = loaded.symbols.Find(vaddr)) {
    start->second = symbol->start;
  } else if (const auto of_debug_info =
                 loaded.debug_info ? loaded.debug_info->FunctionStart(vaddr) : std::nullopt) {
    start->second = of_debug_info;
  } else {
    start->second = loaded.unwind_ranges->Start(vaddr);
  }
  return start->second;
}

std::optional<uint64_t> Symbolizer::EntryPoint(const Module& module) {
  std::optional<std::optional<uint64_t>>& known = Of(module).entry;
  if (!known) {
    const LoadedModule& loaded = Load(module);
    known.emplace(loaded.file ? std::optional(loaded.file->entry()) : std::nullopt);
  }
  return *known;
}

std::optional<uint64_t> Symbolizer::MainAddress(const Module& module) {
  std::optional<std::optional<uint64_t>>& known = Of(module).main;
  if (!known) known.emplace(FindMain(Load(module)));
  return *known;
}

std::optional<uint64_t> Symbolizer::FindMain(LoadedModule& loaded) {
  if (!loaded.file) return std::nullopt;
  if (const auto start = loaded.symbols.StartOf("main")) return start;
  if (loaded.debug_info) {
    if (const auto start = loaded.debug_info->EntryOf("main")) return start;
  }
  return MainFromEntryPoint(*loaded.file);
}

ModuleFiles Symbolizer::FilesOf(const LoadedModule& loaded) {
  ModuleFiles files = loaded.files;
  if (loaded.debug_info && !loaded.embedded) {
    files.missing_split_files = loaded.debug_info->missing_split_files();
  }
  return files;
}

std::vector<ModuleFiles> Symbolizer::modules() const {
  std::vector<ModuleFiles> all;
  for (const auto& [module, loaded] : modules_) all.push_back(FilesOf(*loaded));
  return all;
}

}  // namespace allocprof::symbols
