// SPDX-License-Identifier: Apache-2.0
#include "trace/compress.h"

#include <string_view>

#include "base/zstd_writer.h"
#include "trace/document.h"
#include "trace/packed_document.h"

namespace allocprof::trace {

Status CompressTrace(const std::string& path, const std::vector<std::string>& records, int level,
                     std::ostream* out) {
  ZstdWriter zstd(out, level);
  DocumentPacker packer([&zstd](std::string_view bytes) { zstd.Write(bytes); });
  const Status copied =
      CopyDocument(path, records, [&packer](std::string_view line) { packer.Add(line); });
  if (!copied.ok()) return copied;
  packer.Finish();
  return zstd.Finish();
}

}  // namespace allocprof::trace
