// SPDX-License-Identifier: Apache-2.0
#include "output.h"

#include <gtest/gtest.h>

#include "folder.h"

namespace allocprof::cli {
namespace {

TEST(Output, WritesAFile) {
  const Folder folder;
  auto output = Output::Open(folder.Path("out"), {folder.Path("trace")});
  ASSERT_TRUE(output.ok());
  output.value()->stream() << "text";
  EXPECT_FALSE(output.value()->is_terminal());
  EXPECT_TRUE(output.value()->Close().ok());
  EXPECT_EQ(folder.Read("out"), "text");
}

TEST(Output, NeverOverwritesTheTrace) {
  const Folder folder;
  const std::string trace = folder.Write("trace", "events");
  std::filesystem::create_hard_link(trace, folder.Path("link"));
  for (const std::string& path : {trace, folder.Path("./trace"), folder.Path("link")}) {
    const auto output = Output::Open(path, {folder.Path("other"), trace});
    ASSERT_FALSE(output.ok());
    EXPECT_EQ(output.status().code(), ErrorCode::kUsage);
  }
  EXPECT_EQ(folder.Read("trace"), "events");
}

TEST(Output, SaysWhyAFileCannotBeWritten) {
  const Folder folder;
  const auto output = Output::Open(folder.Path("no/such/folder"), {});
  ASSERT_FALSE(output.ok());
  EXPECT_NE(output.status().message().find("no/such/folder"), std::string::npos);
  EXPECT_NE(output.status().message().find("No such file or directory"), std::string::npos);
}

TEST(Output, AFullDiskIsAnError) {
  auto output = Output::Open("/dev/full", {});
  ASSERT_TRUE(output.ok());
  output.value()->stream() << std::string(1 << 20, 'x');
  EXPECT_FALSE(output.value()->Close().ok());
}

}  // namespace
}  // namespace allocprof::cli
