// SPDX-License-Identifier: MIT
#include <flowgauge/verify/rounding.hpp>

#include <algorithm>
#include <bit>
#include <stdexcept>

namespace flowgauge {
namespace {

struct Stream {
  std::uint64_t position = 0;
  bool active = false;
};
thread_local constinit Stream stream;

/// Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators": the n-th draw is a hash of seed + n·golden ratio.
constexpr std::uint64_t golden_ratio = 0x9e3779b97f4a7c15;
std::uint64_t mixed(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

}  // namespace

Rounding Rounding::rounded(double exact) {
  if (!stream.active) throw std::logic_error("arithmetic on Rounding needs a RoundingSeed alive in the same thread; there is none");
  stream.position += golden_ratio;
  const std::uint64_t draw = mixed(stream.position);
  if (exact == 0 || !std::isfinite(exact)) return Rounding(exact);

  // The upper half of the draw is δ, the lower half decides whether r·(1 + uδ), which lies inside the gap, becomes r or its neighbour.
  const double delta = static_cast<std::int32_t>(draw >> 32) * 0x1p-31;
  const double uniform = static_cast<std::uint32_t>(draw) * 0x1p-32;
  const bool outwards = (delta >= 0) == (exact > 0);
  const double neighbour = std::bit_cast<double>(std::bit_cast<std::uint64_t>(exact) + (outwards ? 1 : -1));
  const double gap = std::abs(neighbour - exact);
  const double share = std::max(std::abs(exact) / gap * 0x1p-53, 0.5) * std::abs(delta);  // 0.5: a subnormal, by half its spacing
  return Rounding(uniform < share && std::isfinite(neighbour) ? neighbour : exact);
}

RoundingSeed::RoundingSeed(std::uint64_t seed) : outer_position(stream.position), outer_active(stream.active) {
  stream = {mixed(seed + golden_ratio), true};
}
RoundingSeed::~RoundingSeed() { stream = {outer_position, outer_active}; }

}  // namespace flowgauge
