// SPDX-License-Identifier: MIT
#include <flowgauge/bench/tail.hpp>

#include <fmt/format.h>

#include <cmath>

namespace flowgauge::bench {
namespace {

using Kind = TailClass::Kind;

constexpr double infinity = std::numeric_limits<double>::infinity();
const Tail unknown_tail{{Kind::unknown}};

Tail tail_of(const TailClass& c) {
  if (c.edge) return {};  // a finite end is a bounded number
  return {c, 0, c.kind == Kind::power};
}

/// |z| and log f′ at one end after a layer of this growth.
TailEnd through(const TailEnd& end, const TailStep& step) {
  TailEnd r = end;
  const Tail log_x = logarithm(end.value);
  switch (step.facts.growth.kind) {
    case Growth::Kind::linear: r.value = scaled(end.value, step.scale); break;
    case Growth::Kind::power: {
      const double m = step.facts.growth.exponent;
      r.value = power(end.value, m);
      if (!(m <= 1)) r.positive = heavier(end.positive, log_x);  // both for an m that nobody knows
      if (!(m >= 1)) r.negative = heavier(end.negative, log_x);
      break;
    }
    case Growth::Kind::logarithm:
      r.value = scaled(log_x, 1 / step.facts.growth.exponent);
      r.negative = heavier(end.negative, log_x);
      break;
    case Growth::Kind::exponential:
      r.value = exponential(scaled(end.value, step.facts.growth.exponent));
      r.positive = heavier(end.positive, end.value);
      break;
    case Growth::Kind::unknown: r.value = r.negative = r.positive = unknown_tail; break;
  }
  return r;
}

/// The heaviest of all these ends. Which coordinate it sits in is no longer known, so it is marked at most, unless `certain`.
TailEnd heaviest(const std::vector<TailEnd>& ends, std::size_t first, std::size_t count, bool certain) {
  TailEnd r = ends[first];
  for (std::size_t i = first + 1; i < first + count; ++i) {
    r.value = heavier(r.value, ends[i].value);
    r.negative = heavier(r.negative, ends[i].negative);
    r.positive = heavier(r.positive, ends[i].positive);
    r.at_most = r.at_most || ends[i].at_most;
  }
  r.at_most = r.at_most || !certain;
  return r;
}

struct Tails {
  std::vector<TailEnd> ends;
  bool independent;

