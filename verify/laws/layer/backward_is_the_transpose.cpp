// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>

#include <fmt/format.h>
#include <cmath>

namespace flowgauge::verify {

namespace {

// As L12's: how far a summed-up knot may lie from where it is meant to be.
constexpr double summed_wide_steps = 0x1p-150, summed_double_steps = 64 * unit_roundoff;

/// Σ v_j g_j of a gradient, and what it was summed from.
struct Along {
  Wide value = Wide(0.0);
  double size = 0;
};
Wide widened(const Wide& v) { return v; }
Wide widened(double v) { return Wide(v); }
Wide widened(Rounding v) { return Wide(to_double(v)); }
template <class S>
Along along(const Batch<S>& gradient, const std::vector<double>& v) {
  Along sum;
  for (Index j = 0; j < gradient.dim(); ++j) {
    const Wide term = Wide(v[j]) * widened(gradient(0, j));
    sum.value += term, sum.size += to_double(abs(term));
  }
  return sum;
}

}  // namespace

Law backward_is_the_transpose() {
  return {.id = "L11",
          .statement =
              "<Jv, w> = <v, J'w> at dims up to 33, Jv by one dual in 50 digits, J'w by backward in 50 digits and in double; and the same for "
              "log_det alone",
          .advice = "a transpose left out, an index that runs too far or stops short in a large layer",
          .wants = {.stress = false, .dims = {2, 5, 1, 9, 3, 17, 2, 4, 8, 33}, .rows = 1},
          .examine =
              [](const Trial& trial) {
                if (!trial.subject().is_layer()) return Examined::not_applicable("backward is a layer's");
                Examined result;
                const auto d = static_cast<Index>(trial.subject().dim());
                const RandomStream stream(trial.sample().seed, "transpose");
                std::vector<double> v(d), w(d);
                for (Index j = 0; j < d; ++j) {
                  v[j] = drawn_weight(stream, 0, static_cast<std::uint32_t>(j));
                  w[j] = drawn_weight(stream, 1, static_cast<std::uint32_t>(j));
                }
                const std::vector<Wide> x = trial.row_at<Wide>(0), context = trial.context_at<Wide>(0);
                if (!representable(trial.map<Wide>(Way::forward, x, context))) return result;
                // ⟨w, ∂f/∂v⟩ and ∂log_det/∂v at x + step, which is beside a knot that x may lie on.
                const auto pushed = [&](double step) {
                  std::vector<WideDual> at, given;
                  for (Index j = 0; j < d; ++j) at.push_back({x[j] + Wide(step) * max(Wide(1.0), abs(x[j])), {Wide(v[j])}});
                  for (const Wide& c : context) given.push_back(WideDual::constant(c));
                  const Image<WideDual> image = trial.map<WideDual>(Way::forward, at, given);
                  Wide of_y(0.0);
                  for (Index j = 0; j < d; ++j) of_y += Wide(w[j]) * image.value[j].tangent[0];
                  return std::pair(of_y, image.log_det.tangent[0]);
                };
                const auto pulled = [&]<class S>(const std::vector<S>& at, bool log_det) {
                  Batch<S> bx(1, d), gy(1, d), bc(context.empty() ? 0 : 1, static_cast<Index>(context.size()));
                  for (Index j = 0; j < d; ++j) bx(0, j) = at[j], gy(0, j) = S(log_det ? 0.0 : w[j]);
                  for (Index j = 0; j < bc.dim(); ++j) bc(0, j) = S(trial.context(0)[j]);
                  return along(trial.backward<S>(bx, bc, gy, {S(log_det ? 1.0 : 0.0)}).x, v);
                };
                for (const bool log_det : {false, true}) {
                  const auto truth_at = [&](double step) { return log_det ? pushed(step).second : pushed(step).first; };
                  Wide truth = truth_at(0);
                  const Along wide = pulled(x, log_det), plain = pulled(trial.row_at<double>(0), log_det);
                  const auto beside = [&](const Wide& observed, double allowed, double step) {
                    // Where f'' may jump, either side is as true.
                    if (trial.subject().facts().continuous_derivatives >= 99 || to_double(abs(observed - truth)) <= allowed) return;
                    for (const double s : {step, -step})
                      if (const Wide there = truth_at(s); to_double(abs(observed - there)) < to_double(abs(observed - truth))) truth = there;
                  };
                  const std::string what = log_det ? "the derivative of log_det along v by backward" : "<v, J'w> by backward";
                  const double in_wide = wide_tolerance(wide.size + std::abs(to_double(truth)));
                  beside(wide.value, in_wide, summed_wide_steps);
                  result.compare(0, what + " in 50 digits", to_double(truth), to_double(wide.value), to_double(abs(wide.value - truth)), in_wide,
                                 "value");
                  // In double it is the rounding of backward that counts: what 16 random roundings make of it.
                  double spread = 0;
                  for (int run = 0; run < 16; ++run) {
                    const RoundingSeed seed(trial.sample().seed * std::uint64_t{16} + static_cast<std::uint64_t>(run));
                    spread = max(spread, to_double(abs(pulled(trial.row_at<Rounding>(0), log_det).value - wide.value)));
                  }
                  truth = wide.value;
                  const double allowed =
                      4 * (spread + unit_roundoff * (plain.size + std::abs(to_double(truth))) + std::numeric_limits<double>::min());
                  beside(plain.value, allowed, summed_double_steps);
                  result.compare(0, what, to_double(truth), to_double(plain.value), to_double(abs(plain.value - truth)), allowed, "value");
                }
                return result;
              },
          .violated_by = "a backward that multiplies with W where its transpose is due",
          .fooled_by = "gradients of parameters (L12), and dims that are not in the list"};
}

}  // namespace flowgauge::verify
