// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <string_view>

namespace flowgauge::distributions {

/// The bytes of a file, decompressed where they are gzip. DataError "PATH: expected …, got …".
std::string file_text(const std::string& path);
/// FNV-1a of bytes, 16 hexadecimal digits.
std::string content_hash(std::string_view bytes);

}  // namespace flowgauge::distributions
