// SPDX-License-Identifier: Apache-2.0
#include "base/zstd_writer.h"

#include <zstd.h>

#include <vector>

namespace allocprof {

struct ZstdWriter::Stream {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  std::vector<char> out = std::vector<char>(ZSTD_CStreamOutSize());
  ~Stream() { ZSTD_freeCCtx(context); }

  // Returns what zstd has left to do, or its error.
  size_t Step(ZSTD_inBuffer* in, ZSTD_EndDirective how, std::ostream* to) {
    ZSTD_outBuffer buffer{out.data(), out.size(), 0};
    const size_t left = ZSTD_compressStream2(context, &buffer, in, how);
    to->write(out.data(), static_cast<std::streamsize>(buffer.pos));
    return left;
  }
};

ZstdWriter::ZstdWriter(std::ostream* out, int level)
    : out_(out), stream_(std::make_unique<Stream>()) {
  if (stream_->context == nullptr) {
    error_ = "no memory for zstd";
    return;
  }
  ZSTD_CCtx_setParameter(stream_->context, ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(stream_->context, ZSTD_c_checksumFlag, 1);
}

ZstdWriter::~ZstdWriter() = default;

void ZstdWriter::Write(std::string_view bytes) {
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  while (error_.empty() && in.pos < in.size) {
    const size_t left = stream_->Step(&in, ZSTD_e_continue, out_);
    if (ZSTD_isError(left)) error_ = ZSTD_getErrorName(left);
  }
}

Status ZstdWriter::Finish() {
  ZSTD_inBuffer in{nullptr, 0, 0};
  for (size_t left = 1; error_.empty() && left != 0;) {
    left = stream_->Step(&in, ZSTD_e_end, out_);
    if (ZSTD_isError(left)) error_ = ZSTD_getErrorName(left);
  }
  if (error_.empty()) return Status::Ok();
  return Status(ErrorCode::kInternal, "zstd cannot compress: " + error_);
}

}  // namespace allocprof
