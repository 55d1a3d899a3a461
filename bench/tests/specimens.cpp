// SPDX-License-Identifier: MIT
#include "specimens.hpp"

#include <flowgauge/distributions/sources.hpp>

#include <algorithm>
#include <cmath>

namespace flowgauge::bench::specimens {

Flow<double> with_affines(const std::string& spec, const std::vector<Affine>& affines) {
  Flow<double> flow = make_flow<double>(std::string_view(spec), 1);
  std::size_t next = 0;
  for (std::size_t l = 0; l < flow.layers().size(); ++l) {
    const std::span<double> theta = flow.theta(l);
    if (theta.empty()) continue;
    const auto& [log_factor, shift] = affines.at(next++);
    theta[0] = log_factor;
    theta[1] = shift;
  }
  if (next != affines.size()) throw ConfigError("more affine parameters than layers");
  return flow;
}

Flow<double> seed_exponential() {
  const std::vector<std::pair<double, double>> printed{{2.3088, -0.0131}, {2.2353, -0.0088}, {2.1605, -0.0095}, {2.0920, -0.0129},
                                                       {1.1157, 0.0621},  {1.0999, 0.0458},  {1.0835, 0.0316},  {1.0674, 0.0193},
                                                       {1.1526, -1.0044}, {1.5396, -0.8566}, {1.7632, -0.6966}, {1.8620, -0.5534}};
  std::vector<Affine> affines;
  for (const auto& [factor, shift] : printed) affines.emplace_back(std::log(factor), shift);
  return with_affines(seed_stack, affines);
}

Flow<double> with_theta(const std::string& spec, const std::vector<double>& theta) {
  Flow<double> flow = make_flow<double>(std::string_view(spec), 1);
  if (theta.size() > flow.theta().size()) throw ConfigError("more numbers than parameters");
  std::copy(theta.begin(), theta.end(), flow.theta().begin());
  return flow;
}

std::unique_ptr<Univariate> univariate(const std::string& text) {
  std::unique_ptr<Distribution> source = distributions::make_source(text);
  auto* found = dynamic_cast<Univariate*>(source.get());
  if (!found) throw ConfigError(text + " is not univariate");
  source.release();
  return std::unique_ptr<Univariate>(found);
}

}  // namespace flowgauge::bench::specimens
