// SPDX-License-Identifier: MIT
#include "margins.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <tuple>

#include "strips.hpp"

namespace flowgauge::reports {

std::string law_title(const VerdictRow& row) {
  std::string title = row.law_id.empty() ? row.law : row.law_id + " " + row.law;
  std::replace(title.begin(), title.end(), '_', ' ');
  return title;
}

bool law_before(const std::string& left, const std::string& right) {
  const auto split = [](const std::string& title) {
    const std::size_t digits = title.find_first_of("0123456789");
    const bool short_name = digits != std::string::npos && digits <= 2;
    return std::tuple(short_name ? title.substr(0, digits) : title, short_name ? std::strtol(title.c_str() + digits, nullptr, 10) : 0L, title);
  };
  return split(left) < split(right);
}

std::string margin_plot(const std::vector<VerdictRow>& verdicts) {
  std::map<std::string, std::vector<double>, decltype(&law_before)> margins(&law_before);
  for (const VerdictRow& row : verdicts) {
    const bool judged = row.verdict == "holds" || row.verdict == "fails";
    if (judged && row.worst_margin && *row.worst_margin != 0) margins[law_title(row)].push_back(*row.worst_margin);
  }
  std::vector<Strip> strips;
  for (auto& [law, values] : margins) strips.push_back({law, std::move(values)});
  return strip_plot(strips, "observed ÷ allowed error", 1);
}

}  // namespace flowgauge::reports
