// SPDX-License-Identifier: MIT
#include "style.hpp"

namespace flowgauge::reports::html {

const std::string_view style_sheet = R"css(
:root {
  color-scheme: light dark;
  --ground: #fdfdfc; --raised: #ffffff; --text: #22262b; --quiet: #646b73; --line: #dfe2e5; --soft: #f2f3f4; --link: #0b5c93;
  --good: #1f7a4d; --bad: #b3261e; --bad-soft: #fbeceb; --doubt: #8a5a00; --doubt-soft: #fbf3e2;
  --series-0: #0072b2; --series-1: #d55e00; --series-2: #009e73; --series-3: #b8609a; --series-4: #c98500; --series-5: #3a9bd0; --series-7: #857600;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #15181b; --raised: #1b1f23; --text: #e3e6e8; --quiet: #9aa3ab; --line: #343a40; --soft: #22272c; --link: #7cc0f0;
    --good: #6ccf9b; --bad: #ff8f85; --bad-soft: #352120; --doubt: #e9b75a; --doubt-soft: #322a1a;
    --series-0: #4ba6dd; --series-1: #f2864a; --series-2: #2fc49b; --series-3: #d98fbd; --series-4: #e9ab3f; --series-5: #8ed0f5; --series-7: #d8c62f;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--text);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif; font-variant-numeric: tabular-nums;
}
main { max-width: 76rem; margin: 0 auto; padding: 3.5rem 2rem 6rem; }
h1 { font-size: 1.05rem; font-weight: 600; color: var(--quiet); margin: 0 0 .75rem; }
h2 { font-size: 1.3rem; font-weight: 600; line-height: 1.3; margin: 4rem 0 .4rem; }
h3 { font-size: 1rem; font-weight: 600; margin: 2rem 0 .5rem; }
p { margin: .4rem 0; max-width: 46rem; }
a { color: var(--link); }
code, pre { font-family: ui-monospace, "DejaVu Sans Mono", "Liberation Mono", monospace; font-size: .85em; }
code { overflow-wrap: anywhere; }
pre { background: var(--soft); border-radius: 6px; padding: .8rem 1rem; margin: .6rem 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.verdict { font-size: 1.65rem; line-height: 1.35; font-weight: 500; max-width: 54rem; margin: 0 0 1.2rem; text-wrap: balance; }
.facts { display: flex; flex-wrap: wrap; gap: .15rem 1.6rem; color: var(--quiet); font-size: .875rem; margin: .2rem 0; padding: 0; list-style: none; }
.how { color: var(--quiet); }
.hidden-rows { color: var(--quiet); font-size: .875rem; }
.warning {
  background: var(--doubt-soft); border-left: 3px solid var(--doubt); border-radius: 0 6px 6px 0;
  padding: .6rem 1rem; margin: 1rem 0; max-width: none;
}
.scroll { overflow-x: auto; margin: 1.2rem 0; }
table { border-collapse: collapse; font-size: .875rem; }
th, td { padding: .42rem .75rem; text-align: left; vertical-align: baseline; border-bottom: 1px solid var(--line); }
thead th { color: var(--quiet); font-weight: 500; vertical-align: bottom; border-bottom: 1px solid var(--quiet); }
tbody th { font-weight: 500; min-width: 9rem; }
tbody th.bad, tbody th.doubt { white-space: nowrap; min-width: 0; }
td.number, th.number { text-align: right; }
td.number { white-space: nowrap; }
small, .small { font-size: .75rem; color: var(--quiet); }
td small, .heat small { display: block; line-height: 1.4; }
.wrap { overflow-wrap: anywhere; min-width: 14rem; }
th[data-sort] { cursor: pointer; }
th[data-sort]:hover { color: var(--text); }
th[aria-sort=ascending]::after { content: " ▲"; } th[aria-sort=descending]::after { content: " ▼"; }
.good { color: var(--good); } .bad { color: var(--bad); } .doubt { color: var(--doubt); } .none { color: var(--quiet); }
.heat { border-collapse: separate; border-spacing: 3px; }
.heat th, .heat td { border: 0; }
.heat thead td { background: none; }
.heat thead th { font-weight: 500; max-width: 11rem; overflow-wrap: anywhere; }
.heat tbody th { text-align: right; padding-right: 1rem; max-width: 16rem; overflow-wrap: anywhere; }
.heat td { border-radius: 5px; min-width: 7.4rem; max-width: 13rem; padding: .5rem .65rem; background: var(--soft); vertical-align: top; }
.heat td b { font-weight: 600; font-size: 1rem; }
.heat td.coloured small { color: inherit; }
.heat td.zero { outline: 2px dashed currentColor; outline-offset: -4px; }
.heat td.best { box-shadow: inset 0 0 0 2px var(--good); }
.scale { display: flex; align-items: center; gap: .6rem; font-size: .8rem; color: var(--quiet); margin: .4rem 0 1rem; }
.finding { font-size: 1.05rem; font-weight: 500; }
img.density { display: block; width: 11rem; height: 11rem; image-rendering: pixelated; border-radius: 3px; }
.pictures th, .pictures td { border: 0; padding: .3rem .6rem .3rem 0; vertical-align: top; }
svg.strips { display: block; max-width: 100%; height: auto; color: var(--text); font-size: 12px; }
svg.strips text { fill: currentColor; } svg.strips circle { fill: var(--series-0); fill-opacity: .75; }
.scale i { display: block; width: 15rem; height: .7rem; border-radius: 3px; }
.panels { display: grid; grid-template-columns: repeat(auto-fill, minmax(21rem, 1fr)); gap: 2rem 1.8rem; margin: 1.4rem 0; }
.triptych { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 1.2rem; margin: 1.4rem 0; }
.swatches { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1.8rem; margin: 1.4rem 0; max-width: 56rem; }
.swatches img { width: 100%; image-rendering: pixelated; }
figure { margin: 0; break-inside: avoid; }
figure h4 { font-size: .9rem; font-weight: 600; margin: 0 0 .3rem; overflow-wrap: anywhere; }
figcaption { font-size: .78rem; color: var(--quiet); line-height: 1.45; }
svg.plot { display: block; width: 100%; height: auto; color: var(--quiet); }
svg.plot g { font-family: inherit; }
.legend { display: flex; flex-wrap: wrap; gap: .1rem 1.1rem; font-size: .8rem; padding: 0; margin: .3rem 0; list-style: none; }
.legend svg { width: 30px; height: 10px; vertical-align: middle; margin-right: .4rem; color: var(--text); }
.card {
  background: var(--raised); border: 1px solid var(--line); border-left: 4px solid var(--bad); border-radius: 0 8px 8px 0;
  padding: 1.1rem 1.4rem; margin: 1.2rem 0; break-inside: avoid;
}
.card h3 { margin: 0 0 .5rem; } .card p { max-width: none; }
.card dl, .box dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.4rem; margin: .6rem 0; font-size: .9rem; }
dt { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; white-space: pre-wrap; }
.box { background: var(--soft); border-radius: 8px; padding: .8rem 1.4rem; margin: 1.6rem 0; }
.matrix td { text-align: center; white-space: nowrap; min-width: 2rem; padding: .3rem .15rem; }
.matrix tbody th { min-width: 0; }
.matrix thead th { text-align: center; vertical-align: bottom; }
.matrix .upright { writing-mode: vertical-rl; transform: rotate(180deg); white-space: nowrap; text-align: left; font-weight: 500; margin: 0 auto; }
.matrix td.fails, .matrix td.error { background: var(--bad-soft); } .matrix td.unresolved { background: var(--doubt-soft); }
details { margin: 1rem 0; } summary { cursor: pointer; font-weight: 500; }
footer { margin-top: 5rem; color: var(--quiet); font-size: .85rem; }
@page { size: A4; margin: 14mm; }
@media print {
  :root { --ground: #fff; --raised: #fff; --text: #111; --quiet: #555; --line: #ccc; --soft: #f4f4f4; }
  body { font-size: 9pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  main { max-width: none; padding: 0; } h2 { margin-top: 2rem; break-after: avoid; } h3 { break-after: avoid; }
  .verdict { font-size: 14pt; } .scroll { overflow: visible; } tr { break-inside: avoid; }
  .panels { grid-template-columns: repeat(2, 1fr); gap: 1rem; } .heat td { min-width: 0; padding: .3rem .4rem; }
}
)css";

const std::string_view sorting_script = R"js(
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0], heads = [...table.tHead.rows[0].cells];
  const value = (row, column) => {
    const cell = row.cells[column], key = cell.dataset.value;
    return key === undefined ? cell.textContent : key === "Infinity" ? Infinity : key === "-Infinity" ? -Infinity : parseFloat(key);
  };
  const order = (a, b) => {
    if (typeof a === "string" || typeof b === "string") return String(a).localeCompare(String(b));
    if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) - Number.isNaN(b);
    return a < b ? -1 : a > b ? 1 : 0;
  };
  const sort = (column) => {
    const head = heads[column], falling = head.ariaSort === "ascending";
    for (const other of heads) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", falling ? "descending" : "ascending");
    const rows = [...body.rows].sort((a, b) => order(value(a, column), value(b, column)));
    body.append(...(falling ? rows.reverse() : rows));
  };
  heads.forEach((head, column) => {
    head.dataset.sort = "";
    head.tabIndex = 0;
    head.addEventListener("click", () => sort(column));
    head.addEventListener("keydown", (event) => { if (event.key === "Enter") sort(column); });
  });
}
)js";

}  // namespace flowgauge::reports::html
