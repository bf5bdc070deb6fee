// SPDX-License-Identifier: Apache-2.0
//
// Figures as people read them: counts, bytes, seconds, percentages. Nothing is parsed here.
//
// Owns: the one spelling of each unit in every text. No errors: each value has a text.
// Thread-safety: functions without state.
#pragma once

#include <cstdint>
#include <string>

namespace allocprof {

// 1234567 is "1,234,567".
std::string CountText(uint64_t count);
std::string CountText(int64_t count);

// Exact below 1 KiB ("1023 B"), then one decimal in powers of 1024 ("1.2 MiB").
std::string BytesText(uint64_t bytes);
std::string BytesText(int64_t bytes);

// Three significant digits in ns, µs, ms or s; from 1000 s on whole seconds with separators.
// `ascii` spells µs as us.
std::string SecondsText(double seconds, bool ascii = false);

// One decimal. Never rounds something to nothing or a part to the whole: "<0.1 %", ">99.9 %".
// Empty when `whole` is not above zero.
std::string PercentText(double part, double whole);

}  // namespace allocprof
