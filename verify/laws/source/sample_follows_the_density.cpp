// SPDX-License-Identifier: MIT
#include <flowgauge/verify/blanket.hpp>

#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

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
  std::string text() const {
    const auto side = [&](const Numbers& normal) {
      return fmt::format("({:.3g})·(x − ({:.3g})) > 0", fmt::join(normal, ", "), fmt::join(apex, ", "));
    };
    return "where " + side(first) + (first == second ? "" : " and " + side(second));
  }
};
constexpr int wedges = 32;

std::vector<Wedge> drawn_wedges(const SourceTrial& trial, const Blanket& blanket) {
  const RandomStream stream = trial.stream("directions");
  const Batch<double>& rows = blanket.centres();
  std::vector<Wedge> drawn;
  for (std::uint64_t k = 0; k < wedges; ++k) {
    Wedge wedge{row_of(rows, static_cast<Index>(stream.below(static_cast<std::uint64_t>(rows.rows()), k, 0))), {}, {}};
    std::uint32_t draw = 1;
    for (const double s : blanket.spread()) wedge.first.push_back(stream.normal(k, draw++) / s);
    for (const double s : blanket.spread()) wedge.second.push_back(stream.normal(k, draw++) / s);
    if (k % 2 == 0) wedge.second = wedge.first;
    drawn.push_back(wedge);
  }
  return drawn;
}

Examined wedges_balance(const SourceTrial& trial) {
  const Blanket blanket(trial);
  if (!blanket.usable()) return Examined::not_applicable(std::string(rows_without_blanket));
  const std::vector<Wedge> drawn = drawn_wedges(trial, blanket);
  return in_two_stages(trial.sample().batch, [&](const Stage& stage) {
    Examined result;
    const Overlap overlap = overlap_of(trial, blanket, stage, "wedges");
    const double n = static_cast<double>(stage.rows), bound = hoeffding_bound(stage.rows, stage.alpha / wedges);
    if (overlap.too_thin(bound)) return Examined::not_applicable(std::string(rows_too_thin));
    for (const Wedge& wedge : drawn) {
      double of_source = 0, of_q = 0;
      for (Index i = 0; i < stage.rows; ++i) {
        if (wedge.holds(overlap.x, i)) of_source += overlap.share_of_x[static_cast<std::size_t>(i)] / n;
        if (wedge.holds(overlap.of_q, i)) of_q += overlap.share_of_q[static_cast<std::size_t>(i)] / n;
      }
      result.compare(0, "what the sample has against its density " + wedge.text(), of_q, of_source, std::abs(of_source - of_q), bound, "probability");
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
          .fooled_by = "shares that are off by less than 0.1 (quick tier) or 0.01 (deep); of what lies on something thin little can be seen"};
}

}  // namespace flowgauge::verify
