// SPDX-License-Identifier: Apache-2.0
#include "symbol_arguments.h"

#include <sys/stat.h>

#include "command.h"
#include "message.h"
#include "symbols/debuginfod.h"

namespace allocprof::cli {
namespace {

bool IsFolder(const std::string& path) {
  struct stat st = {};
  return stat(path.c_str(), &st) == 0 && S_ISDIR(st.st_mode);
}

}  // namespace

void BindSymbolOptions(CLI::App* app, symbols::Options* to) {
  app->add_option("--sysroot", to->sysroot, "folder that holds the recorded machine's files")
      ->option_text("DIR")
      ->group("Symbols");
  // Its own dirs come before the system's.
  app->add_option_function<std::vector<std::string>>(
         "--debug-dir",
         [to](const std::vector<std::string>& dirs) {
           to->debug_dirs.insert(to->debug_dirs.begin(), dirs.begin(), dirs.end());
         },
         "folder of debug files, as /usr/lib/debug is; may be repeated")
      ->option_text("DIR")
      ->take_all()
      ->allow_extra_args(false)
      ->group("Symbols");
  app->add_flag("--debuginfod", to->debuginfod,
                "ask the servers of DEBUGINFOD_URLS for what is not here")
      ->group("Symbols");
}

std::optional<int> RefuseSymbolOptions(const std::string& command,
                                       const symbols::Options& options) {
  if (options.debuginfod) {
    if (const std::string why = symbols::Debuginfod::WhyNot(); !why.empty()) {
      SayError(command + ": --debuginfod: " + why);
      return kExitUsage;
    }
  }
  // A missing folder would only look like missing names.
  if (!options.sysroot.empty() && !IsFolder(options.sysroot)) {
    SayWarning(command + ": --sysroot: " + options.sysroot + " is no folder");
  }
  for (const std::string& dir : options.debug_dirs) {
    if (dir != "/usr/lib/debug" && !IsFolder(dir)) {
      SayWarning(command + ": --debug-dir: " + dir + " is no folder");
    }
  }
  return std::nullopt;
}

}  // namespace allocprof::cli
