// SPDX-License-Identifier: Apache-2.0
//
// trace.json as the recorder sees it: created with its header, then appended to by any thread at
// offsets taken by atomic add in the spool.
//
// The descriptor is kept high and close-on-exec, and is compared with the file's device and inode
// before each write: a program that closes all descriptors, or reuses ours, neither loses data nor
// gets ours into its own file. Errors: a file that cannot be written any more turns the rings into
// windows (SpoolHeader::window) and is said once.
#pragma once

#include <stddef.h>

namespace allocprof {

// Creates trace and spool for this process and writes the header record. False: step aside.
bool OpenTrace(bool is_root);

// Appends whole lines, each ending in ",\n". Returns false if they were not written.
bool WriteTrace(const char* lines, size_t n);

// As WriteTrace, for the one thread that closes the trace.
bool WriteTraceFinal(const char* lines, size_t n);

// Closes the descriptor; removes the spool.
void CloseTrace();

}  // namespace allocprof
