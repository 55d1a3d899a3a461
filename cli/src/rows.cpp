// SPDX-License-Identifier: MIT
#include "rows.hpp"

#include <flowgauge/distributions/picture.hpp>
#include <flowgauge/normal_rows.hpp>
#include <flowgauge/spec.hpp>

#include <memory>

#include <fmt/format.h>

namespace flowgauge::cli {

Sampler source_sampler(const Distribution& source, std::uint64_t seed, std::string_view purpose) {
  return [&source, stream = RandomStream(seed, purpose, source.text())](std::uint64_t first_row, BatchOut<double> x) {
    source.sample(stream, first_row, x);
    return Index{0};
  };
}

distributions::DataSet read_rows(const std::string& path, std::string_view colours) {
  return distributions::read_data(path, colours == "raw" ? distributions::Colours::raw : distributions::Colours::dequantised);
}

Sampler model_sampler(const Model& model, std::uint64_t seed) {
  const auto flow = std::make_shared<const Flow<double>>(to_flow<double>(model));
  for (const Layer<double>& layer : flow->layers())
    if (layer.info().facts.inverse == InverseKind::none)
      throw ConfigError(fmt::format("{} has no inverse, so this model cannot be sampled", layer.info().text));
  if (model.context > 0)
    throw ConfigError(fmt::format("this model wants {} numbers of context for every row; sample has none to give", model.context));
  const auto workspace = std::make_shared<Workspace>();
  return [flow, workspace, stream = RandomStream(seed, "model-sample", model.flow)](std::uint64_t first_row, BatchOut<double> x) {
    Batch<double> z(x.rows, x.dim);
    normal_rows(stream, first_row, z);
    std::vector<double> log_det(static_cast<std::size_t>(x.rows));
    return flow->inverse(z, x, log_det, *workspace).not_converged;
  };
}

std::string csv_header(int dim) {
  std::string text;
  for (int j = 0; j < dim; ++j) text += fmt::format("{}x{}", j ? "," : "", j + 1);
  return text + '\n';
}

std::string csv_rows(BatchIn<double> x) {
  std::string text;
  for (Index i = 0; i < x.rows; ++i)
    for (Index j = 0; j < x.dim; ++j) {
      text += number_text(x(i, j));
      text += j + 1 < x.dim ? ',' : '\n';
    }
  return text;
}

}  // namespace flowgauge::cli
