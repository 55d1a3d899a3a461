// SPDX-License-Identifier: MIT
#include "file.hpp"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

#include <flowgauge/reports/error.hpp>

namespace flowgauge::reports::file {
namespace {

[[noreturn]] void fail(std::string_view what, const std::filesystem::path& path, int code) {
  throw ReportError(fmt::format("cannot {} {}: {}", what, path.string(), std::generic_category().message(code)));
}

}  // namespace

int open_for_writing(const std::filesystem::path& path, Mode mode) {
  if (path.has_parent_path()) {
    std::error_code code;
    std::filesystem::create_directories(path.parent_path(), code);
    if (code) fail("make the folder", path.parent_path(), code.value());
  }
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | (mode == Mode::append ? O_APPEND : O_TRUNC), 0666);
  if (descriptor < 0) fail("write", path, errno);
  return descriptor;
}

void write_all(int descriptor, std::string_view text, const std::filesystem::path& path) {
  while (!text.empty()) {
    const ::ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("write", path, errno);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void sync_and_close(int descriptor, const std::filesystem::path& path) {
  // EINVAL and EROFS: something that cannot be synced, such as a pipe or a device.
  const int synced = ::fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS ? 0 : errno;
  const int closed = ::close(descriptor) == 0 ? 0 : errno;
  if (synced != 0) fail("write", path, synced);
  if (closed != 0) fail("write", path, closed);
}

void rename(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::error_code code;
  std::filesystem::rename(from, to, code);
  if (code) fail("rename to", to, code.value());
}

}  // namespace flowgauge::reports::file
