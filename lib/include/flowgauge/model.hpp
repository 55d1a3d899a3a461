// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/flow.hpp>

#include <map>

namespace flowgauge {

/// A trained flow as a file: JSON with format, version, spec, dim, context, dtype, and θ layer by layer and block by block as shortest round-trip
/// decimals, so that
/// loading gives the same bits. `notes` are free text (source, seed, command).
struct Model {
  std::string flow;             ///< canonical spec
  int dim = 0, context = 0;
  std::string dtype = "float64";  ///< of the fit: float32 or float64; θ of a float32 model widens exactly
  std::vector<double> theta;
  std::map<std::string, std::string> notes;
};

inline constexpr int model_version = 1;

template <class S>
Model to_model(const Flow<S>&);
/// The flow of a model, at S. ConfigError when its spec does not parse or θ does not fit.
template <class S>
Flow<S> to_flow(const Model&);

std::string model_text(const Model&);
/// `origin` names the text in errors. DataError: not JSON (line), another format or version, a block missing, of the wrong length or not finite.
Model parse_model(const std::string& text, const std::string& origin);
/// Through a temporary file and a rename. DataError with path and reason.
void save_model(const Model&, const std::string& path);
Model load_model(const std::string& path);

}  // namespace flowgauge
