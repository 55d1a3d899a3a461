// SPDX-License-Identifier: MIT
#include "verdicts.hpp"

#include <flowgauge/reports/page.hpp>

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

namespace flowgauge::cli {
namespace {

using reports::VerdictRow;

std::string indented(const std::string& lines, std::string_view by) {
  std::string text;
  for (std::size_t at = 0; at < lines.size();) {
    const std::size_t end = std::min(lines.find('\n', at), lines.size());
    text += fmt::format("{}{}\n", by, std::string_view(lines).substr(at, end - at));
    at = end + 1;
  }
  return text;
}

/// What stands in the matrix.
std::string cell_text(const VerdictRow& row) {
  if (row.verdict == "not_applicable") return "–";
  if (row.verdict == "unresolved" && !row.cases) return "…";  // interrupted
  if (row.verdict != "holds") return row.verdict;
  return row.worst_margin ? fmt::format("{:.2f}", *row.worst_margin) : "holds";
}
}  // namespace

std::string failures_text(const verify::VerifyResult& result, const Console& console) {
  std::string text;
  for (const verify::Failure& f : result.failures) {
    const std::string title = fmt::format("{} {} ({}): {}", f.subject, f.law, f.law_id, to_text(f.verdict));
    text += console.paint(title, f.verdict == verify::Verdict::unresolved ? Tone::doubtful : Tone::bad) + "\n" + indented(f.message, "  ");
    if (!f.case_text.empty()) text += fmt::format("  case: {}\n", f.case_text);
    if (!f.reproduce.empty()) text += fmt::format("  again: {}\n", f.reproduce);
    text += "\n";
  }
  return text;
}

std::string matrix_text(const std::vector<VerdictRow>& rows) {
  std::map<std::string, std::map<std::string, const VerdictRow*>> matrix;
  std::vector<std::string> layers, laws;  // in the order of the rows: failures first
  for (const VerdictRow& row : rows) {
    if (!matrix.contains(row.layer)) layers.push_back(row.layer);
    if (std::find(laws.begin(), laws.end(), row.law_id) == laws.end()) laws.push_back(row.law_id);
    matrix[row.layer][row.law_id] = &row;
  }
  const auto number = [](const std::string& id) { return std::pair(id.substr(0, 1), id.size() > 1 ? std::atoi(id.c_str() + 1) : 0); };
  std::sort(laws.begin(), laws.end(), [&](const std::string& a, const std::string& b) { return number(a) < number(b); });

  std::vector<std::vector<std::string>> table{{"margin"}};
  table.front().insert(table.front().end(), laws.begin(), laws.end());
  for (const std::string& layer : layers) {
    table.push_back({layer});
    for (const std::string& law : laws) table.back().push_back(matrix[layer].contains(law) ? cell_text(*matrix[layer][law]) : "");
  }
  return text_table(table, "<" + std::string(laws.size(), '>')) + "\n";
}

std::string verdict_sentence(const std::vector<VerdictRow>& rows) {
  std::set<std::string> layers, laws;
  std::map<std::string, int> counts;
  for (const VerdictRow& row : rows) layers.insert(row.layer), laws.insert(row.law), ++counts[row.verdict];
  return fmt::format("{} layer{} × {} law{}: {} hold, {} fail, {} unresolved, {} not applicable, {} errors.", layers.size(),
                     layers.size() == 1 ? "" : "s", laws.size(), laws.size() == 1 ? "" : "s", counts["holds"], counts["fails"], counts["unresolved"],
                     counts["not_applicable"], counts["error"]);
}

std::string verdict_page(const std::vector<VerdictRow>& rows, const reports::Provenance& provenance) {
  std::set<std::string> used;
  for (const VerdictRow& row : rows) used.insert(row.law);
  std::vector<std::string> cannot_see;
  std::vector<std::pair<std::string, std::string>> statements;
  for (const verify::LawInfo& law : verify::list_laws()) {
    if (!used.contains(law.name)) continue;
    statements.emplace_back(law.name, law.statement);
    if (!law.fooled_by.empty()) cannot_see.push_back(fmt::format("{} ({}): {}", law.name, law.id, law.fooled_by));
  }
  return reports::verification_page(rows, provenance, cannot_see, statements);
}

}  // namespace flowgauge::cli