  /// Coordinates mixed by a layer that is not diagonal. With independent coordinates a sum is as heavy as its heaviest term; the coordinate that has
  /// it keeps it.
  void mix(const Facts& facts) {
    const std::size_t n = ends.size(), d = n / 2;
    const std::vector<TailEnd> before = ends;
    const TailEnd all = heaviest(before, 0, n, true);
    const auto as_heavy = [&](const TailEnd& e, const TailEnd& mixture) {
      const std::optional<int> c = compare_weight(e.value, mixture.value);
      return independent && c && *c == 0;
    };
    for (std::size_t j = 0; j < d; ++j) {
      const bool low_side = facts.structure == Structure::lower, high_side = facts.structure == Structure::upper;
      if (facts.structure == Structure::coupling) {
        const auto kept = static_cast<std::size_t>(facts.kept);
        if (facts.kept_first ? j < kept : j >= d - kept) continue;
      }
      TailEnd mixture = low_side ? heaviest(before, 0, 2 * j + 2, true) : high_side ? heaviest(before, 2 * j, n - 2 * j, true) : all;
      const bool certain = as_heavy(before[2 * j], mixture) || as_heavy(before[2 * j + 1], mixture);
      mixture.at_most = mixture.at_most || !certain;
      ends[2 * j] = ends[2 * j + 1] = mixture;
    }
    independent = false;
  }
  void apply(const TailStep& step) {
    if (step.facts.structure != Structure::diagonal && ends.size() > 2) mix(step.facts);
    for (TailEnd& e : ends) e = through(e, step);
  }
};

Tails at_the_source(const Distribution& source) {
  Tails t{{}, source.independent()};
  for (int j = 0; j < source.dim(); ++j) {
    const Marginal m = source.marginal(j);
    for (const TailClass& c : {m.low_tail, m.high_tail}) t.ends.push_back({tail_of(c), {}, {}, false});
  }
  return t;
}

/// Whether a moment E|x|^order is finite.
Finiteness moment(const Tail& t, double order) {
  if (t.base.kind == Kind::unknown) return Finiteness::unknown;
  const bool slow = t.base.kind == Kind::slower_than_power || (t.exponentials > 0 && t.base.kind != Kind::super_stretched);
  if (slow) return Finiteness::infinite;
  if (t.base.kind != Kind::power || t.exponentials < 0) return Finiteness::finite;
  if (t.base.shape > order) return Finiteness::finite;
  if (t.base.shape < order || (t.base.shape == order && t.pure)) return Finiteness::infinite;
  return Finiteness::unknown;
}
bool is_heavier(const Tail& a, const Tail& b) {
  const std::optional<int> c = compare_weight(a, b);
  return c && *c > 0;
}

/// What decides: the heaviest square, negative and positive part over all ends.
struct Parts {
  Tail square, negative, positive;
  explicit Parts(const std::vector<TailEnd>& ends) {
    for (const TailEnd& e : ends) {
      square = heavier(square, power(e.value, 2));
      negative = heavier(negative, e.negative);
      positive = heavier(positive, e.positive);
    }
  }
};

Finiteness mean_of_log_ratio(const std::vector<TailEnd>& ends, const Parts& all) {
  bool finite = true;
  for (const TailEnd& e : ends) {
    const Finiteness z = moment(e.value, 2), n = moment(e.negative, 1);
    const bool certain = !e.at_most;
    if (certain && z == Finiteness::infinite && (is_heavier(power(e.value, 2), all.positive) || moment(all.positive, 1) == Finiteness::finite))
      return Finiteness::infinite;
    if (certain && n == Finiteness::infinite && is_heavier(e.negative, all.positive)) return Finiteness::infinite;
    finite = finite && z == Finiteness::finite && n == Finiteness::finite;
  }
  return finite ? Finiteness::finite : Finiteness::unknown;
}

Finiteness variance_of_log_ratio(const std::vector<TailEnd>& ends, const Parts& all) {
  bool finite = true;
  for (const TailEnd& e : ends) {
    const Tail square = power(e.value, 2);
    const Finiteness z = moment(square, 2), n = moment(e.negative, 2), p = moment(e.positive, 2);
    const auto proves = [&](Finiteness f, const Tail& it, const Tail& other, const Tail& another) {
      return !e.at_most && f == Finiteness::infinite && is_heavier(it, other) && is_heavier(it, another);
    };
    if (proves(z, square, all.negative, all.positive) || proves(n, e.negative, all.square, all.positive) ||
        proves(p, e.positive, all.square, all.negative))
      return Finiteness::infinite;
    finite = finite && z == Finiteness::finite && n == Finiteness::finite && p == Finiteness::finite;
  }
  return finite ? Finiteness::finite : Finiteness::unknown;
}

bool holds_unknown(const std::vector<TailEnd>& ends) {
  for (const TailEnd& e : ends)
    for (const Tail& t : {e.value, e.negative, e.positive})
      if (t.base.kind == Kind::unknown) return true;
  return false;
}
bool outside(const Interval& domain, double low, double high) { return low < domain.low || high > domain.high; }

/// Where rows of the source leave the domain of the first layer, in words. Domains further on are judged by what the layer before can give.
std::string violation(const Distribution& source, const Facts& facts) {
  for (int j = 0; j < source.dim(); ++j) {
    const Marginal m = source.marginal(j);
    if (outside(facts.domain, m.low, m.high))
      return fmt::format("the source reaches from {} to {}, the first layer takes {} to {}", m.low, m.high, facts.domain.low, facts.domain.high);
  }
  return {};
}

class Judge {
 public:
  explicit Judge(const Distribution& source) : source_(source), tails_(at_the_source(source)) {
    source_tail_ = text_of(heaviest(tails_.ends, 0, tails_.ends.size(), true).value);
    if (holds_unknown(tails_.ends)) first_unknown_ = "tail of the source unknown";
  }
  void apply(const TailStep& step) {
    ++layers_;
    if (layers_ == 1) violation_ = violation(source_, step.facts);
    else if (outside(step.facts.domain, range_.low, range_.high)) refuse(step);
    const bool before = holds_unknown(tails_.ends);
    tails_.apply(step);
    if (!before && holds_unknown(tails_.ends)) refuse(step);
    range_ = step.facts.codomain;
    linear_ = linear_ && step.facts.growth.kind == Growth::Kind::linear;
    if (step.facts.structure != Structure::diagonal && source_.dim() > 1 && first_mixing_.empty())
      first_mixing_ = fmt::format("layer {}: {}", layers_, step.name);
  }
  TailVerdict verdict() const {
    TailVerdict v;
    if (!violation_.empty()) return {Finiteness::infinite, Finiteness::infinite, true, violation_};
    if (!first_unknown_.empty()) {
      v.reason = first_unknown_;
      return v;
    }
    const Parts all(tails_.ends);
    v.kl = mean_of_log_ratio(tails_.ends, all);
    v.variance = variance_of_log_ratio(tails_.ends, all);
    if (v.kl == Finiteness::infinite) v.variance = Finiteness::infinite, v.reason = why_infinite(all);
    else if (v.kl == Finiteness::unknown) v.reason = why_unknown();
    else if (v.variance != Finiteness::finite)
      v.reason = fmt::format("the variance of log p - log q is {}: {} source, |z| {}", v.variance == Finiteness::infinite ? "infinite" : "unknown",
                             source_tail_, text_of(power(all.square, 0.5)));
    return v;
  }

