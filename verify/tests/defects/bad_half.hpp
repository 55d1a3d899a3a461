// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/sample.hpp>

#include <vector>

namespace flowgauge::verify::defects {

/// A coupling written for one sample: the first ⌊d/2⌋ coordinates stay; with m = tanh(Σ weight·(kept and context)) the others become
/// e^{gain_j·m}·x_j + shift_j. One mistake; `none` is the healthy twin.
struct BadHalf {
  static constexpr std::string_view summary = "a coupling with a planted defect";
  enum Defect {
    none,
    kept_changed,       ///< the half that passes through gains 2⁻³⁰
    sees_moved,         ///< W101: the conditioner sees a transformed coordinate
    context_ignored,    ///< d7
    last_log_det_only,  ///< only the last coordinate's log_det
    joins_as_halves,    ///< W097: forward puts the even coordinates first, the inverse does not know
    interleaved,        ///< W098: forward reads (gain, shift) pairs, the inverse two halves
    frozen,             ///< W108: what the conditioner gives stays where it was at 0
    forward_clamp       ///< W114: the soft clamp of the log-scale is in forward only
  };
  int defect = none;
  template <class V>
  void options(V& v) {
    v("defect", defect,
      {"none", "kept_changed", "sees_moved", "context_ignored", "last_log_det_only", "joins_as_halves", "interleaved", "frozen", "forward_clamp"});
  }

  std::vector<Block> parameters(int dim, int context) const {
    const int kept = dim / 2, moved = dim - kept;
    std::vector<Block> blocks;
    if (kept + context > 0) blocks.push_back({"weight", kept + context, Role::weight});
    blocks.push_back({"gain", moved, Role::log_scale});
    blocks.push_back({"shift", moved, Role::shift});
    return blocks;
  }
  Facts facts(int dim) const {
    return {.structure = dim == 1 ? Structure::diagonal : Structure::coupling, .increasing = true, .growth = {Growth::Kind::linear}, .kept = dim / 2};
  }
  template <Real T>
  void forward(SampleGiven<T> given, std::span<const T> x, std::span<T> y, T& log_det) const {
    const std::size_t d = x.size(), kept = d / 2;
    const T m = conditioned(given, x, defect == forward_clamp);
    log_det = T(0.0);
    for (std::size_t j = 0; j < kept; ++j) y[j] = defect == kept_changed ? x[j] + T(0x1p-30) : x[j];
    for (std::size_t j = kept; j < d; ++j) {
      const std::size_t pair = kept + given.context.size() + 2 * (j - kept);
      const T log_scale = (defect == interleaved ? given.theta[pair] : gain(given, d, j)) * m;
      y[j] = exp(log_scale) * x[j] + (defect == interleaved ? given.theta[pair + 1] : shift(given, d, j));
      log_det = defect == last_log_det_only ? log_scale : log_det + log_scale;
    }
    if (defect == joins_as_halves) {
      const std::vector<T> joined(y.begin(), y.end());
      for (std::size_t j = 0; j < d; ++j) y[j] = joined[2 * j < d ? 2 * j : 2 * (j - (d + 1) / 2) + 1];
    }
  }
  template <Real T>
  Mask<T> inverse(SampleGiven<T> given, std::span<const T> y, std::span<T> x, T& log_det) const {
    const std::size_t d = y.size(), kept = d / 2;
    for (std::size_t j = 0; j < kept; ++j) x[j] = defect == kept_changed ? y[j] - T(0x1p-30) : y[j];
    const T m = conditioned(given, defect == kept_changed ? std::span<const T>(x) : y, false);
    log_det = T(0.0);
    for (std::size_t j = kept; j < d; ++j) {
      const T log_scale = gain(given, d, j) * m;
      x[j] = (y[j] - shift(given, d, j)) / exp(log_scale);
      log_det = defect == last_log_det_only ? -log_scale : log_det - log_scale;
    }
    return y[0] == y[0];
  }

 private:
  template <class T>
  T conditioned(const SampleGiven<T>& given, std::span<const T> x, bool clamped) const {
    const std::size_t kept = x.size() / 2;
    if (defect == frozen) return T(0.5);
    T sum(kept + given.context.size() > 0 ? 0.0 : 1.0);
    for (std::size_t j = 0; j < kept; ++j) sum += given.theta[j] * x[j];
    if (defect == sees_moved) sum += x[x.size() - 1];
    if (defect != context_ignored)
      for (std::size_t j = 0; j < given.context.size(); ++j) sum += given.theta[kept + j] * given.context[j];
    return clamped ? T(0.5) * tanh(sum + sum) : tanh(sum);
  }
  template <class T>
  static T gain(const SampleGiven<T>& given, std::size_t d, std::size_t j) {
    const std::size_t kept = d / 2;
    return given.theta[kept + given.context.size() + j - kept];
  }
  template <class T>
  static T shift(const SampleGiven<T>& given, std::size_t d, std::size_t j) {
    const std::size_t kept = d / 2;
    return given.theta[kept + given.context.size() + (d - kept) + j - kept];
  }
};

}  // namespace flowgauge::verify::defects
