// SPDX-License-Identifier: Apache-2.0
#include "base/mapped_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include <thread>
#include <utility>

#include "support/temp_dir.h"

namespace allocprof {
namespace {

using test::TempDir;

std::string Compressed(const std::string& plain, int checksum) {
  std::string out(ZSTD_compressBound(plain.size()), '\0');
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, checksum);
  const size_t n = ZSTD_compress2(context, out.data(), out.size(), plain.data(), plain.size());
  ZSTD_freeCCtx(context);
  EXPECT_FALSE(ZSTD_isError(n));
  out.resize(n);
  return out;
}

// Compresses badly enough to be several blocks.
std::string Text(size_t n) {
  std::string text(n, ' ');
  uint32_t state = 12345;
  for (char& c : text) {
    state = state * 1664525 + 1013904223;
    c = static_cast<char>('a' + (state >> 28));
  }
  return text;
}

// Standard input for as long as it lives: a file, or a pipe that another thread fills.
class StandardInput {
 public:
  explicit StandardInput(const std::string& path) {
    Replace(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  }
  struct Pipe {
    std::string bytes;
  };
  explicit StandardInput(Pipe pipe) {
    int ends[2];
    EXPECT_EQ(pipe2(ends, O_CLOEXEC), 0);
    Replace(ends[0]);
    writer_ = std::thread([fd = ends[1], bytes = std::move(pipe.bytes)] {
      for (size_t at = 0; at < bytes.size();) {
        // A few bytes at first: what reads must not count on a whole magic number.
        const ssize_t n = write(fd, bytes.data() + at, at < 8 ? 1 : bytes.size() - at);
        if (n <= 0) break;
        at += static_cast<size_t>(n);
      }
      close(fd);
    });
  }
  ~StandardInput() {
    if (writer_.joinable()) writer_.join();
    dup2(saved_, 0);
    close(saved_);
  }

 private:
  void Replace(int fd) {
    saved_ = fcntl(0, F_DUPFD_CLOEXEC, 100);
    EXPECT_GE(fd, 0);
    EXPECT_EQ(dup2(fd, 0), 0);
    close(fd);
  }
  int saved_ = -1;
  std::thread writer_;
};

TEST(MappedFileTest, APlainFileIsItsBytes) {
  TempDir dir;
  const std::string path = dir.Write("plain", std::string_view("a\0b\n", 4));
  const Result<MappedFile> file = MappedFile::Open(path);
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file.value().bytes(), std::string_view("a\0b\n", 4));
  struct stat st;
  ASSERT_EQ(stat(path.c_str(), &st), 0);
  EXPECT_EQ(file.value().device(), st.st_dev);
  EXPECT_EQ(file.value().inode(), st.st_ino);
}

TEST(MappedFileTest, AnEmptyFileIsNoError) {
  TempDir dir;
  const Result<MappedFile> file = MappedFile::Open(dir.Write("empty", ""));
  ASSERT_TRUE(file.ok());
  EXPECT_TRUE(file.value().bytes().empty());
}

TEST(MappedFileTest, ADirectoryIsSaidToBeOne) {
  TempDir dir;
  const Result<MappedFile> file = MappedFile::Open(dir.path());
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(file.status().code(), ErrorCode::kUnreadable);
  EXPECT_EQ(file.status().message(), dir.path() + ": is a directory, not a trace");
}

TEST(MappedFileTest, AMissingFileIsSaidWithTheRemedy) {
  const Result<MappedFile> file = MappedFile::Open("/nonexistent/trace.json");
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(file.status().code(), ErrorCode::kNotFound);
  EXPECT_EQ(file.status().message(),
            "/nonexistent/trace.json: No such file or directory; record a program first: "
            "allocprof run -- CMD");
}

TEST(MappedFileTest, AFileBelowAFileIsUnreadableAndSaysWhy) {
  TempDir dir;
  const std::string path = dir.Write("plain", "x") + "/trace.json";
  const Result<MappedFile> file = MappedFile::Open(path);
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(file.status().code(), ErrorCode::kUnreadable);
  EXPECT_EQ(file.status().message(), path + ": Not a directory");
}

TEST(MappedFileTest, AZstdFileIsDecompressedWhateverItsName) {
  TempDir dir;
  for (const size_t n : {size_t{0}, size_t{1}, size_t{1000}, size_t{200000}, size_t{3000000}}) {
    const std::string text = Text(n);
    for (const int checksum : {0, 1}) {
      const auto file = MappedFile::Open(dir.Write("trace.json", Compressed(text, checksum)));
      ASSERT_TRUE(file.ok());
      EXPECT_TRUE(file.value().bytes() == text) << n << " with checksum " << checksum;
    }
  }
}

TEST(MappedFileTest, ZstdThatExpandsAThousandfoldIsWhole) {
  TempDir dir;
  const std::string text(5000000, 'x');
  for (const int checksum : {0, 1}) {
    const auto file = MappedFile::Open(dir.Write("trace.json", Compressed(text, checksum)));
    ASSERT_TRUE(file.ok());
    EXPECT_EQ(file.value().bytes().size(), text.size()) << "checksum " << checksum;
  }
}

TEST(MappedFileTest, ABombIsRefusedBeforeItFillsTheDisk) {
  TempDir dir;
  // 10 GiB of nothing in less than a MiB.
  const std::string bomb = Compressed(std::string(size_t{64} << 20, '\0'), 0);
  std::string bytes;
  for (int i = 0; i < 160; i++) bytes += bomb;
  const std::string path = dir.Write("bomb.zst", bytes);
  const auto file = MappedFile::Open(path);
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(file.status().code(), ErrorCode::kDamaged);
  EXPECT_EQ(file.status().message(), path +
                                         ": unfolds into more than 5000 times its size, which no "
                                         "trace does; compress the trace again");
}

TEST(MappedFileTest, TheTemporaryCopyIsWhereTmpdirSays) {
  TempDir dir;
  const std::string path = dir.Write("trace.zst", Compressed(Text(1000), 1));
  setenv("TMPDIR", "/nonexistent", 1);
  const auto file = MappedFile::Open(path);
  unsetenv("TMPDIR");
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(file.status().message(),
            "no temporary file in /nonexistent: No such file or directory; set TMPDIR");
}

TEST(MappedFileTest, SeveralZstdFramesAreOneFile) {
  TempDir dir;
  const auto file =
      MappedFile::Open(dir.Write("trace.zst", Compressed("one,", 0) + Compressed("two", 1)));
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file.value().bytes(), "one,two");
}

