// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/distribution.hpp>
#include <flowgauge/options.hpp>
#include <flowgauge/spec.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace flowgauge::distributions {

/// A source on the shelf.
struct SourceInfo {
  std::string name;
  std::string summary;    ///< one line
  std::string reference;  ///< formula and where it comes from
  std::vector<OptionInfo> options;
  std::string default_text;  ///< canonical text with every option at its default
  int dim = 0;               ///< with every option at its default
  std::vector<std::string> specimens;  ///< members worth examining, canonical texts; the first is default_text
};

/// The source that `text` describes, such as "laplace(scale=2)". ConfigError: does not parse, unknown name or option (with the nearest one), value
/// out of range.
std::unique_ptr<Distribution> make_source(std::string_view text);
std::unique_ptr<Distribution> make_source(const Item& item);

/// All sources, in the shelf's order.
std::vector<SourceInfo> list_sources();

/// One line of the shelf's table.
struct SourceEntry {
  SourceInfo info;
  std::unique_ptr<Distribution> (*make)(const Item&);
};

}  // namespace flowgauge::distributions
