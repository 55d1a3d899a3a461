// SPDX-License-Identifier: MIT
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

namespace flowgauge {

/// 64-bit FNV-1a of a text: stream numbers, cell ids. The same on every machine.
std::uint64_t hash_text(std::string_view text);

/// Counter-based random numbers: Philox4x32-10 (Salmon et al. 2011) with key = seed, stream = hash(purpose + the canonical text of what it serves),
/// counter =
/// (row, draw). Number (row, draw) depends on nothing else: not on threads, shards, batches or what was drawn before.
class RandomStream {
 public:
  /// `seed` < 2³¹ (a table that reads it back must not round it). A stream serves one purpose and one subject, such as ("source-sample",
  /// "laplace(scale=2)").
  RandomStream(std::uint64_t seed, std::string_view purpose, std::string_view subject = {});

  /// A uniform double in the open interval (0, 1): an odd multiple of 2⁻⁵³, so that 1 − u is exact and as likely as u.
  double uniform(std::uint64_t row, std::uint32_t draw) const;
  /// A standard normal by the inverse cdf of uniform(row, draw).
  double normal(std::uint64_t row, std::uint32_t draw) const;
  /// A 64-bit integer: the bits behind uniform, normal and below of the same row and draw.
  std::uint64_t bits(std::uint64_t row, std::uint32_t draw) const;
  /// An integer in [0, n), n ≥ 1; uneven by at most n·2⁻⁶⁴.
  std::uint64_t below(std::uint64_t n, std::uint64_t row, std::uint32_t draw) const;

 private:
  std::array<std::uint32_t, 2> key_;
  std::uint32_t stream_;
};

}  // namespace flowgauge
