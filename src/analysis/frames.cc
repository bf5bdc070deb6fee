// SPDX-License-Identifier: Apache-2.0
#include "analysis/frames.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "analysis/plumbing.h"
#include "wire/format.h"

namespace allocprof::analysis {
namespace {

template <typename Key>
uint32_t IndexOf(std::unordered_map<Key, uint32_t>* index, const Key& key, uint32_t next) {
  return index->try_emplace(key, next).first->second;
}

bool IsProgram(const trace::Trace& trace, const std::string& path) {
  return std::any_of(trace.processes.begin(), trace.processes.end(),
                     [&](const trace::Process& p) { return p.header.exe == path; });
}

}  // namespace

// A function without a symbol is named by its module and where it starts, if the unwind tables say;
// the program's main by what it is.
std::string Frames::NameWithout(symbols::Symbolizer* symbolizer, const model::Location& location,
                                const std::string& module) const {
  if (location.module == model::kNoModule) return "";
  const trace::Module& m = profile_.trace->modules[location.module];
  const symbols::Module ref{m.path, m.build_id};
  const auto start = symbolizer->FunctionStart(ref, location.address - (location.exact ? 0 : 1));
  if (!start) return "";
  if (IsProgram(*profile_.trace, m.path)) {
    if (symbolizer->MainAddress(ref) == start) return "main";
    if (symbolizer->EntryPoint(ref) == start) return "_start";
  }
  return fmt::format("{}+{:#x}", module, *start);
}

std::string ModuleName(const model::Profile& profile, uint32_t module) {
  if (module == model::kNoModule) return "";
  const std::string& path = profile.trace->modules[module].path;
  return path.substr(path.rfind('/') + 1);
}

Frames::Frames(const model::Profile& profile, symbols::Symbolizer* symbolizer) : profile_(profile) {
  std::unordered_map<std::string, uint32_t> function_index, file_index;
  const auto& locations = profile.stacks.locations();
  by_location_.resize(locations.size());
  for (uint32_t i = 0; i < locations.size(); i++) {
    const model::Location& location = locations[i];
    std::vector<symbols::Frame> unknown(1);
    const std::vector<symbols::Frame>* resolved = &unknown;
    const std::string module = ModuleName(profile, location.module);
    if (location.module != model::kNoModule) {
      const trace::Module& m = profile.trace->modules[location.module];
      // A return address belongs to the call before it.
      resolved =
          &symbolizer->Resolve({m.path, m.build_id}, location.address - (location.exact ? 0 : 1));
    } else if (location.address == wire::kCutPc) {
      unknown[0].function = "[frames left out]";
    }
    if (resolved->back().function.empty()) unresolved_++;
    for (symbols::Frame f : *resolved) {
      const bool named = !f.function.empty();
      if (!named) f.function = NameWithout(symbolizer, location, module);
      const std::string key =
          f.function + '\n' + module + '\n' + (f.function.empty() ? "" : f.file);
      const uint32_t function =
          IndexOf(&function_index, key, static_cast<uint32_t>(functions_.size()));
      if (function == functions_.size()) {
        const std::string bare = BareName(f.function);
        functions_.push_back({f.function, module, f.file, f.line, IsPlumbing(bare, module),
                              IsSystem(bare, module) || IsSystemFile(f.file), IsWrapper(bare),
                              named});
      }
      Function& known = functions_[function];
      if (f.line != 0 && (known.line == 0 || f.line < known.line)) known.line = f.line;
      const uint32_t file = IndexOf(&file_index, f.file, static_cast<uint32_t>(files_.size()));
      if (file == files_.size()) files_.push_back(f.file);
      by_location_[i].push_back({function, file, f.line, f.inlined});
    }
  }
  modules_ = symbolizer->modules();
  debuginfod_failure_ = symbolizer->debuginfod_failure();
}

std::vector<uint32_t> Frames::Chain(uint32_t node) const {
  std::vector<uint32_t> chain;
  const auto& nodes = profile_.stacks.nodes();
  for (; node != 0; node = nodes[node].parent) chain.push_back(node);
  return chain;
}

bool Frames::IsInsideWrapper(uint32_t node, size_t at) const {
  const auto& nodes = profile_.stacks.nodes();
  const std::string* module = nullptr;
  for (; node != 0; node = nodes[node].parent, at = 0) {
    const auto& refs = by_location_[nodes[node].location];
    for (; at < refs.size(); at++) {
      const Function& f = functions_[refs[at].function];
      if (module == nullptr) module = &f.module;
      if (f.module != *module) return false;
      if (f.wrapper) return true;
      if (f.named || f.name == "main") return false;
    }
  }
  return false;
}

uint32_t Frames::CallSite(uint32_t node) const {
  const auto& nodes = profile_.stacks.nodes();
  uint32_t innermost = UINT32_MAX, outside_plumbing = UINT32_MAX;
  for (; node != 0; node = nodes[node].parent) {
    const auto& refs = by_location_[nodes[node].location];
    for (size_t i = 0; i < refs.size(); i++) {
      const uint32_t f = refs[i].function;
      const Function& function = functions_[f];
      if (innermost == UINT32_MAX) innermost = f;
      if (function.plumbing || IsInsideWrapper(node, i)) continue;
      if (outside_plumbing == UINT32_MAX) outside_plumbing = f;
      if (!function.system) return f;
    }
  }
  return outside_plumbing != UINT32_MAX ? outside_plumbing : innermost;
}

std::vector<report::Frame> Frames::Show(uint32_t node) const {
  std::vector<report::Frame> out;
  bool inner = true;  // between malloc and the call site
  const auto& nodes = profile_.stacks.nodes();
  for (; node != 0; node = nodes[node].parent) {
    const model::Node& n = nodes[node];
    const auto& refs = by_location_[n.location];
    for (size_t i = 0; i < refs.size(); i++) {
      const Function& function = functions_[refs[i].function];
      report::Frame f;
      f.function = function.name;
      f.module = function.module;
      f.file = files_[refs[i].file];
      f.line = refs[i].line;
      f.inlined = refs[i].inlined;
      f.plumbing = function.plumbing || (inner && IsInsideWrapper(node, i));
      f.system = function.system || f.plumbing;
      inner = inner && f.plumbing;
      f.offset = profile_.stacks.locations()[n.location].address;
      // Inlined frames share the frame of the function that they are inlined in.
      if (i + 1 == refs.size()) {
        f.frame_bytes = n.frame_bytes;
        f.frame_bytes_vary = (n.flags & wire::kNodeVariable) != 0;
      }
      out.push_back(std::move(f));
    }
  }
  return out;
}

void Frames::ShowStacks(report::Table* table) const {
  table->columns.pop_back();
  if (!table->omitted.empty()) table->omitted.pop_back();
  for (auto& row : table->rows) {
    table->stacks.push_back(Show(static_cast<uint32_t>(std::get<uint64_t>(row.back()))));
    row.pop_back();
  }
}

}  // namespace allocprof::analysis
