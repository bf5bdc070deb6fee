// SPDX-License-Identifier: Apache-2.0
#include "view/registry.h"

#include <gtest/gtest.h>

#include <sstream>

#include "sample_report.h"

namespace allocprof::view {
namespace {

TEST(Registry, EveryFormatWritesTheSample) {
  for (const Format& format : Formats()) {
    std::ostringstream out;
    EXPECT_EQ(FindFormat(format.name), &format);
    EXPECT_TRUE(format.write(SampleReport(), {}, out).ok()) << format.name;
    EXPECT_NE(out.str().find("sqlite3VdbeExec"), std::string::npos) << format.name;
  }
  EXPECT_EQ(FindFormat("xml"), nullptr);
}

TEST(Registry, AnUnknownTableIsAMistakeOfTheUser) {
  for (const char* name : {"csv", "md"}) {
    std::ostringstream out;
    ViewOptions options;
    options.table = "stakcs";
    const Status status = FindFormat(name)->write(SampleReport(), options, out);
    EXPECT_EQ(status.code(), ErrorCode::kUsage);
    EXPECT_NE(status.message().find("stakcs"), std::string::npos);
    EXPECT_NE(status.message().find("functions, stacks, threads"), std::string::npos);
    EXPECT_EQ(out.str(), "");
  }
}

}  // namespace
}  // namespace allocprof::view
