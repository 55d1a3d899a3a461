// SPDX-License-Identifier: MIT
#include "panels.hpp"

#include "gauss_legendre.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace flowgauge::bench {
namespace {

using Side = Panel::Side;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double longest_panel = 1.4, growth = 2.2, shortest_panel = 1e-10;
constexpr double near_end = 40;                       ///< nearer than this the tail is not judged
constexpr double block_length = 5 * longest_panel;
constexpr Index most_evaluations = 200'000;           ///< beyond those of the first panels
const double median = Constants<double>::log_two();   ///< t there

double mass_beyond(const Univariate& source, Side side, double x) { return side == Side::low ? source.cdf(x) : source.upper_cdf(x); }
double point_at(const Univariate& source, Side side, double t) {
  const double tail = std::exp(-t);
  return side == Side::low ? source.quantile(tail) : source.upper_quantile(tail);
}

/// The largest t: e^−t stays a normal number. On a power tail x ~ e^{t/alpha} must stay so far from overflow that the layers can still move it.
double far_end(const Univariate& source, Side side) {
  const Marginal marginal = source.marginal(0);
  const TailClass& tail = side == Side::low ? marginal.low_tail : marginal.high_tail;
  return !tail.edge && tail.kind == TailClass::Kind::power ? std::min(690.0, 660 * tail.shape) : 690;
}

/// Panel ends from a to m, the shortest at a.
void grade(double a, double m, std::vector<double>& ends) {
  const double direction = m > a ? 1 : -1;
  double length = shortest_panel, at = a;
  while (std::abs(m - at) > length) {
    ends.push_back(at);
    at += direction * length;
    length = std::min(length * growth, longest_panel);
  }
  ends.push_back(at);
}

/// Ends of the panels between two splits; an end that is no split is not graded.
std::vector<double> panel_ends(double a, double b, bool split_a, bool split_b) {
  std::vector<double> ends;
  const double middle = split_a && split_b ? (a + b) / 2 : split_a ? b : a;
  if (split_a) grade(a, middle, ends);
  if (split_b) grade(b, middle, ends);
  if (!split_a && !split_b)
    for (double at = a; at < b; at += longest_panel) ends.push_back(at);
  ends.push_back(a);
  ends.push_back(b);
  std::sort(ends.begin(), ends.end());
  ends.erase(std::unique(ends.begin(), ends.end()), ends.end());
  return ends;
}

/// Neumaier's compensated sum.
class Sum {
 public:
  void add(double v) {
    const double next = total_ + v;
    lost_ += std::abs(total_) >= std::abs(v) ? (total_ - next) + v : (v - next) + total_;
    total_ = next;
  }
  double value() const { return std::isfinite(total_) ? total_ + lost_ : total_; }

 private:
  double total_ = 0, lost_ = 0;
};

Sums operator+(const Sums& a, const Sums& b) { return {a.mass + b.mass, a.mean + b.mean, a.square + b.square, a.size + b.size}; }
Sums fine_of(const Panel& panel, std::size_t prefix) { return panel.low[prefix] + panel.high[prefix]; }
double error_of(const Panel& panel, std::size_t prefix) { return std::abs(fine_of(panel, prefix).mean - panel.whole[prefix].mean); }

/// What lies beyond three blocks of equal length, whose integrals are v and whose integrals of absolute values are s.
struct Rest {
  double value = 0, error = 0;
};
/// A geometric series with the ratio r of the last two. How much r moved from the block before says how far to trust it: were it to move on by
/// as much at every step, it would be off by `drift` when the series, 1/(1 − r) blocks long, has ended. d(r/(1 − r))/dr = 1/(1 − r)²; the
/// factor 2 covers tails that fall like a power of t, for which r tends to 1. Beyond what a sign of l may hide.
Rest rest_of(const std::array<double, 3>& v, const std::array<double, 3>& s) {
  if (s[2] == 0) return {};
  const double r = s[2] / s[1], left = 1 - r, drift = std::abs(r - s[1] / s[0]) / left;
  if (!(left > 0) || !(drift < left / 2)) return {0, infinity};
  return {v[2] * r / left, 2 * s[2] * drift / (left * left) + (s[2] - std::abs(v[2])) * r / left};
}

}  // namespace

