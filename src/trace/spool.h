// SPDX-License-Identifier: Apache-2.0
//
// The leftover spool of a process that died, was replaced by exec, or still runs: its bytes, and
// what of them is not in trace.json. Layout: src/wire/spool.h. Hostile like the trace.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "trace/running_spool.h"
#include "trace/trace.h"

namespace allocprof::trace {

struct SpoolFile {
  std::string bytes;  // empty: there is none
  ReadMoment moment;  // before it was read, if its process runs
};

// How the process ended or that it runs, told from its spool's header alone; kDied without a spool.
Ending EndingBySpool(const std::string& path, const Header& header);
// The same told from the first bytes of a spool.
Ending EndingBySpoolHead(std::string_view bytes, const Header& header);

// A copy of it. If the process runs, what is in it is what `moment` says.
SpoolFile ReadSpool(const std::string& path);

// The spool as records of a trace, each one line: what a copy of the trace needs instead of it.
void ForEachSpoolRecord(const SpoolFile& spool,
                        const std::function<void(const std::string&)>& record);

// Puts a piece that such a record holds back into its place. False if it is out of all proportion.
bool AddSpoolPiece(uint64_t offset, std::string_view base64, SpoolCopy* spool);

// Adds the spool's events and records to `trace` and says how the process ended. A spool that
// belongs to another process is ignored.
void MergeSpool(SpoolFile spool, Trace* trace);

}  // namespace allocprof::trace
