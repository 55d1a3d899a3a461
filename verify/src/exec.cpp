// SPDX-License-Identifier: MIT
#include <flowgauge/verify/exec.hpp>
#include <flowgauge/verify/verify.hpp>

#include "connection.hpp"
#include "exec_source.hpp"
#include "hello.hpp"
#include "search.hpp"

#include <flowgauge/error.hpp>

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace flowgauge::verify {
namespace {

using nlohmann::json;

/// The layer as the child computes it, in numbers of type S or, where that is all it has, of float.
template <class S>
class ExecBody : public LayerBody<S> {
 public:
  ExecBody(std::shared_ptr<Connection> connection, Description description)
      : connection_(std::move(connection)), description_(std::move(description)), in_float_(description_.in_float || std::is_same_v<S, float>) {}

  void forward(const Given<S>& given, BatchIn<S> x, BatchOut<S> y, S* log_det, S*, Scratch&) const override {
    map("forward", "x", "y", given, x, y, log_det);
  }
  Convergence inverse(const Given<S>& given, BatchIn<S> y, BatchOut<S> x, S* log_det, Scratch&) const override {
    map("inverse", "y", "x", given, y, x, log_det);
    return {};
  }
  void backward(const Given<S>& given, BatchIn<S> x, const S*, BatchIn<S> grad_y, const S* grad_log_det, const Gradients<S>& out,
                Scratch&) const override {
    const Index n = x.rows, d = x.dim, p = static_cast<Index>(given.theta.size()), c = description_.context;
    Question question = about("backward", given.theta);
    send(question, "x", x);
    send(question, "grad_y", grad_y);
    question.given.push_back({"grad_log_det", {n}});
    question.numbers.insert(question.numbers.end(), grad_log_det, grad_log_det + n);
    question.wanted = {{"grad_x", {n, d}}, {"grad_theta", {p}}};
    if (c > 0) {
      send(question, "context", given.context);
      question.wanted.push_back({"grad_context", {n, c}});
    }
    const std::vector<double> got = connection_->ask(question, in_float_);
    std::size_t at = 0;
    for (Index i = 0; i < n; ++i)
      for (Index j = 0; j < d; ++j) out.x(i, j) = static_cast<S>(got[at++]);
    for (Index k = 0; k < p; ++k) out.theta[k] += static_cast<S>(got[at++]);
    for (Index i = 0; i < out.context.rows; ++i)
      for (Index j = 0; j < c; ++j) out.context(i, j) += static_cast<S>(got[at++]);
  }

 private:
  /// θ travels with the question, or before it and only when it has changed.
  Question about(const std::string& op, std::span<const S> theta) const {
    Question question{op};
    const std::vector<double> numbers(theta.begin(), theta.end());
    if (description_.offers("set_parameters")) {
      connection_->set_parameters(numbers, description_.dim, in_float_);
      return question;
    }
    question.given.push_back({"theta", {static_cast<Index>(theta.size())}});
    question.numbers = numbers;
    return question;
  }
  static void send(Question& question, const std::string& name, BatchIn<S> batch) {
    question.given.push_back({name, {batch.rows, batch.dim}});
    append(question.numbers, batch);
  }
  void map(const std::string& op, const std::string& in_name, const std::string& out_name, const Given<S>& given, BatchIn<S> in, BatchOut<S> out,
           S* log_det) const {
    const Index n = in.rows, d = in.dim;
    Question question = about(op, given.theta);
    send(question, in_name, in);
    if (description_.context > 0) send(question, "context", given.context);
    question.wanted = {{out_name, {n, d}}, {"log_det", {n}}};
    const std::vector<double> got = connection_->ask(question, in_float_);
    for (Index i = 0; i < n; ++i) {
      for (Index j = 0; j < d; ++j) out(i, j) = static_cast<S>(got[i * d + j]);
      log_det[i] = static_cast<S>(got[n * d + i]);
    }
  }
  std::shared_ptr<Connection> connection_;
  Description description_;
  bool in_float_;
};

template <class S>
Layer<S> layer_of(const Item& item, const std::shared_ptr<Connection>& connection, const std::map<int, Description>& offered, int dim, int context) {
  const auto found = offered.find(dim);
  const Description& any = offered.begin()->second;
  if (item.name != any.name) throw ConfigError(unknown_name("layer", item.name, std::vector<std::string>{any.name}));
  if (!item.arguments.empty()) throw ConfigError(fmt::format("{} has no options, got {}", any.name, to_text(item)));
  if (found == offered.end()) {
    std::vector<int> dims;
    for (const auto& [d, description] : offered) dims.push_back(d);
    throw ConfigError(fmt::format("{} exists at dim {}, not at {}", any.name, fmt::join(dims, ", "), dim));
  }
  const Description& d = found->second;
  if (context != d.context) throw ConfigError(fmt::format("{} has a context of {} numbers, not {}", d.name, d.context, context));
  auto info = std::make_shared<LayerInfo>();
  info->spec = {d.name, {}};
  info->text = d.name;
  info->dim = dim, info->context = context;
  info->blocks = d.blocks;
  info->parameters = total_count(d.blocks);
  info->facts = d.facts;
  return Layer<S>(std::move(info), std::make_shared<ExecBody<S>>(connection, d));
}

/// θ as the child initialises it.
std::vector<double> initial_of(Connection& connection, const Description& d, std::uint32_t seed) {
  const Index count = total_count(d.blocks);
  const std::vector<double> theta = connection.ask({"initial", {}, {}, {{"theta", {count}}}, {{"seed", seed}, {"dim", d.dim}}}, d.in_float);
  for (std::size_t k = 0; k < theta.size(); ++k)
    if (!std::isfinite(theta[k]))
      throw SubjectFault("not_finite", fmt::format("initial gave {} as {}", theta[k], parameter_name(d.blocks, static_cast<Index>(k))));
  return theta;
}

/// What `command` says of itself at every dim that it offers.
std::map<int, Description> descriptions(const std::string& command, ExecReal real, const ExecLimits& limits) {
  Connection once(command, limits);
  const auto asked = [&](std::optional<int> dim) {
    try {
      return once.hello(dim);
    } catch (const SubjectFault& fault) {
      throw ConfigError(fmt::format("--exec '{}': {}{}{}", command, fault.what(), fault.said.empty() ? "" : "\nits stderr ends with:\n", fault.said));
    }
  };
  const json first = asked({});
  const Reader reader(command, first);
  if (const int spoken = reader.protocol_spoken(); spoken != protocol)
    reader.refuse(fmt::format("wrong_protocol: it speaks protocol {}, this program speaks {}", spoken, protocol));
  std::map<int, Description> offered;
  const std::vector<int> dims = reader.dims();
  for (const int dim : dims) {
    const json answer = dims.size() == 1 ? first : asked(dim);
    const Reader at_dim(command, answer);
    const Description d = at_dim.description(real);
    if (d.dim != dim) at_dim.refuse(fmt::format("asked for its description at dim {}, it gave that of dim {}", dim, d.dim));
    const Description& any = offered.emplace(dim, d).first->second;
    if (d.name != offered.begin()->second.name || any.context != offered.begin()->second.context)
      reader.refuse("its name and its context are the same at every dim");
  }
  return offered;
}

std::string command_line(const std::string& command, ExecReal real) {
  const std::string exec = "--exec " + quoted_for_a_shell(command);
  return exec + (real == ExecReal::float32 ? " --dtype float32" : real == ExecReal::float64 ? " --dtype float64" : "");
}

Family layer_family(const std::string& command, ExecReal real, const ExecLimits& limits, const std::map<int, Description>& offered) {
  const auto connection = std::make_shared<Connection>(command, limits);
  const Description& any = offered.begin()->second;
  Family family{any.name, "what '" + command + "' serves", {}, {}, false, FlowSpec{{{any.name, {}}}}};
  for (const auto& [dim, description] : offered) family.dims.push_back(dim);
  family.context = any.context;
  family.exec = command_line(command, real);
  family.workshop.arithmetic = any.arithmetic;
  const auto put = [&]<class S>(Workshop::Make<S>& make) {
    make = [connection, offered](const Item& item, int dim, int context) { return layer_of<S>(item, connection, offered, dim, context); };
  };
  put(std::get<Workshop::Make<double>>(family.workshop.make));
  if (any.both_types && !any.in_float) put(std::get<Workshop::Make<float>>(family.workshop.make));
  if (any.offers("initial"))
    family.workshop.initial = [connection, offered](int dim, std::uint32_t seed) { return initial_of(*connection, offered.at(dim), seed); };
  return family;
}

SourceFamily source_family(const std::string& command, ExecReal real, const ExecLimits& limits, const std::map<int, Description>& offered) {
  const Description& any = offered.begin()->second;
  if (offered.size() > 1) throw ConfigError(fmt::format("--exec '{}': a source has one dim", command));
  SourceFamily family;
  family.name = any.name;
  family.help = "what '" + command + "' serves";
  family.specimens = {any.name};
  family.exec = command_line(command, real);
  family.make = [connection = std::make_shared<Connection>(command, limits), any](const Item& item) {
    if (!item.arguments.empty()) throw ConfigError(fmt::format("{} has no options, got {}", any.name, to_text(item)));
    return source_of(connection, any);
  };
  family.formula = [](const Distribution&) { return SourceFormula{}; };
  return family;
}

}  // namespace

Family family_of_command(const std::string& command, ExecReal real, const ExecLimits& limits) {
  const std::map<int, Description> offered = descriptions(command, real, limits);
  if (offered.begin()->second.is_source()) throw ConfigError(fmt::format("--exec '{}': it is a source, and no layer", command));
  return layer_family(command, real, limits, offered);
}

Subjects subjects_of_command(const std::string& command, ExecReal real, const ExecLimits& limits) {
  const std::map<int, Description> offered = descriptions(command, real, limits);
  if (offered.begin()->second.is_source()) return {{}, {source_family(command, real, limits, offered)}, {}};
  return {{layer_family(command, real, limits, offered)}, {}, {}};
}

}  // namespace flowgauge::verify
