// SPDX-License-Identifier: MIT
#include <flowgauge/distributions/scalable/planted.hpp>
#include <flowgauge/error.hpp>
#include <flowgauge/normal_rows.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace flowgauge::distributions {
namespace {

constexpr Index entropy_rows = 10000;
constexpr double overflowing = 1e300;  ///< a coordinate beyond this overflows under factors that random parameters reach

bool holds(const Interval& outer, const Interval& inner) { return outer.low <= inner.low && inner.high <= outer.high; }

std::string interval_text(const Interval& interval) { return fmt::format("({}, {})", number_text(interval.low), number_text(interval.high)); }

}  // namespace

void Planted::prepare() {
  flow = canonical(flow);
  model_ = make_flow<double>(flow, coordinates);
  refuse_what_has_no_inverse();
  model_.randomise(static_cast<std::uint64_t>(seed), 1);
  entropy_ = estimate_entropy();
}

void Planted::refuse_what_has_no_inverse() const {
  // From the latent side: each layer must be able to take back whatever the next one gives it.
  Interval given;
  for (std::size_t l = model_.layers().size(); l-- > 0;) {
    const LayerInfo& info = model_.layers()[l].info();
    if (info.facts.inverse == InverseKind::none) throw ConfigError(fmt::format("planted expects layers with an inverse; {} has none", info.text));
    if (!holds(info.facts.codomain, given)) {
      throw ConfigError(fmt::format("planted expects a flow that reaches all of the latent space; {} reaches {} where {} is needed", info.text,
                                    interval_text(info.facts.codomain), interval_text(given)));
    }
    given = info.facts.domain;
  }
}

bool Planted::independent() const {
  return coordinates == 1 || std::all_of(model_.layers().begin(), model_.layers().end(),
                                         [](const Layer<double>& layer) { return layer.info().facts.structure == Structure::diagonal; });
}

void Planted::log_prob(BatchIn<double> x, ColumnOut<double> log_p) const {
  Workspace workspace;
  model_.log_prob(x, log_p, workspace);
  // Near ±max two sums overflow against each other and give NaN; the density there is below every double. Any other NaN is a fault and stays.
  for (Index i = 0; i < x.rows; ++i) {
    double largest = 0;
    bool finite = true;
    for (Index j = 0; j < x.dim; ++j) {
      finite = finite && std::isfinite(x(i, j));
      largest = std::max(largest, std::abs(x(i, j)));
    }
    double& l = log_p[static_cast<std::size_t>(i)];
    if (std::isnan(l) && finite && largest > overflowing) l = -infinity;
  }
}

void Planted::sample(const RandomStream& stream, std::uint64_t first_row, BatchOut<double> x) const {
  Batch<double> z(x.rows, x.dim);
  normal_rows(stream, first_row, z);
  std::vector<double> log_det(static_cast<std::size_t>(x.rows));
  Workspace workspace;
  model_.inverse(z, x, log_det, workspace);
}

std::optional<Estimate> Planted::estimate_entropy() const {
  Batch<double> z(entropy_rows, coordinates), x(entropy_rows, coordinates);
  normal_rows(RandomStream(static_cast<std::uint64_t>(seed), "planted-entropy", model_.text()), 0, z);
  std::vector<double> log_det(static_cast<std::size_t>(entropy_rows));
  Workspace workspace;
  model_.inverse(z, x, log_det, workspace);
  // About the first one: where all are the same the mean is that number and the error exactly 0.
  const double n = static_cast<double>(entropy_rows);
  double sum = 0, sum_of_squares = 0;
  for (const double l : log_det) sum += l - log_det[0], sum_of_squares += (l - log_det[0]) * (l - log_det[0]);
  const double variance = (sum_of_squares - sum * sum / n) / (n - 1);
  const double mean = log_det[0] + sum / n;
  if (!std::isfinite(mean) || !std::isfinite(variance)) return std::nullopt;
  return Estimate{coordinates * (0.5 + Constants<double>::half_log_two_pi()) + mean, std::sqrt(std::max(variance, 0.0) / n)};
}

/// Under layers that grow linearly the inverse image of a normal has normal tails, of a rate that is not known. A coupling is as linear as its
/// network: nothing is said of it.
Marginal Planted::marginal(int) const {
  const Interval domain = model_.layers().empty() ? Interval() : model_.layers().front().info().facts.domain;
  const bool linear = std::all_of(model_.layers().begin(), model_.layers().end(), [](const Layer<double>& layer) {
    const Facts& facts = layer.info().facts;
    const bool whole_line = std::isinf(facts.domain.low) && std::isinf(facts.domain.high);
    return facts.growth.kind == Growth::Kind::linear && facts.structure != Structure::coupling && whole_line;
  });
  const TailClass tail = linear ? stretched_tail(2, std::numeric_limits<double>::quiet_NaN()) : TailClass();
  return {domain.low, domain.high, tail, tail};
}

}  // namespace flowgauge::distributions
