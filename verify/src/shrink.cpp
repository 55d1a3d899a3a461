// SPDX-License-Identifier: MIT
#include "shrink.hpp"

#include <flowgauge/random.hpp>

#include <algorithm>
#include <cmath>
#include <optional>

namespace flowgauge::verify {
namespace {

/// How hard a number is to read: 0, 1, −1 and 0.5 are the easiest, then few bits and a small exponent.
double hardness(double x) {
  if (x == 0) return std::signbit(x) ? 1 : 0;
  if (x == 1) return 2;
  if (x == -1) return 3;
  if (x == 0.5) return 4;
  if (!std::isfinite(x)) return 200;
  int exponent = 0, bits = 1;
  std::frexp(x, &exponent);
  while (bits < 53 && with_bits(x, bits) != x) ++bits;
  return 5 + bits + std::abs(exponent) / 16.0 + (x < 0 ? 0.01 : 0);
}

std::string plain_name(const std::string& name) { return name.rfind("0.", 0) == 0 ? name.substr(2) : name; }

class Shrinker {
 public:
  Shrinker(Case c, const Workshop& workshop, SubjectStore& store, const std::function<bool(const Case&)>& still, int budget)
      : best_(std::move(c)), workshop_(workshop), store_(store), still_(still), left_(budget) {}

  Case run() {
    bool again = true;
    while (again && left_ > 0) {
      again = false;
      again |= one_row();
      again |= fewer_layers();
      again |= one_coordinate_alone() || smaller_dim() || one_coordinate_less();
      again |= plainer();
      again |= default_options();
      again |= shorter_numbers();
    }
    return best_;
  }

 private:
  bool keep(const Case& c) {
    if (left_ <= 0) return false;
    --left_;
    if (!still_(c)) return false;
    best_ = c;
    return true;
  }
  const Subject* subject(const FlowSpec& spec, int dim, int context) const {
    try {
      return &store_.get(workshop_, spec, dim, context);
    } catch (const std::invalid_argument&) {
      return nullptr;
    }
  }
  /// The case for another subject: blocks keep what they had, entry by entry; what is new has its initial value.
  std::optional<Case> refitted(const FlowSpec& spec, int dim, int context) const {
    const Subject *before = subject(best_.spec, best_.dim, best_.context_size), *after = subject(spec, dim, context);
    if (!before || !after) return {};
    Case c = best_;
    c.spec = after->spec();
    c.dim = dim;
    c.context_size = context;
    c.theta.clear();
    for (const Block& block : after->blocks()) {
      Index at = 0, found = 0;
      for (const Block& old : before->blocks()) {
        if (plain_name(old.name) == plain_name(block.name)) {
          found = old.count;
          break;
        }
        at += old.count;
      }
      for (Index i = 0; i < block.count; ++i) c.theta.push_back(i < found ? best_.theta[at + i] : block.initial);
    }
    for (Numbers& row : c.rows) row.resize(dim);
    if (context == 0) c.contexts.clear();
    for (Numbers& given : c.contexts) given.resize(context);
    return c;
  }

