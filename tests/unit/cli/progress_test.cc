// SPDX-License-Identifier: Apache-2.0
#include "progress.h"

#include <gtest/gtest.h>

#include <vector>

namespace allocprof::cli {
namespace {

using std::chrono::milliseconds;

TEST(ProgressTest, TheLineSaysWhatHowFarAndHowLong) {
  EXPECT_EQ(ProgressText("reading a.json", 0.5, 3, 80, false),
            "reading a.json  ###############...............  50 %, 3 s left");
  EXPECT_EQ(ProgressText("reading a.json", 1, 3, 80, false),
            "reading a.json  ############################## 100 %, 0 s left");
}

TEST(ProgressTest, InTheBeginningTheTimeLeftIsNotGuessed) {
  EXPECT_EQ(ProgressText("x", 0.01, 3, 80, false), "x  ..............................   1 %");
}

TEST(ProgressTest, ALongNameLosesItsBeginning) {
  const std::string line =
      ProgressText("reading " + std::string(200, 'a') + "/trace.json", 0.5, 3, 79, false);
  EXPECT_LE(line.size(), 79u);
  EXPECT_EQ(line.substr(0, 3), "...");
  EXPECT_NE(line.find("/trace.json  #"), line.npos);
}

TEST(ProgressTest, SharesOutOfRangeAreCut) {
  EXPECT_EQ(ProgressText("x", 7, 3, 80, false), ProgressText("x", 1, 3, 80, false));
  EXPECT_EQ(ProgressText("x", -1, 3, 80, false), ProgressText("x", 0, 3, 80, false));
}

class ProgressLineTest : public testing::Test {
 protected:
  std::vector<std::string> written;
  std::unique_ptr<Progress> Make(bool enabled) {
    return std::make_unique<Progress>("x", enabled, 80, false,
                                      [this](const std::string& text) { written.push_back(text); });
  }
};

TEST_F(ProgressLineTest, ShortWorkShowsNothing) {
  auto p = Make(true);
  p->Update(0.5, Progress::Clock::now() + milliseconds(100));
  p.reset();
  EXPECT_TRUE(written.empty());
}

TEST_F(ProgressLineTest, LongWorkIsShownNowAndThenAndWipedAtTheEnd) {
  const auto start = Progress::Clock::now();
  auto p = Make(true);
  p->Update(0.1, start + milliseconds(5000));
  p->Update(0.2, start + milliseconds(5010));
  p->Update(0.3, start + milliseconds(5200));
  p.reset();
  ASSERT_EQ(written.size(), 3u);
  EXPECT_NE(written[0].find(" 10 %"), std::string::npos);
  EXPECT_NE(written[1].find(" 30 %"), std::string::npos);
  EXPECT_EQ(written[2], "\r\x1b[K");
}

TEST_F(ProgressLineTest, WithoutATerminalThereIsNothing) {
  auto p = Make(false);
  p->Update(0.5, Progress::Clock::now() + milliseconds(5000));
  p.reset();
  EXPECT_TRUE(written.empty());
}

}  // namespace
}  // namespace allocprof::cli
