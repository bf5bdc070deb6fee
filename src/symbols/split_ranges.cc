// SPDX-License-Identifier: Apache-2.0
#include "symbols/split_ranges.h"

#include <dwarf.h>

#include <cstring>

#include "symbols/byte_reader.h"

namespace allocprof::symbols {
namespace {

// The bytes of an attribute's value, from the value to the end of the section.
std::optional<ByteReader> ValueOf(const Dwarf_Attribute& attribute, std::string_view info) {
  const char* value = reinterpret_cast<const char*>(attribute.valp);
  if (value == nullptr || value < info.data() || value >= info.data() + info.size()) {
    return std::nullopt;
  }
  return ByteReader(info.substr(static_cast<size_t>(value - info.data())));
}

}  // namespace

std::optional<uint64_t> SplitRanges::AddressAt(uint64_t index) const {
  if (index >= sections_.addresses.size() / 8) return std::nullopt;
  uint64_t address;
  std::memcpy(&address, sections_.addresses.data() + index * 8, 8);
  return address;
}

std::optional<uint64_t> SplitRanges::AddressOf(Dwarf_Attribute* attribute) const {
  std::optional<ByteReader> value = ValueOf(*attribute, sections_.info);
  if (!value) return std::nullopt;
  uint64_t index = 0;
  switch (dwarf_whatform(attribute)) {
    case DW_FORM_addr:
      return value->Fixed(8);
    case DW_FORM_addrx:
    case DW_FORM_GNU_addr_index:
      index = value->Uleb();
      break;
    case DW_FORM_addrx1:
      index = value->Fixed(1);
      break;
    case DW_FORM_addrx2:
      index = value->Fixed(2);
      break;
    case DW_FORM_addrx3:
      index = value->Fixed(3);
      break;
    case DW_FORM_addrx4:
      index = value->Fixed(4);
      break;
    default:
      return std::nullopt;
  }
  return value->failed() ? std::nullopt : AddressAt(index);
}

std::optional<uint64_t> SplitRanges::Entry(Dwarf_Die die) const {
  Dwarf_Attribute attribute;
  for (const unsigned name : {DW_AT_entry_pc, DW_AT_low_pc}) {
    if (dwarf_attr(&die, name, &attribute) == nullptr) continue;
    if (const auto address = AddressOf(&attribute)) return address;
  }
  std::optional<uint64_t> first;
  ForEach(die, [&first](uint64_t begin, uint64_t) {
    if (!first) first = begin;
  });
  return first;
}

void SplitRanges::ForEach(Dwarf_Die die, const Visit& visit) const {
  Dwarf_Attribute low, high, ranges;
  if (dwarf_attr(&die, DW_AT_high_pc, &high) != nullptr &&
      dwarf_attr(&die, DW_AT_low_pc, &low) != nullptr) {
    const auto begin = AddressOf(&low);
    if (!begin) return;
    Dwarf_Word size = 0;
    if (dwarf_formudata(&high, &size) == 0) {
      visit(*begin, *begin + size);
    } else if (const auto end = AddressOf(&high)) {
      visit(*begin, *end);
    }
    return;
  }
  if (dwarf_attr(&die, DW_AT_ranges, &ranges) == nullptr) return;
  std::optional<ByteReader> value = ValueOf(ranges, sections_.info);
  if (!value) return;
  if (dwarf_whatform(&ranges) == DW_FORM_rnglistx) {
    const uint64_t index = value->Uleb();
    // Header: length, version 2, address size 1, segment size 1, number of offsets 4; the offsets
    // count from behind it.
    ByteReader list(sections_.ranges);
    const size_t width = list.Length();
    list.Skip(4);
    const uint64_t count = list.Fixed(4);
    const size_t base = list.position();
    if (value->failed() || list.failed() || index >= count) return;
    list.Skip(index * width);
    const uint64_t offset = list.Fixed(width);
    if (!list.failed()) ForEachIn5(base + offset, visit);
    return;
  }
  const uint64_t offset = value->Fixed(4);
  if (value->failed()) return;
  if (sections_.version >= 5) {
    ForEachIn5(offset, visit);
  } else {
    ForEachIn4(offset, visit);
  }
}

void SplitRanges::ForEachIn4(uint64_t offset, const Visit& visit) const {
  ByteReader list(sections_.ranges);
  list.Skip(offset);
  uint64_t base = sections_.base;
  for (;;) {
    const uint64_t begin = list.Fixed(8);
    const uint64_t end = list.Fixed(8);
    if (list.failed() || (begin == 0 && end == 0)) return;
    if (begin == UINT64_MAX) {
      base = end;
    } else {
      visit(base + begin, base + end);
    }
  }
}

void SplitRanges::ForEachIn5(uint64_t offset, const Visit& visit) const {
  ByteReader list(sections_.ranges);
  list.Skip(offset);
  uint64_t base = sections_.base;
  while (!list.failed()) {
    std::optional<uint64_t> begin, end;
    switch (list.Fixed(1)) {
      case DW_RLE_base_addressx:
        base = AddressAt(list.Uleb()).value_or(0);
        continue;
      case DW_RLE_base_address:
        base = list.Fixed(8);
        continue;
      case DW_RLE_startx_endx:
        begin = AddressAt(list.Uleb());
        end = AddressAt(list.Uleb());
        break;
      case DW_RLE_startx_length:
        begin = AddressAt(list.Uleb());
        end = begin.value_or(0) + list.Uleb();
        break;
      case DW_RLE_offset_pair:
        begin = base + list.Uleb();
        end = base + list.Uleb();
        break;
      case DW_RLE_start_end:
        begin = list.Fixed(8);
        end = list.Fixed(8);
        break;
      case DW_RLE_start_length:
        begin = list.Fixed(8);
        end = *begin + list.Uleb();
        break;
      default:  // the end of the list, or none
        return;
    }
    if (!list.failed() && begin && end) visit(*begin, *end);
  }
}

}  // namespace allocprof::symbols
