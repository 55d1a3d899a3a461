// SPDX-License-Identifier: MIT
#include <flowgauge/verify/blanket.hpp>

#include <algorithm>
#include <cmath>

namespace flowgauge::verify {
namespace {

/// A half space, or what two have in common, whose borders pass through a row of the source.
struct Wedge {
  Numbers apex, first, second;

  bool holds(const Batch<double>& rows, Index i) const {
    double a = 0, b = 0;
    for (std::size_t j = 0; j < apex.size(); ++j) {
      const double step = rows(i, static_cast<Index>(j)) - apex[j];
      a += first[j] * step, b += second[j] * step;
    }
    return a > 0 && b > 0;
  }
};
constexpr int wedges = 32;

/// Half of the distance between the quartiles of each coordinate, 1 where that is 0.
Numbers spreads_of(const Batch<double>& rows) {
  Numbers spread;
  for (Index j = 0; j < rows.dim(); ++j) {
    std::vector<double> column(rows.column(j).begin(), rows.column(j).end());
    std::sort(column.begin(), column.end());
    const double half = (column[column.size() * 3 / 4] - column[column.size() / 4]) / 2;
    spread.push_back(half > 0 ? half : 1);
  }
  return spread;
}

std::vector<Wedge> drawn_wedges(const SourceTrial& trial, const Batch<double>& rows) {
  const RandomStream stream = trial.stream("wedges");
  const Numbers spread = spreads_of(rows);
  std::vector<Wedge> drawn;
  for (std::uint64_t k = 0; k < wedges; ++k) {
    Wedge wedge{row_of(rows, static_cast<Index>(stream.below(static_cast<std::uint64_t>(rows.rows()), k, 0))), {}, {}};
    std::uint32_t draw = 1;
    for (const double s : spread) wedge.first.push_back(stream.normal(k, draw++) / s);
    for (const double s : spread) wedge.second.push_back(stream.normal(k, draw++) / s);
    if (k % 2 == 0) wedge.second = wedge.first;
    drawn.push_back(wedge);
  }
  return drawn;
}

Examined wedges_balance(const SourceTrial& trial) {
  const Blanket blanket(trial);
  const std::vector<Wedge> drawn = drawn_wedges(trial, blanket.centres());
  return in_two_stages(trial.sample().batch, [&](const Stage& stage) {
    Examined result;
    const Overlap overlap = overlap_of(trial, blanket, stage, "wedges");
    const double n = static_cast<double>(stage.rows);
    for (std::size_t k = 0; k < drawn.size(); ++k) {
      double of_source = 0, of_q = 0;
      for (Index i = 0; i < stage.rows; ++i) {
        if (drawn[k].holds(overlap.x, i)) of_source += overlap.share_of_x[static_cast<std::size_t>(i)] / n;
        if (drawn[k].holds(overlap.of_q, i)) of_q += overlap.share_of_q[static_cast<std::size_t>(i)] / n;
      }
      result.compare(0, k % 2 == 0 ? "what the sample has in a half space against its density" : "what the sample has in a wedge against its density",
                     of_q, of_source, std::abs(of_source - of_q), hoeffding_bound(stage.rows, stage.alpha / wedges), "probability");
    }
    return result;
  });
}

}  // namespace

Law sample_follows_the_density() {
  return {.id = "D8",
          .statement =
              "in 2 to 4 dimensions the sample has the density's share of 32 half spaces and wedges through its own rows: E_P[h/(1 + w)] = "
              "E_q[h·w/(1 + w)], w = p/q, q a normalised density about the sample",
          .advice = "the sampler mirrors or rotates the shape, takes L for its transpose, or gives parts other weights than the density does",
          .wants = {.sample = true},
          .examine_source =
              [](const SourceTrial& trial) {
                if (trial.source().dim() == 1) return Examined::not_applicable("of one number D7 asks for the whole cdf");
                if (trial.source().dim() > largest_blanket_dim)
                  return Examined::not_applicable("in more than 4 dimensions a blanket hardly overlaps with what it covers");
                return wedges_balance(trial);
              },
          .violated_by = "two crescents, one of which is drawn with probability 0.7 in place of ½",
          .fooled_by = "shares that are off by less than 0.1 (quick tier) or 0.01 (deep)"};
}

}  // namespace flowgauge::verify
