// SPDX-License-Identifier: Apache-2.0
//
// Allocation budgets where the tests are, for GoogleTest. Counts are of the calling thread, of what
// the statement does on it. Run the tests with LD_PRELOAD=libtrace.so, or `allocprof run -- ./tests`;
// without it the test is skipped at the first of these, and says so.
//
//   EXPECT_NO_ALLOCATIONS(engine.Tick());
//   EXPECT_ALLOCATIONS_EQ(3, parser.Parse(text));     also _LE
//   EXPECT_ALLOCATED_BYTES_LE(4096, parser.Parse(text));
//   EXPECT_NO_LEAKS({ Cache cache; cache.Fill(); });  as many blocks end as begin
//
//   // Each test a region of the trace, its counts properties in the XML:
//   testing::UnitTest::GetInstance()->listeners().Append(new allocprof::RegionListener);
//
// A peak is not counted in the process: give the test's region a budget ("region": "Suite.Test",
// "peak_bytes": {"max": "1 MiB"}).
#ifndef ALLOCPROF_GTEST_H
#define ALLOCPROF_GTEST_H

#include <allocprof/allocprof.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace allocprof {

// What the calling thread does from construction on.
class Counting {
 public:
  Counting() : before_(allocprof_thread_counters()) {}
  // From here on nothing more counts: the assertion that is told may allocate.
  void Stop() { after_ = allocprof_thread_counters(); }

  uint64_t allocations() const { return after_.allocations - before_.allocations; }
  uint64_t allocated_bytes() const { return after_.allocated_bytes - before_.allocated_bytes; }
  // Blocks begun less blocks ended: below zero where older ones were freed.
  int64_t kept() const {
    const uint64_t ended = after_.frees - before_.frees + after_.reallocations -
                           before_.reallocations;
    return static_cast<int64_t>(allocations() - ended);
  }

 private:
  allocprof_counters before_;
  allocprof_counters after_ = {};
};

class RegionListener : public testing::EmptyTestEventListener {
 public:
  void OnTestStart(const testing::TestInfo& test) override {
    name_ = std::string(test.test_suite_name()) + "." + test.name();
    allocprof_region_begin(name_.c_str());
    before_ = allocprof_process_counters();
  }
  void OnTestEnd(const testing::TestInfo&) override {
    const allocprof_counters after = allocprof_process_counters();
    allocprof_region_end(name_.c_str());
    if (!allocprof_is_recording()) return;
    Record("allocations", after.allocations - before_.allocations);
    Record("allocated_bytes", after.allocated_bytes - before_.allocated_bytes);
    Record("frees", after.frees - before_.frees);
  }

 private:
  static void Record(const char* key, uint64_t n) {
    testing::Test::RecordProperty(key, std::to_string(n));
  }

  std::string name_;
  allocprof_counters before_ = {};
};

}  // namespace allocprof

#define ALLOCPROF_EXPECT_(compare, figure, limit, ...)                                      \
  do {                                                                                      \
    if (!allocprof_is_recording())                                                          \
      GTEST_SKIP() << "allocations are not counted: run with LD_PRELOAD=libtrace.so";       \
    ::allocprof::Counting allocprof_counting;                                               \
    { __VA_ARGS__; }                                                                        \
    allocprof_counting.Stop();                                                              \
    EXPECT_##compare(static_cast<int64_t>(allocprof_counting.figure()),                     \
                     static_cast<int64_t>(limit))                                           \
        << #figure " of " #__VA_ARGS__;                                                     \
  } while (false)

#define EXPECT_ALLOCATIONS_LE(limit, ...) ALLOCPROF_EXPECT_(LE, allocations, limit, __VA_ARGS__)
#define EXPECT_ALLOCATIONS_EQ(count, ...) ALLOCPROF_EXPECT_(EQ, allocations, count, __VA_ARGS__)
#define EXPECT_NO_ALLOCATIONS(...) ALLOCPROF_EXPECT_(EQ, allocations, 0, __VA_ARGS__)
#define EXPECT_ALLOCATED_BYTES_LE(limit, ...) \
  ALLOCPROF_EXPECT_(LE, allocated_bytes, limit, __VA_ARGS__)
#define EXPECT_NO_LEAKS(...) ALLOCPROF_EXPECT_(LE, kept, 0, __VA_ARGS__)

#endif  // ALLOCPROF_GTEST_H
