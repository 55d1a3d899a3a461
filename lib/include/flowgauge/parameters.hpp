// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/batch.hpp>
#include <flowgauge/random.hpp>

#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace flowgauge {

/// What a parameter block means; it sets the initial value, and the range that verification draws from.
enum class Role {
  shift,      ///< any real; 0 at first
  log_scale,  ///< the log of a positive factor; ±3 is wide, 10³ is nonsense
  weight,     ///< entry of a matrix; uniform in ±spread at first
  logits,     ///< softmax or softplus arguments
  direction,  ///< entry of a vector whose direction matters; standard normal / √count at first
  multiplier, ///< a factor of either sign, not 0; 1 at first
  free,       ///< anything else
  fixed       ///< saved, never trained
};

/// `count` consecutive parameters of one meaning. A block's name appears in model files, messages and counterexamples as name[i].
struct Block {
  std::string name;
  Index count = 1;
  Role role = Role::free;
  double initial = 0;  ///< the value at first; the centre of the draw for weights
  double spread = 0;   ///< weight: half width of the initial draw, usually 1/√(number of inputs)
};

inline Index total_count(const std::vector<Block>& blocks) {
  Index n = 0;
  for (const Block& b : blocks) n += b.count;
  return n;
}
/// "name[i]" of parameter k of these blocks.
std::string parameter_name(const std::vector<Block>&, Index k);
/// The value at first: `initial`, plus the draw of weights and directions. Number k of the blocks uses row k of the stream.
void initial_parameters(const std::vector<Block>&, const RandomStream&, std::span<double> theta);
/// Values as after training: every parameter moves, by role, `width` times its ordinary range (1: ordinary, 3: wide).
void random_parameters(const std::vector<Block>&, const RandomStream&, double width, std::span<double> theta);

struct Interval {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
};

enum class InverseKind { none, closed, iterative };

/// Where ∂y_i/∂x_j may differ from 0.
enum class Structure {
  diagonal,   ///< i = j
  lower,      ///< j ≤ i
  upper,      ///< j ≥ i
  coupling,   ///< i = j, and the transformed coordinates see the kept ones
  dense
};

/// How |y| grows with |x| far out, for the tail algebra: what becomes of a tail class, and the size of log f′.
struct Growth {
  enum class Kind { linear, power, logarithm, exponential, unknown };
  Kind kind = Kind::linear;
  double exponent = 1;  ///< r: |y| ~ |x|^r of a power, e^{r|x|} of an exponential, log|x|/r of a logarithm, to leading order
  /// The same for every parameter, also for one that itself grows like |x|, as a network's output does. Else a coupling's growth is unknown.
  bool uniform = false;
  static constexpr double of_parameters = std::numeric_limits<double>::quiet_NaN();  ///< r that depends on the parameters
};

/// What a member claims of an instance. Every claim is covered by a law.
struct Facts {
  Interval domain = {}, codomain = {};
  InverseKind inverse = InverseKind::closed;
  Structure structure = Structure::dense;
  bool increasing = false;         ///< y_j grows with x_j, all else equal
  bool volume_preserving = false;  ///< log_det is 0 everywhere
  bool initial_is_identity = false;
  int continuous_derivatives = 99; ///< of y in x: 0 is a kink at every knot, 1 a spline with continuous slope; 99 is smooth
  Growth growth = {};
  std::optional<double> identity_outside = {};  ///< y = x and log_det = 0 to the bit where every |x_j| ≥ this
  int kept = 0;                    ///< coupling: how many coordinates pass through unchanged
  bool kept_first = true;          ///< coupling: whether these are the first ones
};

}  // namespace flowgauge
