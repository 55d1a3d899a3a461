// SPDX-License-Identifier: MIT
#include <flowgauge/verify/blanket.hpp>

#include <algorithm>
#include <cmath>

namespace flowgauge::verify {
namespace {

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

}  // namespace

Numbers row_of(const Batch<double>& rows, Index i) {
  Numbers row;
  for (Index j = 0; j < rows.dim(); ++j) row.push_back(rows(i, j));
  return row;
}

Blanket::Blanket(const SourceTrial& trial) : centres_(trial.draw("blanket", 0, count)) {
  for (Index k = 0; k < count; ++k) {
    std::vector<double> squares;
    for (Index l = 0; l < count; ++l) squares.push_back(distance_square(row_of(centres_, k), l));
    std::nth_element(squares.begin(), squares.begin() + neighbour, squares.end());
    width_.push_back(std::sqrt(std::max(squares[neighbour], 1e-30)));
  }
  const double d = static_cast<double>(centres_.dim()), pi = Constants<double>::pi();
  log_constant_ = std::lgamma(1 + d / 2) - d / 2 * std::log(2 * pi) - std::log(static_cast<double>(count));
}

Numbers Blanket::draw(const RandomStream& stream, std::uint64_t at) const {
  const auto k = static_cast<Index>(stream.below(count, at, 0));
  const double stretch = width_[static_cast<std::size_t>(k)] / std::sqrt(-std::log(stream.uniform(at, 1)));  // χ²/2 with 2 degrees of freedom
  Numbers x = row_of(centres_, k);
  for (std::size_t j = 0; j < x.size(); ++j) x[j] += stretch * stream.normal(at, static_cast<std::uint32_t>(2 + j));
  return x;
}

double Blanket::log_density(std::span<const double> x) const {
  const double d = static_cast<double>(centres_.dim());
  double sum = 0;
  for (Index k = 0; k < count; ++k) {
    const double h = width_[static_cast<std::size_t>(k)];
    sum += std::exp(-d * std::log(h) - (1 + d / 2) * std::log1p(distance_square(x, k) / (2 * h * h)));
  }
  return log_constant_ + std::log(sum);
}

double Blanket::distance_square(std::span<const double> x, Index k) const {
  double sum = 0;
  for (Index j = 0; j < centres_.dim(); ++j)
    sum += (x[static_cast<std::size_t>(j)] - centres_(k, j)) * (x[static_cast<std::size_t>(j)] - centres_(k, j));
  return sum;
}

Overlap overlap_of(const SourceTrial& trial, const Blanket& blanket, const Stage& stage, std::string_view purpose) {
  const RandomStream of_blanket = trial.stream("of-" + std::string(purpose));
  Overlap overlap{trial.draw(purpose, stage.first_row, stage.rows), Batch<double>(stage.rows, trial.source().dim()), {}, {}};
  std::vector<double> log_p(static_cast<std::size_t>(stage.rows)), log_p_of_q = log_p;
  for (Index i = 0; i < stage.rows; ++i) {
    const Numbers row = blanket.draw(of_blanket, stage.first_row + static_cast<std::uint64_t>(i));
    for (Index j = 0; j < overlap.of_q.dim(); ++j) overlap.of_q(i, j) = row[static_cast<std::size_t>(j)];
  }
  trial.source().log_prob(overlap.x, log_p);
  log_prob_inside(trial, overlap.of_q, log_p_of_q);
  for (Index i = 0; i < stage.rows; ++i) {
    const auto at = static_cast<std::size_t>(i);
    overlap.share_of_x.push_back(1 / (1 + std::exp(log_p[at] - blanket.log_density(row_of(overlap.x, i)))));
    overlap.share_of_q.push_back(1 / (1 + std::exp(blanket.log_density(row_of(overlap.of_q, i)) - log_p_of_q[at])));
  }
  return overlap;
}

}  // namespace flowgauge::verify
