// SPDX-License-Identifier: MIT
#include <flowgauge/verify/source_oracles.hpp>
#include <flowgauge/verify/statistics.hpp>

#include <fmt/format.h>
#include <algorithm>
#include <cmath>

namespace flowgauge::verify {
namespace {

/// A density that lies where the source does: Student's t with 2 degrees of freedom about rows of the source, each as wide as the distance to its 8th
/// neighbour. It is normalised by its formula, whatever the rows are.
class Blanket {
 public:
  explicit Blanket(const SourceTrial& trial) : centres_(trial.draw("blanket", 0, centres)) {
    for (Index k = 0; k < centres; ++k) {
      std::vector<double> squares;
      for (Index l = 0; l < centres; ++l) squares.push_back(distance_square(row(k), l));
      std::nth_element(squares.begin(), squares.begin() + neighbour, squares.end());
      width_.push_back(std::sqrt(std::max(squares[neighbour], 1e-30)));
    }
    const double d = static_cast<double>(centres_.dim()), pi = Constants<double>::pi();
    log_constant_ = std::lgamma(1 + d / 2) - d / 2 * std::log(2 * pi) - std::log(static_cast<double>(centres));
  }
  Numbers draw(const RandomStream& stream, std::uint64_t at) const {
    const auto k = static_cast<Index>(stream.below(centres, at, 0));
    const double stretch = width_[static_cast<std::size_t>(k)] / std::sqrt(-std::log(stream.uniform(at, 1)));  // χ²/2 with 2 degrees of freedom
    Numbers x = row(k);
    for (std::size_t j = 0; j < x.size(); ++j) x[j] += stretch * stream.normal(at, static_cast<std::uint32_t>(2 + j));
    return x;
  }
  double log_density(std::span<const double> x) const {
    const double d = static_cast<double>(centres_.dim());
    double sum = 0;
    for (Index k = 0; k < centres; ++k) {
      const double h = width_[static_cast<std::size_t>(k)];
      sum += std::exp(-d * std::log(h) - (1 + d / 2) * std::log1p(distance_square(x, k) / (2 * h * h)));
    }
    return log_constant_ + std::log(sum);
  }

 private:
  static constexpr Index centres = 256;
  static constexpr int neighbour = 8;
  Numbers row(Index k) const {
    Numbers x;
    for (Index j = 0; j < centres_.dim(); ++j) x.push_back(centres_(k, j));
    return x;
  }
  double distance_square(std::span<const double> x, Index k) const {
    double sum = 0;
    for (Index j = 0; j < centres_.dim(); ++j)
      sum += (x[static_cast<std::size_t>(j)] - centres_(k, j)) * (x[static_cast<std::size_t>(j)] - centres_(k, j));
    return sum;
  }
  Batch<double> centres_;
  std::vector<double> width_;
  double log_constant_ = 0;
};

constexpr int largest_blanket_dim = 4;  ///< beyond, a blanket hardly overlaps with what it covers

/// log p; of a source in another process, which may refuse what lies outside its support, −∞ there without asking: D4 asks.
void log_prob_inside(const SourceTrial& trial, const Batch<double>& x, std::vector<double>& log_p) {
  if (!trial.by_values()) return trial.source().log_prob(x, log_p);
  std::vector<Index> asked;
  for (Index i = 0; i < x.rows(); ++i) {
    bool inside = true;
    for (Index j = 0; j < x.dim(); ++j) {
      const Marginal m = trial.source().marginal(static_cast<int>(j));
      inside = inside && x(i, j) >= m.low && x(i, j) <= m.high;
    }
    if (inside) asked.push_back(i);
  }
  Batch<double> rows(static_cast<Index>(asked.size()), x.dim());
  for (Index k = 0; k < rows.rows(); ++k)
    for (Index j = 0; j < x.dim(); ++j) rows(k, j) = x(asked[static_cast<std::size_t>(k)], j);
  std::vector<double> of_rows(asked.size());
  trial.source().log_prob(rows, of_rows);
  std::fill(log_p.begin(), log_p.end(), -std::numeric_limits<double>::infinity());
  for (std::size_t k = 0; k < asked.size(); ++k) log_p[static_cast<std::size_t>(asked[k])] = of_rows[k];
}

/// E_P[1/(1 + w)] = E_Q[w/(1 + w)], w = p/q: true of two normalised densities, whatever their tails; both summands lie in [0, 1].
Examined overlap_balances(const SourceTrial& trial) {
  const Blanket blanket(trial);
  return in_two_stages(trial.sample().batch, [&](const Stage& stage) {
    Examined result;
    const RandomStream of_blanket = trial.stream("of-blanket");
    const Batch<double> x = trial.draw("balance", stage.first_row, stage.rows);
    Batch<double> other(stage.rows, x.dim());
    std::vector<double> log_p(static_cast<std::size_t>(stage.rows)), log_p_of_other = log_p;
    for (Index i = 0; i < stage.rows; ++i) {
      const Numbers row = blanket.draw(of_blanket, stage.first_row + static_cast<std::uint64_t>(i));
      for (Index j = 0; j < x.dim(); ++j) other(i, j) = row[static_cast<std::size_t>(j)];
    }
    trial.source().log_prob(x, log_p);
    log_prob_inside(trial, other, log_p_of_other);
    double of_source = 0, of_other = 0;
    const auto row_of = [](const Batch<double>& rows, Index i) {
      Numbers row;
      for (Index j = 0; j < rows.dim(); ++j) row.push_back(rows(i, j));
      return row;
    };
    for (Index i = 0; i < stage.rows; ++i) {
      of_source += 1 / (1 + std::exp(log_p[static_cast<std::size_t>(i)] - blanket.log_density(row_of(x, i))));
      of_other += 1 / (1 + std::exp(blanket.log_density(row_of(other, i)) - log_p_of_other[static_cast<std::size_t>(i)]));
    }
    const double n = static_cast<double>(stage.rows);
    result.compare(0, "what P lacks against what another density lacks", of_source / n, of_other / n, std::abs(of_source - of_other) / n,
                   hoeffding_bound(stage.rows, stage.alpha), "probability");
    return result;
  });
}

}  // namespace

Law density_integrates_to_one() {
  return {.id = "D1",
          .statement =
              "the density integrates to 1: by quadrature in one dimension; up to 4 dimensions by comparison with a density of known "
              "constant on samples of both",
          .advice = "a constant of the density is missing, or weights do not sum to 1",
          .wants = {.sample = true},
          .examine_source =
              [](const SourceTrial& trial) {
                if (const Univariate* const source = trial.univariate()) {
                  Examined result;
                  const Quadrature mass = integral_over(*source, [&](double x) { return std::exp(source->log_density(x)); });
                  const double unheld = unheld_mass(*source);
                  if (mass.error > 1e-10 + 100 * unheld) result.unresolved(0, "ill_conditioned");
                  else
                    result.compare(0, "the mass", 1, mass.value, std::abs(mass.value - 1), mass.error + location_rounding(*source) + unheld,
                                   "probability");
                  return result;
                }
                if (trial.source().dim() > largest_blanket_dim) return Examined::not_applicable("the mass cannot be seen in more than 4 dimensions");
                return overlap_balances(trial);
              },
          .violated_by = "a normal density without its log 2π/2",
          .fooled_by = "in several dimensions a mass that is off by less than a tenth (quick tier) or a hundredth (deep)"};
}

}  // namespace flowgauge::verify
