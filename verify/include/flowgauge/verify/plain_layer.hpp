// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/verify/subject.hpp>

#include <functional>
#include <optional>
#include <span>

namespace flowgauge::verify {

/// A layer as plain functions of one row in double, such as code that somebody has already. It is known by its values alone: finite differences and
/// measured noise stand in for 50 digits, and laws that want the formula say that they do not apply.
struct PlainLayer {
  /// out = f(in), dim numbers each, and log|det ∂f/∂in| in nats.
  using Map = std::function<void(std::span<const double> in, std::span<double> out, double& log_det)>;
  std::string name;
  int dim = 1;
  Map forward;
  Map inverse = {};              ///< f⁻¹ with its own log_det; absent, laws about inverses do not apply
  Interval domain = {};          ///< of every coordinate
  // Claims, which are checked.
  Structure structure = Structure::dense;  ///< diagonal, lower or upper
  bool increasing = false;       ///< y_j grows with x_j, all else equal
  bool jumps = false;            ///< not continuous: at dim 1 it is not asked to be monotone
  bool smooth = false;           ///< neither y nor log_det has a kink
  std::optional<double> identity_outside = {};  ///< y = x and log_det = 0 to the bit where every |x_j| is above this
};

/// Whose inverse is asked about images of drawn points.
Family family_of(const PlainLayer&);

}  // namespace flowgauge::verify
