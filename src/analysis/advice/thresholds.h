// SPDX-License-Identifier: Apache-2.0
//
// When a rule of advice speaks, all in one place. Shares are of the place's own blocks unless said.
#pragma once

#include <cstddef>
#include <cstdint>

namespace allocprof::analysis {

// Below these a place is not worth a sentence.
inline constexpr uint64_t kFewestAllocations = 100;
inline constexpr double kSmallestShare = 0.002;  // of the program's allocations

// A rule further down the table must save clearly more than one further up to take its place.
inline constexpr double kFitsBetter = 0.8;
// What is left at the end once costs less than what goes on.
inline constexpr double kOnceWeight = 0.25;

// Nearly all: what a rule means when it says that a place's blocks behave in some way.
inline constexpr double kNearlyAll = 0.95;
// A function that hands on blocks of so many sizes to so many callers, and keeps next to none, is a
// wrapper of malloc.
inline constexpr size_t kWrapperCallers = 8;
inline constexpr size_t kWrapperSizes = 8;
inline constexpr double kWrapperKeeps = 0.02;
inline constexpr size_t kWrapperDepth = 6;

// What an inline buffer is made to cover.
inline constexpr double kCovered = 0.95;

// An inline buffer, in bytes, of one block and of all that are alive at once in one activation.
inline constexpr uint64_t kInlineTotal = 4096;
// Of blocks that a function hands to its caller, more alive at once are a collection of the
// caller's, not a buffer.
inline constexpr uint64_t kHandedUpAlive = 2;
// What may be left of the thread's stack below the deepest point seen.
inline constexpr double kStackInUse = 0.5;

// Blocks asked for and freed in turn.
inline constexpr uint64_t kReuseAllocations = 1000;
inline constexpr uint64_t kReuseAlive = 2;
// Of the blocks, those that follow one of their size: then it is said under which function's call.
inline constexpr double kMostTurns = 0.5;

// Growth: steps a chain on average, and the share of blocks that are steps.
inline constexpr double kGrowthSteps = 2;
inline constexpr double kGrowthShare = 0.5;

inline constexpr uint64_t kTinyBytes = 16;
inline constexpr uint64_t kTinyAllocations = 10000;

// Copies of one size, small, most of them alive at once: of one text, or of few.
inline constexpr uint64_t kInternAllocations = 1000;
inline constexpr uint64_t kInternBytes = 256;
inline constexpr double kInternAlive = 0.5;

inline constexpr uint64_t kArenaAllocations = 1000;
inline constexpr double kArenaShare = 0.9;  // died in long runs of frees

// Pieces of advice on leaks, above which the rest is only counted.
inline constexpr size_t kMostLeaksGrowing = 3;
inline constexpr size_t kMostLeaksOnce = 1;

inline constexpr uint64_t kLeakBytes = 1024;
inline constexpr uint64_t kLeakBlocks = 16;        // growing
inline constexpr uint64_t kLeakOnceBytes = 65536;  // once

inline constexpr uint64_t kCrossThreadFrees = 1000;
inline constexpr double kCrossThreadShare = 0.5;

// glibc maps and unmaps blocks from here on, M_MMAP_THRESHOLD.
inline constexpr uint64_t kOversizedBytes = 131072;
inline constexpr uint64_t kOversizedAllocations = 16;

// Of the program's time, in the allocator.
inline constexpr double kAllocatorShare = 0.1;

}  // namespace allocprof::analysis
