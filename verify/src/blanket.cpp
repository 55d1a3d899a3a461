// SPDX-License-Identifier: MIT
#include <flowgauge/verify/blanket.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

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
  for (Index j = 0; j < centres_.dim(); ++j) {
    std::vector<double> column(centres_.column(j).begin(), centres_.column(j).end());
    if (!std::all_of(column.begin(), column.end(), [](double v) { return std::abs(v) < 1e150; })) usable_ = false;
    if (!usable_) return;
    std::sort(column.begin(), column.end());
    const double half = (column[column.size() * 3 / 4] - column[column.size() / 4]) / 2;
    spread_.push_back(half > 0 ? half : 1);
  }
  for (Index k = 0; k < count; ++k) {
    std::vector<double> squares;
    for (Index l = 0; l < count; ++l) squares.push_back(distance_square(row_of(centres_, k), l));
    std::nth_element(squares.begin(), squares.begin() + neighbour, squares.end());
    width_.push_back(std::sqrt(std::max(squares[neighbour], 1e-30)));
    usable_ = usable_ && std::isfinite(width_.back());
  }
  const double d = static_cast<double>(centres_.dim()), pi = Constants<double>::pi();
  log_constant_ = std::lgamma(1 + d / 2) - d / 2 * std::log(2 * pi) - std::log(static_cast<double>(count));
  for (const double s : spread_) log_constant_ -= std::log(s);
}

Numbers Blanket::draw(const RandomStream& stream, std::uint64_t at) const {
  const auto k = static_cast<Index>(stream.below(count, at, 0));
  const double stretch = width_[static_cast<std::size_t>(k)] / std::sqrt(-std::log(stream.uniform(at, 1)));  // χ²/2 with 2 degrees of freedom
  Numbers x = row_of(centres_, k);
  for (std::size_t j = 0; j < x.size(); ++j) x[j] += spread_[j] * stretch * stream.normal(at, static_cast<std::uint32_t>(2 + j));
  return x;
}

double Blanket::log_density(std::span<const double> x) const {
  const double d = static_cast<double>(centres_.dim());
  std::array<double, count> logs;
  for (Index k = 0; k < count; ++k) {
    const double h = width_[static_cast<std::size_t>(k)];
    logs[static_cast<std::size_t>(k)] = -d * std::log(h) - (1 + d / 2) * std::log1p(distance_square(x, k) / h / h / 2);
  }
  const double largest = *std::max_element(logs.begin(), logs.end());
  double sum = 0;
  for (const double l : logs) sum += std::exp(l - largest);
  return log_constant_ + largest + std::log(sum);
}

double Blanket::distance_square(std::span<const double> x, Index k) const {
  double sum = 0;
  for (std::size_t j = 0; j < x.size(); ++j) {
    const double step = (x[j] - centres_(k, static_cast<Index>(j))) / spread_[j];
    sum += step * step;
  }
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
  const double nothing = -std::numeric_limits<double>::infinity();
  const auto share = [&](double log_one, double log_other) { return log_other == nothing ? 1.0 : 1 / (1 + std::exp(log_other - log_one)); };
  for (Index i = 0; i < stage.rows; ++i) {
    const auto at = static_cast<std::size_t>(i);
    overlap.share_of_x.push_back(share(blanket.log_density(row_of(overlap.x, i)), log_p[at]));
    overlap.share_of_q.push_back(1 - share(blanket.log_density(row_of(overlap.of_q, i)), log_p_of_q[at]));
  }
  return overlap;
}

}  // namespace flowgauge::verify
