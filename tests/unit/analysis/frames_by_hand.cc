// SPDX-License-Identifier: Apache-2.0
#include "frames_by_hand.h"

#include <gtest/gtest.h>

#include "support/consistency.h"
#include "support/elf_writer.h"
#include "support/temp_dir.h"

namespace allocprof::analysis {
namespace {

constexpr uint64_t kCode = 0x1000, kFunctionBytes = 0x100, kModuleBytes = 0x100000;

std::string Text(const report::Value& value) {
  struct Visitor {
    std::string operator()(std::monostate) const { return "null"; }
    std::string operator()(bool v) const { return v ? "true" : "false"; }
    std::string operator()(uint64_t v) const { return std::to_string(v); }
    std::string operator()(int64_t v) const { return std::to_string(v); }
    std::string operator()(double v) const { return std::to_string(v); }
    std::string operator()(const std::string& v) const { return v; }
    std::string operator()(const std::vector<std::string>& v) const {
      std::string out;
      for (const std::string& s : v) out += (out.empty() ? "" : " ") + s;
      return out;
    }
  };
  return std::visit(Visitor(), value);
}

}  // namespace

test::Stack FramesByHand::Stack(const std::vector<std::string>& frames) {
  test::Stack stack;
  for (const std::string& frame : frames) {
    const size_t colon = frame.find(':');
    Module& module = modules_[frame.substr(0, colon)];
    if (module.base == 0) module.base = 0x7f0000000000 + modules_.size() * kModuleBytes;
    const uint64_t next = kCode + module.functions.size() * kFunctionBytes;
    const uint64_t start =
        module.functions.try_emplace(frame.substr(colon + 1), next).first->second;
    stack.push_back(module.base + start + 0x10);
  }
  return stack;
}

FramesByHand& FramesByHand::Malloc(const std::vector<std::string>& frames, uint64_t size) {
  recording.Malloc(1, Stack(frames), next_address_, size);
  next_address_ += 0x10000;
  return *this;
}

report::Report FramesByHand::Report(ReportOptions options) {
  const test::TempDir dir;
  uint32_t id = 0;
  for (const auto& [name, module] : modules_) {
    std::vector<test::NamedCode> code;
    for (const auto& [function, start] : module.functions) {
      // "?" is a function without a symbol.
      if (function != "?") code.push_back({function, start, kFunctionBytes});
    }
    const std::string path = dir.Write(name, test::ElfWithSymbols(code, kCode, kModuleBytes));
    recording.records().Module(++id, path, module.base, module.base + kModuleBytes, module.base);
  }
  options.symbols.debug_dirs.clear();
  Result<report::Report> report = BuildReport(dir.Write("trace.json", recording.Text()), options);
  EXPECT_TRUE(report.ok()) << report.status().message();
  if (!report.ok()) return {};
  if (options.subject == Subject::kReport) test::CheckConsistency(report.value());
  return std::move(report.value());
}

std::string ScalarText(const report::Report& report, const std::string& group,
                       const std::string& key) {
  const report::ScalarGroup* g = report::FindGroup(report, group);
  const report::Scalar* s = g == nullptr ? nullptr : report::FindScalar(*g, key);
  return s == nullptr ? "no such figure" : Text(s->value);
}

std::string CellText(const report::Report& report, const std::string& table, const std::string& row,
                     const std::string& column) {
  const report::Table* t = report::FindTable(report, table);
  const int at = t == nullptr ? -1 : report::FindColumn(*t, column);
  if (at < 0) return "no such column";
  for (const auto& cells : t->rows) {
    if (Text(cells[0]) == row) return Text(cells[static_cast<size_t>(at)]);
  }
  return "no such row";
}

}  // namespace allocprof::analysis
