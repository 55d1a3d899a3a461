// SPDX-License-Identifier: MIT
#include "source_cases.hpp"

#include <flowgauge/error.hpp>
#include <flowgauge/random.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace flowgauge::verify {
namespace {

constexpr int most_attempts = 100;
constexpr int bits_of_options = 12;  ///< short enough that moving a source by short numbers is exact

int drawn_specimens(Tier tier) { return tier == Tier::quick ? 2 : tier == Tier::standard ? 4 : 20; }

/// Positive ranges are drawn by their logarithm, others about 0; either way half of the numbers lie within e² of 1.
double drawn_option(const OptionInfo& option, double z) {
  return std::clamp(with_bits(option.low > 0 ? std::exp(3 * z) : 5 * z * z * z, bits_of_options), option.low, option.high);
}

Item drawn_item(const SourceFamily& family, const RandomStream& stream, std::uint64_t row) {
  Item item{family.name, {}};
  std::uint32_t draw = 0;
  for (const OptionInfo& option : family.options)
    if (option.kind == OptionInfo::Kind::real) item.arguments.push_back({option.name, {drawn_option(option, stream.normal(row, draw++))}});
  return item;
}

/// The members that a run examines: the declared ones, and as many as the tier says with drawn options.
std::vector<Item> specimens_of(const SourceFamily& family, const Search& how, SourceStore& store) {
  std::vector<Item> items;
  for (const std::string& text : family.specimens) items.push_back(parse_item(text));
  const bool drawable =
      std::any_of(family.options.begin(), family.options.end(), [](const OptionInfo& o) { return o.kind == OptionInfo::Kind::real; });
  const RandomStream stream(how.seed, "specimens", family.name);
  int left = drawable ? drawn_specimens(how.tier) : 0;
  for (std::uint64_t i = 0; i < most_attempts && left > 0; ++i) {
    try {
      items.push_back(parse_item(store.get(family, drawn_item(family, stream, i))->text()));
      --left;
    } catch (const ConfigError&) {  // options that exclude each other, such as low ≥ high
    }
  }
  return items;
}

/// Numbers that formulas stumble over.
double stress_number(const RandomStream& stream, std::uint64_t row, std::uint32_t draw) {
  constexpr double largest = std::numeric_limits<double>::max();
  constexpr double numbers[] = {0.0, -0.0, 5e-324, -5e-324, 1e-310, 1e-300, 1,     -1,     4.5,     -4.5,
                                700, -700, 1e6,    -1e6,    1e150,  -1e150, 1e300, -1e300, largest, -largest};
  return numbers[stream.below(std::size(numbers), row, draw)];
}

Numbers drawn_row(const Distribution& source, const RandomStream& stream, std::uint64_t row, const std::string& row_class) {
  Numbers x(static_cast<std::size_t>(source.dim()));
  const auto* const one = dynamic_cast<const Univariate*>(&source);
  if (row_class == "stress") {
    for (std::size_t j = 0; j < x.size(); ++j) x[j] = stress_number(stream, row, static_cast<std::uint32_t>(10 + j));
    const std::uint64_t kind = stream.below(3, row, 1);
    if (one && kind == 0) {  // far out, and far beyond
      const double unit = one->quantile(0.75) - one->quantile(0.25), reach = std::pow(10, 1 + 4 * stream.uniform(row, 4));
      x[0] = one->quantile(0.5) + (stream.below(2, row, 5) == 0 ? reach : -reach) * unit;
    } else if (one && kind == 1) {
      const Marginal m = one->marginal(0);
      std::vector<double> places = one->kinks();
      for (const double end : {m.low, m.high})
        if (std::isfinite(end)) places.push_back(end);
      if (!places.empty()) {
        const double at = places[stream.below(places.size(), row, 2)];
        const double beside[] = {at, std::nextafter(at, -HUGE_VAL), std::nextafter(at, HUGE_VAL)};
        x[0] = beside[stream.below(3, row, 3)];
      }
    }
    return x;
  }
  if (one) {
    const double u = stream.uniform(row, 4), p = row_class == "tail" ? std::pow(10, -300 * u) : u / 2;
    x[0] = stream.below(2, row, 5) == 0 ? one->quantile(p) : one->upper_quantile(p);
    return x;
  }
  Batch<double> sample(1, source.dim());
  source.sample(stream, row, sample);
  const double factor = row_class == "tail" ? std::pow(10, 3 * stream.uniform(row, 4)) : 1;
  for (std::size_t j = 0; j < x.size(); ++j) x[j] = factor * sample(0, static_cast<Index>(j));
  return x;
}

constexpr int rows_of_a_case = 3;

Case drawn_source_case(const SourceFamily& family, const Law& law, const Draw& draw, const std::vector<Item>& specimens, SourceStore& store) {
  const Item& item = specimens[static_cast<std::size_t>(draw.number) % specimens.size()];
  const Distribution& source = *store.get(family, item);
  Case c;
  c.spec = {{item}};
  c.dim = source.dim();
  c.seed = draw.seed;
  c.parameter_class = "ordinary";
  if (law.wants.sample) {
    c.batch = static_cast<int>(draws_of(draw.tier));
    return c;
  }
  const RandomStream stream(draw.seed, "source-rows", family.name);
  for (int i = 0; i < std::min(rows_of_a_case, law.wants.rows); ++i) {
    const bool stressed = law.wants.stress && (draw.number + i) % 4 == 3;
    const std::string row_class = law.wants.ordinary_only ? "ordinary" : stressed ? "stress" : (draw.number + i) % 2 == 0 ? "ordinary" : "tail";
    c.rows.push_back(drawn_row(source, stream, static_cast<std::uint64_t>(i), row_class));
    c.row_classes.push_back(row_class);
  }
  return c;
}

}  // namespace