  bool one_row() {
    bool done = false;
    for (std::size_t i = best_.rows.size(); best_.rows.size() > 1 && i-- > 0;) {
      Case c = best_;
      c.rows = {best_.rows[i]};
      if (!best_.contexts.empty()) c.contexts = {best_.contexts[i]};
      if (keep(c)) return true;
    }
    for (std::size_t i = best_.rows.size(); best_.rows.size() > 1 && i-- > 0;) {
      Case c = best_;
      c.rows.erase(c.rows.begin() + i);
      if (!c.contexts.empty()) c.contexts.erase(c.contexts.begin() + i);
      done |= keep(c);
    }
    return done;
  }
  bool fewer_layers() {
    bool done = false;
    for (std::size_t l = best_.spec.items.size(); best_.spec.items.size() > 1 && l-- > 0;) {
      // Blocks are named by the layer's place: cut θ by layers instead.
      const Subject* before = subject(best_.spec, best_.dim, best_.context_size);
      Case c = best_;
      c.spec.items.erase(c.spec.items.begin() + l);
      Index first = 0;
      const auto& layers = before->flow<double>().layers();
      for (std::size_t k = 0; k < l; ++k) first += layers[k].info().parameters;
      c.theta.erase(c.theta.begin() + first, c.theta.begin() + first + layers[l].info().parameters);
      done |= subject(c.spec, c.dim, c.context_size) && keep(c);
    }
    return done;
  }
  /// Of how many parameters each coordinate has its own; −1 where they share some, or see each other.
  Index share_of_a_coordinate() const {
    const int dim = best_.dim;
    const Subject* before = subject(best_.spec, dim, best_.context_size);
    if (dim < 2 || !before->is_layer() || before->facts().structure != Structure::diagonal) return -1;
    const Subject* small = subject(best_.spec, dim - 1, best_.context_size);
    return small && small->parameters() * dim == before->parameters() * (dim - 1) ? before->parameters() / dim : -1;
  }
  bool one_coordinate_alone() {
    const Index share = share_of_a_coordinate();
    for (int j = 0; share >= 0 && j < best_.dim; ++j) {
      Case c = best_;
      c.dim = 1;
      c.theta.assign(best_.theta.begin() + j * share, best_.theta.begin() + (j + 1) * share);
      for (Numbers& row : c.rows) row = {row[j]};
      if (keep(c)) return true;
    }
    return false;
  }
  bool one_coordinate_less() {
    const Index share = share_of_a_coordinate();
    for (int j = 0; share >= 0 && j < best_.dim; ++j) {
      Case c = best_;
      --c.dim;
      c.theta.erase(c.theta.begin() + j * share, c.theta.begin() + (j + 1) * share);
      for (Numbers& row : c.rows) row.erase(row.begin() + j);
      if (keep(c)) return true;
    }
    return false;
  }
  bool smaller_dim() {
    const int dim = best_.dim;
    for (int d = 1; d < dim && (d <= 3 || d == dim - 1); d = d == 3 && dim > 4 ? dim - 1 : d + 1) {
      for (int first = 0; first + d <= dim; first += std::max(1, dim - d)) {
        auto c = refitted(best_.spec, d, best_.context_size);
        if (!c) break;
        for (std::size_t i = 0; i < c->rows.size(); ++i)
          c->rows[i].assign(best_.rows[i].begin() + first, best_.rows[i].begin() + first + d);
        if (keep(*c)) return true;
      }
      // Fresh numbers for the small one, should the old ones not show it.
      for (std::uint32_t again = 0; again < (dim > 3 ? 6u : 2u); ++again) {
        const Subject* small = subject(best_.spec, d, best_.context_size);
        if (!small) break;
        auto c = refitted(best_.spec, d, best_.context_size);
        if (!c) break;
        const std::uint32_t seed = (best_.seed + again) & 0x7fffffffu;
        c->theta = draw_theta(*small, best_.parameter_class == "initial" ? "initial" : "ordinary", seed);
        const RandomStream stream(seed, "shrink");
        if (again > 0)
          for (std::size_t i = 0; i < c->rows.size(); ++i)
            for (int j = 0; j < d; ++j) c->rows[i][j] = std::nearbyint(16 * stream.normal(i, j)) / 16;
        if (keep(*c)) return true;
      }
    }
    return false;
  }
  bool plainer() {
    bool done = false;
    if (best_.context_size > 0)
      if (auto c = refitted(best_.spec, best_.dim, 0)) done |= keep(*c);
    for (const int batch : {0, 2, 3, 4, 5, 8, 9, 16, 25, 49}) {
      if (batch >= best_.batch) break;
      Case c = best_;
      c.batch = batch;
      if (keep(c)) {
        done = true;
        break;
      }
    }
    for (const std::uint32_t seed : {0u, 1u, 2u, 3u}) {
      if (seed >= best_.seed) break;
      Case c = best_;
      c.seed = seed;
      if (keep(c)) {
        done = true;
        break;
      }
    }
    return done;
  }
  bool try_spec(const FlowSpec& spec) {
    const auto c = refitted(spec, best_.dim, best_.context_size);
    return c && to_text(c->spec) != to_text(best_.spec) && keep(*c);
  }
  bool default_options() {
    bool done = false;
    for (std::size_t l = 0; l < best_.spec.items.size(); ++l)
      for (std::size_t a = best_.spec.items[l].arguments.size(); a-- > 0;) {
        if (a >= best_.spec.items[l].arguments.size()) continue;
        const Value& value = best_.spec.items[l].arguments[a].value;
        std::vector<Value> simpler;
        if (value.is_list()) {
          const auto& list = std::get<std::vector<double>>(value.content);
          if (!list.empty()) simpler.push_back(Value{std::vector<double>{}});
          if (list.size() > 1 || (list.size() == 1 && list[0] > 1)) simpler.push_back(Value{std::vector<double>{1}});
        } else if (value.is_number()) {
          for (const double v : {1.0, 2.0, 3.0})
            if (v < std::get<double>(value.content)) simpler.push_back(Value{v});
        } else if (const auto& items = std::get<std::vector<Item>>(value.content); items.size() == 1 && !items[0].arguments.empty()) {
          simpler.push_back(Value{std::vector<Item>{{items[0].name, {}}}});
        }
        bool kept = false;
        for (const Value& v : simpler) {
          FlowSpec spec = best_.spec;
          spec.items[l].arguments[a].value = v;
          if ((kept = try_spec(spec))) break;
        }
        if (!kept && !value.is_list()) {
          FlowSpec spec = best_.spec;
          spec.items[l].arguments.erase(spec.items[l].arguments.begin() + a);
          // A default that makes a larger subject is no progress.
          const Subject *plain = subject(spec, best_.dim, best_.context_size), *now = subject(best_.spec, best_.dim, best_.context_size);
          if (plain && now && plain->parameters() <= now->parameters()) kept = try_spec(spec);
        }
        done |= kept;
      }
    return done;
  }

