// SPDX-License-Identifier: Apache-2.0
//
// Which process of a recorded family this is: the root that the user started, a process forked
// from a recorded one, or one that came by exec.
//
// ALLOCPROF_ROOT=<pid>:<start time>:<absolute output> marks the family in the environment; it is
// set by the root's constructor, which also makes our entry in LD_PRELOAD absolute. Both are put
// into an environment array of our own: libc's setenv would allocate in the program's heap and
// would change how its own next setenv allocates.
#pragma once

#include <stdint.h>

namespace allocprof {

enum class Role { kRoot, kForked, kExeced, kNotFollowed };

Role FindRole();

// Adds the two variables. REQUIRES: called once, by the constructor, before main.
void MarkEnvironment();

// Field 22 of /proc/<pid>/stat, 0 if there is no such process.
uint64_t StartTicks(uint32_t pid);

}  // namespace allocprof
