// SPDX-License-Identifier: MIT
#include "generators.hpp"

#include <flowgauge/error.hpp>
#include <flowgauge/random.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace flowgauge::verify {
namespace {

/// Numbers one after the other for what the shape of a case is drawn from; θ and points have streams of their own.
class Dice {
 public:
  explicit Dice(std::uint32_t seed, std::string_view purpose) : stream_(seed, purpose) {}
  double uniform() { return stream_.uniform(at_++, 0); }
  int below(int n) { return static_cast<int>(stream_.below(static_cast<std::uint64_t>(n), at_++, 0)); }
  int between(int low, int high) { return low + below(high - low + 1); }

 private:
  RandomStream stream_;
  std::uint64_t at_ = 0;
};

Argument argument(const std::string& key, double value) { return {key, Value{value}}; }

double number_from(const std::string& text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::vector<Argument> draw_options(const std::vector<OptionInfo>& options, Dice& dice, int depth);

const std::vector<MemberInfo>& members() {
  static const std::vector<MemberInfo> all = list_members();
  return all;
}

/// A transformer, or any layer, of the catalogue with drawn options; nothing deeper than two.
Item draw_item(Dice& dice, int depth, bool transformers) {
  std::vector<const MemberInfo*> fit;
  for (const MemberInfo& m : members())
    if (m.kind == MemberKind::transformer || (!transformers && (m.kind == MemberKind::layer || (m.kind == MemberKind::driver && depth < 1))))
      fit.push_back(&m);
  const MemberInfo& chosen = *fit[dice.below(static_cast<int>(fit.size()))];
  return {chosen.name, draw_options(chosen.options, dice, depth + 1)};
}

std::vector<Argument> draw_options(const std::vector<OptionInfo>& options, Dice& dice, int depth) {
  std::vector<Argument> arguments;
  for (const OptionInfo& o : options) {
    const bool keep_default = dice.uniform() < 0.3;
    switch (o.kind) {
      case OptionInfo::Kind::integer: {
        const double start = number_from(o.default_text), span = o.high - o.low;
        const double high = span > 1e6 ? o.low + 99 : std::min(o.high, std::max(start, o.low + 8));
        const int drawn = dice.between(static_cast<int>(o.low), static_cast<int>(high));
        if (!keep_default) arguments.push_back(argument(o.name, drawn));
        break;
      }
      case OptionInfo::Kind::real: {
        const double start = number_from(o.default_text), factor = std::exp2(6 * dice.uniform() - 3);
        const double sign = o.low < 0 && dice.uniform() < 0.5 ? -1 : 1;
        const double drawn = with_bits(std::clamp(sign * (start == 0 ? 1.0 : start) * factor, o.low, o.high), 4);
        if (!keep_default) arguments.push_back(argument(o.name, std::clamp(drawn, o.low, o.high)));
        break;
      }
      case OptionInfo::Kind::choice: {
        const std::string& word = o.choices[dice.below(static_cast<int>(o.choices.size()))];
        arguments.push_back({o.name, Value{std::vector<Item>{{word, {}}}}});
        break;
      }
      case OptionInfo::Kind::list: {
        // A default may be a network far too wide for 50 digits: always drawn.
        std::vector<double> entries(dice.below(3));
        for (double& e : entries) e = std::clamp<double>(dice.between(1, 8), o.low, o.high);
        arguments.push_back({o.name, Value{entries}});
        break;
      }
      case OptionInfo::Kind::item:
        arguments.push_back({o.name, Value{std::vector<Item>{draw_item(dice, depth, o.name == "transformer")}}});
        break;
      case OptionInfo::Kind::flow: {
        std::vector<Item> items(1 + dice.below(2));
        for (Item& item : items) item = draw_item(dice, depth, false);
        arguments.push_back({o.name, Value{items}});
        break;
      }
    }
  }
  return arguments;
}

FlowSpec draw_spec(const Family& family, Dice& dice) {
  if (family.fixed) return *family.fixed;
  FlowSpec spec;
  if (!family.chain || !family.options.empty()) {  // one layer, or a block; a random flow has no options
    spec.items.push_back({family.name, draw_options(family.options, dice, 0)});
    return unfolded(spec);
  }
  const int layers = dice.between(2, 4);
  for (int l = 0; l < layers; ++l) {
    if (l > 0 && dice.uniform() < 0.15) spec.items.push_back(spec.items.back());
    else spec.items.push_back(draw_item(dice, 0, false));
  }
  return spec;
}

int draw_dim(const Wants& wants, const Draw& draw) {
  if (!wants.dims.empty()) return wants.dims[draw.number % wants.dims.size()];
  static constexpr std::array quick{2, 1, 3, 1, 2, 4, 1, 2, 5, 1, 2, 3, 1, 2, 8, 1, 2, 3};
  static constexpr std::array standard{1, 2, 3, 4, 1, 2, 5, 8, 1, 2, 3, 4, 1, 2, 5, 16, 1, 2, 3, 8, 1, 2, 33};
  const std::size_t start = hash_text(std::to_string(draw.seed % 7));
  const int dim = draw.tier == Tier::quick ? quick[(draw.number + start % 3) % quick.size()] : standard[(draw.number + start % 3) % standard.size()];
  return std::min(dim, wants.largest_dim);
}

int draw_batch(Dice& dice, int dim) {
  static constexpr std::array sizes{1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 23, 24, 25, 33, 47, 48, 49, 479, 480, 481};
  for (;;) {
    const int n = sizes[dice.below(static_cast<int>(sizes.size()))];
    if (n != dim) return n;
  }
}

double stepped(double x, int ulps) {
  for (; ulps > 0; --ulps) x = std::nextafter(x, std::numeric_limits<double>::infinity());
  for (; ulps < 0; ++ulps) x = std::nextafter(x, -std::numeric_limits<double>::infinity());
  return x;
}

/// Points of one class, number (i, j) from the stream's row i, draw j.
class Points {
 public:
  Points(std::uint32_t seed, Interval range) : stream_(seed, "points"), range_(range) {}

  double at(const std::string& name, int i, int j, const std::vector<double>& knots) const {
    const auto u = [&](int k) { return stream_.uniform(i, 8 * j + k); };
    const double sign = u(0) < 0.5 ? -1 : 1;
    double x = 0;
    if (name == "stress") {
      static constexpr std::array extremes{0.0, 0x1p-1074, 0x1p-1022, 0x1p-60, 1e3, 1e5, 1e8, 1e30, 1e100, 1e300};
      const auto k = static_cast<std::size_t>(u(1) * (extremes.size() + 1));
      x = k < extremes.size() ? extremes[k] : 700 + 90 * (u(2) - 0.5);
    } else if (name == "tail") x = with_bits(std::pow(10.0, 1 + 5 * u(1)), 12);
    else if (name == "knot" && !knots.empty()) return inside(knots[static_cast<std::size_t>(u(1) * knots.size())], u(2));
    else if (name == "edge" && std::isfinite(range_.low + range_.high)) return inside(u(1) < 0.5 ? range_.low : range_.high, u(2));
    else if (u(1) < 0.5) x = std::abs(std::nearbyint(256 * stream_.normal(i, 8 * j + 7)) / 256);
    else x = with_bits(std::pow(10.0, 6 * u(2) - 3), 12);
    return folded(sign * x, u(3));
  }

 private:
  double inside(double centre, double u) const {
    static constexpr std::array ulps{0, 1, -1, 2, -2, 16, -16};
    static constexpr std::array offsets{1e-9, -1e-9, 1e-6, -1e-6};
    const auto k = static_cast<std::size_t>(u * (ulps.size() + offsets.size()));
    return std::clamp(k < ulps.size() ? stepped(centre, ulps[k]) : centre + offsets[k - ulps.size()], range_.low, range_.high);
  }
  /// A point outside the domain is replaced by one inside.
  double folded(double x, double u) const {
    if (x > range_.low && x < range_.high) return x;
    if (std::isfinite(range_.low + range_.high)) return range_.low + u * (range_.high - range_.low);
    return std::isfinite(range_.low) ? range_.low + std::abs(x) + u : range_.high - std::abs(x) - u;
  }
  RandomStream stream_;
  Interval range_;
};

/// Where the pieces of coordinate j meet. With several coordinates only where no other moves them.
std::vector<double> knots_of(const Subject& subject, const Case& c, int j) {
  std::vector<double> knots;
  Flow<double>& flow = subject.flow<double>();
  std::copy(c.theta.begin(), c.theta.end(), flow.theta().begin());
  if (subject.dim() == 1 && subject.context() == 0) {
    Workspace workspace;
    knots = flow.knots(workspace);
  } else if (subject.is_layer() && subject.facts().structure == Structure::diagonal) {
    flow.layers().front().body().knots({flow.theta(), {}, nullptr}, j, knots);
  }
  if (const auto outside = subject.facts().identity_outside; outside && !subject.by_values()) knots.insert(knots.end(), {*outside, -*outside});
  if (subject.facts().continuous_derivatives < 99) knots.push_back(0);
  std::erase_if(knots, [](double k) { return !std::isfinite(k); });
  return knots;
}

void draw_rows(Case& c, const Subject& subject, const Law& law, const std::string& row_class, const Draw& draw) {
  const Facts& facts = subject.facts();
  const bool of_inverse = law.wants.outputs && !(subject.by_values() && subject.arithmetic().image);
  const Points points(draw.seed, of_inverse ? facts.codomain : facts.domain);
  Dice dice(draw.seed, "rows");
  const int n = dice.between(1, law.wants.rows);
  std::vector<std::vector<double>> knots(c.dim);
  if (row_class == "knot")
    for (int j = 0; j < c.dim; ++j) knots[j] = knots_of(subject, c, j);
  for (int i = 0; i < n; ++i) {
    Numbers row(c.dim), context(c.context_size);
    for (int j = 0; j < c.dim; ++j) row[j] = points.at(row_class, i, j, knots[j]);
    const RandomStream stream(draw.seed, "given");
    for (int j = 0; j < c.context_size; ++j) context[j] = std::nearbyint(16 * stream.normal(i, j)) / 16;
    c.rows.push_back(row);
    if (c.context_size > 0) c.contexts.push_back(context);
    c.row_classes.push_back(row_class);
  }
  if (!of_inverse || row_class != "knot") return;
  // The law asks for outputs: those that the knots have.
  const Trial trial(subject, c);
  std::vector<Numbers> outputs;
  for (int i = 0; i < n; ++i) outputs.push_back(trial.call(Way::forward, c.rows[i], trial.context(i)).value);
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < c.dim; ++j)
      if (std::isfinite(outputs[i][j])) c.rows[i][j] = outputs[i][j];
}

/// Whether each layer of a chain takes what the one before can give.
bool fits(const Subject& subject) {
  const std::vector<Layer<double>>& layers = subject.flow<double>().layers();
  for (std::size_t l = 1; l < layers.size(); ++l) {
    const Interval given = layers[l - 1].info().facts.codomain, taken = layers[l].info().facts.domain;
    if (given.low < taken.low || given.high > taken.high) return false;
  }
  return true;
}

/// Every number as the float that the layer will be given.
void in_float(Case& c) {
  const auto each = [](Numbers& numbers) {
    // As far from the ends of float as 1e±300 are from those of double.
    for (double& v : numbers)
      if (v != 0) v = static_cast<float>(std::copysign(std::clamp(std::abs(v), 1e-36, 1e36), v));
  };
  each(c.theta);
  for (Numbers& row : c.rows) each(row);
  for (Numbers& given : c.contexts) each(given);
}

}  // namespace

