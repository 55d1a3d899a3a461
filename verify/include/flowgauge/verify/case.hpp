// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/spec.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace flowgauge::verify {

using Numbers = std::vector<double>;

/// One thing to examine, as plain numbers: it can be printed, read back and shrunk.
struct Case {
  FlowSpec spec;                 ///< canonical; a layer is a flow of one
  int dim = 1, context_size = 0;
  Numbers theta;                 ///< layer after layer, block after block
  std::vector<Numbers> rows;     ///< points, dim numbers each: inputs, or outputs where the law asks for the inverse of points of its own
  std::vector<Numbers> contexts; ///< as many, context_size numbers each
  int batch = 0;                 ///< laws about batches repeat the rows up to this many
  std::uint32_t seed = 0;        ///< directions, positions and further draws of the law come from it

  // Where it came from: not part of the text, and not kept by shrinking.
  std::string parameter_class;
  std::vector<std::string> row_classes;
};

/// One line: `affine(clamp=0) | dim=1 | theta=0.5,0 | x=0.25;-3`. Fields that are empty or 0 are left out. Numbers read back to the same bits: short
/// decimals, else
/// hexadecimal floats.
std::string to_text(const Case&);
/// ConfigError when the line is not one; the law that the line names (`law=…`), if any, is put into `law`.
Case case_from_text(std::string_view line, std::string* law = nullptr);
/// 0.5, or 0x1.91eb851eb851fp+1 where the decimal is long.
std::string exact_text(double);

}  // namespace flowgauge::verify
