// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as trace.json, from the file to the report. Symbols are looked up below a folder that
// does not exist: the paths in the trace are hostile, too.
#include <sys/mman.h>
#include <unistd.h>

#include <sstream>
#include <string>

#include "analysis/build_report.h"
#include "laws.h"
#include "model/profile.h"
#include "trace/dump.h"
#include "trace/trace.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace allocprof;
  static const int fd = memfd_create("trace.json", MFD_CLOEXEC);
  static const std::string path = "/proc/self/fd/" + std::to_string(fd);
  if (ftruncate(fd, 0) != 0 || pwrite(fd, data, size, 0) != static_cast<ssize_t>(size)) {
    return -1;
  }
  Result<trace::Trace> trace = trace::Load(path);
  if (!trace.ok()) return 0;
  fuzz::CheckLaws(
      model::BuildProfile(std::make_shared<const trace::Trace>(std::move(trace.value()))));

  analysis::ReportOptions options;
  options.top = 3;
  options.symbols.debug_dirs.clear();
  options.symbols.sysroot = "/nonexistent";
  (void)analysis::BuildReport(path, options);
  std::ostringstream out;
  (void)trace::Dump(path, out);
  return 0;
}
