// SPDX-License-Identifier: MIT
#include <flowgauge/bench/planar_quadrature.hpp>

#include "gauss_legendre.hpp"
#include "statistics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace flowgauge::bench {
namespace {

constexpr Index box_rows = 20'000, most_points = 3'000'000;
constexpr std::size_t most_refined = 256;  ///< panels a round: few enough to stay near the best order, enough for full tiles
constexpr int start = 16, points = GaussLegendre::points, points_of_panel = points * points;
constexpr double share_refined = 0.5, infinity = std::numeric_limits<double>::infinity();

/// ∫p and ∫p·l.
struct Sums2 {
  double mass = 0, mean = 0;
};

/// A panel that waits: its own sums, those of its quarters, and the quarters themselves.
struct Refined {
  Rectangle area;
  Sums2 whole, fine;
  std::array<Rectangle, 4> quarter;
  std::array<Sums2, 4> of_quarter;
  double change() const { return std::abs(fine.mean - whole.mean); }
};

class Plane {
 public:
  Plane(const Flow<double>& flow, const Distribution& source, Workspace& workspace) : flow_(flow), source_(source), workspace_(workspace) {}

  /// log p − log q at rows; p = 0 counts as 0. NaN where log q is not finite and p is.
  std::vector<double> log_ratios(BatchIn<double> x, std::vector<double>& log_p) {
    const std::size_t n = static_cast<std::size_t>(x.rows);
    log_p.resize(n);
    std::vector<double> log_q(n);
    source_.log_prob(x, log_p);
    flow_.log_prob(x, log_q, workspace_);
    for (std::size_t i = 0; i < n; ++i) log_q[i] = log_p[i] == -infinity ? 0 : log_p[i] - log_q[i];
    return log_q;
  }

  std::vector<Sums2> integrate(const std::vector<Rectangle>& areas) {
    const GaussLegendre& rule = gauss_legendre();
    const Index count = static_cast<Index>(areas.size());
    Batch<double> x(count * points_of_panel, 2);
    for (Index k = 0; k < count; ++k)
      for (int i = 0; i < points; ++i)
        for (int j = 0; j < points; ++j) {
          const Rectangle& a = areas[static_cast<std::size_t>(k)];
          const Index row = k * points_of_panel + i * points + j;
          x(row, 0) = at(a, 0, rule.node[static_cast<std::size_t>(i)]);
          x(row, 1) = at(a, 1, rule.node[static_cast<std::size_t>(j)]);
        }
    std::vector<double> log_p;
    const std::vector<double> ratio = log_ratios(x, log_p);
    evaluations_ += x.rows();
    std::vector<Sums2> sums(areas.size());
    for (std::size_t k = 0; k < areas.size(); ++k) {
      const Rectangle& a = areas[k];
      const double size = 0.25 * (a.high[0] - a.low[0]) * (a.high[1] - a.low[1]);
      for (int i = 0; i < points; ++i)
        for (int j = 0; j < points; ++j) {
          const std::size_t row = k * points_of_panel + static_cast<std::size_t>(i * points + j);
          const double weighed = size * rule.weight[static_cast<std::size_t>(i)] * rule.weight[static_cast<std::size_t>(j)] * std::exp(log_p[row]);
          sums[k].mass += weighed;
          sums[k].mean += weighed == 0 ? 0 : weighed * ratio[row];
        }
    }
    return sums;
  }
  Index evaluations() const { return evaluations_; }

 private:
  static double at(const Rectangle& a, std::size_t j, double node) { return 0.5 * (a.low[j] + a.high[j]) + 0.5 * (a.high[j] - a.low[j]) * node; }

