// SPDX-License-Identifier: Apache-2.0
#include "support/process_family.h"

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "support/temp_dir.h"

namespace allocprof::test {

std::string Member::HeaderLine() const {
  nlohmann::ordered_json j = {{"allocprof", 1},
                              {"minor", 0},
                              {"pid", pid},
                              {"ppid", ppid},
                              {"forked_from", forked_from},
                              {"start_ticks", start_ticks}};
  if (root_pid != 0) j["root"] = {{"pid", root_pid}, {"start_ticks", start_ticks}};
  j["exe"] = "/usr/bin/p" + std::to_string(pid);
  j["argv"] = {"p" + std::to_string(pid)};
  j["clock"] = "tsc";
  j["stamp"] = stamp;
  j["ns"] = kStartNs + stamp - kStartStamp;
  j["real_ns"] = 1700000000000000000 + stamp - kStartStamp;
  j["free_stacks"] = "on";
  std::string line = j.dump();
  line.back() = ',';
  return line;
}

Recording RecordingOf(const Member& member) {
  Recording recording;
  recording.records().Header(member.HeaderLine());
  recording.now = member.stamp + 10;
  return recording;
}

std::shared_ptr<const trace::Trace> LoadTogether(const std::vector<std::string>& texts) {
  const TempDir dir;
  std::vector<std::string> paths;
  for (const std::string& text : texts) {
    paths.push_back(dir.Write("trace." + std::to_string(paths.size()) + ".json", text));
  }
  Result<trace::Trace> loaded = trace::Load(paths);
  if (!loaded.ok()) throw std::runtime_error(loaded.status().message());
  return std::make_shared<const trace::Trace>(std::move(loaded.value()));
}

}  // namespace allocprof::test