Panels::Panels(const Flow<double>& flow, const Univariate& source, const std::vector<double>& splits, std::vector<bool> wanted, Workspace& workspace)
    : flow_(flow), source_(source), wanted_(std::move(wanted)), workspace_(workspace) {
  for (const Side side : {Side::low, Side::high}) last_[static_cast<int>(side)].assign(wanted_.size(), -1);
  for (const Side side : {Side::low, Side::high}) lay(side, splits);
  const Index limit = evaluations_ + most_evaluations;
  while (evaluations_ < limit && refine()) {}
}

/// The panels of one side: near the median between splits, then block after block.
void Panels::lay(Side side, const std::vector<double>& splits) {
  const double end = far_end(source_, side);
  std::vector<double> at;
  bool split_from = false;
  for (const double s : splits) {
    const double mass = mass_beyond(source_, side, s), t = -std::log(mass);
    if (std::abs(t - median) < shortest_panel) split_from = true;
    else if (mass > 0 && t > median && t < end - 3 * block_length) at.push_back(t);
  }
  std::sort(at.begin(), at.end());
  const double cut = std::min(end, std::max(near_end, at.empty() ? 0 : at.back() + block_length));
  at.push_back(cut);
  const std::size_t first = panels_.size();
  double from = median;
  for (const double to : at) {
    const std::vector<double> ends = panel_ends(from, to, split_from, to != cut);
    for (std::size_t i = 0; i + 1 < ends.size(); ++i) panels_.push_back({side, -1, ends[i], ends[i + 1], {}, {}, {}});
    from = to;
    split_from = true;
  }
  fill(std::span(panels_).subspan(first));
  for (int block = 0; cut + (block + 1) * block_length <= end; ++block)
    if (!follow(side, block, cut + block * block_length)) break;
}

/// One more block; false when no prefix wants another.
bool Panels::follow(Side side, int block, double from) {
  const std::size_t first = panels_.size();
  for (int i = 0; i < 5; ++i)
    panels_.push_back({side, block, from + block_length * i / 5, from + block_length * (i + 1) / 5, {}, {}, {}});
  fill(std::span(panels_).subspan(first));
  bool more = false;
  for (std::size_t k = 0; k < wanted_.size(); ++k) {
    int& last = last_[static_cast<int>(side)][k];
    if (!wanted_[k] || last != block - 1) continue;
    const auto finite = [&](const Panel& p) { return std::isfinite(fine_of(p, k).square) && std::isfinite(p.whole[k].square); };
    if (!std::all_of(panels_.begin() + static_cast<std::ptrdiff_t>(first), panels_.end(), finite)) continue;
    last = block;
    std::array<double, 3> v{}, s{};
    double sum = 0;
    for (const Panel& p : panels_) {
      const Sums own = fine_of(p, k);
      sum += own.mean;
      if (p.side != side || p.block < block - 2 || p.block < 0) continue;
      v[static_cast<std::size_t>(p.block - block + 2)] += own.mean;
      s[static_cast<std::size_t>(p.block - block + 2)] += own.size;
    }
    const Rest rest = rest_of(v, s);
    more = more || block < 2 || !(std::abs(rest.value) + rest.error <= 1e-3 * tolerance(sum));
  }
  return more;
}

/// Halves the panels with the largest errors, so many that the others are within the tolerance; false when all is well, or nothing can be halved.
bool Panels::refine() {
  std::vector<char> chosen(panels_.size(), 0);
  for (std::size_t k = 0; k < wanted_.size(); ++k) {
    if (!wanted_[k]) continue;
    std::vector<std::pair<double, std::size_t>> errors;
    double total = 0;
    for (std::size_t i = 0; i < panels_.size(); ++i) {
      if (panels_[i].block > last_[static_cast<int>(panels_[i].side)][k]) continue;
      errors.emplace_back(error_of(panels_[i], k), i);
      total += errors.back().first;
    }
    const double allowed = tolerance(integrate(k).fine.mean) / 2;
    if (!std::isfinite(total) || !(total > allowed)) continue;
    std::sort(errors.rbegin(), errors.rend());
    for (const auto& [error, i] : errors) {
      if (total <= allowed / 2) break;
      total -= error;
      chosen[i] = 1;
    }
  }
  std::vector<Panel> kept, fresh;
  for (std::size_t i = 0; i < panels_.size(); ++i) {
    Panel& p = panels_[i];
    const double middle = (p.a + p.b) / 2;
    if (!chosen[i] || p.b - p.a < 1e-13 * p.b) {
      kept.push_back(std::move(p));
      continue;
    }
    fresh.push_back({p.side, p.block, p.a, middle, std::move(p.low), {}, {}});
    fresh.push_back({p.side, p.block, middle, p.b, std::move(p.high), {}, {}});
  }
  fill(fresh);
  panels_ = std::move(kept);
  panels_.insert(panels_.end(), std::make_move_iterator(fresh.begin()), std::make_move_iterator(fresh.end()));
  return !fresh.empty();
}

