// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace flowgauge::reports::html {

/// Text made safe for content and for attributes between double quotes. Bytes that are not UTF-8 and control characters become U+FFFD.
std::string escape(std::string_view text);

/// The same for a long name: it may be broken after an underscore.
std::string breakable(std::string_view name);

/// <name class="kind">content</name>; `content` is HTML already. The class is left out when empty.
std::string element(std::string_view name, std::string_view kind, std::string_view content);

/// The same around plain text.
std::string text(std::string_view name, std::string_view kind, std::string_view plain);

/// A table cell for a number: `shown` is plain text, `sort` the value the sorting script reads.
std::string number_cell(double sort, std::string_view shown, std::string_view kind = {});

/// A heading cell of a table whose columns can be sorted; `number` aligns to the right.
enum class Align { left, right };
std::string heading(std::string_view plain, Align align, std::string_view hint = {});

/// <details> with a summary; closed.
std::string folded(std::string_view summary, std::string_view content);

/// A link to a file beside the page.
std::string link(std::string_view file);

/// Three significant digits as people read them: 0.0312, 12.3, 1.2e-07, ∞, −∞, «not a number».
std::string number(double value);

/// A share as a percentage: 0.7534 → 75.3 %.
std::string percent(double share);

/// A whole number with thin spaces between thousands.
std::string count(double value);

/// "1 cell", "3 cells"; `many` is the word for any number but 1.
std::string counted(std::size_t amount, std::string_view one, std::string_view many);

/// The whole document. `body` is HTML already.
std::string document(std::string_view title, std::string_view body);

}  // namespace flowgauge::reports::html