double with_bits(double value, int bits) {
  if (value == 0 || !std::isfinite(value)) return value;
  int exponent = 0;
  const double mantissa = std::frexp(value, &exponent);
  return std::ldexp(std::nearbyint(std::ldexp(mantissa, bits)), exponent - bits);
}

const Subject& SubjectStore::get(const Workshop& workshop, const FlowSpec& spec, int dim, int context) {
  const std::string key = to_text(spec) + " | " + std::to_string(dim) + " | " + std::to_string(context);
  auto& subject = kept_[key];
  if (!subject) {
    try {
      subject = std::make_unique<Subject>(workshop, spec, dim, context);
    } catch (...) {
      kept_.erase(key);
      throw;
    }
  }
  return *subject;
}

Case draw_case(const Family& family, const Law& law, const Draw& draw, SubjectStore& store) {
  const Wants& wants = law.wants;
  std::string reason;
  for (int attempt = 0; attempt < 20; ++attempt) {
    Dice dice(draw.seed, "case " + std::to_string(attempt));
    Case c;
    c.seed = draw.seed;
    c.dim = std::min(draw_dim(wants, draw) + (attempt > 10 ? attempt - 10 : 0), std::max(wants.largest_dim, 1));
    // A turn for a direction of length 0, which needs two coordinates.
    const bool no_direction = wants.stress && !wants.ordinary_only && !wants.initial && wants.largest_dim > 1 && draw.number % 20 == 9;
    if (no_direction) c.dim = std::max(c.dim, 2);
    // Turns for every factor at the same end of its range.
    const bool may_stress = wants.stress && !wants.ordinary_only;
    const int turn_of_ends = (may_stress && !wants.initial) || wants.one_end ? draw.number % 20 : 0;
    const std::string end = turn_of_ends == 13 ? "low" : turn_of_ends == 17 ? "high" : "";
    if (wants.one_end && !end.empty()) c.dim = 33;
    c.context_size = dice.uniform() < 0.2 ? dice.between(1, 2) : 0;
    if (!family.dims.empty()) {
      c.dim = family.dims[static_cast<std::size_t>(draw.number) % family.dims.size()];
      c.context_size = family.context;
    }
    const Subject* subject = nullptr;
    try {
      const FlowSpec spec = draw_spec(family, dice);
      if (c.context_size > 0 && !store.get(family.workshop, spec, c.dim, c.context_size).uses_context()) c.context_size = 0;
      subject = &store.get(family.workshop, spec, c.dim, c.context_size);
    } catch (const std::invalid_argument& error) {
      reason = error.what();
      continue;
    }
    if (!family.fixed && !fits(*subject)) {
      reason = "no chain fits";
      continue;
    }
    c.spec = subject->spec();
    // Three cases of four are ordinary in all; the classes of the fourth take turns.
    std::string row_class = "ordinary";
    c.parameter_class = "ordinary";
    if (may_stress && draw.number % 4 == 3) {
      static const std::array<std::string, 4> rows{"stress", "knot", "tail", "edge"};
      static const std::array<std::string, 4> parameters{"ordinary", "wide", "degenerate", "initial"};
      const int turn = draw.number / 4;
      const Interval range = wants.outputs ? subject->facts().codomain : subject->facts().domain;
      row_class = turn % 5 == 4 ? "ordinary" : rows[turn % 5 == 3 && !std::isfinite(range.high) ? 1 : turn % 5];
      c.parameter_class = parameters[(turn / 2 + turn) % 4];
    }
    if (!end.empty()) c.parameter_class = end;
    if (wants.knots) row_class = "knot";
    if (wants.initial) c.parameter_class = "initial";
    // A direction of length 0: what is divided by its length is 0/0.
    const std::vector<Block>& blocks = subject->blocks();
    const bool directed = std::any_of(blocks.begin(), blocks.end(), [](const Block& b) { return b.role == Role::direction; });
    if (directed && no_direction) c.parameter_class = "no direction";
    c.theta = draw_theta(*subject, c.parameter_class, draw.seed);
    draw_rows(c, *subject, law, row_class, draw);
    // Points that no law may miss by chance: the origin, where kinks, logs and divisions meet, the largest numbers and the smallest.
    const Facts& facts = subject->facts();
    const bool unbounded =
        std::isinf(facts.domain.low) && std::isinf(facts.domain.high) && std::isinf(facts.codomain.low) && std::isinf(facts.codomain.high);
    if (may_stress && !wants.knots && unbounded) {
      if (draw.number % 20 == 19)
        for (Numbers& row : c.rows) std::fill(row.begin(), row.end(), 0.0);
      if (draw.number % 20 == 11) c.rows[0][0] = std::copysign(0x1p-57, draw.seed % 2 == 0 ? 1.0 : -1.0);  // far below 1 + x, not below doubles
      if (draw.number % 20 == 3) c.rows[0][0] = std::copysign(draw.number % 40 == 3 ? 1e300 : 1e-300, draw.seed % 2 == 0 ? 1.0 : -1.0);
    }
    // Far out even ordinary parameters can stretch beyond what a double resolves: those rows count as stress. A chain
    // multiplies what its layers stretch.
    const double far = subject->is_layer() ? 32 : 8;
    for (std::size_t i = 0; i < c.rows.size(); ++i)
      if (c.row_classes[i] == "ordinary" && std::any_of(c.rows[i].begin(), c.rows[i].end(), [&](double v) { return std::abs(v) > far; }))
        c.row_classes[i] = "far";
    if (wants.batches) c.batch = draw_batch(dice, c.dim);
    if (family.workshop.arithmetic.unit > 0x1p-53) in_float(c);
    return c;
  }
  throw ConfigError("no drawn options of " + family.name + " make a layer: " + reason);
}

}  // namespace flowgauge::verify
