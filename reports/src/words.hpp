// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace flowgauge::reports {

/// What a code of the tables means, as a page says it: `mc` → "Monte Carlo". The tables keep the code. A text that is no code stays as it is.
std::string plain_words(std::string_view code);

}  // namespace flowgauge::reports
