// SPDX-License-Identifier: Apache-2.0
#include "message.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "command.h"
#include "view/display_text.h"

namespace allocprof::cli {
namespace {

void Write(const char* prefix, const std::string& text) {
  static const std::shared_ptr<spdlog::logger> logger = [] {
    auto made = spdlog::stderr_logger_st("allocprof");
    made->set_pattern("%v");
    return made;
  }();
  // A file name may hold a newline or an escape sequence; a message is one harmless line.
  logger->info("allocprof: {}{}", prefix, view::Printable(text, true));
  logger->flush();
}

}  // namespace

void SayError(const std::string& text) { Write("error: ", text); }

void SayWarning(const std::string& text) { Write("warning: ", text); }

void Say(const std::string& text) { Write("", text); }

int Fail(const Status& status) {
  SayError(status.message());
  return status.code() == ErrorCode::kUsage ? kExitUsage : kExitFailed;
}

std::string DidYouMean(const std::string& nearest) {
  return nearest.empty() ? "" : " (did you mean '" + nearest + "'?)";
}

}  // namespace allocprof::cli
