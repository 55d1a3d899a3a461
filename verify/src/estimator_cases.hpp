// SPDX-License-Identifier: MIT
#pragma once
#include "search.hpp"

#include <flowgauge/verify/estimator.hpp>

namespace flowgauge::verify {

/// Cases about an estimator: a seed and a number of rows; which flows and sources it is asked about stands in the law.
Examiner examiner_of(const Estimator&, const Law&);

}  // namespace flowgauge::verify
