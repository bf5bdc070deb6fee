// SPDX-License-Identifier: Apache-2.0
//
// What an ELF program's own file tells about recording it: how it is loaded, whose malloc it calls.
//
// Runs nothing. Thread-safety: functions without state.
#pragma once

#include <string>

#include "finding.h"
#include "symbols/program_facts.h"

namespace allocprof::cli {

// The names that CheckProgram knows how to read.
const std::set<std::string_view>& TellingNames();

// `library` is libtrace.so, whose machine and libc the program must share; its facts may be empty.
Findings CheckProgram(const symbols::ProgramFacts& program, const symbols::ProgramFacts& library);

// "64-bit x86-64 program, dynamically linked, loaded by /lib64/ld-linux-x86-64.so.2".
std::string Kind(const symbols::ProgramFacts& program);

}  // namespace allocprof::cli