  const Flow<double>& flow_;
  const Distribution& source_;
  Workspace& workspace_;
  Index evaluations_ = 0;
};

std::array<Rectangle, 4> quarters(const Rectangle& a) {
  const double x = 0.5 * (a.low[0] + a.high[0]), y = 0.5 * (a.low[1] + a.high[1]);
  return {{{a.low, {x, y}}, {{x, a.low[1]}, {a.high[0], y}}, {{a.low[0], y}, {x, a.high[1]}}, {{x, y}, a.high}}};
}

std::vector<Refined> refine(Plane& plane, const std::vector<Rectangle>& areas, const std::vector<Sums2>& wholes) {
  std::vector<Refined> all(areas.size());
  std::vector<Rectangle> small;
  for (std::size_t k = 0; k < areas.size(); ++k) {
    all[k].area = areas[k];
    all[k].whole = wholes[k];
    all[k].quarter = quarters(areas[k]);
    small.insert(small.end(), all[k].quarter.begin(), all[k].quarter.end());
  }
  const std::vector<Sums2> sums = plane.integrate(small);
  for (std::size_t k = 0; k < areas.size(); ++k)
    for (std::size_t q = 0; q < 4; ++q) {
      all[k].of_quarter[q] = sums[4 * k + q];
      all[k].fine.mass += sums[4 * k + q].mass;
      all[k].fine.mean += sums[4 * k + q].mean;
    }
  return all;
}

Rectangle box_of(const Distribution& source) {
  Batch<double> x(box_rows, 2);
  source.sample(RandomStream(0, "planar-box", source.text()), 0, x);  // which rows they are does not matter: the rest is counted outside
  Rectangle box{};
  for (std::size_t j = 0; j < 2; ++j) {
    const auto column = x.column(static_cast<Index>(j));
    const auto [low, high] = std::minmax_element(column.begin(), column.end());
    const Marginal m = source.marginal(static_cast<int>(j));
    const double reach = 1.5 * (*high - *low);
    box.low[j] = std::max(*low - reach, m.low);
    box.high[j] = std::min(*high + reach, m.high);
  }
  return box;
}

void check(const Flow<double>& flow, const Distribution& source) {
  if (flow.dim() != 2 || source.dim() != 2)
    throw ShapeError(fmt::format("quadrature in the plane needs dim 2: the flow '{}' has dim {}, the source '{}' has dim {}", flow.text(), flow.dim(),
                                 source.text(), source.dim()));
}

struct Inside {
  Integral kl, mass;
  bool finite = true;
};

Inside integrate(Plane& plane, const Rectangle& box) {
  std::vector<Rectangle> areas;
  for (int i = 0; i < start; ++i)
    for (int j = 0; j < start; ++j) {
      const auto corner = [&](int a, int b) {
        return std::array<double, 2>{box.low[0] + (box.high[0] - box.low[0]) * a / start, box.low[1] + (box.high[1] - box.low[1]) * b / start};
      };
      areas.push_back({corner(i, j), corner(i + 1, j + 1)});
    }
  std::vector<Refined> panels = refine(plane, areas, plane.integrate(areas));
  Inside r;
  while (true) {
    r = {};
    for (const Refined& p : panels) {
      r.kl.value += p.fine.mean;
      r.kl.error += p.change();
      r.mass.value += p.fine.mass;
      r.mass.error += std::abs(p.fine.mass - p.whole.mass);
    }
    r.finite = std::isfinite(r.kl.value);
    const double allowed = 1e-7 * (1 + std::abs(r.kl.value));
    if (!r.finite || r.kl.error <= allowed || plane.evaluations() >= most_points) return r;
    // The worst ones that make up half the error.
    std::sort(panels.begin(), panels.end(), [](const Refined& a, const Refined& b) { return a.change() < b.change(); });
    double taken = 0;
    std::vector<Rectangle> next;
    std::vector<Sums2> wholes;
    while (!panels.empty() && next.size() < 4 * most_refined && taken < share_refined * r.kl.error) {
      const Refined& worst = panels.back();
      taken += worst.change();
      next.insert(next.end(), worst.quarter.begin(), worst.quarter.end());
      wholes.insert(wholes.end(), worst.of_quarter.begin(), worst.of_quarter.end());
      panels.pop_back();
    }
    const std::vector<Refined> fresh = refine(plane, next, wholes);
    panels.insert(panels.end(), fresh.begin(), fresh.end());
  }
}

}  // namespace

PlanarKl planar_kl(const Flow<double>& flow, const Distribution& source, Index rows, std::uint64_t seed, Workspace& workspace) {
  check(flow, source);
  return planar_kl_in_box(flow, source, box_of(source), rows, seed, workspace);
}

PlanarKl planar_kl_in_box(const Flow<double>& flow, const Distribution& source, const Rectangle& box, Index rows, std::uint64_t seed,
                          Workspace& workspace) {
  check(flow, source);
  PlanarKl result;
  const TailVerdict tails = judge_tails(source, flow).back();
  result.reason = tails.reason;
  if (tails.support_violation || tails.kl == Finiteness::infinite) {
    result.kl = {infinity, 0, infinity, infinity, 0, 0};
    result.status = tails.support_violation ? KlStatus::support_violation : KlStatus::infinite_proved;
    return result;
  }
  Plane plane(flow, source, workspace);
  const Inside inside = integrate(plane, box);
  result.inside = inside.kl;
  result.mass = inside.mass;
  result.evaluations = plane.evaluations();

  Moments outside, share;
  const RandomStream stream = evaluation_stream(source, seed);
  for (Index first = 0; first < rows; first += chunk_rows) {
    Batch<double> x(std::min(chunk_rows, rows - first), 2);
    source.sample(stream, static_cast<std::uint64_t>(first), x);
    std::vector<double> log_p, is_out, ratio = plane.log_ratios(x, log_p);
    for (Index i = 0; i < x.rows(); ++i) {
      is_out.push_back(box.holds(x(i, 0), x(i, 1)) ? 0 : 1);
      if (is_out.back() == 0) ratio[static_cast<std::size_t>(i)] = 0;
    }
    outside.add(ratio);
    share.add(is_out);
  }
  result.outside = outside.mean();
  const double error = std::hypot(result.inside.error, result.outside.std_error), half = 1.96 * result.outside.std_error + result.inside.error;
  const double value = result.inside.value + result.outside.value;
  result.kl = {value, error, value - half, value + half, std::nan(""), rows};
  const double whole = result.mass.value + share.mean().value, slack = result.mass.error + 5 * share.mean().std_error + 1e-8;
  if (!inside.finite || !std::isfinite(value)) result.reason = "log p - log q is not finite at a node of the rule or at a row outside the box";
  else if (!(std::abs(whole - 1) <= slack)) result.reason = fmt::format("the panels and the rows outside hold {:.9g} of the source, not 1", whole);
  else if (tails.kl == Finiteness::finite) result.status = KlStatus::exact_quadrature;
  return result;
}

}  // namespace flowgauge::bench
