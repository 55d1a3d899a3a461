// SPDX-License-Identifier: MIT
#include <flowgauge/verify/exec.hpp>

#include "child.hpp"
#include "search.hpp"

#include <flowgauge/error.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

namespace flowgauge::verify {
namespace {

using nlohmann::json;

constexpr int protocol = 1;

/// What the answer to hello says of the layer at one dim.
struct Description {
  std::string name;
  int dim = 0, context = 0;
  std::vector<std::string> has;
  std::vector<Block> blocks;
  Facts facts;
  Arithmetic arithmetic;
  bool in_float = false;
};

/// Numbers of one array of a frame; rows × columns, or rows alone where there is no second size.
struct Shape {
  std::string name;
  std::vector<Index> size;
  Index count() const {
    Index n = 1;
    for (const Index s : size) n *= s;
    return n;
  }
};

/// The child of this process, started when it is first needed and after each fault.
class Connection {
 public:
  Connection(std::string command, const ExecLimits& limits) : words_(words_of(command)), limits_(limits) {}
  ~Connection() { leave_others(); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  json hello(std::optional<int> dim) {
    leave_others();
    try {
      if (!child_) child_ = std::make_unique<Child>(words_, limits_), owner_ = ::getpid();
      json question{{"op", "hello"}, {"protocol", protocol}, {"dtype", "f64"}, {"arrays", json::array()}};
      if (dim) question["dim"] = *dim;
      return child_->ask(std::move(question), {}, limits_.hello_seconds).header;
    } catch (const SubjectFault& fault) {
      child_.reset();
      if (fault.kind == "died") throw SubjectFault("no_start", "it left before it said what it is; " + std::string(fault.what()), fault.said);
      throw;
    }
  }

  /// Sends arrays, gets arrays; each is row by row. The sizes asked for are those that must come.
  std::vector<double> ask(const std::string& op, const std::vector<Shape>& given, const std::vector<double>& numbers,
                          const std::vector<Shape>& wanted, bool in_float) {
    leave_others();
    if (!child_) hello({});
    const std::string dtype = in_float ? "f32" : "f64";
    const std::size_t width = in_float ? 4 : 8;
    json arrays = json::array();
    for (const Shape& s : given) arrays.push_back({s.name, s.size});
    std::string block(numbers.size() * width, '\0');
    for (std::size_t k = 0; k < numbers.size(); ++k) {
      const auto small = static_cast<float>(numbers[k]);
      std::memcpy(block.data() + k * width, in_float ? static_cast<const void*>(&small) : &numbers[k], width);
    }
    const auto fits = [&](const json& header) { return mismatch(header, dtype, width, wanted); };
    Frame frame;
    try {
      frame = child_->ask({{"op", op}, {"dtype", dtype}, {"arrays", arrays}}, block, limits_.call_seconds, fits);
    } catch (const SubjectFault& fault) {
      if (fault.kind != "refused") child_.reset();
      throw;
    }
    std::vector<double> result(frame.block.size() / width);
    for (std::size_t k = 0; k < result.size(); ++k) {
      float small = 0;
      if (in_float) std::memcpy(&small, frame.block.data() + k * width, width), result[k] = small;
      else std::memcpy(&result[k], frame.block.data() + k * width, width);
    }
    return result;
  }

 private:
  static std::string mismatch(const json& header, const std::string& dtype, std::size_t width, const std::vector<Shape>& wanted) {
    json sizes = json::array();
    std::size_t bytes = 0;
    for (const Shape& s : wanted) sizes.push_back({s.name, s.size}), bytes += static_cast<std::size_t>(s.count()) * width;
    const json got = header.contains("arrays") ? header["arrays"] : json();
    const json type = header.contains("dtype") ? header["dtype"] : json();
    if (got == sizes && type == dtype && header["bytes"].get<std::size_t>() == bytes) return {};
    return fmt::format("asked for {} of {}, {} bytes; got {} of {}, {} bytes", sizes.dump(), dtype, bytes, got.dump(),
                       type.is_string() ? type.get<std::string>() : type.dump(), header["bytes"].get<std::size_t>());
  }
  /// A worker process inherits its parent's object, but the child is not its own.
  void leave_others() {
    if (child_ && owner_ != ::getpid()) {
      child_->abandon();
      child_.reset();
    }
  }
  std::vector<std::string> words_;
  ExecLimits limits_;
  std::unique_ptr<Child> child_;
  pid_t owner_ = -1;
};

void append(std::vector<double>& numbers, BatchIn<double> batch) {
  for (Index i = 0; i < batch.rows; ++i)
    for (Index j = 0; j < batch.dim; ++j) numbers.push_back(batch(i, j));
}

/// The layer as the child computes it.
class ExecBody : public LayerBody<double> {
 public:
  ExecBody(std::shared_ptr<Connection> connection, Description description)
      : connection_(std::move(connection)), description_(std::move(description)) {}

