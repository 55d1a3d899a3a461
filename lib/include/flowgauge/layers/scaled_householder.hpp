// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/detail/reflection.hpp>
#include <flowgauge/sample.hpp>

namespace flowgauge {

/// y = x − (1 + t)·v·(vᵀx)/|v|²: the part of x along v is multiplied by −t; the inverse has 1/t. log_det = log|t|. t = 1 is `householder`. v = 0
/// counts as the first unit vector. At d = 1 it is y = −t·x, without parameters. ConfigError for t = 0, which is singular, and t = −1, where v does
/// nothing.
struct ScaledHouseholder {
  static constexpr std::string_view summary = "y = x - (1 + t) v (v'x)/v'v, the inverse has 1/t; log_det = log|t|";
  static constexpr std::string_view hazard = "the map jumps at v = 0";
  static constexpr std::string_view source = "austinjones/normalizing-flows, HouseholderReflection(t), with the inverse mended: it re-used t";
  double t = 2;
  template <class V>
  void options(V& v) {
    v("t", t, -1e6, 1e6);
  }
  static std::vector<std::string> specimens() { return {"scaled_householder", "scaled_householder(t=-0.5)"}; }

  std::vector<Block> parameters(int dim, int) const {
    if (t == 0) throw ConfigError("scaled_householder: t must not be 0: the map would be singular");
    if (t == -1) throw ConfigError("scaled_householder: t must not be -1: the map would be the identity whatever v is");
    if (dim == 1) return {};
    return {{"v", dim, Role::direction}};
  }
  Facts facts(int) const { return {.volume_preserving = t == 1, .growth = {Growth::Kind::linear}}; }

  /// The reflection along v, or along the first axis for v = 0, where log|t| must hold too; then a = −½(1 + t)·c·u, the same with 1/t, and log|t|.
  Index prepared_size(int dim) const { return 3 * Index(dim) + 3; }
  template <class S>
  void prepare(std::span<const S> theta, int dim, S* prepared) const {
    const Index d = dim;
    const auto h = detail::Reflection<S>::at(prepared, d);
    const S one(1.0);
    h.set(dim == 1 ? &one : theta.data(), d);
    const auto flat = *h.c <= S(0.0);
    h.u[0] = select(flat, S(1.0), h.u[0]);
    *h.c = select(flat, S(2.0), *h.c);
    for (Index j = 0; j < d; ++j) {
      prepared[d + 2 + j] = -factor<S>() * *h.c * h.u[j];
      prepared[2 * d + 2 + j] = S(-0.5) * (S(1.0) + S(1.0) / S(t)) * *h.c * h.u[j];
    }
    prepared[3 * d + 2] = log(abs(S(t)));
  }
  template <class S>
  void forward(const Given<S>& given, BatchIn<S> x, BatchOut<S> y, S* log_det, Scratch&) const {
    detail::add_rank_one<S>(x, given.prepared, given.prepared + x.dim + 2, y);
    std::fill_n(log_det, x.rows, given.prepared[3 * x.dim + 2]);
  }
  template <class S>
  void inverse(const Given<S>& given, BatchIn<S> y, BatchOut<S> x, S* log_det, Scratch&) const {
    detail::add_rank_one<S>(y, given.prepared, given.prepared + 2 * y.dim + 2, x);
    std::fill_n(log_det, y.rows, -given.prepared[3 * y.dim + 2]);
  }
  template <class S>
  void backward(const Given<S>& given, BatchIn<S> x, BatchIn<S> grad_y, const S*, const Gradients<S>& out, Scratch& scratch) const {
    const Index d = x.dim;
    Scratch::Scope scope(scratch);
    S* gradient = scratch.take<S>(2 * d);
    std::fill_n(gradient, 2 * d, S(0.0));
    detail::add_rank_one_backward<S>(x, grad_y, given.prepared, given.prepared + d + 2, out.x, gradient, gradient + d, scratch);
    if (d > 1)
      detail::reflection_backward<S>(detail::Reflection<const S>::at(given.prepared, d), d, factor<S>(), gradient, gradient + d, out.theta.data());
  }

 private:
  template <class S>
  S factor() const {
    return S(0.5) * (S(1.0) + S(t));
  }
};

}  // namespace flowgauge
