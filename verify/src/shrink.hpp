// SPDX-License-Identifier: MIT
#pragma once
#include "generators.hpp"

#include <functional>

namespace flowgauge::verify {

/// The simplest case that greedy steps reach while `still` holds: fewer layers, dims, rows, options, then shorter numbers, again and again until
/// nothing more goes.
/// Deterministic; `still` is asked at most `budget` times. A case that does not make a subject is never asked about.
Case shrunk(Case, const Workshop&, SubjectStore&, const std::function<bool(const Case&)>& still, int budget = 600);

}  // namespace flowgauge::verify
