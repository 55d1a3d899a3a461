// SPDX-License-Identifier: MIT
#pragma once
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace flowgauge {

/// A batch, parameter block or output of the wrong size, or an output that aliases an input. Thrown before anything is written.
struct ShapeError : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

/// An unknown name, a bad option, a spec or a grid that does not parse.
struct ConfigError : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

/// A file that cannot be read or written, or whose content is not what it should be.
struct DataError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The candidate with the smallest edit distance to `word`, or nothing if none is near (distance > half the length, at least 2).
std::string nearest(std::string_view word, std::span<const std::string> candidates);

/// "unknown KIND 'WORD'; did you mean 'X'? KIND is one of: a, b, c": the sentence of every unknown-name error.
std::string unknown_name(std::string_view kind, std::string_view word, std::span<const std::string> candidates);

}  // namespace flowgauge
