// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace flowgauge::reports {

/// Colours for positive numbers on a logarithmic scale: pale for the smallest, dark for the largest.
class ColourScale {
 public:
  ColourScale(double lowest, double highest);

  /// "background:…;color:…": the text is black or white, whichever has the higher contrast (WCAG 2, relative luminance).
  std::string style(double value) const;

  /// The scale as a picture with its ends. `unit` stands behind the numbers.
  std::string html(const std::string& unit) const;

 private:
  double low_, high_;
};

}  // namespace flowgauge::reports
