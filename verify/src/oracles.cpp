// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>

#include <fmt/format.h>
#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <limits>

namespace flowgauge::verify {
namespace {

double distance(const Wide& a, const Wide& b) { return to_double(abs(a - b)); }

/// v ± u·max(|v|, least), the sign from a bit of a hash of (seed, k).
template <class S>
std::vector<Wide> moved(std::span<const S> numbers, double least, std::uint64_t seed) {
  std::vector<Wide> result;
  std::uint64_t state = seed * 0x9e3779b97f4a7c15u + 1;
  for (const S& v : numbers) {
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    const Wide size = max(abs(Wide(v)), Wide(least));
    result.push_back(Wide(v) + size * Wide((state >> 40 & 1) != 0 ? unit_roundoff : -unit_roundoff));
  }
  return result;
}

std::vector<double> to_doubles(std::span<const Wide> numbers) {
  std::vector<double> result;
  for (const Wide& v : numbers) result.push_back(to_double(v));
  return result;
}

/// What the deviations of `conditioning` are widened by: twelve bits beyond the problem's own are a layer's to lose.
constexpr double widest_spread = 0x1p12 * 4;

/// factor·(deviation + floor): values keep their relative digits down to the smallest normal number, log_det is an absolute number of nats.
void widen(Spread& spread, const Image<Wide>& truth, double factor) {
  for (std::size_t j = 0; j < spread.value.size(); ++j)
    spread.value[j] = factor * (spread.value[j] + unit_roundoff * std::abs(to_double(truth.value[j])) + std::numeric_limits<double>::min());
  spread.log_det = factor * (spread.log_det + unit_roundoff * std::max(1.0, std::abs(to_double(truth.log_det))));
}

/// The smaller of two bounds. One that is not finite bounds nothing; if neither does, ∞ says so.
double smaller(double a, double b) {
  const double infinity = std::numeric_limits<double>::infinity();
  return std::min(std::isfinite(a) ? a : infinity, std::isfinite(b) ? b : infinity);
}

/// All up, all down, then every coordinate its own way: where large coordinates cancel, a common factor shows nothing.
bool goes_up(unsigned run, std::size_t j) { return run < 2 ? run == 0 : ((run * 0x9e3779b9u) >> (j % 32) & 1) != 0; }

Way opposite(Way way) { return way == Way::forward ? Way::inverse : Way::forward; }

/// x through the layers one by one; `joint(layer, out, further)` may change what goes on from one layer to the next.
template <class S, class Joint>
Image<S> by_layers(const std::vector<Layer<S>>& layers, Way way, std::span<const S> theta, std::vector<S> in, std::span<const S> context,
                   const Joint& joint) {
  const auto d = static_cast<Index>(in.size());
  Image<S> image;
  image.log_det = S(0.0);
  std::vector<S> out(in.size());
  Index after = way == Way::forward ? 0 : static_cast<Index>(theta.size());
  for (std::size_t k = 0; k < layers.size(); ++k) {
    const Layer<S>& layer = layers[way == Way::forward ? k : layers.size() - 1 - k];
    const Index own = layer.info().parameters, first = way == Way::forward ? after : after - own;
    const Given<S> given{theta.subspan(first, own), {context.data(), context.empty() ? 0 : 1, static_cast<Index>(context.size()), 1}};
    S log_det(0.0);
    if (way == Way::forward) layer.forward(given, {in.data(), 1, d, 1}, {out.data(), 1, d, 1}, {&log_det, 1});
    else image.converged &= layer.inverse(given, {in.data(), 1, d, 1}, {out.data(), 1, d, 1}, {&log_det, 1}).not_converged == 0;
    image.log_det = image.log_det + log_det;
    joint(layer, out, k + 1 < layers.size());
    std::swap(in, out);
    after = way == Way::forward ? first + own : first;
  }
  image.value = std::move(in);
  return image;
}

/// Whether a layer on the way brings a coordinate so near a finite end of its range that fewer than half of the digits of its distance from the end
/// are left in a double: the saturation that the layer documents, and no inverse could bring the point back. Near the end 0 all digits are there,
/// until a further layer adds something.
bool saturates(const Trial& trial, Way way, std::span<const double> x, std::span<const double> context) {
  bool near_an_end = false;
  by_layers<double>(trial.subject().flow<double>().layers(), way, trial.sample().theta, {x.begin(), x.end()}, context,
                    [&](const Layer<double>& layer, const std::vector<double>& out, bool further) {
                      const Interval range = way == Way::forward ? layer.info().facts.codomain : layer.info().facts.domain;
                      for (const double end : {range.low, range.high}) {
                        const double near = 0x1p-26 * std::max(std::abs(end), further ? 1.0 : 0.0);
                        near_an_end |= std::isfinite(end) && std::any_of(out.begin(), out.end(), [&](double v) { return std::abs(v - end) < near; });
                      }
                    });
  return near_an_end;
}

/// How far from home y may come where its coordinates are off by so much: asked of the way back in 50 digits. Where that way bends within the error,
/// its slope at y says too little: |v|^2.4 is flat at 0 and not next to it. A way back that misses home from y itself excuses nothing.
Eigen::VectorXd error_at_home(const Trial& trial, Way way, const std::vector<Wide>& y, const std::vector<double>& off,
                              const std::vector<Wide>& context, const std::vector<Wide>& home) {
  const Image<Wide> image = trial.map<Wide>(way, y, context);
  Eigen::VectorXd largest = Eigen::VectorXd::Zero(static_cast<Index>(y.size()));
  for (unsigned run = 0; run < 6; ++run) {
    std::vector<Wide> moved = y;
    for (std::size_t j = 0; j < y.size(); ++j) moved[j] += Wide(goes_up(run, j) ? off[j] : -off[j]);
    const Image<Wide> beside = trial.map<Wide>(way, moved, context);
    for (std::size_t k = 0; k < y.size(); ++k) {
      const double change = distance(beside.value[k], home[k]);
      double& most = largest[static_cast<Index>(k)];
      if (std::isfinite(change) && distance(image.value[k], home[k]) < 1e-9 * change) most = std::max(most, change);
    }
  }
  return largest;
}

}  // namespace

bool representable(const Wide& v) {
  const double d = std::abs(to_double(v));
  return d == 0 ? v == Wide(0.0) : d < 1e300 && d > 1e-290;
}
bool representable(const Image<Wide>& image) {
  if (!image.converged || !std::isfinite(to_double(image.log_det))) return false;
  return std::all_of(image.value.begin(), image.value.end(), [](const Wide& v) { return representable(v); });
}
double wide_tolerance(double size) { return 0x1p53 * 0x1p-168 * (1 + size); }

Spread random_rounding(const Trial& trial, Way way, std::span<const double> x, std::span<const double> context, const Image<Wide>& truth) {
  const std::vector<Rounding> at = Trial::converted<Rounding>(x), given = Trial::converted<Rounding>(context);
  Spread spread{std::vector<double>(x.size(), 0.0), 0.0};
  for (int run = 0; run < 32; ++run) {
    const RoundingSeed seed(trial.sample().seed * std::uint64_t{64} + static_cast<std::uint64_t>(run));
    const Image<Rounding> image = trial.map<Rounding>(way, at, given);
    for (std::size_t j = 0; j < x.size(); ++j) spread.value[j] = max(spread.value[j], distance(Wide(to_double(image.value[j])), truth.value[j]));
    spread.log_det = max(spread.log_det, distance(Wide(to_double(image.log_det)), truth.log_det));
  }
  widen(spread, truth, 4);
  return spread;
}

Spread conditioning(const Trial& trial, Way way, std::span<const double> x, std::span<const double> context, const Image<Wide>& truth) {
  Spread spread{std::vector<double>(x.size(), 0.0), 0.0};
  for (std::uint64_t run = 0; run < 6; ++run) {
    const std::uint64_t seed = trial.sample().seed * std::uint64_t{8} + run;
    // In a chain what one layer hands to the next is a number in double too.
    std::uint64_t joints = 3 * seed;
    const auto rounded = [&](const Layer<Wide>&, std::vector<Wide>& out, bool further) {
      if (further) out = moved<Wide>(out, 0, joints += 1'000'003);
    };
    const Image<Wide> image =
        by_layers<Wide>(trial.subject().flow<Wide>().layers(), way, moved<double>(trial.sample().theta, 1, 3 * seed + 2),
                        moved<double>(x, 0, 3 * seed), moved<double>(context, 0, 3 * seed + 1), rounded);
    for (std::size_t j = 0; j < x.size(); ++j) spread.value[j] = max(spread.value[j], distance(image.value[j], truth.value[j]));
    spread.log_det = max(spread.log_det, distance(image.log_det, truth.log_det));
  }
  widen(spread, truth, widest_spread);
  return spread;
}

Spread rounding_and_problem(const Trial& trial, Way way, std::span<const double> x, std::span<const double> context, const Image<Wide>& truth) {
  Spread spread = random_rounding(trial, way, x, context, truth);
  const Spread problem = conditioning(trial, way, x, context, truth);
  for (std::size_t j = 0; j < x.size(); ++j) spread.value[j] = smaller(spread.value[j], problem.value[j]);
  spread.log_det = smaller(spread.log_det, problem.log_det);
  return spread;
}

void compare_with_50_digits(Examined& result, const Trial& trial, Index row, const std::string& of, bool log_det) {
  const Image<Wide> truth = trial.map<Wide>(Way::forward, trial.row_at<Wide>(row), trial.context_at<Wide>(row));
  if (!representable(truth)) return;
  const Image<double> image = trial.call(Way::forward, trial.row(row), trial.context(row));
  const Spread allowed = rounding_and_problem(trial, Way::forward, trial.row(row), trial.context(row), truth);
  // A slope beyond every double: what it multiplies has no double either, if only by chance.
  const bool steep = to_double(truth.log_det) > 700;
  const auto compare = [&](const std::string& what, const Wide& expected, double got, double most, auto... unit) {
    result.compare(row, what + of, to_double(expected), got, to_double(abs(Wide(got) - expected)), most, unit...);
  };
  for (std::size_t j = 0; j < image.value.size(); ++j)
    if (!steep || std::isfinite(image.value[j])) compare(fmt::format("y[{}]", j), truth.value[j], image.value[j], allowed.value[j], "value");
  if (log_det) compare("log_det", truth.log_det, image.log_det, allowed.log_det);
}

std::vector<Wide> jacobian(const Trial& trial, Way way, std::span<const Wide> x, std::span<const Wide> context) {
  std::vector<WideDual> given;
  for (const Wide& c : context) given.push_back(WideDual::constant(c));
  const VectorMap<WideDual> f = [&](std::span<const WideDual> in, std::span<WideDual> out) {
    const Image<WideDual> image = trial.map<WideDual>(way, in, given);
    std::copy(image.value.begin(), image.value.end(), out.begin());
  };
  return jacobian_by_duals(f, x, static_cast<int>(x.size()));
}

BoundedLogDet<Wide> true_log_det(const Trial& trial, Way way, std::span<const Wide> x, std::span<const Wide> context) {
  return bounded_log_det_of_duals(jacobian(trial, way, x, context), static_cast<int>(x.size()));
}

void compare_log_det(Examined& result, const Trial& trial, Way way, Index row, std::span<const Wide> x, std::span<const Wide> context,
                     const std::string& what) {
  const Image<Wide> image = trial.map<Wide>(way, x, context);
  const bool infinite = abs(image.log_det) == Constants<Wide>::infinity();
  if (infinite && std::all_of(image.value.begin(), image.value.end(), [](const Wide& v) { return representable(v); })) {
    // Infinite in 50 digits: so must the Jacobian be, or 0.
    const BoundedLogDet<Wide> regular = true_log_det(trial, way, x, context);
    if (regular.resolved() && std::isfinite(to_double(regular.log_abs)))
      result.compare(row, what, to_double(regular.log_abs), to_double(image.log_det), to_double(abs(image.log_det)), 0);
    return;
  }
  if (!representable(image)) return;
  if (std::abs(to_double(image.log_det)) > 1e18) return;  // e to that power has no number even in 50 digits: there is no Jacobian to compare with
  const BoundedLogDet<Wide> duals = true_log_det(trial, way, x, context);
  if (!duals.resolved()) return result.unresolved(row, "ill_conditioned");
  const double size = std::abs(to_double(image.log_det)), allowed = to_double(duals.tolerance) + wide_tolerance(size);
  // Near 0, and nearer than the steps are long, a kink at 0 belongs to the duals alone.
  const bool off_zero = std::all_of(x.begin(), x.end(), [](const Wide& v) { return v == Wide(0.0) || std::abs(to_double(v)) >= 1e-4; });
  if (off_zero && x.size() <= 3 && (trial.sample().seed + static_cast<std::uint32_t>(row)) % 4 == 0) {
    const VectorMap<Wide> f = [&](std::span<const Wide> in, std::span<Wide> out) {
      const Image<Wide> there = trial.map<Wide>(way, in, context);
      std::copy(there.value.begin(), there.value.end(), out.begin());
    };
    // What the outputs were summed from, which may be far larger than they are: |J||x| + |x|, and what a last bit lost on the way does to them.
    const std::vector<Wide> j50 = jacobian(trial, way, x, context);
    const std::vector<double> near = to_doubles(x), given = to_doubles(context);
    const Spread lost = conditioning(trial, way, near, given, image);
    std::vector<double> internal(x.size(), 0.0);
    for (std::size_t i = 0; i < x.size(); ++i) {
      internal[i] = lost.value[i] / (widest_spread * unit_roundoff);
      for (std::size_t k = 0; k < x.size(); ++k) internal[i] += std::abs(to_double(j50[i * x.size() + k] * x[k])) + std::abs(to_double(x[k]));
    }
    const Interval domain = way == Way::forward ? trial.subject().facts().domain : trial.subject().facts().codomain;
    const LogDetByDifferences<Wide> second = log_det_by_differences<Wide>(f, x, {.domain = domain, .internal_magnitude = internal});
    const bool votes = second.unresolved == Unresolved::no && second.estimate.resolved();
    const double apart = distance(second.estimate.log_abs, duals.log_abs);
    double most = to_double(second.estimate.tolerance) + to_double(duals.tolerance);
    // At a knot f'' jumps: an error of a sixth of step times jump is in both orders, which then do not tell of it.
    if (votes && apart > most && trial.subject().facts().continuous_derivatives < 99)
      for (std::size_t j = 0; j < x.size(); ++j)
        for (const double side : {-1.0, 1.0}) {
          std::vector<Wide> beside(x.begin(), x.end());
          beside[j] += Wide(side * 2e-20 * std::max(1.0, std::abs(to_double(x[j]))));
          most += distance(true_log_det(trial, way, beside, context).log_abs, duals.log_abs);
        }
    if (votes && !(apart <= most)) return result.unresolved(row, "oracles_differ");
  }
  result.compare(row, what, to_double(duals.log_abs), to_double(image.log_det), distance(image.log_det, duals.log_abs), allowed);
}

std::vector<Wide> in_other_last_bits(std::vector<Wide> x, unsigned run) {
  const Wide last_bits = scaled_by_power_of_two(Wide(1.0), 13 - Wide::bits);
  for (std::size_t j = 0; j < x.size(); ++j) x[j] += goes_up(run, j) ? x[j] * last_bits : -(x[j] * last_bits);
  return x;
}

void compare_inverse_log_det(Examined& result, const Trial& trial, Index row) {
  const std::vector<Wide> y = trial.row_at<Wide>(row), context = trial.context_at<Wide>(row);
  const Image<Wide> back = trial.map<Wide>(Way::inverse, y, context);
  if (!representable(back)) return;
  const Image<Wide> there = trial.map<Wide>(Way::forward, back.value, context);
  if (!representable(there)) return;  // f^-1(y) lies on an end of the domain, to 50 digits
  // What an error of f^-1(y) in its last bits does to log_det: the pair is the same only to within the inverse's residual, and near an
  // end of the domain f^-1(y) itself is rounded.
  double residual = 0;
  for (std::size_t j = 0; j < y.size(); ++j)
    residual = std::max(residual, to_double(abs(there.value[j] - y[j])) / std::max(1.0, std::abs(to_double(y[j]))));
  double rounded = 0;
  for (unsigned run = 0; run < 8; ++run) {
    const Image<Wide> beside = trial.map<Wide>(Way::forward, in_other_last_bits(back.value, run), context);
    if (representable(beside)) rounded = std::max(rounded, to_double(abs(beside.log_det - there.log_det)));
  }
  if (rounded > 1e-16) {  // 50 digits do not hold the pre-image
    const Interval domain = trial.subject().facts().domain;
    for (const double end : {domain.low, domain.high})
      for (const Wide& v : back.value)
        if (std::isfinite(end) && abs(v - Wide(end)) < Wide(unit_roundoff * std::abs(end))) return;  // nor a double: the end of the domain
    return result.unresolved(row, "ill_conditioned");
  }
  const double size = std::abs(to_double(back.log_det)) + std::abs(to_double(there.log_det));
  const double allowed = wide_tolerance(size) + 0x1p20 * std::min(residual, 0x1p-120) + 64 * 0x1p-12 * rounded;
  result.compare(row, "log_det of the inverse", -to_double(there.log_det), to_double(back.log_det), to_double(abs(back.log_det + there.log_det)),
                 allowed);
  compare_log_det(result, trial, Way::inverse, row, y, context, "log_det of the inverse, against its own Jacobian");
}

void round_trip(Examined& result, const Trial& trial, Way there, Index row) {
  const std::span<const double> x = trial.row(row), context = trial.context(row);
  const std::vector<Wide> wide_x = trial.row_at<Wide>(row), wide_context = trial.context_at<Wide>(row);
  const Image<Wide> truth = trial.map<Wide>(there, wide_x, wide_context);
  if (!representable(truth)) return;
  const Image<double> y = trial.call(there, x, context);
  const Image<double> back = trial.call(opposite(there), y.value, context);
  const Image<Wide> truth_back = trial.map<Wide>(opposite(there), Trial::converted<Wide>(y.value), wide_context);

  const auto d = static_cast<Index>(x.size());
  const std::vector<Wide> j50 = jacobian(trial, there, wide_x, wide_context);
  Eigen::MatrixXd jacobian(d, d);
  for (Index i = 0; i < d; ++i)
    for (Index k = 0; k < d; ++k) jacobian(i, k) = to_double(j50[i * d + k]);
  if (!jacobian.allFinite()) return;  // a slope beyond every double: what it carries over has no double either
  // Not fullPivLu: its rank threshold takes a Jacobian of very different scales for a singular one and inverts it to zeros.
  const Eigen::MatrixXd inverse = jacobian.partialPivLu().inverse().cwiseAbs();
  const Spread out = rounding_and_problem(trial, there, x, context, truth);
  const bool returns = representable(truth_back);
  const Spread home =
      returns ? rounding_and_problem(trial, opposite(there), y.value, context, truth_back) : Spread{std::vector<double>(x.size(), 0.0), 0};
  const Eigen::VectorXd absolute_x = Eigen::Map<const Eigen::VectorXd>(x.data(), d).cwiseAbs(),
                        absolute_y = Eigen::Map<const Eigen::VectorXd>(y.value.data(), d).cwiseAbs();
  const Eigen::VectorXd straight = inverse * Eigen::Map<const Eigen::VectorXd>(out.value.data(), d),
                        carried = straight.cwiseMax(error_at_home(trial, opposite(there), truth.value, out.value, wide_context, wide_x));
  const Eigen::VectorXd allowed = 8 * unit_roundoff * (inverse * (2 * absolute_y + jacobian.cwiseAbs() * absolute_x) + absolute_x) + carried +
                                  Eigen::Map<const Eigen::VectorXd>(home.value.data(), d);
  // A coordinate that is lost and comes back as no number takes with it all that it is mixed with.
  bool all_numbers = true;
  for (const double v : back.value) all_numbers &= std::isfinite(v);
  for (Index k = 0; k < d && !all_numbers; ++k)
    if (!(allowed[k] < 0.5 * std::max(1.0, absolute_x[k])) && saturates(trial, there, x, context)) return;
  for (Index k = 0; k < d; ++k) {
    if (!(allowed[k] < 0.5 * std::max(1.0, absolute_x[k]))) {
      if (!saturates(trial, there, x, context)) result.unresolved(row, "ill_conditioned");
      return;
    }
    result.compare(row, fmt::format("{}[{}] after there and back", there == Way::forward ? "x" : "y", k), x[k], back.value[k],
                   std::abs(back.value[k] - x[k]), allowed[k], "value");
  }
}

std::string residual_words(const Examined& examined, int dim) {
  std::vector<const Finding*> wrong;
  int right = 0;
  for (const Finding& f : examined.findings) {
    if (f.outcome == Outcome::disagree) wrong.push_back(&f);
    right += f.outcome == Outcome::agree;
  }
  if (wrong.empty()) return {};
  const auto all = [&](auto holds) {
    return std::all_of(wrong.begin(), wrong.end(), [&](const Finding* f) { return holds(f->expected_value, f->observed_value); });
  };
  const auto near = [](double a, double b) { return std::isfinite(a) && std::isfinite(b) && std::abs(a - b) <= 1e-9 * std::max(1.0, std::abs(b)); };
  if (all([](double, double o) { return std::isnan(o); })) return "the observed value is not a number (NaN)";
  if (all([](double, double o) { return std::isinf(o); })) return "the observed value is infinite";
  if (all([&](double e, double o) { return near(o, -e) && std::abs(e) > 1e-12; }))
    return "it has the sign of the other direction: observed = -expected";
  const double shift = wrong.front()->observed_value - wrong.front()->expected_value;
  if (wrong.size() > 1 && std::abs(shift) > 1e-9 && all([&](double e, double o) { return near(o - e, shift); }))
    return fmt::format("it is off by a constant: observed - expected = {:.6g} in every wrong row", shift);
  if (dim > 1 && all([&](double e, double o) { return near(o, dim * e) && std::abs(e) > 1e-12; }))
    return fmt::format("it is off by a factor d = {}", dim);
  if (dim > 1 && all([&](double e, double o) { return near(o * dim, e) && std::abs(e) > 1e-12; }))
    return fmt::format("it is too small by a factor d = {}", dim);
  if (all([&](double e, double o) { return near(o, std::exp(e)) && std::abs(e) > 1e-12; })) return "it is the determinant itself, not its log";
  if (all([&](double e, double o) { return o == 0 && std::abs(e) > 1e-12; })) return "it is 0 where it should not be";
  if (all([&](double e, double o) { return near(o, 2 * e) && std::abs(e) > 1e-12; })) return "it is counted twice: observed = 2 x expected";
  if (all([&](double e, double o) { return std::abs(o - e) <= 1e-5 * std::max(1.0, std::abs(e)) && std::abs(o - e) > 1e-12; }))
    return "it agrees to about the precision of float";
  if (right > 0) return fmt::format("{} of {} comparisons are right", right, right + static_cast<int>(wrong.size()));
  return {};
}

}  // namespace flowgauge::verify
