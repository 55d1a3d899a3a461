// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/verify/subject.hpp>

#include <cstddef>
#include <string>

/// Layers and sources of any language: a command that answers questions over its stdin and stdout (docs/verifying.md has the frames).
namespace flowgauge::verify {

/// What a child may take. Beyond, its group is killed and the case becomes the verdict `error`.
struct ExecLimits {
  double hello_seconds = 120, call_seconds = 10;
  std::size_t frame_bytes = std::size_t{256} << 20;
  std::size_t resident_bytes = std::size_t{4} << 30;  ///< of the whole group
};

struct Subjects;  // verify.hpp

/// Which of the types that the child offers.
enum class ExecReal { best, float32, float64 };

/// Starts `command`, asks what it is, lets it go: the layer that it serves, as a family of one. Each process that examines it starts a child of its
/// own. ConfigError: the command cannot start, speaks another protocol, describes no layer, or does not offer the type asked for.
/// Where it offers both types and float32 was not asked for, the layer exists in float too.
Family family_of_command(const std::string& command, ExecReal = ExecReal::best, const ExecLimits& = {});
/// The same of whatever it serves, a layer or a source.
Subjects subjects_of_command(const std::string& command, ExecReal = ExecReal::best, const ExecLimits& = {});

}  // namespace flowgauge::verify
