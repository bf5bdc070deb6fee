// SPDX-License-Identifier: Apache-2.0
//
// The JSON schema of budget files, src/package/schema/allocprof-budget-1.json, as a text.
#pragma once

namespace allocprof::budget {

extern const char* const kBudgetSchema;

}  // namespace allocprof::budget