/// The rule over both halves of every panel, and over the whole where that is not known.
void Panels::fill(std::span<Panel> fresh) {
  if (fresh.empty()) return;
  const GaussLegendre& gauss = gauss_legendre();
  std::vector<double> point, weight;
  const auto look = [&](Side side, double a, double b) {
    for (std::size_t i = 0; i < gauss.node.size(); ++i) {
      const double t = (a + b) / 2 + (b - a) / 2 * gauss.node[i];
      point.push_back(point_at(source_, side, t));
      weight.push_back((b - a) / 2 * gauss.weight[i] * std::exp(-t));
    }
  };
  for (const Panel& p : fresh) {
    const double middle = (p.a + p.b) / 2;
    if (p.whole.empty()) look(p.side, p.a, p.b);
    look(p.side, p.a, middle);
    look(p.side, middle, p.b);
  }
  const auto n = static_cast<Index>(point.size());
  Batch<double> x(n, 1), log_q(n, static_cast<Index>(wanted_.size()));
  std::copy(point.begin(), point.end(), x.column(0).begin());
  std::vector<double> log_p(point.size());
  source_.log_prob(x, log_p);
  flow_.trace(x, log_q, workspace_);
  evaluations_ += n;

  std::size_t at = 0;
  const auto take = [&](std::vector<Sums>& sums) {
    sums.assign(wanted_.size(), {});
    for (const std::size_t end = at + gauss.node.size(); at < end; ++at)
      for (std::size_t k = 0; k < wanted_.size(); ++k) {
        const double l = log_p[at] - log_q(static_cast<Index>(at), static_cast<Index>(k)), w = weight[at];
        sums[k] = sums[k] + Sums{w, w * l, w * l * l, w * std::abs(l)};
      }
  };
  for (Panel& p : fresh) {
    if (p.whole.empty()) take(p.whole);
    take(p.low);
    take(p.high);
  }
}

Integrated Panels::integrate(std::size_t prefix) const {
  Sum fine[4], coarse[4];
  const auto add = [](Sum (&to)[4], const Sums& s) {
    to[0].add(s.mass), to[1].add(s.mean), to[2].add(s.square), to[3].add(s.size);
  };
  const auto total = [](const Sum (&of)[4]) { return Sums{of[0].value(), of[1].value(), of[2].value(), of[3].value()}; };
  Sums blocks[2][3];
  Integrated result;
  for (const Panel& p : panels_) {
    const int side = static_cast<int>(p.side), last = last_[side][prefix];
    if (p.block > last) continue;
    const Sums own = fine_of(p, prefix);
    add(fine, own);
    add(coarse, p.whole[prefix]);
    result.error += error_of(p, prefix);
    if (p.block >= 0 && p.block >= last - 2) blocks[side][p.block - last + 2] = blocks[side][p.block - last + 2] + own;
  }
  for (int side = 0; side < 2; ++side) {
    const Sums* b = blocks[side];
    if (last_[side][prefix] < 2) {
      result.error = infinity;
      continue;
    }
    const Rest mean = rest_of({b[0].mean, b[1].mean, b[2].mean}, {b[0].size, b[1].size, b[2].size});
    const Rest square = rest_of({b[0].square, b[1].square, b[2].square}, {b[0].square, b[1].square, b[2].square});
    for (Sum (*to)[4] : {&fine, &coarse}) {
      (*to)[1].add(mean.value);
      (*to)[2].add(std::isfinite(square.error) ? square.value : infinity);
    }
    result.error += mean.error;
  }
  result.fine = total(fine);
  result.coarse = total(coarse);
  return result;
}

}  // namespace flowgauge::bench
