// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>

#include <cmath>
#include <fmt/format.h>

namespace flowgauge::verify {

namespace {

/// How many weights take turns: with the case's 1 to 3 rows that makes at most 21 different rows, whatever the size of the batch.
constexpr Index weights = 7;

/// `n` rows, or the one row `first`, with what is wanted of them.
template <class S>
struct Rows {
  Batch<S> x, context, grad_y;
  std::vector<S> grad_log_det;
  Rows(const Trial& trial, Index first, Index n)
      : x(n, trial.subject().dim()), context(trial.subject().context() == 0 ? 0 : n, trial.subject().context()), grad_y(n, x.dim()), grad_log_det(n) {
    const RandomStream stream(trial.sample().seed, "weights");
    for (Index i = 0; i < n; ++i) {
      const Index row = (first + i) % trial.rows(), weight = (first + i) % weights;
      for (Index j = 0; j < x.dim(); ++j) {
        x(i, j) = S(trial.row(row)[j]);
        grad_y(i, j) = S(drawn_weight(stream, weight, static_cast<std::uint32_t>(j)));
      }
      for (Index j = 0; j < context.dim(); ++j) context(i, j) = S(trial.context(row)[j]);
      grad_log_det[i] = S(drawn_weight(stream, weight, 1000));
    }
  }
};

/// How far apart the gradients of θ over n rows lie in randomly rounded runs, in units of u: a gradient that is itself a difference of sums over the
/// rows, such as that of a direction whose length does not matter, loses more than its rows' gradients show.
std::vector<double> rounding_spread(const Trial& trial, Index n, std::span<const double> start) {
  constexpr int runs = 16;
  const Rows<Rounding> all(trial, 0, n);
  std::vector<double> low, high;
  for (int run = 0; run < runs; ++run) {
    const RoundingSeed seed(trial.sample().seed * std::uint64_t{runs} + static_cast<std::uint64_t>(run));
    const Gradient<Rounding> g = trial.backward(all.x, all.context, all.grad_y, all.grad_log_det, {start.begin(), start.end()});
    low.resize(g.theta.size(), std::numeric_limits<double>::infinity());
    high.resize(g.theta.size(), -std::numeric_limits<double>::infinity());
    for (std::size_t k = 0; k < low.size(); ++k) {
      low[k] = std::min(low[k], to_double(g.theta[k]));
      high[k] = std::max(high[k], to_double(g.theta[k]));
    }
  }
  for (std::size_t k = 0; k < low.size(); ++k) high[k] = (high[k] - low[k]) / unit_roundoff;
  return high;
}

template <class S>
void judge(Examined& result, const Trial& trial, Index n, const std::string& real) {
  const Subject& subject = trial.subject();
  const double u = std::numeric_limits<S>::epsilon() / 2;
  const RandomStream stream(trial.sample().seed, "start");
  std::vector<S> start;
  for (Index k = 0; k < subject.parameters(); ++k) start.push_back(S(drawn_weight(stream, k, 0)));

  std::vector<Gradient<S>> alone;
  for (Index m = 0; m < std::min(n, trial.rows() * weights); ++m) {
    const Rows<S> one(trial, m, 1);
    alone.push_back(trial.backward(one.x, one.context, one.grad_y, one.grad_log_det));
    const auto ordinary = [](S v) { return std::abs(v) < S(1e20); };  // beyond, squares overflow in float
    if (!std::all_of(alone.back().theta.begin(), alone.back().theta.end(), ordinary)) return;
    for (Index j = 0; j < subject.dim(); ++j)
      if (!ordinary(alone.back().x(0, j))) return;
  }
  std::vector<double> sum(start.begin(), start.end()), size(sum.size());
  for (std::size_t k = 0; k < sum.size(); ++k) {
    size[k] = std::abs(sum[k]);
    for (Index i = 0; i < n; ++i) {
      const double g = alone[i % alone.size()].theta[k];
      sum[k] += g, size[k] += std::abs(g);
    }
  }

  const Rows<S> all(trial, 0, n);
  const std::vector<double> sum_start(start.begin(), start.end());
  std::vector<double> spread;
  const auto compare = [&](const Gradient<S>& g, const std::string& by) {
    const auto x_or_context = [&](const Batch<S>& batch, const Batch<S> Gradient<S>::*of, const char* name) {
      for (Index i = 0; i < batch.rows(); ++i)
        for (Index j = 0; j < batch.dim(); ++j) {
          const S expected = (alone[i % alone.size()].*of)(0, j), got = batch(i, j);
          if (expected == got) continue;
          result.compare(i % trial.rows(), fmt::format("the gradient of {}[{}] in row {} of {} {}", name, j, i, n, by), expected, got,
                         std::abs(static_cast<double>(got) - static_cast<double>(expected)), 0, "bits");
        }
    };
    x_or_context(g.x, &Gradient<S>::x, "x");
    x_or_context(g.context, &Gradient<S>::context, "context");
    // A sum of n numbers errs by at most n·u·Σ|g|; as much again for what a row's own gradient is summed from. Where an error comes near that, it is
    // asked what rounding does to this gradient.
    for (std::size_t k = 0; k < sum.size(); ++k) {
      const double error = std::abs(g.theta[k] - sum[k]);
      double allowed = 2 * static_cast<double>(n) * u * size[k];
      if (error > allowed / 8) {
        if (spread.empty()) {
          spread = rounding_spread(trial, n, sum_start);
          // And to the rows' own gradients: all that are alike err alike.
          const Index rows = static_cast<Index>(alone.size());
          const std::vector<double> own = rounding_spread(trial, rows, std::vector<double>(sum.size(), 0.0));
          for (std::size_t l = 0; l < own.size(); ++l) spread[l] += own[l] * static_cast<double>(n) / static_cast<double>(rows);
        }
        allowed += 4 * u * spread[k];
      }
      result.compare(0, fmt::format("the gradient of {} over {} rows {}", subject.parameter_name(static_cast<Index>(k)), n, by), sum[k], g.theta[k],
                     error, allowed, "value");
    }
  };
  compare(trial.backward(all.x, all.context, all.grad_y, all.grad_log_det, start), "by backward in " + real);
  compare(trial.train(all.x, all.context, all.grad_y, all.grad_log_det, start), "by training in " + real);
}

/// Others' products may sum in another order for another batch: 12 bits of the largest entry are allowed, as wherever 50 digits are at hand.
Examined batch_by_values(const Trial& trial) {
  const Subject& subject = trial.subject();
  if (!subject.arithmetic().backward) return Examined::not_applicable("offers no backward");
  Examined result;
  constexpr Index n = 25;
  const Rows<double> all(trial, 0, n);
  const Gradient<double> together = trial.backward(all.x, all.context, all.grad_y, all.grad_log_det);
  std::vector<double> sum(together.theta.size());
  std::vector<Gradient<double>> alone;
  double largest = 0;
  const auto see = [&](double g) { largest = std::max(largest, std::abs(g)); };
  for (Index i = 0; i < n; ++i) {
    const Rows<double> one(trial, i, 1);
    alone.push_back(trial.backward(one.x, one.context, one.grad_y, one.grad_log_det));
    for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += alone[i].theta[k], see(sum[k]);
    for (Index j = 0; j < subject.dim(); ++j) see(alone[i].x(0, j));
  }
  if (!std::isfinite(largest) || largest > 1e30) return result;
  const double allowed = 0x1p12 * subject.arithmetic().unit * largest;
  const auto compare = [&](Index row, const std::string& what, double expected, double got) {
    result.compare(row, what, expected, got, std::abs(got - expected), allowed, "value");
  };
  for (Index i = 0; i < n; ++i)
    for (Index j = 0; j < subject.dim(); ++j)
      compare(i % trial.rows(), fmt::format("the gradient of x[{}] in row {} of {}", j, i, n), alone[i].x(0, j), together.x(i, j));
  for (std::size_t k = 0; k < sum.size(); ++k)
    compare(0, fmt::format("the gradient of {} over {} rows", subject.parameter_name(static_cast<Index>(k)), n), sum[k], together.theta[k]);
  return result;
}

}  // namespace

Law backward_adds_up_over_a_batch() {
  return {.id = "L12b",
          .statement =
              "backward of a batch adds the sum of its rows' gradients to what grad_theta held, in double and in float, and so does the way of a "
              "fit, with tapes; a row's gradient of x and of the context has the same bits as alone",
          .advice = "a gradient of one row only, or of the last tile only; = where += is due; a tape that holds something else than was computed",
          .wants = {.stress = false, .largest_dim = 3},
          .examine = [](const Trial& trial) {
            if (!trial.subject().is_layer()) return Examined::not_applicable("backward is a layer's");
            Examined result;
            // Less than a tile and no whole pack; a tile and a row.
            for (const Index n : {Index{25}, tile_rows + 1}) {
              judge<double>(result, trial, n, "double");
              judge<float>(result, trial, n, "float");
            }
            if (result.findings.empty()) result.compare(0, "different bits", 0, 0, 0, 0, "bits");
            return result;
          },
          .examine_values = batch_by_values,
          .violated_by = "a backward that writes the gradient of its first row into grad_theta",
          .fooled_by = "a gradient that is wrong for a single row too (L12), and in float alone"};
}

}  // namespace flowgauge::verify
