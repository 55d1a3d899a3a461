// SPDX-License-Identifier: MIT
#pragma once
#include "console.hpp"

#include <functional>
#include <string_view>

namespace CLI {
class App;
}

namespace flowgauge::cli {

/// What a command does once its arguments are read; returns the exit code.
using Action = std::function<int(const Console&)>;

/// One line of the program's table. `prepare` adds the options to the parser and returns the action that will read them.
struct Command {
  std::string_view name, summary;
  std::string_view examples;  ///< two lines, shown first by --help
  Action (*prepare)(CLI::App&);
};

Command list_command();
Command show_command();
Command sample_command();
Command eval_command();
Command fit_command();
Command palette_command();
Command run_command();
Command report_command();
Command verify_command();
Command bench_command();
Command compare_command();
Command new_command();

}  // namespace flowgauge::cli
