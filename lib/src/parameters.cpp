// SPDX-License-Identifier: MIT
#include <flowgauge/conditioners/mlp.hpp>
#include <flowgauge/parameters.hpp>

#include <cmath>

namespace flowgauge {

std::string parameter_name(const std::vector<Block>& blocks, Index k) {
  for (const Block& b : blocks) {
    if (k < b.count) return b.count == 1 ? b.name : b.name + "[" + std::to_string(k) + "]";
    k -= b.count;
  }
  return "none";
}

void initial_parameters(const std::vector<Block>& blocks, const RandomStream& stream, std::span<double> theta) {
  std::size_t at = 0;
  for (const Block& b : blocks)
    for (Index i = 0; i < b.count; ++i, ++at) {
      theta[at] = b.initial;
      if (b.role == Role::weight && b.spread > 0) theta[at] += b.spread * (2 * stream.uniform(at, 0) - 1);
      if (b.role == Role::direction) theta[at] += stream.normal(at, 0) / std::sqrt(static_cast<double>(b.count));
    }
}

void random_parameters(const std::vector<Block>& blocks, const RandomStream& stream, double width, std::span<double> theta) {
  std::size_t at = 0;
  for (const Block& b : blocks)
    for (Index i = 0; i < b.count; ++i, ++at) {
      const double z = stream.normal(at, 0);
      switch (b.role) {
        case Role::shift: theta[at] = b.initial + width * z; break;
        case Role::log_scale: theta[at] = b.initial + 0.5 * width * z; break;
        case Role::weight: theta[at] = b.initial + width * (b.spread > 0 ? b.spread : 0.5) * z; break;
        case Role::logits: theta[at] = b.initial + width * z; break;
        case Role::direction: theta[at] = b.initial + width * z; break;
        case Role::multiplier: theta[at] = (stream.uniform(at, 1) < 0.5 ? -1 : 1) * b.initial * std::exp(0.5 * width * z); break;
        case Role::free: theta[at] = b.initial + width * z; break;
        case Role::fixed: theta[at] = b.initial; break;
      }
    }
}

std::vector<Block> mlp_blocks(Index inputs, const std::vector<int>& hidden, Index m, const std::vector<Block>& target) {
  std::vector<Block> blocks;
  Index in = inputs;
  const Index outputs = m * total_count(target);
  if (outputs == 0) return blocks;  // nothing to condition
  if (inputs > 0)
    for (std::size_t l = 0; l < hidden.size(); ++l) {
      const double spread = 1 / std::sqrt(static_cast<double>(in));
      blocks.push_back({"weight_" + std::to_string(l), in * hidden[l], Role::weight, 0, spread});
      blocks.push_back({"bias_" + std::to_string(l), hidden[l], Role::weight, 0, spread});
      in = hidden[l];
    }
  // Spread 0: the network starts silent, and verification draws ½-wide weights.
  if (in > 0) blocks.push_back({"weight_out", in * outputs, Role::weight, 0, 0});
  for (Index j = 0; j < m; ++j)
    for (const Block& b : target) {
      Block own = b;
      own.name = "bias_out." + (m > 1 ? std::to_string(j) + "." : std::string()) + b.name;
      blocks.push_back(own);
    }
  return blocks;
}

}  // namespace flowgauge
