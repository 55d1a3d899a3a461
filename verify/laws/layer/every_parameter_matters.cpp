// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>

#include <cmath>
#include <fmt/format.h>

namespace flowgauge::verify {

namespace {

/// 64 points: normal with scales 1 and 3, and uniform on (−2, 2).
Batch<double> points(int dim, std::uint64_t seed, const char* purpose) {
  const RandomStream stream(seed, purpose);
  Batch<double> x(64, dim);
  for (Index i = 0; i < 64; ++i)
    for (Index j = 0; j < dim; ++j)
      x(i, j) = i % 4 == 3 ? 4 * stream.uniform(i, 2 * j) - 2 : (i % 4 == 2 ? 3 : 1) * stream.normal(i, 2 * j + 1);
  return x;
}

struct Result {
  Batch<double> y;
  std::vector<double> log_det;
};
Result forward(const Subject& subject, Case sample, const Batch<double>& x, const Batch<double>& context) {
  const Trial trial(subject, sample);
  Result r{Batch<double>(x.rows(), x.dim()), std::vector<double>(x.rows())};
  trial.call(Way::forward, x.in(), context.in(), r.y.out(), r.log_det);
  return r;
}
bool differ(const Result& a, const Result& b) {
  for (Index i = 0; i < a.y.rows(); ++i) {
    if (a.log_det[i] != b.log_det[i]) return true;
    for (Index j = 0; j < a.y.dim(); ++j)
      if (a.y(i, j) != b.y(i, j)) return true;
  }
  return false;
}

}  // namespace

Law every_parameter_matters() {
  return {.id = "A2",
          .statement = "moving any one parameter, or the context, changes some output or log_det at one of 64 points",
          .advice = "a parameter that nothing depends on: a dead mask, an ignored option, a context that never arrives",
          .wants = {.stress = false, .largest_dim = 5, .rows = 1, .ordinary_only = true},
          .examine = [](const Trial& trial) {
            const Subject& subject = trial.subject();
            if (subject.parameters() == 0 && !subject.uses_context()) return Examined::not_applicable("has no parameters and no context");
            Examined result;
            Batch<double> x = points(subject.dim(), trial.sample().seed, "points");
            // A spline learns inside its box only: bring the points there.
            if (const auto box = subject.facts().identity_outside)
              for (Index i = 0; i < x.rows(); ++i)
                for (Index j = 0; j < x.dim(); ++j) x(i, j) = *box * ((static_cast<double>((i * 37 + j * 11) % 64) + 0.5) / 32 - 1);
            const Batch<double> context = subject.context() > 0 ? points(subject.context(), trial.sample().seed, "context") : Batch<double>(0, 0);
            // Parameters of its own: a draw may silence a unit of a network, four draws may not silence all of it.
            std::vector<Case> draws(4, trial.sample());
            std::vector<Result> base;
            for (std::size_t r = 0; r < draws.size(); ++r) {
              const RandomStream stream(trial.sample().seed, "parameters " + std::to_string(r));
              random_parameters(subject.blocks(), stream, 1, draws[r].theta);
              base.push_back(forward(subject, draws[r], x, context));
            }
            const auto matters = [&](Index k) {
              for (std::size_t r = 0; r < draws.size(); ++r)
                for (const double step : {0.375, -0.375, 2.0, -2.0}) {
                  Case moved = draws[r];
                  moved.theta[k] += step;
                  if (differ(base[r], forward(subject, moved, x, context))) return true;
                }
              return false;
            };
            const auto judge = [&](const std::string& what, bool alive) {
              result.compare(0, "points at which " + what + " changes anything", 1, alive ? 1 : 0, alive ? 0 : 1, 0.5, "points");
            };
            // Behind a network a single parameter may reach no drawn point; a block of them may not.
            const bool by_block = subject.facts().structure == Structure::coupling || subject.uses_context() || !subject.is_layer();
            Index at = 0;
            for (const Block& block : subject.blocks()) {
              bool block_alive = false;
              for (Index k = at; k < at + block.count && !(by_block && block_alive); ++k) {
                const bool alive = matters(k);
                block_alive |= alive;
                if (!by_block && block.role != Role::fixed) judge(subject.parameter_name(k), alive);
              }
              if (by_block) judge("any of " + block.name, block_alive);
              at += block.count;
            }
            if (subject.uses_context()) {
              Batch<double> other = context;
              for (Index i = 0; i < other.rows(); ++i)
                for (Index j = 0; j < other.dim(); ++j) other(i, j) += 1.5;
              bool alive = false;
              for (std::size_t r = 0; r < draws.size(); ++r) alive = alive || differ(base[r], forward(subject, draws[r], x, other));
              judge("the context", alive);
            }
            return result;
          },
          .by_values = true,
          .violated_by = "an upper triangular layer that multiplies with its diagonal and first superdiagonal only",
          .fooled_by = "a parameter that matters in the wrong way; single silent units of a network"};
}

}  // namespace flowgauge::verify
