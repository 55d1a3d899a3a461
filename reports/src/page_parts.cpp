// SPDX-License-Identifier: MIT
#include "page_parts.hpp"

#include <fmt/format.h>

#include "html.hpp"
#include "series_style.hpp"

namespace flowgauge::reports {
namespace {

std::string item(std::string_view plain) { return plain.empty() ? std::string{} : html::text("li", "", plain); }

std::string date_of(const Provenance& provenance) {
  const std::string& time = provenance.finished_at.empty() ? provenance.started_at : provenance.finished_at;
  const std::size_t middle = time.find('T');
  if (middle == std::string::npos || time.size() < middle + 6) return time;
  return time.substr(0, middle) + " " + time.substr(middle + 1, 5) + " UTC";
}

std::string version_of(const Provenance& provenance) {
  if (provenance.flowgauge_version.empty()) return {};
  return "flowgauge " + provenance.flowgauge_version + (provenance.git_rev.empty() ? "" : " (" + provenance.git_rev + ")");
}

std::string rows_of(const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::string rows;
  for (const auto& [name, value] : pairs) {
    if (value.empty()) continue;
    rows += "<tr>" + html::text("th", "", name) + html::element("td", "wrap", html::text("code", "", value)) + "</tr>\n";
  }
  return rows;
}

std::string legend(const Figure& figure) {
  if (figure.series.size() < 2) return {};
  std::string items;
  for (std::size_t i = 0; i < figure.series.size(); ++i) {
    const std::string colour = series_colours[i] == "currentColor" ? "currentColor" : fmt::format("var(--series-{}, {})", i, series_colours[i]);
    items += fmt::format(
        "<li><svg viewBox=\"0 0 30 10\" aria-hidden=\"true\"><path d=\"M0,5 H30\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\" "
        "stroke-dasharray=\"{}\"/></svg>{}</li>",
        colour, dashes[i].empty() ? "none" : dashes[i], html::escape(figure.series[i].name));
  }
  return html::element("ul", "legend", items);
}

}  // namespace

std::string masthead(const Provenance& provenance, std::string_view default_title, std::string_view verdict, const std::vector<std::string>& files) {
  std::string links = "<li>Numbers of this page:</li>";
  for (const std::string& file : files) links += html::element("li", "", html::link(file));
  links += html::element("li", "", html::link("datapackage.json"));
  std::string page = html::text("h1", "", provenance.title.empty() ? default_title : provenance.title) + "\n";
  page += html::text("p", "verdict", verdict) + "\n";
  page += html::element("ul", "facts", item(date_of(provenance)) + item(version_of(provenance)) + item(provenance.machine)) + "\n";
  page += html::element("ul", "facts", links) + "\n";
  if (!provenance.command_line.empty()) page += html::text("pre", "", provenance.command_line) + "\n";
  for (const std::string& warning : provenance.warnings) page += html::text("p", "warning", "⚠ " + warning) + "\n";
  return page;
}

std::string provenance_section(const Provenance& provenance) {
  std::string run = rows_of({{"command", provenance.command_line},
                             {"program", version_of(provenance)},
                             {"run", provenance.run_id},
                             {"started", provenance.started_at},
                             {"finished", provenance.finished_at},
                             {"machine", provenance.machine},
                             {"config", provenance.config_name},
                             {"config SHA-256", provenance.config_sha256}});
  if (!provenance.seeds.empty()) run += "<tr><th>seeds</th><td></td></tr>\n" + rows_of(provenance.seeds);
  const std::string body = html::element("table", "", html::element("tbody", "", run + rows_of(provenance.environment)));
  std::string content = html::folded("Where these numbers come from", html::element("div", "scroll", body));
  if (!provenance.config_text.empty()) content += html::folded("The configuration, as it was", html::text("pre", "", provenance.config_text));
  return section("Provenance", "The same is in datapackage.json, with name, type, unit and meaning of every column.", content);
}

std::vector<std::string> panels_html(const std::vector<Panel>& panels, const FigureOptions& options) {
  std::vector<Figure> figures;
  for (const Panel& panel : panels) figures.push_back(panel.figure);
  const std::vector<Drawing> drawings = draw(figures, options);
  std::vector<std::string> all;
  for (std::size_t i = 0; i < panels.size(); ++i) {
    const std::string picture = drawings[i].svg.empty() ? html::text("p", "warning", drawings[i].sentence) : drawings[i].svg;
    all.push_back(
        html::element("figure", "",
                      html::text("h4", "", panels[i].title) + picture + legend(panels[i].figure) + html::text("figcaption", "", panels[i].caption)) +
        "\n");
  }
  return all;
}

std::string section(std::string_view title, std::string_view how_to_read, std::string_view content) {
  if (content.empty()) return {};
  return html::element(
             "section", "",
             html::text("h2", "", title) + "\n" + (how_to_read.empty() ? "" : html::text("p", "how", how_to_read)) + "\n" + std::string{content}) +
         "\n";
}

std::string table(std::string_view kind, std::string_view head_cells, std::string_view body_rows) {
  return html::element("div", "scroll",
                       html::element("table", kind, fmt::format("<thead><tr>{}</tr></thead>\n<tbody>\n{}</tbody>", head_cells, body_rows))) +
         "\n";
}

}  // namespace flowgauge::reports
