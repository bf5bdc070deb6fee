// SPDX-License-Identifier: Apache-2.0
#include "analysis/symbolized_trace.h"

#include <memory>
#include <set>
#include <unordered_map>

#include "analysis/frames.h"
#include "symbols/code_flow.h"

namespace allocprof::analysis {

void EmbedSymbols(const trace::Trace& trace, symbols::Symbolizer* symbolizer,
                  symbols::RememberedFlow* flow) {
  std::unordered_map<uint32_t, symbols::Module> modules;
  for (const trace::Module& m : trace.modules) modules.try_emplace(m.id, symbols::Module{m.path, m.build_id});
  for (const trace::ModuleSymbols& known : trace.symbols) {
    const auto module = modules.find(known.module);
    if (module == modules.end()) continue;
    symbolizer->Embed(module->second, known);
    flow->Embed(module->second, known);
  }
}

Result<std::vector<std::string>> SymbolRecordsOf(const std::string& trace_path,
                                                 const symbols::Options& options) {
  Result<trace::Trace> loaded = trace::Load(trace_path);
  if (!loaded.ok()) return loaded.status();
  const auto trace = std::make_shared<const trace::Trace>(std::move(loaded.value()));
  symbols::Symbolizer symbolizer(options);
  symbols::CodeFlow code(options);
  symbols::RememberedFlow flow(&code);
  EmbedSymbols(*trace, &symbolizer, &flow);
  const model::Profile profile = model::BuildProfile(trace, {.code = &flow});
  const Frames frames(profile, &symbolizer);

  std::vector<std::string> records;
  std::set<symbols::Module> done;  // a library opened again is a module again
  for (const trace::Module& m : trace->modules) {
    const symbols::Module module{m.path, m.build_id};
    if (!symbolizer.Knows(module) || !done.insert(module).second) continue;
    trace::ModuleSymbols given = symbolizer.Given(module);
    given.module = m.id;
    flow.Given(module, &given);
    for (std::string& record : trace::SymbolsRecords(given)) records.push_back(std::move(record));
  }
  return records;
}

}  // namespace allocprof::analysis