 private:
  void refuse(const TailStep& step) {
    if (first_unknown_.empty()) first_unknown_ = fmt::format("tail unknown at layer {}: {}", layers_, step.name);
  }
  std::string why_infinite(const Parts& all) const {
    if (linear_) return fmt::format("inf ({} source, linear tails)", source_tail_);
    if (moment(all.square, 1) == Finiteness::infinite) return fmt::format("inf ({} source, |z| {})", source_tail_, text_of(power(all.square, 0.5)));
    return fmt::format("inf ({} source, log f' {})", source_tail_, text_of(all.negative));
  }
  std::string why_unknown() const {
    if (!first_mixing_.empty()) return fmt::format("tail unknown at {} (coordinates that may depend on each other are mixed)", first_mixing_);
    return fmt::format("tail unknown: {} source at a threshold, or parts of log f' that may cancel", source_tail_);
  }

  const Distribution& source_;
  Tails tails_;
  Interval range_;
  std::string source_tail_, violation_, first_unknown_, first_mixing_;
  int layers_ = 0;
  bool linear_ = true;
};

/// log_det far out of a layer of one coordinate, as a factor; NaN when it has no limit in double.
double far_scale(const Layer<double>& layer, std::span<const double> theta) {
  double low = 0, high = 0;
  for (const double x : {-1e100, 1e100}) {
    Flow<double> alone(FlowSpec{{layer.info().spec}}, {layer}, 1, 0);
    std::copy(theta.begin(), theta.end(), alone.theta().begin());
    Batch<double> in(1, 1), out(1, 1);
    in(0, 0) = x;
    Workspace workspace;
    double log_det = 0;
    alone.forward(in, out, {&log_det, 1}, workspace);
    (x < 0 ? low : high) = std::exp(log_det);
  }
  return low == high && low > 0 && low < infinity ? low : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

std::vector<TailEnd> push_tails(const Distribution& source, const std::vector<TailStep>& steps) {
  Tails t = at_the_source(source);
  for (const TailStep& s : steps) t.apply(s);
  return t.ends;
}

std::vector<TailVerdict> judge_tails(const Distribution& source, const std::vector<TailStep>& steps) {
  Judge judge(source);
  std::vector<TailVerdict> verdicts{judge.verdict()};
  for (const TailStep& s : steps) {
    judge.apply(s);
    verdicts.push_back(judge.verdict());
  }
  return verdicts;
}

std::vector<TailVerdict> judge_tails(const Distribution& source, const Flow<double>& flow) {
  std::vector<TailStep> steps;
  for (std::size_t l = 0; l < flow.layers().size(); ++l) {
    const LayerInfo& info = flow.layers()[l].info();
    steps.push_back({info.text, info.facts});
    if (flow.dim() == 1 && info.facts.growth.kind == Growth::Kind::linear) steps.back().scale = far_scale(flow.layers()[l], flow.theta(l));
  }
  return judge_tails(source, steps);
}

}  // namespace flowgauge::bench
