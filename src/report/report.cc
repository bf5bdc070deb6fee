// SPDX-License-Identifier: Apache-2.0
#include "report/report.h"

#include <algorithm>

namespace allocprof::report {
namespace {

template <typename T>
const T* FindByKey(const std::vector<T>& list, const std::string& key) {
  const auto it = std::find_if(list.begin(), list.end(), [&](const T& e) { return e.key == key; });
  return it == list.end() ? nullptr : &*it;
}

}  // namespace

const ScalarGroup* FindGroup(const Report& report, const std::string& key) {
  return FindByKey(report.groups, key);
}

const Scalar* FindScalar(const ScalarGroup& group, const std::string& key) {
  return FindByKey(group.scalars, key);
}

const Table* FindTable(const Report& report, const std::string& key) {
  return FindByKey(report.tables, key);
}

int FindColumn(const Table& table, const std::string& key) {
  const Column* column = FindByKey(table.columns, key);
  return column == nullptr ? -1 : static_cast<int>(column - table.columns.data());
}

}  // namespace allocprof::report