  void forward(const Given<double>& given, BatchIn<double> x, BatchOut<double> y, double* log_det, double*, Scratch&) const override {
    map("forward", "x", "y", given, x, y, log_det);
  }
  Convergence inverse(const Given<double>& given, BatchIn<double> y, BatchOut<double> x, double* log_det, Scratch&) const override {
    map("inverse", "y", "x", given, y, x, log_det);
    return {};
  }
  void backward(const Given<double>& given, BatchIn<double> x, const double*, BatchIn<double> grad_y, const double* grad_log_det,
                const Gradients<double>& out, Scratch&) const override {
    const Index n = x.rows, d = x.dim, p = static_cast<Index>(given.theta.size()), c = description_.context;
    std::vector<Shape> sent{{"theta", {p}}, {"x", {n, d}}, {"grad_y", {n, d}}, {"grad_log_det", {n}}};
    std::vector<double> numbers(given.theta.begin(), given.theta.end());
    append(numbers, x);
    append(numbers, grad_y);
    numbers.insert(numbers.end(), grad_log_det, grad_log_det + n);
    std::vector<Shape> wanted{{"grad_x", {n, d}}, {"grad_theta", {p}}};
    if (c > 0) {
      sent.push_back({"context", {n, c}});
      append(numbers, given.context);
      wanted.push_back({"grad_context", {n, c}});
    }
    const std::vector<double> got = connection_->ask("backward", sent, numbers, wanted, description_.in_float);
    std::size_t at = 0;
    for (Index i = 0; i < n; ++i)
      for (Index j = 0; j < d; ++j) out.x(i, j) = got[at++];
    for (Index k = 0; k < p; ++k) out.theta[k] += got[at++];
    for (Index i = 0; i < out.context.rows; ++i)
      for (Index j = 0; j < c; ++j) out.context(i, j) += got[at++];
  }

 private:
  void map(const std::string& op, const std::string& in_name, const std::string& out_name, const Given<double>& given, BatchIn<double> in,
           BatchOut<double> out, double* log_det) const {
    const Index n = in.rows, d = in.dim, p = static_cast<Index>(given.theta.size()), c = description_.context;
    std::vector<Shape> sent{{"theta", {p}}, {in_name, {n, d}}};
    std::vector<double> numbers(given.theta.begin(), given.theta.end());
    append(numbers, in);
    if (c > 0) {
      sent.push_back({"context", {n, c}});
      append(numbers, given.context);
    }
    const std::vector<double> got = connection_->ask(op, sent, numbers, {{out_name, {n, d}}, {"log_det", {n}}}, description_.in_float);
    for (Index i = 0; i < n; ++i) {
      for (Index j = 0; j < d; ++j) out(i, j) = got[i * d + j];
      log_det[i] = got[n * d + i];
    }
  }
  std::shared_ptr<Connection> connection_;
  Description description_;
};

/// Reads the answer to hello; every fault of it is one sentence.
class Reader {
 public:
  Reader(const std::string& command, const json& hello) : command_(command), hello_(hello) {}

