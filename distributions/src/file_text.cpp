// SPDX-License-Identifier: MIT
#include "file_text.hpp"

#include <flowgauge/error.hpp>
#include <flowgauge/random.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>
#include <zlib.h>

namespace flowgauge::distributions {

std::string file_text(const std::string& path) {
  const std::filesystem::file_status status = std::filesystem::status(path);
  if (status.type() == std::filesystem::file_type::not_found) throw DataError(fmt::format("{}: expected a CSV file, got no such file", path));
  if (std::filesystem::is_directory(status)) throw DataError(fmt::format("{}: expected a CSV file, got a folder", path));
  errno = 0;
  gzFile file = gzopen(path.c_str(), "rb");
  if (!file) throw DataError(fmt::format("{}: cannot be opened: {}", path, std::strerror(errno)));
  std::string text;
  constexpr std::size_t piece = 1 << 18;
  int got = 0;
  do {
    const std::size_t used = text.size();
    text.resize(used + piece);
    got = gzread(file, text.data() + used, piece);
    text.resize(used + static_cast<std::size_t>(std::max(got, 0)));
  } while (got == static_cast<int>(piece));
  int error = Z_OK;
  const char* const sentence = gzerror(file, &error);
  const std::string why = error == Z_ERRNO ? std::strerror(errno) : sentence;
  // The end of the file in the middle of the compressed stream shows here or only when the file is closed.
  const int closed = gzclose(file);
  if (error == Z_BUF_ERROR || (error == Z_OK && closed == Z_BUF_ERROR)) {
    throw DataError(fmt::format("{}: expected a whole gzip file, got one that was cut off", path));
  }
  if (error != Z_OK) throw DataError(fmt::format("{}: cannot be read: {}", path, why));
  return text;
}

std::string content_hash(std::string_view bytes) { return fmt::format("{:016x}", hash_text(bytes)); }

}  // namespace flowgauge::distributions
