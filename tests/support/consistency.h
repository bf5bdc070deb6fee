// SPDX-License-Identifier: Apache-2.0
//
// The conservation laws that every profile and report obeys, whatever the trace: a test calls these
// after each replay, so a figure that does not add up fails wherever it first shows.
#pragma once

#include "model/profile.h"
#include "report/report.h"

namespace allocprof::test {

// Births less deaths are the live blocks; every breakdown by site, thread or time is its total.
void CheckConsistency(const model::Profile& profile);

// Each table with what was omitted from it adds up to the totals.
void CheckConsistency(const report::Report& report);

}  // namespace allocprof::test
