// SPDX-License-Identifier: Apache-2.0
//
// Where the bytes of a trace go: its document by record kind, its chunks by what they hold.
//
// Owns: counts alone. Every byte of the document is counted once: Sum() is its size. The file is
// hostile: what is no record counts as damaged. One pass, one chunk in memory.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "trace/trace.h"

namespace allocprof::trace {

struct Bytes {
  uint64_t records = 0;
  uint64_t bytes = 0;

  void Add(uint64_t n, uint64_t count = 1) {
    records += count;
    bytes += n;
  }
};

struct Census {
  std::map<std::string, Bytes> plain;  // JSON record lines but chunks, by kind; and "header"
  Bytes frame;                         // the lines that make it one document
  Bytes holes, damaged;                // space that was never written; lines that are no record
  Bytes chunk_json;                    // of chunk lines, all but the data
  uint64_t base64_overhead = 0;        // characters of the data beyond its bytes
  // The data, decoded; `extended` are those of no known sub-kind:
  Bytes block_heads, definitions, allocations, frees, realloc_frees, failed, deeper, costs, regions,
      pools, extended;
  uint64_t undecoded = 0;  // behind a record that is none

  uint64_t Sum() const;
  // Of packed records and their heads: what the recorder's rings held.
  uint64_t Payload() const;
};

// Of the document's text, decompressed.
Census Count(std::string_view document);

// Of the blocks that stand in a spool alone: there is no text around them.
Census CountSpool(const Trace& trace);

}  // namespace allocprof::trace