TEST(MappedFileTest, CutZstdGivesABeginningOfTheText) {
  TempDir dir;
  const std::string text = Text(1000000);
  const std::string whole = Compressed(text, 1);
  size_t longest = 0;
  for (size_t n = 4; n < whole.size(); n += 9973) {
    const auto file = MappedFile::Open(dir.Write("cut.zst", whole.substr(0, n)));
    ASSERT_TRUE(file.ok()) << n;
    const std::string_view bytes = file.value().bytes();
    EXPECT_EQ(bytes, std::string_view(text).substr(0, bytes.size())) << n;
    EXPECT_GE(bytes.size(), longest) << n;
    longest = bytes.size();
  }
  EXPECT_GT(longest, text.size() / 2);
}

TEST(MappedFileTest, DamagedZstdGivesWhatStandsBeforeTheDamage) {
  TempDir dir;
  const std::string text = Text(1000000);
  std::string bytes = Compressed(text, 1);
  for (size_t i = bytes.size() / 2; i < bytes.size() / 2 + 64; i++) bytes[i] = '\xff';
  const auto file = MappedFile::Open(dir.Write("damaged.zst", bytes));
  ASSERT_TRUE(file.ok());
  EXPECT_LT(file.value().bytes().size(), text.size());
  EXPECT_GT(file.value().bytes().size(), 0u);
}

TEST(MappedFileTest, StandardInputMayBeAFile) {
  TempDir dir;
  const StandardInput input(dir.Write("plain", "from a file"));
  const auto file = MappedFile::Open("-");
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file.value().bytes(), "from a file");
}

TEST(MappedFileTest, StandardInputStaysOpen) {
  TempDir dir;
  const StandardInput input(dir.Write("plain", "x"));
  { const auto file = MappedFile::Open("-"); }
  EXPECT_NE(fcntl(0, F_GETFD), -1);
}

TEST(MappedFileTest, StandardInputMayBeAPipe) {
  const std::string text = Text(300000);
  const StandardInput input(StandardInput::Pipe{text});
  const auto file = MappedFile::Open("-");
  ASSERT_TRUE(file.ok());
  EXPECT_TRUE(file.value().bytes() == text);
  EXPECT_EQ(file.value().inode(), 0u);
}

TEST(MappedFileTest, ZstdInAPipeIsDecompressed) {
  const std::string text = Text(300000);
  const StandardInput input(StandardInput::Pipe{Compressed(text, 1)});
  const auto file = MappedFile::Open("-");
  ASSERT_TRUE(file.ok());
  EXPECT_TRUE(file.value().bytes() == text);
}

TEST(MappedFileTest, AnEmptyPipeIsAnEmptyFile) {
  const StandardInput input(StandardInput::Pipe{""});
  const auto file = MappedFile::Open("-");
  ASSERT_TRUE(file.ok());
  EXPECT_TRUE(file.value().bytes().empty());
}

TEST(MappedFileTest, ForgottenPagesAreReadAgain) {
  TempDir dir;
  const std::string text = Text(300000);
  for (const std::string& stored : {text, Compressed(text, 1)}) {
    const auto file = MappedFile::Open(dir.Write("a", stored));
    ASSERT_TRUE(file.ok());
    EXPECT_TRUE(file.value().bytes() == text);
    file.value().ForgetPages();
    EXPECT_TRUE(file.value().bytes() == text);
  }
  MappedFile().ForgetPages();
}

TEST(MappedFileTest, MovingItMovesTheBytes) {
  TempDir dir;
  auto a = MappedFile::Open(dir.Write("a", "first")),
       b = MappedFile::Open(dir.Write("b", "second"));
  ASSERT_TRUE(a.ok() && b.ok());
  a.value() = std::move(b.value());
  EXPECT_EQ(a.value().bytes(), "second");
  const MappedFile c(std::move(a.value()));
  EXPECT_EQ(c.bytes(), "second");
}

}  // namespace
}  // namespace allocprof
