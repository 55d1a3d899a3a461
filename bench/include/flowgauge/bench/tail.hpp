// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/distribution.hpp>
#include <flowgauge/flow.hpp>

#include <limits>
#include <optional>
#include <string>
#include <vector>

/// Is the KL finite at all? Decided before anything is sampled, from how fast the tails of the source fall and how the layers grow.
/// For a source with finite entropy, KL = −H + d/2·log 2π + ½·E|z|² − E log_det, so it is finite when every E z_i² is and E log_det >
/// −∞. The
/// classes of |z| and of the parts of log f′ are carried through the layers to leading order.
namespace flowgauge::bench {

/// The tail of one non-negative number: `base`, exponentiated `exponentials` times. exponentials > 0 is slower than every power (no moment is
/// finite); the logarithm undoes one. A shape or rate that is not known is NaN. `pure` marks a tail that is its leading order to within a constant
/// factor: only there does a threshold decide.
struct Tail {
  TailClass base = {TailClass::Kind::bounded};
  int exponentials = 0;
  bool pure = false;
};

/// "W(1)", "S(2, 0.5)", "L(2, 0.5)", "B", "SS", "V", "?": the words of the reports.
std::string text_of(const Tail&);

Tail logarithm(const Tail&);
/// x → x^m, m > 0.
Tail power(const Tail&, double m);
/// x → e^x.
Tail exponential(const Tail&);
/// x → scale·x, scale > 0; NaN when it is not known.
Tail scaled(const Tail&, double scale);
/// +1 when a is heavier than b, −1 when lighter, 0 when alike; nothing when that is not known.
std::optional<int> compare_weight(const Tail& a, const Tail& b);
/// The heavier one; unknown when that is not known.
Tail heavier(const Tail& a, const Tail& b);

/// One end of one coordinate: |z|, and the heaviest negative and positive contributions to log f′ so far. `at_most`: coordinates that may depend on
/// each other were mixed, so the truth may be lighter.
struct TailEnd {
  Tail value, negative, positive;
  bool at_most = false;
};

enum class Finiteness { finite, infinite, unknown };

/// What the algebra says of the KL after some layers. `reason` is a sentence for people, such as "inf (W(1) source, linear tails)" or "tail unknown
/// at layer 2: planar".
struct TailVerdict {
  Finiteness kl = Finiteness::unknown;
  Finiteness variance = Finiteness::unknown;  ///< of log p − log q under P; meant only where the KL is finite
  bool support_violation = false;             ///< rows of the source lie outside the domain of a layer: the KL is +∞
  std::string reason;
};

/// One layer as the algebra sees it.
struct TailStep {
  std::string name;
  Facts facts;
  double scale = std::numeric_limits<double>::quiet_NaN();  ///< linear: |y| ~ scale·|x| far out, where known
};

/// The verdict after every prefix: steps + 1 of them, the first for the latent x itself.
std::vector<TailVerdict> judge_tails(const Distribution& source, const std::vector<TailStep>& steps);
/// The same for a flow; at dim 1 the scale of linear layers is read off far out.
std::vector<TailVerdict> judge_tails(const Distribution& source, const Flow<double>&);

/// The ends after all the steps, coordinate by coordinate, low before high.
std::vector<TailEnd> push_tails(const Distribution& source, const std::vector<TailStep>& steps);

}  // namespace flowgauge::bench
