// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>
#include <flowgauge/verify/values.hpp>

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace flowgauge::verify {

namespace {

// How far a knot that was summed up may lie from where it is meant to be, in units of max(1, |x|).
constexpr double few_wide_steps = 0x1p-150, few_double_steps = 64 * unit_roundoff;

/// x + step·max(1, |x|), entry by entry.
std::vector<Wide> beside(std::vector<Wide> x, double step) {
  for (Wide& v : x) v += Wide(step) * max(Wide(1.0), abs(v));
  return x;
}

/// Whether a difference changes by an eighth of itself when x moves in its last bits of 50 digits: then rounding made it, as where one entry of x is
/// 2^168 times another. A wrong formula is as wrong beside x.
template <class DifferenceAt>
bool comes_and_goes(const std::vector<Wide>& x, const DifferenceAt& difference_at) {
  const Wide here = difference_at(x);
  for (unsigned run = 0; run < 8; ++run)
    if (abs(difference_at(in_other_last_bits(x, run)) - here) > abs(here) / Wide(8.0)) return true;
  return false;
}

/// By finite differences in double, of the whole batch: grad_theta is the sum over its rows.
Examined gradient_by_values(const Trial& trial) {
  const Subject& subject = trial.subject();
  if (!subject.arithmetic().backward) return Examined::not_applicable("offers no backward");
  Examined result;
  const Index n = trial.rows(), d = subject.dim(), c = subject.context(), p = subject.parameters();
  const double unit = subject.arithmetic().unit;
  const RandomStream stream(trial.sample().seed, "directions");
  const Batch<double> x = trial.batch_of_rows(n), context = trial.batch_of_contexts(n);
  Batch<double> grad_y(n, d);
  std::vector<double> grad_log_det(n);
  for (Index i = 0; i < n; ++i) {
    for (Index j = 0; j < d; ++j) grad_y(i, j) = drawn_weight(stream, i, static_cast<std::uint32_t>(j));
    grad_log_det[i] = drawn_weight(stream, i, 1000);
  }
  const Gradient<double> g = trial.backward<double>(x, context, grad_y, grad_log_det);
  std::vector<double> claimed;
  std::vector<std::string> names;
  for (Index i = 0; i < n; ++i)
    for (Index j = 0; j < d; ++j) claimed.push_back(g.x(i, j)), names.push_back(fmt::format("the gradient of x[{}] in row {}", j, i));
  for (Index k = 0; k < p; ++k) claimed.push_back(g.theta[k]), names.push_back("the gradient of " + subject.parameter_name(k));
  for (Index i = 0; c > 0 && i < n; ++i)
    for (Index j = 0; j < c; ++j) claimed.push_back(g.context(i, j)), names.push_back(fmt::format("the gradient of context[{}] in row {}", j, i));

  /// The weighted sum of what comes out where all numbers have moved by t·v, and the size of its terms.
  const auto weighted = [&](double t, const std::vector<double>& v) {
    Case moved = trial.sample();
    std::size_t at = 0;
    for (Numbers& row : moved.rows)
      for (double& number : row) number += t * v[at++];
    for (double& number : moved.theta) number += t * v[at++];
    for (Numbers& row : moved.contexts)
      for (double& number : row) number += t * v[at++];
    const Trial there(subject, moved);
    Batch<double> y(n, d);
    std::vector<double> log_det(n);
    there.call(Way::forward, there.batch_of_rows(n).in(), there.batch_of_contexts(n).in(), y.out(), log_det);
    double sum = 0, size = 0;
    for (Index i = 0; i < n; ++i) {
      for (Index j = 0; j < d; ++j) sum += grad_y(i, j) * y(i, j), size += std::abs(grad_y(i, j) * y(i, j));
      sum += grad_log_det[i] * log_det[i], size += std::abs(grad_log_det[i] * log_det[i]);
    }
    return std::pair(sum, size);
  };
  const double size = weighted(0, std::vector<double>(claimed.size(), 0.0)).second;
  if (!std::isfinite(size)) return result;
  const Interval domain = subject.facts().domain;
  double room = 1;  // for a step of x, in all rows
  for (const Numbers& row : trial.sample().rows) {
    if (!within_reach(trial, Way::forward, row)) return result;
    for (const double v : row) room = std::min({room, v - domain.low, domain.high - v});
  }
  // The widest step of the ladder is 0.009, and three of them are taken; no direction has an entry above 8.
  const double shorter = std::min(1.0, room / ((unit > unit_roundoff ? steps_of_float : 1) * 0.03 * 8));
  const auto compare = [&](const std::string& what, std::vector<double> v, bool tell) {
    for (double& entry : v) entry *= shorter;
    const Slope slope = slope_by_values([&](double t) { return weighted(t, v).first; }, unit, size);
    if (!slope.resolved) {
      if (tell) result.unresolved(0, "kink");
      return true;
    }
    double along = 0, terms = 0;
    for (std::size_t k = 0; k < v.size(); ++k) along += claimed[k] * v[k], terms += std::abs(claimed[k] * v[k]);
    const double error = std::abs(along - slope.value), allowed = slope.bound + 64 * unit * terms;
    if (slope.bound > 0.25 * std::max(std::abs(slope.value), terms) && slope.bound > std::sqrt(unit) && std::isfinite(along)) {
      if (tell) result.unresolved(0, "ill_conditioned");
      return true;
    }
    if (!tell && error <= allowed) return true;
    result.compare(0, what, slope.value, along, error, allowed);
    return error <= allowed;
  };
  std::vector<double> dense;
  for (std::size_t k = 0; k < claimed.size(); ++k) dense.push_back(drawn_weight(stream, 0, static_cast<std::uint32_t>(2000 + k)));
  // A dense direction sees every entry with probability one, unless a large one drowns the others; it is the entries that are named.
  const bool right = compare("the gradient along a dense direction", dense, true);
  if (!right || claimed.size() <= 12)
    for (std::size_t k = 0; k < claimed.size() && k < 64; ++k) {
      std::vector<double> v(claimed.size(), 0.0);
      v[k] = 1;
      compare(names[k], v, false);
    }
  result.words = residual_words(result, subject.dim());
  return result;
}

}  // namespace

Law backward_is_the_gradient() {
  return {
      .id = "L12",
      .statement =
          "backward = the gradient of <w, y> + c*log_det by x, every parameter and the context: each entry by duals in 50 digits, and in double "
          "within random rounding; where f'' may jump, the gradient on either side",
      .advice = "a gradient lacks the term of log_det, uses the wrong branch, or is summed over the wrong axis",
      .wants = {.largest_dim = 5, .rows = 1},
      .examine =
          [](const Trial& trial) {
            if (!trial.subject().is_layer()) return Examined::not_applicable("backward is a layer's");
            Examined result;
            const Subject& subject = trial.subject();
            const auto d = static_cast<Index>(subject.dim()), c = static_cast<Index>(subject.context());
            const RandomStream stream(trial.sample().seed, "directions");
            for (Index i = 0; i < trial.rows(); ++i) {
              const std::vector<Wide> x = trial.row_at<Wide>(i), context = trial.context_at<Wide>(i), theta = trial.theta<Wide>();
              const Image<Wide> truth = trial.map<Wide>(Way::forward, x, context);
              if (!representable(truth)) continue;
              std::vector<double> weight(d);
              for (Index j = 0; j < d; ++j) weight[j] = drawn_weight(stream, i, static_cast<std::uint32_t>(j));
              const double weight_log_det = drawn_weight(stream, i, 1000);

              const auto backward = [&]<class S>(const std::vector<S>& at) {
                Batch<S> bx(1, d), bc(c == 0 ? 0 : 1, c), gy(1, d);
                for (Index j = 0; j < d; ++j) bx(0, j) = at[j], gy(0, j) = S(weight[j]);
                for (Index j = 0; j < c; ++j) bc(0, j) = S(trial.context(i)[j]);
                const Gradient<S> g = trial.backward<S>(bx, bc, gy, {S(weight_log_det)});
                std::vector<S> all;
                for (Index j = 0; j < d; ++j) all.push_back(g.x(0, j));
                for (const S& v : g.theta) all.push_back(v);
                for (Index j = 0; j < c; ++j) all.push_back(bc.rows() > 0 ? g.context(0, j) : S(0.0));
                return all;
              };
              const std::vector<Wide> wide = backward(x);
              const std::vector<double> plain = backward(trial.row_at<double>(i));
              std::vector<double> spread(wide.size(), 0.0);
              for (int run = 0; run < 32; ++run) {
                const RoundingSeed seed(trial.sample().seed * std::uint64_t{64} + static_cast<std::uint64_t>(run));
                const std::vector<Rounding> rounded = backward(trial.row_at<Rounding>(i));
                for (std::size_t k = 0; k < wide.size(); ++k) {
                  const double deviation = to_double(abs(Wide(to_double(rounded[k])) - wide[k]));
                  if (deviation == deviation) spread[k] = max(spread[k], deviation);  // a run that lost its number allows nothing
                }
              }

              // Every entry when there are few; else along dense directions, which see every entry with probability one.
              const auto variables = static_cast<Index>(wide.size());
              const auto along = [&](const std::vector<Wide>& at, const std::vector<Wide>& v) {
                std::vector<WideDual> dx, dt, dc;
                for (Index j = 0; j < d; ++j) dx.push_back({at[j], {v[j]}});
                for (std::size_t k = 0; k < theta.size(); ++k) dt.push_back({theta[k], {v[d + static_cast<Index>(k)]}});
                for (Index j = 0; j < c; ++j) dc.push_back({context[j], {v[variables - c + j]}});
                const Image<WideDual> image = trial.map<WideDual>(Way::forward, dx, dc, dt);
                Wide slope = Wide(weight_log_det) * image.log_det.tangent[0], size = abs(slope);
                for (Index j = 0; j < d; ++j) {
                  const Wide term = Wide(weight[j]) * image.value[j].tangent[0];
                  slope += term, size += abs(term);
                }
                return std::pair(slope, to_double(size));
              };
              const auto name = [&](Index k) {
                if (k < d) return fmt::format("the gradient of x[{}]", k);
                if (k < d + subject.parameters()) return "the gradient of " + subject.parameter_name(k - d);
                return fmt::format("the gradient of context[{}]", k - d - subject.parameters());
              };
              // Where the second derivative may jump, the gradient just left and just right of x is as true as that at x.
              const bool bends = subject.facts().continuous_derivatives < 99;
              const auto compare = [&](const std::string& what, const Wide& truth_here, const Wide& observed, double allowed, double step,
                                       const auto& truth_at) {
                Wide nearest = truth_here;
                if (bends && to_double(abs(observed - truth_here)) > allowed) {
                  const Wide left = truth_at(beside(x, -step)), right = truth_at(beside(x, step));
                  for (const Wide& side : {left, right})
                    if (abs(observed - side) < abs(observed - nearest)) nearest = side;
                  if (to_double(abs(observed - nearest)) > allowed && observed > min(left, right) && observed < max(left, right))
                    return result.unresolved(i, "kink");
                }
                result.compare(i, what, to_double(nearest), to_double(observed), to_double(abs(observed - nearest)), allowed);
              };
              bool direct = variables <= 12;
              if (!direct) {
                std::vector<Wide> v;
                for (Index k = 0; k < variables; ++k)
                  v.emplace_back(drawn_weight(stream, static_cast<std::uint64_t>(i), static_cast<std::uint32_t>(2000 + k)));
                const auto [slope, size] = along(x, v);
                Wide claimed(0.0);
                double summands = size;
                for (Index k = 0; k < variables; ++k) claimed += wide[k] * v[k], summands += std::abs(to_double(wide[k] * v[k]));
                const double error = to_double(abs(claimed - slope));
                if (error <= wide_tolerance(summands))
                  result.compare(i, "the gradient along a dense direction", to_double(slope), to_double(claimed), error, wide_tolerance(summands));
                else direct = true;  // name the entries
              }
              if (direct)
                for (Index k = 0; k < variables; ++k) {
                  std::vector<Wide> v(variables, Wide(0.0));
                  v[k] = Wide(1.0);
                  const auto [slope, size] = along(x, v);
                  if (std::isinf(to_double(slope)) && to_double(slope) == to_double(wide[k])) continue;  // beyond every double, as both say
                  const double allowed = wide_tolerance(size + std::abs(to_double(wide[k]))), error = to_double(abs(wide[k] - slope));
                  if (error > allowed && comes_and_goes(x, [&](const std::vector<Wide>& at) { return backward(at)[k] - along(at, v).first; })) {
                    result.unresolved(i, "ill_conditioned");
                    continue;
                  }
                  compare(name(k), slope, wide[k], allowed, few_wide_steps,
                          [&](const std::vector<Wide>& at) { return along(at, v).first; });
                }
              // An entry beyond every double takes with it what a double has to multiply it with.
              const bool fits = std::all_of(wide.begin(), wide.end(), [](const Wide& v) { return std::abs(to_double(v)) < 1e300; });
              for (Index k = 0; k < variables; ++k)
                if (representable(wide[k]) && (fits || std::isfinite(plain[k])))
                  compare(name(k) + " in double", wide[k], Wide(plain[k]),
                          4 * (spread[k] + unit_roundoff * std::max(1.0, std::abs(to_double(wide[k])))), few_double_steps,
                          [&](const std::vector<Wide>& at) { return backward(at)[k]; });
            }
            result.words = residual_words(result, subject.dim());
            return result;
          },
      .examine_values = gradient_by_values,
      .violated_by = "a backward that forgets grad_log_det",
      .fooled_by = "the gradient of a batch (L12b); at a kink, which of the two one-sided gradients it is"};
}

}  // namespace flowgauge::verify
