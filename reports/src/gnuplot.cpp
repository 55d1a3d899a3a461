// SPDX-License-Identifier: MIT
#include "gnuplot.hpp"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include <flowgauge/reports/csv.hpp>

namespace flowgauge::reports {
namespace {

/// What the child does before it becomes gnuplot: its folder, nothing to read, nothing to print, complaints into a file.
class Surroundings {
 public:
  Surroundings(const std::filesystem::path& folder, const char* complaints) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_addchdir_np(&actions_, folder.c_str());
    ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, complaints, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  }
  Surroundings(const Surroundings&) = delete;
  Surroundings& operator=(const Surroundings&) = delete;
  ~Surroundings() { ::posix_spawn_file_actions_destroy(&actions_); }

  const ::posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  ::posix_spawn_file_actions_t actions_;
};

/// The text between the first and the last line that says something.
std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

}  // namespace

std::string run_gnuplot(const std::vector<Plot>& plots, const std::filesystem::path& folder, const std::string& program) {
  constexpr const char* complaints = "gnuplot_messages.txt";
  std::vector<std::string> arguments{program, "-d"};  // -d: without the user's own start-up file
  for (const Plot& plot : plots) {
    write_text(folder / (plot.name + ".gp"), plot.script);
    write_text(folder / (plot.name + ".dat"), plot.data);
    arguments.push_back(plot.name + ".gp");
  }
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);

  const Surroundings surroundings(folder, complaints);
  ::pid_t child = 0;
  const int spawned = ::posix_spawnp(&child, program.c_str(), surroundings.get(), nullptr, pointers.data(), environ);
  if (spawned == ENOENT) {
    return fmt::format(
        "No figure: the program {} is not installed. Install the package gnuplot-nox and make the page again; "
        "the numbers are in the tables.",
        program);
  }
  if (spawned != 0) return fmt::format("No figure: {} could not be started: {}.", program, std::strerror(spawned));

  int state = 0;
  while (::waitpid(child, &state, 0) < 0 && errno == EINTR) {
  }
  const std::filesystem::path messages = folder / complaints;
  const std::string said = std::filesystem::exists(messages) ? trimmed(read_text(messages)) : std::string{};
  std::error_code code;
  std::filesystem::remove(messages, code);
  if (WIFEXITED(state) && WEXITSTATUS(state) == 0) return {};
  return fmt::format("No figure: {} stopped with an error: {}", program, said.empty() ? "it gave no reason." : said);
}

}  // namespace flowgauge::reports
