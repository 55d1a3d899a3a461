// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string_view>

/// Files by the system's own calls, because only they tell why a write failed.
namespace flowgauge::reports::file {

enum class Mode { truncate, append };

/// Opens for writing; makes the folder when it is missing. Throws ReportError with path and reason, as all of these do.
int open_for_writing(const std::filesystem::path& path, Mode mode);
void write_all(int descriptor, std::string_view text, const std::filesystem::path& path);

/// Waits until the text is on the disk, then closes: errors of a full or remote disk may come only here.
void sync_and_close(int descriptor, const std::filesystem::path& path);

void rename(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace flowgauge::reports::file
