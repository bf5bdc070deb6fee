// SPDX-License-Identifier: Apache-2.0
#include "support/event_log.h"

#include <cstdio>

namespace allocprof::test {
namespace {

std::string Hex(uint64_t v) {
  char text[32];
  std::snprintf(text, sizeof(text), "0x%llx", static_cast<unsigned long long>(v));
  return text;
}

}  // namespace

void EventLog::Define(uint32_t thread, const wire::Event& e) {
  stacks.push_back(std::to_string(thread) + " " + std::to_string(e.stack) + " = " +
                   std::to_string(e.parent) + " + " + Hex(e.address));
}

void EventLog::Deeper(uint32_t thread, const wire::Event& e) {
  stacks.push_back(std::to_string(thread) + " " + std::to_string(e.stack) + " at " +
                   std::to_string(e.depth));
}

void EventLog::OnEvent(uint32_t thread, const wire::Event& e) {
  std::string line = std::to_string(thread);
  switch (e.kind) {
    case wire::Record::kAlloc:
      line += (e.entry == wire::Entry::kRealloc ? " reborn " : " malloc ") + Hex(e.address) + " " +
              std::to_string(e.size);
      break;
    case wire::Record::kFree:
      line += " free " + Hex(e.address);
      break;
    case wire::Record::kReallocFree:
      line += " realloc " + Hex(e.address);
      break;
    default:
      line += " failed " + std::to_string(e.size);
      break;
  }
  events.push_back(line + " @" + std::to_string(e.stamp));
}

void EventLog::OnCost(uint32_t thread, const wire::Event& e) {
  events.push_back(std::to_string(thread) + " cost " + std::to_string(e.depth) + " of " +
                   Hex(e.address) + " @" + std::to_string(e.stamp));
}

void EventLog::OnRegion(uint32_t thread, const wire::Event& e) {
  events.push_back(std::to_string(thread) + " region " + std::to_string(e.address) + " flags " +
                   std::to_string(e.size) + " @" + std::to_string(e.stamp));
}

void EventLog::OnPool(uint32_t thread, const wire::Event& e) {
  events.push_back(std::to_string(thread) + " pool " + std::to_string(e.depth >> 2) + " op " +
                   std::to_string(e.depth & 3) + " " + Hex(e.address) + " " +
                   std::to_string(e.size) + " @" + std::to_string(e.stamp));
}

void EventLog::OnProcessEnd(uint32_t process, uint64_t stamp) {
  events.push_back("process " + std::to_string(process) + " ends @" + std::to_string(stamp));
}

}  // namespace allocprof::test
