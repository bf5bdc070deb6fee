// SPDX-License-Identifier: Apache-2.0
//
// What a replay played, as words: "1 malloc 0x1000 24 @1010", "2 free 0x1000 @1020", "process 1
// ends
// @1030". A test states the whole order that it expects.
#pragma once

#include <string>
#include <vector>

#include "trace/replay.h"

namespace allocprof::test {

class EventLog : public trace::EventSink {
 public:
  void Define(uint32_t thread, const wire::Event& e) override;
  void Deeper(uint32_t thread, const wire::Event& e) override;
  void OnEvent(uint32_t thread, const wire::Event& e) override;
  void OnCost(uint32_t thread, const wire::Event& e) override;
  void OnRegion(uint32_t thread, const wire::Event& e) override;
  void OnPool(uint32_t thread, const wire::Event& e) override;
  void OnProcessEnd(uint32_t process, uint64_t stamp) override;

  std::vector<std::string> events;
  std::vector<std::string> stacks;  // definitions and depths
};

}  // namespace allocprof::test
