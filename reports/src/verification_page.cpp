// SPDX-License-Identifier: MIT
#include <flowgauge/reports/page.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "html.hpp"
#include "margins.hpp"
#include "page_parts.hpp"
#include "words.hpp"

namespace flowgauge::reports {
namespace {

using html::Align;
using Statements = std::vector<std::pair<std::string, std::string>>;

/// Worst first: the order of cards, of rows of the matrix, and of what a cell of the matrix shows for several rows.
constexpr std::string_view verdicts_by_gravity[] = {"fails", "error", "unresolved", "holds", "not_applicable"};

std::size_t gravity(const std::string& verdict) {
  const auto found = std::find(std::begin(verdicts_by_gravity), std::end(verdicts_by_gravity), verdict);
  return static_cast<std::size_t>(found - std::begin(verdicts_by_gravity));
}

std::string_view symbol(const std::string& verdict) {
  if (verdict == "holds") return "✓";
  if (verdict == "fails") return "✗";
  if (verdict == "unresolved") return "?";
  if (verdict == "not_applicable") return "–";
  return "‼";
}

std::string words(std::string text) {
  std::replace(text.begin(), text.end(), '_', ' ');
  return text;
}

std::string subject_name(const VerdictRow& row) {
  const std::string& name = subject_of(row);
  return name.empty() ? "(no subject)" : name;
}

std::map<std::string, std::size_t> count_verdicts(const std::vector<VerdictRow>& verdicts) {
  std::map<std::string, std::size_t> counts;
  for (const VerdictRow& row : verdicts) ++counts[row.verdict.empty() ? "error" : row.verdict];
  return counts;
}

/// "Of 273 checks (31 subjects, 9 laws): 262 hold, 9 fail, 2 unresolved. Beside them 6 not applicable, 0 errors."
std::string verdict_of(const std::vector<VerdictRow>& verdicts) {
  if (verdicts.empty()) return "There is no verdict in these files, so nothing is known.";
  std::set<std::string> subjects, laws;
  for (const VerdictRow& row : verdicts) {
    subjects.insert(subject_name(row));
    laws.insert(row.law);
  }
  auto counts = count_verdicts(verdicts);
  const std::size_t judged = counts["holds"] + counts["fails"] + counts["unresolved"];
  return fmt::format("{} × {}: of {} {} hold, {} fail, {} unresolved. Beside them {} not applicable, {}.",
                     html::counted(subjects.size(), "subject", "subjects"), html::counted(laws.size(), "law", "laws"),
                     html::counted(judged, "check", "checks"), counts["holds"], counts["fails"], counts["unresolved"], counts["not_applicable"],
                     html::counted(counts["error"], "error", "errors"));
}

std::string term(std::string_view name, std::string_view plain) {
  return plain.empty() ? std::string{} : html::text("dt", "", name) + html::text("dd", "", plain);
}

std::string code_term(std::string_view name, std::string_view plain) {
  return plain.empty() ? std::string{} : html::text("dt", "", name) + html::element("dd", "", html::text("code", "", plain));
}

std::string error_text(const VerdictRow& row) {
  std::string text;
  if (row.worst_error) text = html::number(*row.worst_error) + (row.error_unit.empty() ? "" : " " + row.error_unit);
  if (row.worst_ulp) text += fmt::format("{}{} ulp", text.empty() ? "" : ", ", html::number(*row.worst_ulp));
  return text;
}

std::string cases_text(const VerdictRow& row) {
  if (!row.cases) return {};
  std::string text = html::count(static_cast<double>(*row.cases));
  if (row.cases_unresolved.value_or(0) > 0) text += fmt::format(", {} unresolved", *row.cases_unresolved);
  if (row.cases_discarded.value_or(0) > 0) text += fmt::format(", {} discarded", *row.cases_discarded);
  return text;
}

std::string card(const VerdictRow& row, const Statements& statements) {
  const auto statement = std::find_if(statements.begin(), statements.end(), [&](const auto& pair) { return pair.first == row.law; });
  std::string where = row.dim ? fmt::format("dim {}", *row.dim) : std::string{};
  if (!row.dtype.empty()) where += (where.empty() ? "" : ", ") + row.dtype;
  if (row.seed) where += fmt::format("{}seed {}", where.empty() ? "" : ", ", *row.seed);
  std::string terms =
      term("law says", statement == statements.end() ? std::string{} : statement->second) + term("what broke", plain_words(row.reason)) +
      term("observed error", error_text(row)) +
      term("allowed error", row.tolerance ? html::number(*row.tolerance) + (row.error_unit.empty() ? "" : " " + row.error_unit) : "") +
      term("observed ÷ allowed", row.worst_margin ? html::number(*row.worst_margin) : "") +
      term("digits lost", row.digits_lost ? html::number(*row.digits_lost) : "") + term("cases", cases_text(row)) + term("where", where) +
      code_term("counterexample", row.counterexample) + code_term("bring it back", row.reproduce);
  return html::element("article", "card",
                       html::text("h3", "", fmt::format("✗ {} fails {}", subject_name(row), law_title(row))) + html::element("dl", "", terms)) +
         "\n";
}

std::string failure_cards(const std::vector<VerdictRow>& verdicts, const Statements& statements) {
  std::vector<const VerdictRow*> failures;
  for (const VerdictRow& row : verdicts) {
    if (row.verdict == "fails") failures.push_back(&row);
  }
  const auto margin = [](const VerdictRow* row) { return !row->worst_margin || std::isnan(*row->worst_margin) ? HUGE_VAL : *row->worst_margin; };
  std::stable_sort(failures.begin(), failures.end(), [&](const auto* left, const auto* right) { return margin(left) > margin(right); });
  std::string cards;
  for (const VerdictRow* row : failures) cards += card(*row, statements);
  return cards;
}

/// The rows of one subject and law, of several dims, dtypes and seeds: the gravest verdict and the worst margin.
struct MatrixCell {
  std::string verdict, reason;
  double margin = -1;  // none; NaN as soon as one margin is
  std::size_t rows = 0;
};

std::string cell_html(const MatrixCell& cell) {
  if (cell.rows == 0) return "<td class=\"none\" title=\"not examined\"></td>";
  // Below a hundredth nobody needs the digits; they are in the hint.
  const std::string number = std::isnan(cell.margin) ? "NaN" : cell.margin < 10 ? fmt::format("{:.2f}", cell.margin) : html::number(cell.margin);
  const std::string margin = cell.margin < 0.005 ? std::string{} : html::text("small", "", number);
  const std::string kind = cell.verdict == "holds"            ? "good"
                           : cell.verdict == "fails"          ? "fails bad"
                           : cell.verdict == "unresolved"     ? "unresolved doubt"
                           : cell.verdict == "not_applicable" ? "none"
                                                              : "error bad";
  const std::string hint = words(cell.verdict) + (cell.margin < 0 ? "" : ", margin " + html::number(cell.margin)) +
                           (cell.reason.empty() ? "" : ": " + plain_words(cell.reason));
  return fmt::format("<td class=\"{}\" title=\"{}\">{}{}</td>", kind, html::escape(hint), symbol(cell.verdict), margin);
}

std::string matrix(const std::vector<VerdictRow>& verdicts) {
  std::map<std::string, std::map<std::string, MatrixCell>> cells;
  std::set<std::string> titles;
  for (const VerdictRow& row : verdicts) {
    MatrixCell& cell = cells[subject_name(row)][law_title(row)];
    titles.insert(law_title(row));
    if (cell.rows++ == 0 || gravity(row.verdict) < gravity(cell.verdict)) {
      cell.verdict = row.verdict;
      cell.reason = row.reason;
    }
    if (!row.worst_margin) continue;
    if (std::isnan(*row.worst_margin) || *row.worst_margin > cell.margin) cell.margin = *row.worst_margin;
  }
  if (cells.empty()) return {};
  std::vector<std::string> laws(titles.begin(), titles.end());
  std::sort(laws.begin(), laws.end(), law_before);
  std::string head = "<td></td>";
  for (const std::string& law : laws) head += html::element("th", "", html::text("div", "upright", law));

  std::vector<std::pair<std::size_t, std::string>> order;  // subjects with the gravest verdict on top, then by name
  for (const auto& [subject, row] : cells) {
    std::size_t worst = std::size(verdicts_by_gravity);
    for (const auto& [law, cell] : row) worst = std::min(worst, std::min(gravity(cell.verdict), gravity("holds")));
    order.emplace_back(worst, subject);
  }
  std::sort(order.begin(), order.end());
  std::string body;
  for (const auto& [worst, subject] : order) {
    body += "<tr>" + html::text("th", "", subject);
    for (const std::string& law : laws) {
      const auto found = cells[subject].find(law);
      body += cell_html(found == cells[subject].end() ? MatrixCell{} : found->second);
    }
    body += "</tr>\n";
  }
  return table("matrix", head, body);
}

/// One matrix for each kind of subject: no law is about two of them.
std::string matrices(const std::vector<VerdictRow>& verdicts) {
  std::vector<VerdictRow> layers, sources, estimators;
  for (const VerdictRow& row : verdicts)
    (!row.layer.empty() || !row.flow.empty() ? layers : row.estimator.empty() ? sources : estimators).push_back(row);
  std::string all;
  for (const auto& [title, rows] : {std::pair("Layers and flows", &layers), std::pair("Sources", &sources), std::pair("Estimators", &estimators)}) {
    if (rows->size() < verdicts.size() && !rows->empty()) all += html::text("h3", "", title);
    all += matrix(*rows);
  }
  if (all.empty()) return {};
  return html::element("ul", "facts",
                       "<li>✓ holds</li><li>✗ fails</li><li>? unresolved</li><li>– not applicable</li><li>‼ error</li><li>empty: not examined</li>") +
         all;
}

/// What is neither held nor broken, by verdict and reason.
std::string other_reasons(const std::vector<VerdictRow>& verdicts) {
  struct Group {
    std::size_t rows = 0;
    std::set<std::string> subjects, laws;
  };
  std::map<std::tuple<std::size_t, std::string, std::string>, Group> groups;
  for (const VerdictRow& row : verdicts) {
    if (row.verdict == "holds" || row.verdict == "fails") continue;
    Group& group = groups[{gravity(row.verdict), row.verdict, row.reason.empty() ? "no reason given" : plain_words(row.reason)}];
    ++group.rows;
    group.subjects.insert(subject_name(row));
    group.laws.insert(law_title(row));
  }
  const auto joined = [](const std::set<std::string>& all) {
    std::string text;
    std::size_t shown = 0;
    for (const std::string& one : all) {
      if (shown++ == 6) return text + fmt::format(", and {} more", all.size() - 6);
      text += (text.empty() ? "" : ", ") + one;
    }
    return text;
  };
  std::string body;
  for (const auto& [key, group] : groups) {
    const auto& [grave, verdict, reason] = key;
    body += "<tr>" +
            html::text("th",
                       verdict == "unresolved"       ? "doubt"
                       : verdict == "not_applicable" ? "none"
                                                     : "bad",
                       fmt::format("{} {}", symbol(verdict), verdict.empty() ? "error" : words(verdict))) +
            html::number_cell(static_cast<double>(group.rows), html::count(static_cast<double>(group.rows))) + html::text("td", "wrap", reason) +
            html::text("td", "wrap", joined(group.subjects)) + html::text("td", "wrap", joined(group.laws)) + "</tr>\n";
  }
  if (body.empty()) return {};
  const std::string head = html::heading("verdict", Align::left) + html::heading("times", Align::right) + html::heading("reason", Align::left) +
                           html::heading("subjects", Align::left) + html::heading("laws", Align::left);
  return table("", head, body);
}

/// How hard each law looked, and how near its limit the worst healthy subject came.
std::string coverage(const std::vector<VerdictRow>& verdicts) {
  struct Effort {
    double cases = 0, unresolved = 0, discarded = 0, margin = -1;
    std::string nearest;
    std::map<std::string, std::size_t> counts;
  };
  std::map<std::string, Effort, decltype(&law_before)> laws(&law_before);
  for (const VerdictRow& row : verdicts) {
    Effort& effort = laws[law_title(row)];
    ++effort.counts[row.verdict];
    effort.cases += static_cast<double>(row.cases.value_or(0));
    effort.unresolved += static_cast<double>(row.cases_unresolved.value_or(0));
    effort.discarded += static_cast<double>(row.cases_discarded.value_or(0));
    if (row.verdict != "holds" || !row.worst_margin || !(*row.worst_margin > effort.margin)) continue;
    effort.margin = *row.worst_margin;
    effort.nearest = subject_name(row);
  }
  std::string body;
  for (const auto& [law, effort] : laws) {
    const auto number = [](double value) { return html::number_cell(value, html::count(value)); };
    const auto times = [&number, &counts = effort.counts](const char* verdict) {
      const auto found = counts.find(verdict);
      return number(found == counts.end() ? 0 : static_cast<double>(found->second));
    };
    body += "<tr>" + html::text("th", "", law) + times("holds") + times("fails") + times("unresolved") + times("not_applicable") + times("error") +
            number(effort.cases) + number(effort.unresolved) + number(effort.discarded) +
            html::number_cell(effort.margin, effort.margin < 0 ? "–" : html::number(effort.margin)) + html::text("td", "", effort.nearest) +
            "</tr>\n";
  }
  if (body.empty()) return {};
  std::string head = html::heading("law", Align::left);
  for (const char* name :
       {"holds", "fails", "unresolved", "not applicable", "error", "cases", "cases unresolved", "cases discarded", "worst margin that holds"}) {
    head += html::heading(name, Align::right);
  }
  return table("sortable", head + html::heading("of", Align::left), body);
}

}  // namespace

std::string verification_page(const std::vector<VerdictRow>& verdicts, const Provenance& provenance, const std::vector<std::string>& cannot_see,
                              const std::vector<std::pair<std::string, std::string>>& statements) {
  std::string page = masthead(provenance, "Verification", verdict_of(verdicts), {"verdicts.csv"});
  page += section("Broken laws", "Worst first, each with the smallest case that was found and the command that brings it back.",
                  failure_cards(verdicts, statements));
  page += section("Every subject against every law",
                  "Under a symbol stands the worst margin, from 0.005 on: observed error as a fraction of the allowed one. At most 1 the law holds. "
                  "Point at a symbol for more digits. Subjects with trouble stand on top. Over several dims, number types and seeds the gravest "
                  "verdict is shown.",
                  matrices(verdicts));
  page += section("Errors, unresolved, not applicable", "These are not counted as holding. An unresolved check could neither accuse nor acquit.",
                  other_reasons(verdicts));
  page +=
      section("How near the edge?",
              "Every dot is the worst margin of one subject under a law: observed error as a fraction of the allowed one. Right of the dashed line "
              "at 1 the law is broken; a crowd just left of it means that the tolerance is tight. Margins of 0 have no dot.",
              margin_plot(verdicts));
  page += section("How hard was each law looked at?", "A law that holds is worth as much as the cases behind it.", coverage(verdicts));
  std::string blind;
  for (const std::string& sentence : cannot_see) blind += html::text("p", "", sentence) + "\n";
  page += section("What this cannot see", {}, blind);
  page += provenance_section(provenance);
  return html::document(provenance.title.empty() ? "Verification" : provenance.title, page);
}

}  // namespace flowgauge::reports
