// SPDX-License-Identifier: Apache-2.0
// Tests with budgets (allocprof/gtest.h): Holds.* pass and Fails.* fail under the recorder, all are
// skipped without it.
#include <allocprof/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

namespace {

void* volatile kept;

TEST(Holds, NoAllocations) {
  int sum = 0;
  EXPECT_NO_ALLOCATIONS(for (int i = 0; i < 10; i++) sum += i);
  EXPECT_EQ(sum, 45);
}

TEST(Holds, Three) {
  EXPECT_ALLOCATIONS_EQ(3, for (int i = 0; i < 3; i++) { kept = malloc(10); free(kept); });
  EXPECT_ALLOCATIONS_LE(2, std::vector<int> one(10); auto two = std::make_unique<int>(1));
  EXPECT_ALLOCATED_BYTES_LE(40, std::vector<int> one(10));
}

TEST(Holds, NoLeaks) {
  EXPECT_NO_LEAKS({
    std::string text(100, 'x');
    text += std::string(100, 'y');
  });
}

TEST(Fails, NoAllocations) { EXPECT_NO_ALLOCATIONS(kept = malloc(1); free(kept)); }
TEST(Fails, NoLeaks) { EXPECT_NO_LEAKS(kept = malloc(1)); }

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  testing::UnitTest::GetInstance()->listeners().Append(new allocprof::RegionListener);
  return RUN_ALL_TESTS();
}
