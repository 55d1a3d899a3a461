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

/// Layers and chains, sources, estimators: what laws are about.
std::string kind_of(const VerdictRow& row) {
  if (!row.estimator.empty()) return "estimator";
  return row.layer.empty() && row.flow.empty() ? "source" : "layer";
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

std::string matrix_of_kind(const std::vector<VerdictRow>& rows, const std::string& kind) {
  std::map<std::string, std::map<std::string, const VerdictRow*>> matrix;
  std::vector<std::string> subjects, laws;  // in the order of the rows: failures first
  for (const VerdictRow& row : rows) {
    if (kind_of(row) != kind) continue;
    if (!matrix.contains(subject_of(row))) subjects.push_back(subject_of(row));
    if (std::find(laws.begin(), laws.end(), row.law_id) == laws.end()) laws.push_back(row.law_id);
    matrix[subject_of(row)][row.law_id] = &row;
  }
  const auto number = [](const std::string& id) { return std::pair(id.substr(0, 1), id.size() > 1 ? std::atoi(id.c_str() + 1) : 0); };
  std::sort(laws.begin(), laws.end(), [&](const std::string& a, const std::string& b) { return number(a) < number(b); });

  std::vector<std::vector<std::string>> table{{"margin"}};
  table.front().insert(table.front().end(), laws.begin(), laws.end());
  if (subjects.empty()) return "";
  for (const std::string& subject : subjects) {
    table.push_back({subject});
    for (const std::string& law : laws) table.back().push_back(matrix[subject].contains(law) ? cell_text(*matrix[subject][law]) : "");
  }
  return text_table(table, "<" + std::string(laws.size(), '>')) + "\n";
}

std::string matrix_text(const std::vector<VerdictRow>& rows) {
  return matrix_of_kind(rows, "layer") + matrix_of_kind(rows, "source") + matrix_of_kind(rows, "estimator");
}

std::string verdict_sentence(const std::vector<VerdictRow>& rows) {
  std::set<std::string> subjects, kinds, laws;
  std::map<std::string, int> counts;
  for (const VerdictRow& row : rows) subjects.insert(subject_of(row)), kinds.insert(kind_of(row)), laws.insert(row.law), ++counts[row.verdict];
  return fmt::format("{} {}{} × {} law{}: {} hold, {} fail, {} unresolved, {} not applicable, {} errors.", subjects.size(),
                     kinds.size() == 1 ? *kinds.begin() : "subject", subjects.size() == 1 ? "" : "s", laws.size(), laws.size() == 1 ? "" : "s",
                     counts["holds"], counts["fails"], counts["unresolved"], counts["not_applicable"], counts["error"]);
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
