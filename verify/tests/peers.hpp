// SPDX-License-Identifier: MIT
#pragma once
#include <cstdlib>
#include <string>

namespace flowgauge::verify {

/// A Python that can import `module`; empty: there is none, and nothing can be started.
inline std::string python(const std::string& module = "sys") {
  for (const char* const candidate : {"/usr/bin/python3", "python3"})
    if (std::system((std::string(candidate) + " -c 'import " + module + "' >/dev/null 2>&1").c_str()) == 0) return candidate;
  return {};
}

/// The command of a peer in tests/peers.
inline std::string peer_command(const std::string& interpreter, const std::string& file, const std::string& arguments) {
  return interpreter + " '" FLOWGAUGE_SOURCE_DIR "/verify/tests/peers/" + file + "' " + arguments;
}

}  // namespace flowgauge::verify
