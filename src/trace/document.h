// SPDX-License-Identifier: Apache-2.0
//
// A trace's document, whatever form the file has: plain, compressed by zstd, packed and compressed;
// and copies of it.
//
// Errors: those of MappedFile. Damage in a compressed or packed file makes the document end early.
// Thread-safety: none.
#pragma once

#include <string>
#include <vector>

#include "base/mapped_file.h"
#include "base/status.h"
#include "trace/packed_document.h"

namespace allocprof::trace {

// "-" is standard input.
Result<MappedFile> OpenDocument(const std::string& path);

// Copies the document of `path` line by line. `records`, without newlines, come before its own, and
// replace those of kind "symbols" unless there are none. What is only in a spool beside `path`
// becomes records, too, so that the copy is complete by itself.
Status CopyDocument(const std::string& path, const std::vector<std::string>& records,
                    const ByteSink& out);

}  // namespace allocprof::trace