std::shared_ptr<const Distribution> SourceStore::get(const SourceFamily& family, const Item& item) {
  if (kept_.size() > 256) kept_.clear();
  auto& kept = kept_[to_text(item)];
  if (!kept) kept = family.make(item);
  return kept;
}

Index draws_of(Tier tier) { return tier == Tier::quick ? 10'000 : tier == Tier::standard ? 40'000 : 640'000; }

Examiner examiner_of(const SourceFamily& family, const Law& law, const Search& how, SourceStore& store, const std::optional<Item>& fixed) {
  const auto specimens = std::make_shared<std::vector<Item>>();  // made when the first case is drawn: in a worker
  Examiner examiner{family.name,
                    [&family, &law, &store, how, fixed, specimens](const Draw& draw) {
                      if (specimens->empty()) *specimens = fixed ? std::vector<Item>{*fixed} : specimens_of(family, how, store);
                      return drawn_source_case(family, law, draw, *specimens, store);
                    },
                    [&](const Case& c) { return law.examine_source(SourceTrial(family, store.get(family, c.spec.items.front()), c)); },
                    [](const Case& c, const std::function<bool(const Case&)>& still, int budget) { return shrunk_source_case(c, still, budget); }, 0,
                    family.exec};
  if (fixed) examiner.subject = to_text(*fixed);
  if (law.wants.sample) {
    const bool drawable =
        std::any_of(family.options.begin(), family.options.end(), [](const OptionInfo& o) { return o.kind == OptionInfo::Kind::real; });
    examiner.cases = fixed ? 1 : static_cast<int>(family.specimens.size()) + (drawable ? drawn_specimens(how.tier) : 0);
  }
  return examiner;
}

Case shrunk_source_case(Case best, const std::function<bool(const Case&)>& still, int budget) {
  if (!best.rows.empty()) budget = std::min(budget, 400);
  else budget = std::min(budget, 20);  // each look draws a sample
  const auto keep = [&](const Case& c) {
    if (budget <= 0) return false;
    --budget;
    if (!still(c)) return false;
    best = c;
    return true;
  };
  for (std::size_t i = 0; best.rows.size() > 1 && i < best.rows.size(); ++i) {
    Case c = best;
    c.rows = {best.rows[i]};
    if (keep(c)) break;
  }
  for (std::size_t a = 0; a < best.spec.items.front().arguments.size();) {
    Case c = best;
    auto& arguments = c.spec.items.front().arguments;
    arguments.erase(arguments.begin() + static_cast<std::ptrdiff_t>(a));
    if (!keep(c)) ++a;
  }
  const auto shorten = [&](auto number_in) {
    for (const int bits : {1, 2, 3, 4, 6, 8, 12, 20, 30}) {
      Case c = best;
      double* const number = number_in(c);
      const double shorter = number ? with_bits(*number, bits) : 0;
      if (!number || shorter == *number) return;
      *number = shorter;
      if (keep(c)) return;
    }
  };
  for (std::size_t a = 0; a < best.spec.items.front().arguments.size(); ++a)
    shorten([a](Case& c) { return std::get_if<double>(&c.spec.items.front().arguments[a].value.content); });
  for (std::size_t i = 0; i < best.rows.size(); ++i)
    for (std::size_t j = 0; j < best.rows[i].size(); ++j) shorten([i, j](Case& c) { return &c.rows[i][j]; });
  return best;
}

}  // namespace flowgauge::verify
