// SPDX-License-Identifier: MIT
#include "exec_source.hpp"

#include <algorithm>

namespace flowgauge::verify {
namespace {

/// Rows of one question: neither a frame nor the time for an answer is to end a large sample.
constexpr Index rows_at_once = Index{1} << 16;

class ExecSource : public Distribution {
 public:
  ExecSource(std::shared_ptr<Connection> connection, Description description)
      : connection_(std::move(connection)), description_(std::move(description)) {}

  int dim() const override { return description_.dim; }
  std::string text() const override { return description_.name; }
  void log_prob(BatchIn<double> x, ColumnOut<double> log_p) const override {
    for (Index first = 0; first < x.rows; first += rows_at_once) {
      const Index n = std::min(rows_at_once, x.rows - first);
      Question question{"log_prob", {{"x", {n, x.dim}}}, {}, {{"log_p", {n}}}};
      for (Index i = 0; i < n; ++i)
        for (Index j = 0; j < x.dim; ++j) question.numbers.push_back(x(first + i, j));
      const std::vector<double> got = connection_->ask(question, false);
      std::copy(got.begin(), got.end(), log_p.begin() + first);
    }
  }
  /// Each question has a seed of its own, drawn by the stream for its first row: rows asked for otherwise are other rows.
  void sample(const RandomStream& stream, std::uint64_t first_row, BatchOut<double> x) const override {
    for (Index first = 0; first < x.rows; first += rows_at_once) {
      const Index n = std::min(rows_at_once, x.rows - first);
      const std::uint64_t seed = stream.below(std::uint64_t{1} << 31, first_row + static_cast<std::uint64_t>(first), 0);
      const std::vector<double> got = connection_->ask({"sample", {}, {}, {{"x", {n, x.dim}}}, {{"n", n}, {"seed", seed}}}, false);
      for (Index i = 0; i < n; ++i)
        for (Index j = 0; j < x.dim; ++j) x(first + i, j) = got[i * x.dim + j];
    }
  }
  std::optional<Estimate> entropy() const override {
    if (!description_.entropy) return {};
    return Estimate{*description_.entropy, 0};
  }
  Marginal marginal(int) const override { return {description_.support.low, description_.support.high, {}, {}}; }
  bool independent() const override { return false; }
  std::optional<std::vector<double>> mean() const override { return {}; }
  std::optional<std::vector<double>> covariance() const override { return {}; }

 private:
  std::shared_ptr<Connection> connection_;
  Description description_;
};

}  // namespace

std::unique_ptr<Distribution> source_of(std::shared_ptr<Connection> connection, const Description& description) {
  return std::make_unique<ExecSource>(std::move(connection), description);
}

}  // namespace flowgauge::verify
