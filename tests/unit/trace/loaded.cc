// SPDX-License-Identifier: Apache-2.0
#include "loaded.h"

#include "support/temp_dir.h"

namespace allocprof::trace {

std::vector<std::string> Loaded::Damages() const {
  std::vector<std::string> out;
  for (const auto* list : {&trace.damage, &replay.damage}) {
    for (const Damage& d : *list) out.push_back(d.where + ": " + d.what);
  }
  return out;
}

Loaded LoadText(const std::string& trace, const std::optional<std::string>& spool) {
  const test::TempDir dir;
  const std::string path = dir.Write("trace.json", trace);
  if (spool) dir.Write("trace.json.spool", *spool);
  Loaded out;
  Result<Trace> result = Load(path);
  out.status = result.status();
  if (!result.ok()) return out;
  out.trace = std::move(result.value());
  out.replay = Replay(out.trace, &out.log);
  return out;
}

}  // namespace allocprof::trace
