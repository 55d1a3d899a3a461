// SPDX-License-Identifier: MIT
#include "arguments.hpp"
#include "command.hpp"

#include <flowgauge/catalogue.hpp>
#include <flowgauge/error.hpp>

#include <cctype>
#include <filesystem>

#include <fmt/format.h>
#include <flowgauge/reports/csv.hpp>

namespace flowgauge::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string what, name;
};

/// A transformer that is right as it stands. %NAME% is its type.
constexpr std::string_view transformer_file = R"(// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/transformer.hpp>

namespace flowgauge {

/// y = x + (k − 1)·t, log f′ = log(t² + k·(1 − t²)), t = tanh x, k = exp(log_k) > 0: the slope is k at 0 and 1 far out.
struct %NAME% {
  static constexpr std::string_view summary = "y = x + (k - 1) tanh x, log f' = log(t^2 + k (1 - t^2)), t = tanh x";
  static constexpr std::string_view source = "flowgauge new; name author, year and equation here";

  std::vector<Block> parameters() const { return {{"log_k", 1, Role::log_scale}}; }
  Facts facts() const { return {.increasing = true, .growth = {Growth::Kind::linear}}; }

  template <Real T>
  struct Shape {
    T k, k_minus_one;
  };
  template <Real T>
  Shape<T> shape(Params<T> p) const {
    return {exp(p[0]), expm1(p[0])};
  }
  template <Real T>
  Mapped<T> forward(const Shape<T>& s, T x) const {
    const T t = tanh(x);
    return {x + s.k_minus_one * t, log(t * t + s.k * sech_squared(x))};
  }
};

}  // namespace flowgauge
)";

/// soft_root → SoftRoot. ConfigError when the name is not in snake_case.
std::string type_name(const std::string& name) {
  std::string type;
  bool start = true, good = !name.empty() && name.back() != '_';
  for (const char c : name) {
    const bool letter = c >= 'a' && c <= 'z', digit = c >= '0' && c <= '9';
    good = good && (letter || (!start && c == '_') || (digit && !type.empty()));
    if (c != '_') type += start && letter ? static_cast<char>(c - 'a' + 'A') : c;
    start = c == '_';
  }
  if (!good) throw ConfigError(fmt::format("expected a name in snake_case such as soft_root; got '{}'", name));
  return type;
}

/// The shelf of the source tree around the current folder, or the folder itself.
fs::path shelf() {
  constexpr std::string_view transformers = "lib/include/flowgauge/transformers";
  for (fs::path at = fs::current_path();; at = at.parent_path()) {
    if (fs::is_directory(at / transformers)) return at / transformers;
    if (at == at.root_path()) return fs::current_path();
  }
}

int write_new(const Options& o, const Console& console) {
  if (o.what != "layer") throw ConfigError(unknown_name("kind of file", o.what, std::vector<std::string>{"layer"}));
  const std::string type = type_name(o.name);
  for (const MemberInfo& m : list_members())
    if (m.name == o.name) throw ConfigError(fmt::format("there is a layer '{}' already", o.name));
  const fs::path file = shelf() / (o.name + ".hpp");
  if (fs::exists(file)) throw DataError(fmt::format("{}: is there already; nothing was written", file.string()));

  std::string text(transformer_file);
  text.replace(text.find("%NAME%"), 6, type);
  reports::write_text(file, text);
  console.print(file.string() + "\n");
  if (file.parent_path() == fs::current_path())
    console.note(fmt::format("in your CMakeLists.txt: flowgauge_add_suite(suite LAYERS {0}.hpp), then ./suite verify --only {0}", o.name));
  else console.note(fmt::format("next: ./run verify --only {}", o.name));
  return 0;
}

}  // namespace

Command new_command() {
  return {"new", "Writes the file of a new layer that compiles and is verified at once.",
          "flowgauge new layer soft_root\nflowgauge new layer bend && ./run verify --only bend", [](CLI::App& app) -> Action {
            const auto o = std::make_shared<Options>();
            text_option(app, "what", o->what, "KIND", "layer", Need::required);
            text_option(app, "name", o->name, "NAME", "in snake_case; the file is NAME.hpp", Need::required);
            return [o](const Console& console) { return write_new(*o, console); };
          }};
}

}  // namespace flowgauge::cli
