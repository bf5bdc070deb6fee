// SPDX-License-Identifier: Apache-2.0
//
// Any spool beside a trace that names the same process. A spool is nearly all zeroes, so an input
// says what is not: sparse_spool.h.
#include <memory>
#include <string>

#include "laws.h"
#include "model/profile.h"
#include "sparse_spool.h"
#include "support/temp_dir.h"
#include "support/trace_builder.h"
#include "trace/trace.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace allocprof;
  static const test::TempDir dir;
  static const std::string path = [] {
    test::TraceBuilder t;
    test::BlockBuilder b(1, test::kStartStamp, 1);
    b.Alloc(b.Define(0, 0x100), 0x1000, 24, 1100);
    return dir.Write("trace.json", t.Thread(1, test::kPid, "main").Chunk(b, 0).text());
  }();
  dir.Write("trace.json.spool", fuzz::FromSparse(data, size));
  Result<trace::Trace> trace = trace::Load(path);
  if (!trace.ok()) __builtin_trap();  // a spool cannot make a good trace unreadable
  fuzz::CheckLaws(
      model::BuildProfile(std::make_shared<const trace::Trace>(std::move(trace.value()))));
  return 0;
}
