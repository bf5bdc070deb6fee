// SPDX-License-Identifier: Apache-2.0
#include "symbols/debuginfod.h"

#include <dlfcn.h>
#include <elfutils/debuginfod.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace allocprof::symbols {
namespace {

constexpr const char* kLibrary = "libdebuginfod.so.1";

}  // namespace

struct Debuginfod::Library {
  void* handle = nullptr;
  decltype(&debuginfod_begin) begin = nullptr;
  decltype(&debuginfod_end) end = nullptr;
  decltype(&debuginfod_find_executable) find_executable = nullptr;
  decltype(&debuginfod_find_debuginfo) find_debuginfo = nullptr;
  debuginfod_client* client = nullptr;

  template <typename Function>
  bool Load(const char* name, Function* function) {
    *function = reinterpret_cast<Function>(dlsym(handle, name));
    return *function != nullptr;
  }

  bool Open() {
    handle = dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
    return handle != nullptr && Load("debuginfod_begin", &begin) && Load("debuginfod_end", &end) &&
           Load("debuginfod_find_executable", &find_executable) &&
           Load("debuginfod_find_debuginfo", &find_debuginfo);
  }

  // The library stays loaded: curl's does not like to go.
  ~Library() {
    if (client != nullptr) end(client);
  }
};

Debuginfod::Debuginfod() : library_(std::make_unique<Library>()) {
  failure_ = WhyNot();
  if (!failure_.empty()) return;
  if (library_->Open()) library_->client = library_->begin();
  if (library_->client == nullptr) failure_ = std::string(kLibrary) + " cannot be used";
}

Debuginfod::~Debuginfod() = default;

std::string Debuginfod::WhyNot() {
  const char* urls = std::getenv("DEBUGINFOD_URLS");
  if (urls == nullptr || *urls == '\0') {
    return "no server to ask; set DEBUGINFOD_URLS, say to https://debuginfod.debian.net";
  }
  if (!Library().Open()) {
    return std::string(kLibrary) + " is not installed; on Debian: apt-get install libdebuginfod1";
  }
  return {};
}

std::string Debuginfod::Fetch(Kind kind, const std::string& build_id) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!failure_.empty() || build_id.empty()) return {};
  char* path = nullptr;
  const auto find =
      kind == Kind::kExecutable ? library_->find_executable : library_->find_debuginfo;
  // Length 0: the id is text.
  const int fd =
      find(library_->client, reinterpret_cast<const unsigned char*>(build_id.c_str()), 0, &path);
  if (fd < 0) {
    if (fd != -ENOENT) failure_ = std::strerror(-fd);
    return {};
  }
  std::string found = path != nullptr ? path : "";
  std::free(path);
  // The descriptor holds nothing that the cache would drop within the time of a report.
  ::close(fd);
  return found;
}

std::string Debuginfod::failure() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return failure_;
}

}  // namespace allocprof::symbols
