// SPDX-License-Identifier: Apache-2.0
//
// Status and Result: errors as values with words.
//
// Owns: the one way a room below the CLI reports a failure. A message names the file, the place in
// it and the remedy, in one line and without a trailing full stop, so the CLI prints it unchanged.
// Thread-safety: a Status is a value; share it as you would a std::string.
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace allocprof {

// The CLI's exit code follows from it: kUsage is 2, every other failure is 1.
enum class ErrorCode { kOk, kNotFound, kUnreadable, kDamaged, kTooNew, kUsage, kInternal };

class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(ErrorCode code, std::string message) : code_(code), message_(std::move(message)) {}

  static Status Ok() { return {}; }

  bool ok() const { return code_ == ErrorCode::kOk; }
  ErrorCode code() const { return code_; }
  const std::string& message() const { return message_; }

 private:
  ErrorCode code_ = ErrorCode::kOk;
  std::string message_;
};

// Either a T or the Status that says why there is none. REQUIRES: ok() before value().
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}         // NOLINT: implicit on purpose
  Result(Status status) : state_(std::move(status)) {}  // NOLINT: implicit on purpose

  bool ok() const { return std::holds_alternative<T>(state_); }
  T& value() { return std::get<T>(state_); }
  const T& value() const { return std::get<T>(state_); }
  Status status() const { return ok() ? Status::Ok() : std::get<Status>(state_); }

 private:
  std::variant<T, Status> state_;
};

}  // namespace allocprof
