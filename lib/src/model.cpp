// SPDX-License-Identifier: MIT
#include <flowgauge/model.hpp>

#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

namespace flowgauge {
namespace {

using Json = nlohmann::ordered_json;

/// The double whose shortest decimal is that of the float: a float32 model shows 0.1, not 0.10000000149011612.
double shortest(float x) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, x);
  double value = 0;
  std::from_chars(text, end.ptr, value);
  return value;
}

template <class T>
T field(const Json& json, const char* name, const std::string& origin) {
  const auto it = json.find(name);
  if (it == json.end()) throw DataError(fmt::format("{}: the field '{}' is missing", origin, name));
  try {
    return it->get<T>();
  } catch (const Json::exception&) {
    throw DataError(fmt::format("{}: the field '{}' has the wrong type ({})", origin, name, it->type_name()));
  }
}

}  // namespace

template <class S>
Model to_model(const Flow<S>& flow) {
  Model m;
  m.flow = flow.text();
  m.dim = flow.dim();
  m.context = flow.context();
  m.dtype = std::is_same_v<S, float> ? "float32" : "float64";
  m.theta.assign(flow.theta().begin(), flow.theta().end());
  return m;
}

template <class S>
Flow<S> to_flow(const Model& m) {
  Flow<S> flow = make_flow<S>(m.flow, m.dim, m.context);
  if (flow.theta().size() != m.theta.size())
    throw ConfigError(fmt::format("the flow {} at dim {} has {} parameters, the model has {}", m.flow, m.dim, flow.theta().size(), m.theta.size()));
  for (std::size_t k = 0; k < m.theta.size(); ++k) flow.theta()[k] = static_cast<S>(m.theta[k]);
  return flow;
}

std::string model_text(const Model& m) {
  const Flow<double> shape = make_flow<double>(m.flow, m.dim, m.context);
  if (shape.theta().size() != m.theta.size())
    throw ConfigError(fmt::format("a model of {} needs {} parameters, got {}", m.flow, shape.theta().size(), m.theta.size()));
  Json layers = Json::array();
  std::size_t at = 0;
  for (const Layer<double>& layer : shape.layers()) {
    Json blocks = Json::object();
    for (const Block& b : layer.info().blocks) {
      Json values = Json::array();
      for (Index i = 0; i < b.count; ++i, ++at) {
        if (!std::isfinite(m.theta[at]))
          throw DataError(fmt::format("parameter {} is {}: a model holds finite numbers", shape.parameter_name(static_cast<Index>(at)), m.theta[at]));
        values.push_back(m.dtype == "float32" ? shortest(static_cast<float>(m.theta[at])) : m.theta[at]);
      }
      blocks[b.name] = values;
    }
    layers.push_back(Json{{"layer", layer.info().text}, {"parameters", blocks}});
  }
  Json json{{"format", "flowgauge-model"}, {"version", model_version}, {"flow", m.flow}, {"dim", m.dim}, {"context", m.context}, {"dtype", m.dtype}};
  json["notes"] = m.notes;
  json["layers"] = layers;
  return json.dump(1) + "\n";
}

Model parse_model(const std::string& text, const std::string& origin) {
  Json json;
  try {
    json = Json::parse(text);
  } catch (const Json::parse_error& e) {
    const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(std::min(e.byte, text.size())), '\n');
    throw DataError(fmt::format("{}:{}: not JSON", origin, line));
  }
  if (!json.is_object() || json.value("format", std::string()) != "flowgauge-model")
    throw DataError(fmt::format("{}: not a flowgauge model (no \"format\": \"flowgauge-model\")", origin));
  if (const int version = field<int>(json, "version", origin); version != model_version)
    throw DataError(fmt::format("{}: model version {}, this program reads version {}", origin, version, model_version));
  Model m;
  m.flow = field<std::string>(json, "flow", origin);
  m.dim = field<int>(json, "dim", origin);
  m.context = field<int>(json, "context", origin);
  m.dtype = field<std::string>(json, "dtype", origin);
  if (m.dtype != "float32" && m.dtype != "float64") throw DataError(fmt::format("{}: dtype must be float32 or float64, got '{}'", origin, m.dtype));
  m.notes = field<std::map<std::string, std::string>>(json, "notes", origin);
  Flow<double> shape;
  try {
    shape = make_flow<double>(m.flow, m.dim, m.context);
  } catch (const std::invalid_argument& e) {
    throw DataError(fmt::format("{}: {}", origin, e.what()));
  }
  const Json layers = field<Json>(json, "layers", origin);
  if (!layers.is_array() || layers.size() != shape.layers().size())
    throw DataError(fmt::format("{}: the flow has {} layers, the file has {}", origin, shape.layers().size(), layers.size()));
  for (std::size_t l = 0; l < shape.layers().size(); ++l) {
    const std::string where = fmt::format("{}: layer {} ({})", origin, l + 1, shape.layers()[l].info().text);
    const Json parameters = field<Json>(layers[l], "parameters", where);
    for (const Block& b : shape.layers()[l].info().blocks) {
      const auto values = field<std::vector<double>>(parameters, b.name.c_str(), where);
      if (static_cast<Index>(values.size()) != b.count)
        throw DataError(fmt::format("{}: block '{}' needs {} numbers, the file has {}", where, b.name, b.count, values.size()));
      for (double v : values) m.theta.push_back(m.dtype == "float32" ? static_cast<double>(static_cast<float>(v)) : v);
    }
  }
  return m;
}

void save_model(const Model& m, const std::string& path) {
  const std::string text = model_text(m), partial = path + ".partial";
  {
    std::ofstream file(partial, std::ios::binary);
    file << text;
    file.close();
    if (!file) {
      const int reason = errno;
      std::remove(partial.c_str());
      throw DataError(fmt::format("cannot write {}: {}", path, std::strerror(reason)));
    }
  }
  std::error_code error;
  std::filesystem::rename(partial, path, error);
  if (error) {
    std::remove(partial.c_str());
    throw DataError(fmt::format("cannot write {}: {}", path, error.message()));
  }
}

Model load_model(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) throw DataError(fmt::format("cannot read {}: {}", path, std::strerror(errno ? errno : ENOENT)));
  return parse_model(text.str(), path);
}

template Model to_model<float>(const Flow<float>&);
template Model to_model<double>(const Flow<double>&);
template Flow<float> to_flow<float>(const Model&);
template Flow<double> to_flow<double>(const Model&);

}  // namespace flowgauge
