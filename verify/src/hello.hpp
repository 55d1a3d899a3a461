// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/verify/exec.hpp>

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace flowgauge::verify {

/// What the answer to hello says of the layer, or of the source, at one dim.
struct Description {
  std::string name;
  int dim = 0, context = 0;
  std::vector<std::string> has;
  std::vector<Block> blocks;
  Facts facts;
  Arithmetic arithmetic;
  bool in_float = false, both_types = false;
  // Of a source.
  Interval support;
  std::optional<double> entropy;

  bool offers(const std::string& op) const;
  /// It draws and has a density, and maps nothing.
  bool is_source() const { return !offers("forward") && offers("log_prob") && offers("sample"); }
};

/// Reads the answer to hello; every fault of it is one sentence.
class Reader {
 public:
  Reader(const std::string& command, const nlohmann::json& hello) : command_(command), hello_(hello) {}

  [[noreturn]] void refuse(const std::string& sentence) const;
  int protocol_spoken() const { return whole("protocol", 0, 1'000'000); }
  std::vector<int> dims() const;
  Description description(ExecReal) const;

 private:
  int whole(const char* key, int low, int high) const;
  std::string word(const char* key, const std::string& otherwise) const;
  std::vector<std::string> words(const char* key) const;
  /// Whether the claim is made; true or false.
  bool claim(const char* key) const;
  std::optional<double> number(const char* key) const;
  Interval interval(const char* key) const;
  void read_blocks(Description&) const;
  void read_layer(Description&) const;
  void read_source(Description&) const;
  void choose_real(Description&, ExecReal) const;

  const std::string& command_;
  const nlohmann::json& hello_;
};

}  // namespace flowgauge::verify
