// SPDX-License-Identifier: MIT
#include "html_check.hpp"

#include <regex>
#include <set>
#include <vector>

namespace flowgauge::reports {

std::string first_fault(const std::string& page) {
  static const std::regex tag(R"re(^<(/?)([A-Za-z][\w-]*)((?:\s+[\w:-]+(?:\s*=\s*(?:"[^"<]*"|'[^'<]*'))?)*)\s*(/?)>)re");
  static const std::regex id(R"re(\sid\s*=\s*["']([^"']*)["'])re");
  static const std::regex entity(R"re(^&(#\d+|amp|lt|gt|quot);)re");
  const std::set<std::string> empty_elements{"meta", "wbr", "br"};
  std::vector<std::string> open;
  std::set<std::string> ids;
  const auto near = [&page](std::size_t at) { return " near: " + page.substr(at, 80); };
  for (std::size_t at = 0; at < page.size();) {
    if (page.compare(at, 9, "<!DOCTYPE") == 0) {
      at = page.find('>', at) + 1;
    } else if (page[at] == '<') {
      std::smatch match;
      const std::string rest = page.substr(at, 20000);
      if (!std::regex_search(rest, match, tag)) return "not a tag" + near(at);
      const std::string name = match[2], attributes = match[3];
      std::smatch found;
      if (std::regex_search(attributes, found, id) && !ids.insert(found[1]).second) return "id twice: " + found[1].str();
      if (match[1] == "/") {
        if (open.empty() || open.back() != name) return "</" + name + "> closes " + (open.empty() ? "nothing" : open.back()) + near(at);
        open.pop_back();
      } else if (match[4] != "/" && empty_elements.count(name) == 0) {
        open.push_back(name);
      }
      at += static_cast<std::size_t>(match.length());
      if (match[1] != "/" && (name == "style" || name == "script")) at = page.find("</" + name, at);
    } else if (page[at] == '&') {
      std::smatch match;
      const std::string rest = page.substr(at, 12);
      if (!std::regex_search(rest, match, entity)) return "bare &" + near(at);
      at += static_cast<std::size_t>(match.length());
    } else {
      ++at;
    }
  }
  return open.empty() ? "" : "<" + open.back() + "> is not closed";
}

}  // namespace flowgauge::reports
