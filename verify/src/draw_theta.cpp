// SPDX-License-Identifier: MIT
#include "generators.hpp"

#include <flowgauge/random.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace flowgauge::verify {
namespace {

double degenerate(Role role, std::uint64_t pick) {
  switch (role) {
    case Role::log_scale: return std::array{-3.0, 0.0, 3.0, 0.0}[pick % 4];
    case Role::weight: return std::array{0.0, 0.5, 0.5, -0.5}[pick % 4];
    case Role::logits: return std::array{0.0, 4.0, -4.0, 0.0}[pick % 4];
    case Role::multiplier: return std::array{0x1p-8, 1.0, -0x1p-8, 1.0}[pick % 4];
    case Role::direction: return std::array{0x1p-30, 1.0, 0.5, 0x1p-10}[pick % 4];
    default: return std::array{0.0, 1.0, -1.0, 0.0}[pick % 4];
  }
}

/// A number at one end of its role's range, and all others with it: a product of harmless factors leaves the numbers of a float, so do squares of
/// lengths, and a curve of softplus(−12) = 6e-6 passes for none.
double at_end(Role role, double ordinary, bool high) {
  const double sign = high ? 1 : -1;
  switch (role) {
    case Role::log_scale: return 3 * sign;
    case Role::logits: return 12 * sign;
    case Role::multiplier: return std::copysign(std::exp2(4 * sign), ordinary);
    case Role::direction: return ordinary * std::exp2(80 * sign);
    default: return ordinary;
  }
}

/// Of two directions one is long and one short: their product stays what it was, and with it a constraint on it. A subject that lives in float alone
/// keeps its lengths: nobody knows there whether the square that it lacks is the layer's fault.
void to_one_end(const Subject& subject, bool high, Numbers& theta) {
  Index k = 0;
  int directions = 0;
  for (const Block& block : subject.blocks()) {
    if (block.role == Role::direction && subject.arithmetic().unit > 0x1p-53) {
      k += block.count;
      continue;
    }
    const bool up = block.role == Role::direction && directions++ % 2 == 1 ? !high : high;
    for (Index i = 0; i < block.count; ++i, ++k) theta[k] = at_end(block.role, theta[k], up);
  }
}

/// The second of two directions against the first, as long as makes wᵀu −16, −18 or −20: there only a constraint keeps the map invertible, and
/// 1 + wᵀu is 1e-7 to 2e-9. Twice as long where the first is too short for that.
void oppose_directions(const Subject& subject, const RandomStream& picks, Numbers& theta) {
  Index at = 0;
  const Block* before = nullptr;
  for (const Block& block : subject.blocks()) {
    if (before && before->role == Role::direction && block.role == Role::direction && block.count == before->count) {
      const std::span<const double> first(theta.data() + at - block.count, block.count);
      double square = 0;
      for (const double v : first) square += v * v;
      const double wanted = std::array{16.0, 18.0, 20.0}[picks.below(3, at, 2)] / square;
      const double times = wanted < 0x1p10 ? with_bits(wanted, 8) : 2;
      for (Index i = 0; i < block.count; ++i) theta[at + i] = -times * first[i];
    }
    before = &block;
    at += block.count;
  }
}

}  // namespace

Numbers draw_theta(const Subject& subject, const std::string& parameter_class, std::uint32_t seed) {
  Numbers theta(subject.parameters());
  const RandomStream stream(seed, "theta");
  if (parameter_class == "initial") {
    if (subject.initial() && !theta.empty()) return subject.initial()(subject.dim(), seed);
    Index at = 0;
    for (const Layer<double>& layer : subject.flow<double>().layers()) {
      const std::span<double> own(theta.data() + at, layer.info().parameters);
      initial_parameters(layer.info().blocks, stream, own);
      if (layer.info().mend_initial) layer.info().mend_initial(own);
      at += layer.info().parameters;
    }
    return theta;
  }
  const double ordinary = subject.is_layer() ? 1 : 0.5;  // a chain multiplies what its layers stretch
  random_parameters(subject.blocks(), stream, parameter_class == "wide" ? 3 : ordinary, theta);
  const RandomStream picks(seed, "degenerate");
  Index k = 0;
  for (const Block& block : subject.blocks())
    for (Index i = 0; i < block.count; ++i, ++k) {
      if (parameter_class == "degenerate" && picks.uniform(k, 0) < 0.5) theta[k] = degenerate(block.role, picks.below(4, k, 1));
      else if (const double rounded = std::nearbyint(theta[k] * 256) / 256; rounded != 0) theta[k] = rounded;
    }
  if (parameter_class == "low" || parameter_class == "high") to_one_end(subject, parameter_class == "high", theta);
  if (parameter_class == "no direction") {
    Index at = 0;
    for (const Block& block : subject.blocks()) {
      if (block.role == Role::direction) {
        std::fill_n(theta.begin() + at, block.count, 0.0);
        break;
      }
      at += block.count;
    }
  }
  if (parameter_class == "degenerate" || parameter_class == "wide") oppose_directions(subject, picks, theta);
  return theta;
}

}  // namespace flowgauge::verify
