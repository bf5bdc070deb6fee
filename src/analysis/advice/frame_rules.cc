// SPDX-License-Identifier: Apache-2.0
//
// Advice from containment: blocks that a frame could hold, and how large it would become.
#include <fmt/format.h>

#include <algorithm>

#include "analysis/advice/rules.h"
#include "analysis/advice/thresholds.h"
#include "analysis/churn.h"
#include "base/units.h"

namespace allocprof::analysis {
namespace {

uint64_t RoundUp(uint64_t bytes) { return (std::max<uint64_t>(bytes, 1) + 7) / 8 * 8; }

// What an inline buffer would hold: the bytes of one block, and how many are needed at once in one
// activation of the function.
struct InlineBuffer {
  uint64_t bytes = 0;
  uint64_t at_once = 1;
  uint64_t total() const { return bytes * at_once; }
};

std::optional<InlineBuffer> BufferFor(const PlaceContext& c) {
  const Place& p = c.place;
  if (p.sizes.empty()) return std::nullopt;
  InlineBuffer b;
  b.bytes = RoundUp(std::min(p.sizes.Quantile(kCovered), p.size_max));
  const uint64_t activations = std::max<uint64_t>(1, p.recursion * c.threads);
  b.at_once = std::max<uint64_t>(1, (p.alive_max + activations - 1) / activations);
  if (b.total() > kInlineTotal) return std::nullopt;
  if (p.stack_limit != 0 && static_cast<double>(p.depth_max + b.total() * p.recursion) >
                                kStackInUse * static_cast<double>(p.stack_limit)) {
    return std::nullopt;
  }
  return b;
}

std::string FrameText(const PlaceContext& c, const InlineBuffer& b) {
  const Place& p = c.place;
  std::string text =
      fmt::format("Its frame grows from {} to {}, the deepest stack below it from {} to {}",
                  BytesText(p.frame_bytes), BytesText(p.frame_bytes + b.total()),
                  BytesText(p.depth_max), BytesText(p.depth_max + b.total() * p.recursion));
  if (p.stack_limit != 0) text += fmt::format(" of {}", BytesText(p.stack_limit));
  return text + ".";
}

std::string RemedyText(const Idiom& idiom) {
  return fmt::format("As it is {}: {}.", idiom.noun, idiom.remedy);
}

std::string InlineText(const PlaceContext& c, const InlineBuffer& b) {
  const Place& p = c.place;
  if (p.idiom != nullptr && p.idiom->remedy != nullptr) return RemedyText(*p.idiom);
  const std::string times = b.at_once > 1 ? fmt::format(", {} of them", b.at_once) : "";
  switch (p.language) {
    case Language::kC:
      return fmt::format(
          "Use an array of {} bytes on the stack{}, and malloc only for what is larger.", b.bytes,
          times);
    case Language::kCxx:
      return fmt::format(
          "Use a std::array, or where the size varies an absl::InlinedVector or "
          "boost::container::small_vector, with {} bytes inline{}.",
          b.bytes, times);
    case Language::kRust:
      return fmt::format(
          "Use an array, or where the size varies a SmallVec<[T; N]> or ArrayVec, with {} bytes "
          "inline{}.",
          b.bytes, times);
  }
  return "";
}

// "All of its 200 blocks", "195 of its 200 blocks"
std::string PartText(uint64_t part, const Place& p) {
  return part == p.allocations
             ? fmt::format("All of its {} blocks", CountText(part))
             : fmt::format("{} of its {} blocks", CountText(part), CountText(p.allocations));
}

std::string SizesText(const Place& p) {
  const uint64_t covered = std::min(p.sizes.Quantile(kCovered), p.size_max);
  if (covered == p.size_max) {
    const bool one = p.sizes.Quantile(0.01) == covered;
    return fmt::format("each has {}{} bytes", one ? "" : "at most ", CountText(p.size_max));
  }
  return fmt::format("95 % have at most {} bytes, the largest {}", CountText(covered),
                     CountText(p.size_max));
}

}  // namespace

std::optional<Draft> AdviseInline(const PlaceContext& c) {
  const Place& p = c.place;
  if (p.Share(p.owners.contained().blocks) < kNearlyAll) return std::nullopt;
  const auto buffer = BufferFor(c);
  if (!buffer) return std::nullopt;
  Draft d;
  d.why = fmt::format(
      "{} were freed before the call that asked for them returned; "
      "{}; at most {} alive at once.",
      PartText(p.owners.contained().blocks, p), SizesText(p), CountText(p.alive_max));
  d.text = InlineText(c, *buffer) + " " + FrameText(c, *buffer);
  d.saved_allocations =
      static_cast<uint64_t>(kCovered * static_cast<double>(p.owners.contained().blocks));
  if (p.sizes.Quantile(kCovered) >= p.size_max) d.saved_allocations = p.owners.contained().blocks;
  d.saved_bytes = p.owners.contained().bytes;
  d.inline_bytes = buffer->total();
  d.own_frame = true;
  return d;
}

// What the source has a better word for than a buffer.
std::optional<Draft> AdviseIdiom(const PlaceContext& c) {
  const Place& p = c.place;
  if (p.idiom == nullptr || p.idiom->remedy == nullptr || p.idiom->on_frame) return std::nullopt;
  if (p.Share(p.owners.contained().blocks) < kNearlyAll) return std::nullopt;
  Draft d;
  d.why = fmt::format("{} were freed before the call that asked for them returned.",
                      PartText(p.owners.contained().blocks, p));
  d.text = RemedyText(*p.idiom);
  d.saved_allocations = p.owners.contained().blocks;
  d.saved_bytes = p.owners.contained().bytes;
  return d;
}

std::optional<Draft> AdviseCallerBuffer(const PlaceContext& c) {
  const Place& p = c.place;
  if (p.Share(p.owners.up[1].blocks) < kNearlyAll || c.owner_name.empty()) return std::nullopt;
  const auto buffer = BufferFor(c);
  if (!buffer || buffer->at_once > kHandedUpAlive) return std::nullopt;
  Draft d;
  d.why = fmt::format(
      "{} were freed before its caller {} returned; {}; at most {} "
      "alive at once.",
      PartText(p.owners.up[1].blocks, p), c.owner_name, SizesText(p), CountText(p.alive_max));
  switch (p.language) {
    case Language::kC:
      d.text = fmt::format(
          "Let the caller pass the buffer: {} bytes on its stack were enough in this run.",
          buffer->total());
      break;
    case Language::kCxx:
      d.text = fmt::format(
          "Return by value what fits ({} bytes), or take an output parameter that "
          "the caller keeps and clears.",
          buffer->total());
      break;
    case Language::kRust:
      d.text = fmt::format(
          "Return the value itself ({} bytes), or take a `&mut` buffer that the "
          "caller keeps and clears.",
          buffer->total());
      break;
  }
  d.saved_allocations = p.owners.up[1].blocks;
  d.saved_bytes = p.owners.up[1].bytes;
  d.inline_bytes = buffer->total();
  return d;
}

// One block after the other, and never many: each could have been the one before.
std::optional<Draft> AdviseReuse(const PlaceContext& c) {
  const Place& p = c.place;
  if (p.allocations < kReuseAllocations) return std::nullopt;
  const uint64_t owned = p.allocations - p.owners.escaped.blocks - p.owners.unknown.blocks;
  if (p.Share(owned) < kNearlyAll) return std::nullopt;
  if (p.alive_max > kReuseAlive * c.threads * p.recursion) return std::nullopt;
  Draft d;
  d.why = fmt::format("{} blocks, one after the other: at most {} alive at once; {}.",
                      CountText(p.allocations), CountText(p.alive_max), SizesText(p));
  FunctionChurn churn;
  for (const uint32_t site : p.sites) AddChurn(c.in, site, p.function, &churn);
  const uint32_t stayed = churn.MostStayed();
  std::string where = "outside the loop";
  if (stayed == p.function) {
    d.why += fmt::format(" {} times it freed one and asked for as much again in the same call.",
                         CountText(churn.all.turns));
  } else if (stayed != UINT32_MAX && p.Share(churn.all.turns) >= kMostTurns) {
    const std::string& name = c.in.frames.functions()[stayed].name;
    d.why +=
        fmt::format(" {} times one was freed and as much asked for again under one call of {}.",
                    CountText(churn.all.turns), name);
    where = fmt::format("in what {} keeps or hands down", name);
  } else if (p.Share(p.owners.contained().blocks) < kNearlyAll) {
    where = "with whoever calls it again and again";
  }
  switch (p.language) {
    case Language::kC:
      d.text = fmt::format("Keep one buffer {}, and let it grow to the largest size.", where);
      break;
    case Language::kCxx:
      d.text = fmt::format(
          "Declare the container or buffer {}, and clear() it: it keeps its memory.", where);
      break;
    case Language::kRust:
      d.text =
          fmt::format("Declare the Vec or String {}, and clear() it: it keeps its memory.", where);
      break;
  }
  if (p.idiom != nullptr && p.idiom->remedy != nullptr) d.text += " " + RemedyText(*p.idiom);
  d.saved_allocations = p.allocations - std::min(p.allocations, p.alive_max);
  d.saved_bytes = p.bytes;
  return d;
}

}  // namespace allocprof::analysis
