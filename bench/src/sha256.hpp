// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <string_view>

namespace flowgauge::bench {

/// SHA-256 (FIPS 180-4) of a text, 64 hexadecimal digits: what `sha256sum` prints.
std::string sha256(std::string_view text);

}  // namespace flowgauge::bench
