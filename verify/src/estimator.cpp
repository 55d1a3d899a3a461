// SPDX-License-Identifier: MIT
#include "estimator_cases.hpp"
#include "source_cases.hpp"

#include <flowgauge/distributions/sources.hpp>
#include <flowgauge/member.hpp>

#include <algorithm>
#include <cmath>

namespace flowgauge::verify {
namespace {

struct LogOfX {
  static constexpr std::string_view summary = "y = log x, x > 0";
  static constexpr std::string_view hazard = "no value at x < 0";
  static constexpr std::string_view source = "the logarithm";
  std::vector<Block> parameters() const { return {}; }
  Facts facts() const { return {.domain = {0, std::numeric_limits<double>::infinity()}, .structure = Structure::diagonal, .increasing = true}; }
  template <Real T>
  struct Shape {};
  template <Real T>
  Shape<T> shape(Params<T>) const {
    return {};
  }
  template <Real T>
  Mapped<T> forward(const Shape<T>&, T x) const {
    return {log(x), -log(x)};
  }
  template <Real T>
  Mapped<T> inverse(const Shape<T>&, T y) const {
    return {exp(y), y};
  }
};

}  // namespace

Examiner examiner_of(const Estimator& estimator, const Law& law) {
  return {estimator.name,
          [&](const Draw& draw) {
            Case c;
            c.spec = {{{estimator.name, {}}}};
            c.seed = draw.seed;
            c.batch = static_cast<int>(draws_of(draw.tier));
            c.parameter_class = "ordinary";
            return c;
          },
          [&](const Case& c) { return law.examine_estimator(EstimatorTrial(estimator, c)); },
          [](const Case& c, const std::function<bool(const Case&)>&, int) { return c; },  // nothing in it is hard to read
          1};
}

Flow<double> flow_at(const std::string& spec, int dim, const std::vector<double>& theta) {
  Flow<double> flow = make_flow<double>(spec, dim);
  if (theta.size() != flow.theta().size())
    throw ConfigError(spec + " has " + std::to_string(flow.theta().size()) + " parameters, the law gives " + std::to_string(theta.size()));
  std::copy(theta.begin(), theta.end(), flow.theta().begin());
  return flow;
}

Flow<double> flow_drawn(const std::string& spec, int dim, std::uint64_t seed) {
  Flow<double> flow = make_flow<double>(spec, dim);
  flow.randomise(seed, 0.5);
  return flow;
}

Flow<double> half_line_flow() {
  const std::string name = "log_of_x";
  const Item item{name, {}};
  const auto member = make_member<double, LogOfX>(name);
  std::vector<Layer<double>> layers;
  layers.push_back(flowgauge::detail::elementwise_layer(member.transformer(item), 1, 0));
  return Flow<double>(FlowSpec{{item}}, std::move(layers), 1, 0);
}

std::unique_ptr<Univariate> source_of_one_number(const std::string& text) {
  auto source = distributions::make_source(text);
  auto* const one = dynamic_cast<Univariate*>(source.get());
  if (!one) throw ConfigError(text + " is no source of one number");
  source.release();
  return std::unique_ptr<Univariate>(one);
}

NormalCell normal_cell(double mean, double sd, const Flow<double>& affine) {
  Batch<double> x(2, 1), z(2, 1);
  std::vector<double> log_det(2);
  x(0, 0) = mean, x(1, 0) = mean + sd;
  Workspace workspace;
  affine.forward(x, z, log_det, workspace);
  const double slope = z(1, 0) - z(0, 0), offset = z(0, 0), a = 0.5 * (slope * slope - 1);
  return {a, slope * offset, a + 0.5 * offset * offset - std::log(std::abs(slope))};
}

double kl_of_normals(const Distribution& source, const Flow<double>& affine) {
  const Index d = source.dim();
  const std::vector<double> mean = source.mean().value(), covariance = source.covariance().value();
  // Row 0 is the mean, row 1 + j the mean moved by 1 along coordinate j.
  Batch<double> x(d + 1, d), z(d + 1, d);
  for (Index i = 0; i <= d; ++i)
    for (Index j = 0; j < d; ++j) x(i, j) = mean[static_cast<std::size_t>(j)] + (i == j + 1 ? 1 : 0);
  std::vector<double> log_det(static_cast<std::size_t>(d + 1));
  Workspace workspace;
  affine.forward(x, z, log_det, workspace);
  double energy = 0;
  for (Index i = 0; i < d; ++i) {
    energy += z(0, i) * z(0, i);
    for (Index j = 0; j < d; ++j)
      for (Index k = 0; k < d; ++k) energy += (z(1 + j, i) - z(0, i)) * (z(1 + k, i) - z(0, i)) * covariance[static_cast<std::size_t>(j * d + k)];
  }
  return -source.entropy().value().value + 0.5 * energy + static_cast<double>(d) * Constants<double>::half_log_two_pi() - log_det[0];
}

Flow<double> prefix_of(const Flow<double>& flow, std::size_t layers) {
  FlowSpec spec;
  spec.items.assign(flow.spec().items.begin(), flow.spec().items.begin() + static_cast<std::ptrdiff_t>(layers));
  Flow<double> prefix = make_flow<double>(spec, flow.dim());
  std::copy_n(flow.theta().begin(), prefix.theta().size(), prefix.theta().begin());
  return prefix;
}

void Pulled::log_prob(BatchIn<double> y, ColumnOut<double> log_p) const {
  Batch<double> x(y.rows, y.dim);
  std::vector<double> log_det(static_cast<std::size_t>(y.rows));
  Workspace workspace;
  flow_.forward(y, x, log_det, workspace);
  base_.log_prob(x, log_p);
  for (std::size_t i = 0; i < log_det.size(); ++i) log_p[i] += log_det[i];
}

void Pulled::sample(const RandomStream& stream, std::uint64_t row, BatchOut<double> y) const {
  Batch<double> x(y.rows, y.dim);
  std::vector<double> log_det(static_cast<std::size_t>(y.rows));
  base_.sample(stream, row, x);
  Workspace workspace;
  flow_.inverse(x, y, log_det, workspace);
}

}  // namespace flowgauge::verify
