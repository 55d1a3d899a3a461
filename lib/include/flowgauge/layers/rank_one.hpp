// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/detail/reflection.hpp>
#include <flowgauge/sample.hpp>

namespace flowgauge {

/// y = x + u·(vᵀx), log_det = log s, with s = 1 + vᵀu = softplus(vᵀû) > 0 and û free: u = û + (s − 1 − vᵀû)·v/|v|². s is carried, never 1 + vᵀu.
/// Computed as y = [x − v·(vᵀx)/|v|²] + e·(vᵀx) with e = û⊥ + s·v/|v|², û⊥ the part of û across v: along v nothing is subtracted, however small s is.
/// The inverse is x = [y − v·(vᵀy)/|v|²] + (v/|v|² − û⊥)·(vᵀy)/s. v = 0 is the identity.
struct RankOne {
  static constexpr std::string_view summary = "y = x + u (v'x), log_det = log s, s = 1 + v'u = softplus(v'u^) > 0";
  static constexpr std::string_view hazard = "near-singular where softplus(v'u^) is tiny; the map jumps at v = 0";
  static constexpr std::string_view source =
      "austinjones/normalizing-flows, notebooks/flows.py, RankOneConvolution; s > 0 as in Rezende, Mohamed, arXiv 1505.05770, appendix A.1";

  std::vector<Block> parameters(int dim, int) const { return {{"v", dim, Role::direction}, {"u", dim, Role::direction}}; }
  Facts facts(int) const { return {.initial_is_identity = true, .growth = {Growth::Kind::linear}}; }
  /// v stays as drawn; û = log(e − 1)·v/|v|², so that u = 0.
  void initial(std::span<double> theta, int dim) const {
    double square = 0;
    for (int j = 0; j < dim; ++j) square += theta[j] * theta[j];
    for (int j = 0; j < dim; ++j) theta[dim + j] = std::log(std::expm1(1.0)) * theta[j] / square;
  }

  Index prepared_size(int dim) const { return 5 * Index(dim) + 6; }
  template <class S>
  void prepare(std::span<const S> theta, int dim, S* prepared) const {
    const Index d = dim;
    const Parts<S> p = parts(prepared, d);
    const S* u = theta.data() + d;
    *p.unit = detail::scaled_direction(theta.data(), d, p.w);
    const S square = detail::squared_length(p.w, d);
    S along(0.0);
    for (Index j = 0; j < d; ++j) along = mul_add(p.w[j], u[j], along);
    const S product = *p.unit * along;
    const auto flat = square <= S(0.0);
    *p.square = select(flat, S(1.0), square);
    *p.slope = select(flat, S(0.0), (softplus(-product) - S(1.0)) / *p.square);  // s − vᵀû = softplus(−vᵀû), without the difference
    // r = s/e^{vᵀû} where vᵀû < 0: s itself may be below every number, its log is not.
    const auto negative = product < S(0.0);
    const S e = exp(select(negative, product, S(0.0)));
    const auto tiny = e < S(1e-30);
    const S r = select(tiny, S(1.0) - S(0.5) * e, log1p(e) / select(tiny, S(1.0), e));
    const S s = softplus(product);
    *p.log_s = select(flat, S(0.0), select(negative, product + log(r), log(select(negative, S(1.0), s))));
    *p.log_s_slope = select(flat, S(0.0), select(negative, S(1.0) / ((S(1.0) + e) * r), sigmoid(product) / select(negative, S(1.0), s)));
    *p.s = s;
    S left(0.0);  // along w, by the rounding of û⊥: taken off too, for the inverse divides it by s
    for (Index j = 0; j < d; ++j) {
      p.less[j] = -p.w[j] / *p.square;
      p.across[j] = *p.unit * mul_add(p.less[j], along, u[j]);
      left = mul_add(p.w[j], p.across[j], left);
    }
    for (Index j = 0; j < d; ++j) {
      p.across[j] = mul_add(p.less[j], left, p.across[j]);
      p.forth[j] = select(flat, S(0.0), p.across[j] - s * p.less[j]);
      p.back[j] = select(flat, S(0.0), (-p.less[j] - p.across[j]) / select(flat, S(1.0), s));
    }
  }
  template <class S>
  void forward(const Given<S>& given, BatchIn<S> x, BatchOut<S> y, S* log_det, Scratch&) const {
    const Parts<const S> p = parts(given.prepared, x.dim);
    split_along(x, p, p.forth, to_double(*p.s) < 0.125, y);
    std::fill_n(log_det, x.rows, *p.log_s);
  }
  template <class S>
  void inverse(const Given<S>& given, BatchIn<S> y, BatchOut<S> x, S* log_det, Scratch&) const {
    const Parts<const S> p = parts(given.prepared, y.dim);
    split_along(y, p, p.back, false, x);
    std::fill_n(log_det, y.rows, -*p.log_s);
  }
  template <class S>
  void backward(const Given<S>& given, BatchIn<S> x, BatchIn<S> grad_y, const S* grad_log_det, const Gradients<S>& out, Scratch& scratch) const {
    either_backward(false, given, x, grad_y, grad_log_det, out, scratch);
  }
  template <class S>
  void inverse_backward(const Given<S>& given, BatchIn<S> y, BatchIn<S> grad_x, const S* grad_log_det, const Gradients<S>& out,
                        Scratch& scratch) const {
    either_backward(true, given, y, grad_x, grad_log_det, out, scratch);
  }

