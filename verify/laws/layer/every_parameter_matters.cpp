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
            Case sample = trial.sample();
            const Result base = forward(subject, sample, x, context);
            Index at = 0;
            for (const Block& block : subject.blocks()) {
              // A unit of a network may be silent for every input; its block may not.
              const bool network = block.role == Role::weight && (subject.facts().structure == Structure::coupling || !subject.is_layer());
              bool block_alive = false;
              for (Index k = at; k < at + block.count; ++k) {
                if (network && block_alive) break;
                bool alive = false;
                for (const double step : {0.375, -0.375, 2.0, -2.0}) {
                  sample.theta[k] = trial.sample().theta[k] + step;
                  alive = alive || differ(base, forward(subject, sample, x, context));
                }
                sample.theta[k] = trial.sample().theta[k];
                block_alive |= alive;
                if (!network && block.role != Role::fixed)
                  result.compare(0, "points at which " + subject.parameter_name(k) + " changes anything", 1, alive ? 1 : 0, alive ? 0 : 1, 0.5,
                                 "points");
              }
              if (network)
                result.compare(0, "points at which any of " + block.name + " changes anything", 1, block_alive ? 1 : 0, block_alive ? 0 : 1, 0.5,
                               "points");
              at += block.count;
            }
            if (subject.uses_context()) {
              Batch<double> other = context;
              for (Index i = 0; i < other.rows(); ++i)
                for (Index j = 0; j < other.dim(); ++j) other(i, j) += 1.5;
              const bool alive = differ(base, forward(subject, sample, x, other));
              result.compare(0, "points at which the context changes anything", 1, alive ? 1 : 0, alive ? 0 : 1, 0.5, "points");
            }
            return result;
          },
          .violated_by = "an upper triangular layer that multiplies with its diagonal and first superdiagonal only",
          .fooled_by = "a parameter that matters in the wrong way; single silent units of a network"};
}

}  // namespace flowgauge::verify