  template <class Change>
  bool all_at_once(const Change& change) {
    Case c = best_;
    double before = 0, after = 0;
    const auto each = [&](Numbers& numbers) {
      for (double& v : numbers) {
        before += hardness(v);
        v = change(v);
        after += hardness(v);
      }
    };
    each(c.theta);
    for (Numbers& r : c.rows) each(r);
    for (Numbers& r : c.contexts) each(r);
    return after < before && keep(c);
  }
  /// `pick` finds the same number in any copy of the case.
  template <class Pick>
  bool shorter(const Pick& pick) {
    const double now = pick(best_);
    std::vector<double> tries{0, 1, -1, 0.5};
    const int power = now != 0 && std::isfinite(now) ? std::ilogb(now) : 0;  // nearer to 1: half the power, three quarters, one less
    for (const int nearer : {power / 2, power - power / 4, power - (power > 0) + (power < 0)})
      tries.push_back(std::copysign(std::ldexp(1.0, nearer), now));
    for (const int bits : {1, 2, 3, 4, 6, 8, 12, 24}) tries.push_back(with_bits(now, bits));
    for (const double t : tries) {
      if (hardness(t) >= hardness(now)) continue;
      Case c = best_;
      pick(c) = t;
      if (keep(c)) return true;
    }
    return false;
  }
  bool shorter_numbers() {
    bool done = false;
    for (const int bits : {1, 2, 4, 8, 16})
      if (all_at_once([&](double v) { return with_bits(v, bits); })) {
        done = true;
        break;
      }
    if (std::any_of(best_.theta.begin(), best_.theta.end(), [](double v) { return v != 0; })) {
      Case c = best_;
      std::fill(c.theta.begin(), c.theta.end(), 0.0);
      done |= keep(c);
    }
    // Whole blocks before single numbers: a matrix that does not matter has hundreds.
    Index first = 0;
    for (const Block& block : subject(best_.spec, best_.dim, best_.context_size)->blocks()) {
      Case c = best_;
      std::fill_n(c.theta.begin() + first, block.count, 0.0);
      done |= c.theta != best_.theta && keep(c);
      first += block.count;
    }
    for (std::size_t k = 0; k < best_.theta.size(); ++k) done |= shorter([k](Case& c) -> double& { return c.theta[k]; });
    for (std::size_t i = 0; i < best_.rows.size(); ++i)
      for (std::size_t j = 0; j < best_.rows[i].size(); ++j) done |= shorter([i, j](Case& c) -> double& { return c.rows[i][j]; });
    for (std::size_t i = 0; i < best_.contexts.size(); ++i)
      for (std::size_t j = 0; j < best_.contexts[i].size(); ++j) done |= shorter([i, j](Case& c) -> double& { return c.contexts[i][j]; });
    return done;
  }

  Case best_;
  const Workshop& workshop_;
  SubjectStore& store_;
  const std::function<bool(const Case&)>& still_;
  int left_;
};

}  // namespace

Case shrunk(Case c, const Workshop& workshop, SubjectStore& store, const std::function<bool(const Case&)>& still, int budget) {
  return Shrinker(std::move(c), workshop, store, still, budget).run();
}

}  // namespace flowgauge::verify