 private:
  template <class S>
  struct Parts {
    S *w, *less, *across, *forth, *back;  // v = unit·w; less: −w/|w|²; across: unit·û⊥; forth and back: of (wᵀx) and (wᵀy)
    S *unit, *square, *slope, *s, *log_s, *log_s_slope;  // slope: (s − 1 − vᵀû)/|w|²
  };
  template <class S>
  static Parts<S> parts(S* prepared, Index d) {
    S* single = prepared + 5 * d;
    return {prepared,   prepared + d, prepared + 2 * d, prepared + 3 * d, prepared + 4 * d, single,
            single + 1, single + 2,   single + 3,       single + 4,       single + 5};
  }
  /// y = [x + less·(wᵀx)] + e·(wᵀx). `twice`: what rounding has left of the bracket along w is taken off too. It is as large as a last bit of x, and
  /// where s is small the inverse divides it by s.
  template <class S>
  static void split_along(BatchIn<S> x, const Parts<const S>& p, const S* e, bool twice, BatchOut<S> y) {
    for (Index i = 0; i < x.rows; i += lane_width<S>) {
      Lane<S> along(0.0);
      for (Index j = 0; j < x.dim; ++j) along = mul_add(load<S>(x.column(j) + i), broadcast<S>(p.w[j]), along);
      Lane<S> left(0.0);
      for (Index j = 0; j < x.dim && twice; ++j) {
        const Lane<S> rest = mul_add(broadcast<S>(p.less[j]), along, load<S>(x.column(j) + i));
        left = mul_add(rest, broadcast<S>(p.w[j]), left);
      }
      for (Index j = 0; j < x.dim; ++j) {
        const Lane<S> rest = mul_add(broadcast<S>(p.less[j]), along, load<S>(x.column(j) + i));
        store<S>(y.column(j) + i, mul_add(broadcast<S>(e[j]), along, twice ? mul_add(broadcast<S>(p.less[j]), left, rest) : rest));
      }
    }
  }
  /// Of y = x⊥ + E·α with α = wᵀx and E forth or back. With β = wᵀg, γ = Eᵀg, g⊥ = g + less·β, F = Σ_rows α·g, F⊥ alike:
  /// grad_x = g⊥ + w·γ, grad_û = unit·(c·F⊥ + w·grad_p) and
  /// grad_w = Σ_rows x⊥·(γ − β/|w|²) + c·(slope·F⊥ + [w·(across·F) − across·(w·F)]/|w|²) + unit·û·grad_p,
  /// c = 1 and grad_log_s = s·(w·F)/|w|² forward, c = −1/s and grad_log_s = −E·F backward, grad_p that of p = vᵀû. Nothing cancels along w, so
  /// a gradient keeps its digits however small s is.
  template <class S>
  void either_backward(bool inverse, const Given<S>& given, BatchIn<S> x, BatchIn<S> g, const S* grad_log_det, const Gradients<S>& out,
                       Scratch& scratch) const {
    const Index d = x.dim;
    const Parts<const S> p = parts(given.prepared, d);
    const S* const e = inverse ? p.back : p.forth;
    Scratch::Scope scope(scratch);
    S* const grad_w = scratch.take<S>(2 * d);
    S* const f = grad_w + d;
    std::fill_n(grad_w, 2 * d, S(0.0));
    const BatchOut<S> along = scratch.take<S>(x.rows, 2), across = scratch.take<S>(x.rows, d);
    for (Index i = 0; i < x.rows; i += lane_width<S>) {
      Lane<S> alpha(0.0), beta(0.0), gamma(0.0);
      for (Index j = 0; j < d; ++j) {
        const Lane<S> w = broadcast<S>(p.w[j]), gradient = load<S>(g.column(j) + i);
        alpha = mul_add(load<S>(x.column(j) + i), w, alpha);
        beta = mul_add(gradient, w, beta);
        gamma = mul_add(gradient, broadcast<S>(e[j]), gamma);
      }
      store<S>(along.column(0) + i, alpha);
      store<S>(along.column(1) + i, gamma - beta / broadcast<S>(*p.square));
      for (Index j = 0; j < d; ++j) {
        const Lane<S> less = broadcast<S>(p.less[j]);
        store<S>(across.column(j) + i, mul_add(less, alpha, load<S>(x.column(j) + i)));
        store<S>(out.x.column(j) + i, mul_add(broadcast<S>(p.w[j]), gamma, mul_add(less, beta, load<S>(g.column(j) + i))));
      }
    }
    add_outer<S>(along.columns(0, 1), g, f, d);
    add_outer<S>(along.columns(1, 1), across, grad_w, d);
    S total(0.0), w_f(0.0), across_f(0.0), e_f(0.0);
    add_column_sums<S>({grad_log_det, x.rows, 1, x.rows}, &total);
    for (Index j = 0; j < d; ++j) {
      w_f = mul_add(p.w[j], f[j], w_f);
      across_f = mul_add(p.across[j], f[j], across_f);
      e_f = mul_add(e[j], f[j], e_f);
    }
    const auto flat = detail::squared_length(p.w, d) <= S(0.0);
    const S c = inverse ? S(-1.0) / select(flat, S(1.0), *p.s) : S(1.0);
    const S grad_product = *p.log_s_slope * (inverse ? -total - e_f : total + *p.s * w_f / *p.square);
    const S* u = given.theta.data() + d;
    for (Index j = 0; j < d; ++j) {
      const S f_across = mul_add(p.less[j], w_f, f[j]);
      const S turn = (p.w[j] * across_f - p.across[j] * w_f) / *p.square;
      const S of_w = grad_w[j] + c * mul_add(*p.slope, f_across, turn) + grad_product * *p.unit * u[j];
      out.theta[j] = out.theta[j] + select(flat, S(0.0), of_w / *p.unit);
      out.theta[d + j] = out.theta[d + j] + select(flat, S(0.0), *p.unit * mul_add(c, f_across, grad_product * p.w[j]));
    }
  }
};

}  // namespace flowgauge