  [[noreturn]] void refuse(const std::string& sentence) const { throw ConfigError(fmt::format("--exec '{}': {}", command_, sentence)); }

  int protocol_spoken() const { return whole("protocol", 0, 1'000'000); }
  std::vector<int> dims() const {
    if (!hello_.contains("dims")) return {whole("dim", 1, 100'000)};
    std::vector<int> dims;
    const json& list = hello_["dims"];
    if (list.is_array())
      for (const json& d : list)
        if (d.is_number_integer() && d >= 1 && d <= 100'000) dims.push_back(d);
    if (dims.empty() || dims.size() != list.size()) refuse("its hello has a list of whole numbers from 1 as dims, got " + list.dump());
    return dims;
  }

  Description description(ExecReal real) const {
    Description d;
    d.name = word("name", "");
    try {
      if (to_text(parse_item(d.name)) != d.name || d.name.find('(') != std::string::npos) d.name.clear();
    } catch (const ConfigError&) {
      d.name.clear();
    }
    if (d.name.empty()) refuse("its hello has a name of letters, digits and _, got " + (hello_.contains("name") ? hello_["name"].dump() : "none"));
    d.dim = whole("dim", 1, 100'000);
    if (hello_.contains("context")) d.context = whole("context", 0, 100'000);
    d.has = words("has");
    const auto has = [&](const char* op) { return std::find(d.has.begin(), d.has.end(), op) != d.has.end(); };
    if (!has("forward")) refuse("its hello names the operations that it has, forward among them; got " + json(d.has).dump());
    d.facts.inverse = has("inverse") ? InverseKind::closed : InverseKind::none;
    d.arithmetic.whole = true;
    d.arithmetic.backward = has("backward");
    read_blocks(d);
    d.facts.domain = interval("domain");
    d.facts.codomain = interval("codomain");
    const std::string structure = word("structure", "dense");
    const std::map<std::string, Structure> structures{
        {"diagonal", Structure::diagonal}, {"lower", Structure::lower}, {"upper", Structure::upper}, {"dense", Structure::dense}};
    if (!structures.contains(structure)) refuse("structure is diagonal, lower, upper or dense, got " + structure);
    d.facts.structure = structures.at(structure);
    d.facts.volume_preserving = hello_.contains("volume_preserving") && hello_["volume_preserving"] == true;
    d.arithmetic.image = hello_.contains("image") && hello_["image"] == true;
    if (hello_.contains("ulps")) {
      if (!hello_["ulps"].is_number() || !(hello_["ulps"] >= 0)) refuse("ulps is a number from 0, got " + hello_["ulps"].dump());
      d.arithmetic.ulps = hello_["ulps"].get<double>();
    }
    choose_real(d, real);
    return d;
  }

 private:
  int whole(const char* key, int low, int high) const {
    const json v = hello_.contains(key) ? hello_[key] : json();
    if (!v.is_number_integer() || v < low || v > high) refuse(fmt::format("its hello has a whole number from {} as {}, got {}", low, key, v.dump()));
    return v;
  }
  std::string word(const char* key, const std::string& otherwise) const {
    if (!hello_.contains(key)) return otherwise;
    if (!hello_[key].is_string()) refuse(fmt::format("its hello has text as {}, got {}", key, hello_[key].dump()));
    return hello_[key];
  }
  std::vector<std::string> words(const char* key) const {
    std::vector<std::string> list;
    if (hello_.contains(key) && hello_[key].is_array())
      for (const json& w : hello_[key])
        if (w.is_string()) list.push_back(w);
    if (list.empty()) refuse(fmt::format("its hello has a list of words as {}, got {}", key, hello_.contains(key) ? hello_[key].dump() : "none"));
    return list;
  }
  Interval interval(const char* key) const {
    Interval range;
    if (!hello_.contains(key) || hello_[key].is_null()) return range;
    const json& ends = hello_[key];
    const auto end = [](const json& v) { return v.is_null() || v.is_number(); };
    if (!ends.is_array() || ends.size() != 2 || !end(ends[0]) || !end(ends[1]))
      refuse(fmt::format("{} is [low, high] of every coordinate, null where there is no end; got {}", key, ends.dump()));
    if (ends[0].is_number()) range.low = ends[0];
    if (ends[1].is_number()) range.high = ends[1];
    if (!(range.low < range.high)) refuse(fmt::format("the low end of {} lies below the high one, got {}", key, ends.dump()));
    return range;
  }
  void read_blocks(Description& d) const {
    static const std::vector<std::string> names{"shift", "log_scale", "weight", "logits", "direction", "multiplier", "free", "fixed"};
    if (!hello_.contains("parameters")) return;
    const json& list = hello_["parameters"];
    if (!list.is_array()) refuse("parameters is a list of [name, count, role], got " + list.dump());
    for (const json& p : list) {
      if (!p.is_array() || p.size() != 3 || !p[0].is_string() || !p[1].is_number_unsigned() || !p[2].is_string())
        refuse("a block of parameters is [name, count, role], got " + p.dump());
      const auto role = std::find(names.begin(), names.end(), p[2].get<std::string>());
      if (role == names.end()) refuse(unknown_name("role", p[2].get<std::string>(), names));
      Block block{p[0].get<std::string>(), p[1].get<Index>(), static_cast<Role>(role - names.begin())};
      if (block.role == Role::multiplier) block.initial = 1;
      if (block.role == Role::weight) block.spread = 1 / std::sqrt(static_cast<double>(d.dim));
      d.blocks.push_back(block);
    }
  }
  void choose_real(Description& d, ExecReal real) const {
    const std::vector<std::string> offered = words("dtypes");
    const auto offers = [&](const char* type) { return std::find(offered.begin(), offered.end(), type) != offered.end(); };
    if (!offers("f32") && !offers("f64")) refuse("it offers f32 or f64 as dtypes, got " + json(offered).dump());
    d.in_float = real == ExecReal::float32 || (real == ExecReal::best && !offers("f64"));
    if (!offers(d.in_float ? "f32" : "f64"))
      refuse(fmt::format("it was asked for {}, and offers {}", d.in_float ? "f32" : "f64", fmt::join(offered, ", ")));
    if (d.in_float) d.arithmetic.unit = 0x1p-24;
  }
  const std::string& command_;
  const json& hello_;
};

Layer<double> layer_of(const Item& item, const std::shared_ptr<Connection>& connection, const std::map<int, Description>& offered, int dim,
                       int context) {
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
  return Layer<double>(std::move(info), std::make_shared<ExecBody>(connection, d));
}

}  // namespace

Family family_of_command(const std::string& command, ExecReal real, const ExecLimits& limits) {
  const auto connection = std::make_shared<Connection>(command, limits);
  std::map<int, Description> offered;
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
  const std::vector<int> dims = reader.dims();
  for (const int dim : dims) {
    const json answer = dims.size() == 1 ? first : asked(dim);
    const Reader at_dim(command, answer);
    offered.emplace(dim, at_dim.description(real));
    if (const int got = offered.at(dim).dim; got != dim)
      at_dim.refuse(fmt::format("asked for its description at dim {}, it gave that of dim {}", dim, got));
  }
  const Description& any = offered.begin()->second;
  Family family{any.name, "what '" + command + "' serves", {}, {}, false, FlowSpec{{{any.name, {}}}}};
  for (const auto& [dim, description] : offered) {
    if (description.name != any.name || description.context != any.context) reader.refuse("its name and its context are the same at every dim");
    family.dims.push_back(dim);
  }
  family.context = any.context;
  family.exec = "--exec " + quoted_for_a_shell(command);
  if (real != ExecReal::best) family.exec += real == ExecReal::float32 ? " --dtype float32" : " --dtype float64";
  family.workshop.arithmetic = any.arithmetic;
  std::get<Workshop::Make<double>>(family.workshop.make) = [connection, offered](const Item& item, int dim, int context) {
    return layer_of(item, connection, offered, dim, context);
  };
  return family;
}

}  // namespace flowgauge::verify
