// SPDX-License-Identifier: Apache-2.0
#include "preload_library.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

namespace allocprof::cli {
namespace {

namespace fs = std::filesystem;

Result<std::string> Checked(const fs::path& path) {
  std::string text = path.string();
  if (text.find_first_of(" :") == std::string::npos) return text;
  return Status(ErrorCode::kUnreadable,
                fmt::format("{}: LD_PRELOAD cannot hold a path with a space or a colon; copy it "
                            "elsewhere and set ALLOCPROF_LIB",
                            text));
}

}  // namespace

Result<std::string> FindPreloadLibrary() {
  std::error_code error;
  const char* chosen = std::getenv("ALLOCPROF_LIB");
  if (chosen != nullptr && *chosen != '\0') {
    const fs::path path = fs::absolute(chosen, error);
    if (access(path.c_str(), R_OK) == 0 && fs::is_regular_file(path, error)) return Checked(path);
    return Status(
        ErrorCode::kNotFound,
        fmt::format("{}: no readable library there; correct or unset ALLOCPROF_LIB", chosen));
  }
  const fs::path here = fs::read_symlink("/proc/self/exe", error).parent_path();
  const fs::path beside = here / "libtrace.so";
  if (access(beside.c_str(), R_OK) == 0) return Checked(beside);
  const fs::path installed =
      (here / ALLOCPROF_LIB_FROM_BIN "/allocprof/libtrace.so").lexically_normal();
  if (access(installed.c_str(), R_OK) == 0) return Checked(installed);
  return Status(ErrorCode::kNotFound,
                fmt::format("libtrace.so is neither {} nor {}; set ALLOCPROF_LIB to its path",
                            beside.string(), installed.string()));
}

std::string PreloadWith(const std::string& library, const std::string& existing) {
  if (existing.empty() || existing == library) return library;
  if (existing.rfind(library + ":", 0) == 0) return existing;
  return library + ":" + existing;
}

}  // namespace allocprof::cli
