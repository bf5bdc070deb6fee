// SPDX-License-Identifier: Apache-2.0
//
// The neutral result of the analyses: what every view, export and budget is made from. Text, JSON
// and HTML show the same figure because they read the same Value.
//
// Owns: its strings. Units: each column and scalar names its own; bytes are bytes, times seconds.
// Thread-safety: built by one thread, then immutable.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace allocprof::report {

// std::monostate is JSON's null: a figure that is not known.
using Value = std::variant<std::monostate, bool, uint64_t, int64_t, double, std::string,
                           std::vector<std::string>>;

// A share is a number from 0 to 1. A level is the depth of a row in a tree of rows; not shown as
// such, it indents the row's text.
enum class Unit { kNone, kCount, kBytes, kSeconds, kText, kShare, kLevel };

// Keys are those of the JSON report; a dot nests ("exit.code" is {"exit":{"code":..}}).
struct Scalar {
  std::string key;
  std::string title;  // what a person reads; empty: not shown in text
  Unit unit = Unit::kNone;
  Value value;
};

struct ScalarGroup {
  std::string key;  // "process", "totals", "trust"
  std::string title;
  std::vector<Scalar> scalars;
};

struct Column {
  std::string key;
  std::string title;  // empty: not shown in text
  Unit unit = Unit::kNone;
};

// A frame as shown: innermost first in a stack. `plumbing` frames (malloc, operator new, container
// insides) are folded in text unless asked for.
struct Frame {
  std::string function;  // empty: unresolved
  std::string module;    // base name
  std::string file;
  int line = 0;
  bool inlined = false;
  bool plumbing = false;
  bool system = false;  // of the language's library or the system's; plumbing is
  uint64_t offset = 0;  // in the module, for frames without a function
  uint64_t frame_bytes = 0;
  bool frame_bytes_vary = false;
};

// A list of the report. Rows are sorted and may be cut; `omitted` sums the counts and bytes of the
// rows that were cut, so that every breakdown still adds up to its total.
struct Table {
  std::string key;  // "functions", "stacks", "threads", "phases", "runtime", "timeline"
  std::string title;
  std::vector<Column> columns;
  std::vector<std::vector<Value>> rows;
  std::vector<std::vector<Frame>> stacks;  // one a row, or empty when the rows are not stacks
  uint64_t omitted_rows = 0;
  std::vector<Value> omitted;  // one a column; null where a sum has no meaning
  bool series = false;         // rows are points in time: drawn, not listed, in text
  // Rows are a tree's, each before its children, with their level in the first column ("depth").
  bool tree = false;
  bool prose = false;  // cells are sentences: rows are paragraphs in text
};

struct Report {
  std::string schema = "allocprof.report/1";
  std::vector<ScalarGroup> groups;
  std::vector<Table> tables;
  std::vector<std::string> notes;  // how far to trust the trace, one sentence each
};

const ScalarGroup* FindGroup(const Report& report, const std::string& key);
const Scalar* FindScalar(const ScalarGroup& group, const std::string& key);
const Table* FindTable(const Report& report, const std::string& key);
// Index of a column, or -1.
int FindColumn(const Table& table, const std::string& key);

}  // namespace allocprof::report
