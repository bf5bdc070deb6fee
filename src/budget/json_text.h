// SPDX-License-Identifier: Apache-2.0
//
// JSON files of this room: read whole, with comments, a repeated key being a mistake.
//
// Errors: one line that names the file, the place in it and the remedy. Thread-safety: functions
// without state.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/status.h"

namespace allocprof::budget {

using Json = nlohmann::ordered_json;

// Errors: no such file, unreadable, or larger than any file that people or we write.
// `remedy` ends the message: "name one after --budget".
Result<std::string> ReadSmallFile(const std::string& path, const std::string& remedy);

Result<Json> ParseJson(const std::string& path, std::string_view text);

// Indented, ends with a newline. What is no UTF-8 is replaced; "##[", a command to some CI runners,
// is spelled otherwise.
std::string JsonText(const Json& json);

// A key as one part of a JSON pointer: '~' and '/' escaped.
std::string PointerPart(std::string_view key);

// "budget.json: /budgets/0/id: is missing; ...".
Status Mistake(const std::string& path, const std::string& pointer, const std::string& what);

}  // namespace allocprof::budget
