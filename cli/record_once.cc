// SPDX-License-Identifier: Apache-2.0
#include "record_once.h"

#include <cstdlib>

#include "preload_library.h"

namespace allocprof::cli {

Result<Recorded> RecordOnce(const std::vector<std::string>& command, const std::string& folder) {
  const Result<std::string> library = FindPreloadLibrary();
  if (!library.ok()) return library.status();
  const char* preloaded = std::getenv("LD_PRELOAD");
  const std::string output = folder + "/trace.json";
  EnvironmentChanges changes;
  changes.unset = {"ALLOCPROF_ROOT"};
  changes.set = {
      {"LD_PRELOAD", PreloadWith(library.value(), preloaded != nullptr ? preloaded : "")},
      {"ALLOCPROF_OUTPUT", output}};
  const TraceWatch watch(output);
  const Result<ChildEnd> ended = RunChild(command, changes);
  if (!ended.ok()) return ended.status();
  return Recorded{ended.value(), watch.NewTraces(ended.value().pid)};
}

}  // namespace allocprof::cli
