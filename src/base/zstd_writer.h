// SPDX-License-Identifier: Apache-2.0
//
// ZstdWriter: a zstd frame on a stream, with the checksum of its content.
//
// Errors: those of the stream stay with it; Finish says whether zstd itself failed.
// Memory: zstd's own, by level. Thread-safety: none.
#pragma once

#include <memory>
#include <ostream>
#include <string>
#include <string_view>

#include "base/status.h"

namespace allocprof {

class ZstdWriter {
 public:
  static constexpr int kMinLevel = 1, kMaxLevel = 19;

  // `out` must outlive this.
  ZstdWriter(std::ostream* out, int level);
  ~ZstdWriter();
  ZstdWriter(const ZstdWriter&) = delete;
  ZstdWriter& operator=(const ZstdWriter&) = delete;

  void Write(std::string_view bytes);
  Status Finish();

 private:
  struct Stream;

  std::ostream* out_;
  std::unique_ptr<Stream> stream_;
  std::string error_;
};

}  // namespace allocprof
