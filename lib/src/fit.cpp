// SPDX-License-Identifier: MIT
#include <flowgauge/fit.hpp>

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numeric>

namespace flowgauge {
namespace {

void check(const FitOptions& o, const TrainingData& data, int dim) {
  const auto require = [](bool ok, const char* name, const char* expected, double got) {
    if (!ok) throw ConfigError(fmt::format("fit: {} must be {}, got {}", name, expected, got));
  };
  require(o.steps >= 0, "steps", "0 or more", static_cast<double>(o.steps));
  require(o.batch >= 1, "batch", "1 or more", static_cast<double>(o.batch));
  require(std::isfinite(o.learning_rate) && o.learning_rate > 0, "learning_rate", "a positive number", o.learning_rate);
  require(o.beta1 >= 0 && o.beta1 < 1, "beta1", "in [0, 1)", o.beta1);
  require(o.beta2 >= 0 && o.beta2 < 1, "beta2", "in [0, 1)", o.beta2);
  require(o.epsilon > 0, "epsilon", "a positive number", o.epsilon);
  require(o.weight_decay >= 0, "weight_decay", "0 or more", o.weight_decay);
  require(o.clip_norm >= 0, "clip_norm", "0 (never) or more", o.clip_norm);
  if (!data.fresh && data.rows.rows == 0) throw DataError("fit: the data set has no rows");
  if (!data.fresh && data.rows.dim != dim)
    throw ShapeError(fmt::format("fit: the flow has dim {}, the data set has {} columns", dim, data.rows.dim));
}

/// The batches of a fit, step by step, as batches of S.
template <class S>
class Batches {
 public:
  Batches(const TrainingData& data, const FitOptions& o, std::uint64_t seed, int dim)
      : data_(data), options_(o), stream_(seed, "shuffle"), order_(data.fresh ? 0 : data.rows.rows), wide_(data.fresh ? o.batch : 0, dim),
        batch_(data.fresh ? o.batch : std::min(o.batch, data.rows.rows), dim) {
    std::iota(order_.begin(), order_.end(), Index{0});
  }
  BatchIn<S> next() {
    if (data_.fresh) {
      data_.fresh(next_row_, wide_.out());
      next_row_ += static_cast<std::uint64_t>(wide_.rows());
      for (Index j = 0; j < batch_.dim(); ++j)
        for (Index i = 0; i < batch_.rows(); ++i) batch_(i, j) = static_cast<S>(wide_(i, j));
      return batch_.in();
    }
    const Index n = data_.rows.rows;
    if (at_ == 0 && options_.order == Order::shuffled) shuffle();
    const Index count = std::min(options_.batch, n - at_);
    for (Index j = 0; j < batch_.dim(); ++j)
      for (Index i = 0; i < count; ++i) batch_(i, j) = static_cast<S>(data_.rows(order_[at_ + i], j));
    at_ = at_ + count == n ? 0 : at_ + count;
    return batch_.in().slice(0, count);
  }

 private:
  /// Fisher–Yates; epoch e of a seed is the same on every machine.
  void shuffle() {
    for (Index i = static_cast<Index>(order_.size()); i > 1; --i)
      std::swap(order_[i - 1], order_[stream_.below(static_cast<std::uint64_t>(i), epoch_, static_cast<std::uint32_t>(i))]);
    ++epoch_;
  }
  const TrainingData& data_;
  const FitOptions& options_;
  RandomStream stream_;
  std::vector<Index> order_;
  Batch<double> wide_;
  Batch<S> batch_;
  Index at_ = 0;
  std::uint64_t epoch_ = 0, next_row_ = 0;
};

double rate(const FitOptions& o, Index step) {
  if (o.schedule == Schedule::constant) return o.learning_rate;
  return o.learning_rate * 0.5 * (1 + std::cos(Constants<double>::pi() * static_cast<double>(step) / static_cast<double>(o.steps)));
}

}  // namespace

template <class S>
FitResult fit(Flow<S>& flow, const TrainingData& data, const FitOptions& o, std::uint64_t seed,
              const std::function<bool(const FitProgress&, const Flow<S>&)>& watch) {
  check(o, data, flow.dim());
  const std::size_t size = flow.theta().size();
  std::vector<S> gradient(size), before(size);
  std::vector<double> first(size), second(size);  // the square of a float gradient overflows at 1.8e19, and then θ would stand still for ever
  std::vector<char> trained(size);
  for (std::size_t k = 0; k < size; ++k) trained[k] = flow.trained(static_cast<Index>(k));
  Batches<S> batches(data, o, seed, flow.dim());
  Workspace workspace;
  FitResult result;
  double power1 = 1, power2 = 1;
  for (Index step = 0; step < o.steps; ++step) {
    std::fill(gradient.begin(), gradient.end(), S(0));
    const BatchIn<S> batch = batches.next();
    if (step == 0 && o.start_from_data) flow.initialise_from(batch);
    const double loss = flow.negative_log_likelihood(batch, gradient, workspace);
    double square = 0;
    for (S g : gradient) square += static_cast<double>(g) * static_cast<double>(g);
    const double norm = std::sqrt(square);
    result.loss = loss;
    if (!std::isfinite(loss) || !std::isfinite(norm)) {
      result.finite = false;
      result.detail =
          fmt::format("step {}: {} is {}", step + 1, std::isfinite(loss) ? "the gradient norm" : "the loss", std::isfinite(loss) ? norm : loss);
      if (step > 0) std::copy(before.begin(), before.end(), flow.theta().begin());
      return result;
    }
    power1 *= o.beta1;
    power2 *= o.beta2;
    const double clip = o.clip_norm > 0 && norm > o.clip_norm ? o.clip_norm / norm : 1;
    const double step_size = rate(o, step) / (1 - power1), root = 1 / std::sqrt(1 - power2);
    std::copy(flow.theta().begin(), flow.theta().end(), before.begin());
    const std::span<S> theta = flow.theta();
    for (std::size_t k = 0; k < size; ++k) {
      const double old = theta[k], g = gradient[k] * clip + o.weight_decay * old;
      first[k] = o.beta1 * first[k] + (1 - o.beta1) * g;
      second[k] = o.beta2 * second[k] + (1 - o.beta2) * g * g;
      if (trained[k]) theta[k] = static_cast<S>(old - step_size * first[k] / (std::sqrt(second[k]) * root + o.epsilon));
    }
    const auto lost = std::find_if(theta.begin(), theta.end(), [](S t) { return !std::isfinite(t); });
    const auto flooded = std::find_if(second.begin(), second.end(), [](double v) { return !std::isfinite(v); });
    if (lost != theta.end() || flooded != second.end()) {
      const bool parameter = lost != theta.end();
      const Index k = parameter ? lost - theta.begin() : flooded - second.begin();
      result.finite = false;
      result.detail = fmt::format("step {}: {} of {} is not finite", step + 1, parameter ? "the new value" : "the squared gradient",
                                  flow.parameter_name(k));
      std::copy(before.begin(), before.end(), theta.begin());
      return result;
    }
    result.steps_done = step + 1;
    if (watch && !watch({step + 1, o.steps, loss, norm}, flow)) {
      result.detail = "stopped by the caller";
      return result;
    }
  }
  return result;
}

template FitResult fit<float>(Flow<float>&, const TrainingData&, const FitOptions&, std::uint64_t,
                              const std::function<bool(const FitProgress&, const Flow<float>&)>&);
template FitResult fit<double>(Flow<double>&, const TrainingData&, const FitOptions&, std::uint64_t,
                               const std::function<bool(const FitProgress&, const Flow<double>&)>&);

}  // namespace flowgauge
