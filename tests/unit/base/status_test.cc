// SPDX-License-Identifier: Apache-2.0
#include "base/status.h"

#include <gtest/gtest.h>

#include <memory>

namespace allocprof {
namespace {

TEST(StatusTest, IsOkUnlessSaidOtherwise) {
  EXPECT_TRUE(Status().ok());
  EXPECT_TRUE(Status::Ok().ok());
  const Status damaged(ErrorCode::kDamaged, "x: cut");
  EXPECT_FALSE(damaged.ok());
  EXPECT_EQ(damaged.code(), ErrorCode::kDamaged);
  EXPECT_EQ(damaged.message(), "x: cut");
}

TEST(ResultTest, HoldsAValueThatCannotBeCopied) {
  Result<std::unique_ptr<int>> r(std::make_unique<int>(3));
  ASSERT_TRUE(r.ok());
  EXPECT_TRUE(r.status().ok());
  EXPECT_EQ(*r.value(), 3);
}

TEST(ResultTest, OrTheReasonWhyThereIsNone) {
  const Result<int> r(Status(ErrorCode::kNotFound, "no such thing"));
  ASSERT_FALSE(r.ok());
  EXPECT_EQ(r.status().code(), ErrorCode::kNotFound);
  EXPECT_EQ(r.status().message(), "no such thing");
}

}  // namespace
}  // namespace allocprof
