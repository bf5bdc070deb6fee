// SPDX-License-Identifier: Apache-2.0
#include "analysis/advice/call_cost.h"

#include "model/allocator_cost.h"

namespace allocprof::analysis {
namespace {

using model::AllocatorCost;

// The median of the size's class, else of the next that was timed.
std::optional<double> MedianStamps(const AllocatorCost& costs, AllocatorCost::Call call,
                                   uint64_t size) {
  const size_t wanted = AllocatorCost::ClassOf(size);
  for (size_t away = 0; away < AllocatorCost::kClasses; away++) {
    for (const size_t c : {wanted + away, wanted - away}) {
      if (c >= AllocatorCost::kClasses) continue;
      const AllocatorCost::Class& of = costs.Of(call, c);
      if (of.cost.count() != 0) return static_cast<double>(of.cost.Quantile(0.5));
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<double> PairSeconds(const Input& in, uint64_t size) {
  const auto* costs = in.profile.Find<AllocatorCost>();
  const double rate = in.profile.trace->stamps_per_second;
  if (costs == nullptr || rate <= 0) return std::nullopt;
  const auto allocate = MedianStamps(*costs, AllocatorCost::kAllocate, size);
  const auto free = MedianStamps(*costs, AllocatorCost::kFree, size);
  if (!allocate || !free) return std::nullopt;
  return (*allocate + *free) / rate;
}

std::optional<double> AllocatorShare(const Input& in) {
  report::Report found;
  AddAllocator(in, &found);
  const report::ScalarGroup* group = report::FindGroup(found, "allocator");
  const report::Scalar* share =
      group != nullptr ? report::FindScalar(*group, "share_of_cpu") : nullptr;
  const double* value = share != nullptr ? std::get_if<double>(&share->value) : nullptr;
  return value != nullptr ? std::optional(*value) : std::nullopt;
}

}  // namespace allocprof::analysis
