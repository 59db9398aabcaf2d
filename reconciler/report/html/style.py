"""The style of a page: a constant. Colours first, each pair of text and ground at least 4.5 to 1 in both modes."""

from __future__ import annotations

from typing import Final

_LIGHT = """
  color-scheme: light;
  --ground: #f5f6f8; --card: #ffffff; --well: #ffffff; --ink: #1b222c; --muted: #566070; --line: #e2e6eb; --edge: #8b95a3;
  --accent: #2557c7; --accent-tint: #edf2fd; --on-accent: #ffffff; --quiet-tint: #eef0f4;
  --create: #0f6b3c; --create-tint: #dff3e7; --drifted: #8a4a00; --drifted-tint: #fcebcf; --drifted-wash: #fffaf0;
  --duplicate: #68399b; --duplicate-tint: #f0e7fa; --bad: #a5231b; --bad-tint: #fce4e1; --unmanaged: #1c5785; --unmanaged-tint: #e0eef9;
  --quiet: #4a5463; --minus: #fdf0ee; --plus: #ecf8f0; --minus-mark: #f9cfc9; --plus-mark: #bde7cc;
"""

_DARK = """
  color-scheme: dark;
  --ground: #11151a; --card: #191f26; --well: #12171d; --ink: #e5e9ee; --muted: #a1acb9; --line: #2b343e; --edge: #6a7685;
  --accent: #8fb3ff; --accent-tint: #1c2a45; --on-accent: #0c1730; --quiet-tint: #212933;
  --create: #7dd8a4; --create-tint: #16331f; --drifted: #f0bc6a; --drifted-tint: #3a2a10; --drifted-wash: #211c15;
  --duplicate: #cdb3f3; --duplicate-tint: #2d2340; --bad: #ff9f96; --bad-tint: #421d1a; --unmanaged: #93c4ee; --unmanaged-tint: #162c3e;
  --quiet: #b3bdc9; --minus: #2a1b1b; --plus: #15261c; --minus-mark: #6a2b26; --plus-mark: #1f5534;
"""

_PAGE = """
*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }
html { -webkit-text-size-adjust: 100%; }
body {
  background: var(--ground); color: var(--ink); margin: 0;
  font: 400 .9375rem/1.55 -apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Noto Sans", Ubuntu, Cantarell, "Helvetica Neue",
    "Liberation Sans", Arial, sans-serif;
}
code, pre, .id {
  font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace;
  font-size: .875em; overflow-wrap: anywhere;
}
.wrap { margin: 0 auto; max-width: 68rem; padding: 0 1.5rem; }
.skip {
  background: var(--card); left: 1rem; padding: .5rem 1rem; position: absolute; top: -4rem; z-index: 3;
}
.skip:focus { top: .5rem; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.hidden-words {
  clip-path: inset(50%); height: 1px; overflow: hidden; position: absolute; white-space: nowrap; width: 1px;
}
.masthead { background: var(--card); border-bottom: 1px solid var(--line); padding: 2.25rem 0 1.75rem; }
.masthead-top { align-items: flex-start; display: flex; gap: 1rem; justify-content: space-between; }
h1 {
  font-size: 1.75rem; font-weight: 680; letter-spacing: -.015em; line-height: 1.2; margin: 0 0 .5rem;
  overflow-wrap: anywhere;
}
h2 {
  align-items: baseline; display: flex; font-size: 1.125rem; font-weight: 660; gap: .5rem;
  letter-spacing: -.005em; margin: 1.75rem 0 .25rem;
}
section + section h2 { margin-top: 2.25rem; }
h3 { font-size: 1rem; font-weight: 660; line-height: 1.35; margin: 0; overflow-wrap: anywhere; }
h2 .number { margin: 0; position: relative; top: -.0625rem; }
.lede { font-size: 1.0625rem; margin: 0 0 1.125rem; max-width: 76ch; text-wrap: pretty; }
.target { display: flex; flex-wrap: wrap; font-size: .875rem; gap: .375rem 1.25rem; margin: 0; }
.target dt { color: var(--muted); font-size: .8125rem; }
.target dd { margin: 0; overflow-wrap: anywhere; }
.tools {
  background: var(--ground); border-bottom: 1px solid var(--line); padding: .75rem 0; position: sticky;
  top: 0; z-index: 2;
}
.tools .wrap { align-items: center; display: flex; flex-wrap: wrap; gap: .625rem .75rem; }
.tools input {
  background: var(--card); border: 1px solid var(--edge); border-radius: 7px; color: var(--ink);
  flex: 1 1 15rem; font: inherit; min-width: 0; padding: .4375rem .75rem;
}
.tools input::placeholder { color: var(--muted); opacity: 1; }
.filters { display: flex; flex-wrap: wrap; gap: .375rem; list-style: none; margin: 0; padding: 0; }
.filter, .plain-button {
  background: var(--card); border: 1px solid var(--line); border-radius: 7px; color: var(--ink);
  cursor: pointer; font: inherit; font-size: .8125rem; padding: .375rem .6875rem;
}
.filter strong { font-weight: 660; }
.filter[aria-pressed=true] { border-color: currentColor; }
.found { color: var(--muted); flex-basis: 100%; font-size: .8125rem; margin: 0; }
.found:empty { display: none; }
main { padding-bottom: 5rem; padding-top: .75rem; }
.section-note { color: var(--muted); margin: 0 0 .875rem; max-width: 76ch; }
.entry {
  background: var(--card); border: 1px solid var(--line); border-radius: 12px;
  contain-intrinsic-size: auto 12rem; content-visibility: auto; margin: .75rem 0;
  padding: 1.125rem 1.375rem 1.25rem;
}
.entry-head { align-items: baseline; display: flex; flex-wrap: wrap; gap: .25rem .75rem; }
.entry > p { margin: .625rem 0 0; max-width: 76ch; overflow-wrap: anywhere; }
.entry-name { font-size: 1.0625rem; margin: 0; }
.preview { margin-top: 1rem; }
.notice-top { margin-top: 1.5rem; }
.connector, .quiet { color: var(--muted); }
.where {
  color: var(--muted); display: flex; flex-wrap: wrap; font-size: .8125rem; gap: .125rem 1.25rem;
  margin: .25rem 0 0;
}
.pill {
  border-radius: 5px; font-size: .8125rem; font-weight: 620; line-height: 1.5rem; padding: 0 .5625rem;
  white-space: nowrap;
}
.status-create { background: var(--create-tint); color: var(--create); }
.status-drifted { background: var(--drifted-tint); color: var(--drifted); }
.status-duplicate { background: var(--duplicate-tint); color: var(--duplicate); }
.status-ambiguous, .status-unknown { background: var(--bad-tint); color: var(--bad); }
.status-unmanaged { background: var(--unmanaged-tint); color: var(--unmanaged); }
.status-in-sync { background: var(--quiet-tint); color: var(--quiet); }
.filter.status-in-sync, .filter.status-create, .filter.status-drifted, .filter.status-duplicate,
.filter.status-ambiguous, .filter.status-unknown, .filter.status-unmanaged {
  border-color: transparent;
}
.filter[aria-pressed=true][class] { border-color: currentColor; box-shadow: inset 0 0 0 1px currentColor; }
.notice { background: var(--quiet-tint); border-radius: 8px; padding: .75rem 1rem; }
.notice p { margin: 0; }
.notice p + p { margin-top: .25rem; }
.notice-bad { background: var(--bad-tint); color: var(--bad); margin: 0 0 1rem; }
.lines { margin: .625rem 0 0; padding: 0; }
.lines li { display: flex; gap: .625rem; list-style: none; padding: .1875rem 0; }
.lines li > span:last-child { min-width: 0; overflow-wrap: anywhere; }
.lines .sort { color: var(--muted); flex: 0 0 4.25rem; font-size: .8125rem; line-height: 1.45rem; }
.lines .sort-error { color: var(--bad); font-weight: 650; }
.lines .sort-warning { color: var(--drifted); font-weight: 650; }
.lines .at { color: var(--muted); display: block; font-size: .8125rem; }
.table-box { border: 1px solid var(--line); border-radius: 8px; margin: 1rem 0 0; overflow: hidden; }
table { border-collapse: collapse; table-layout: fixed; width: 100%; }
th { color: var(--muted); font-size: .8125rem; font-weight: 600; text-align: left; }
th, td { padding: .5rem .75rem; vertical-align: top; }
thead th { background: var(--quiet-tint); }
tbody th { color: var(--ink); font-weight: 400; }
tbody tr + tr > * { border-top: 1px solid var(--line); }
tbody th code.path-root { color: var(--muted); display: block; font-size: .6875rem; }
tbody th code { font-size: .8125rem; }
td.live { background: var(--minus); }
td.desired { background: var(--plus); }
td.absent { background: none; color: var(--muted); font-size: .875rem; }
td pre { margin: 0; white-space: pre-wrap; }
td mark { border-radius: 2px; color: inherit; padding: .0625rem 0; }
td.live mark { background: var(--minus-mark); }
td.desired mark { background: var(--plus-mark); }
details > summary { cursor: pointer; font-weight: 600; width: fit-content; }
.fold { border-top: 1px solid var(--line); margin-top: 1.125rem; padding-top: .875rem; }
.fold > summary { color: var(--accent); }
.fold[open] > summary { margin-bottom: .875rem; }
.rows {
  background: var(--card); border: 1px solid var(--line); border-radius: 12px; list-style: none;
  margin: .75rem 0 0; padding: .375rem 0;
}
.rows li {
  display: flex; flex-wrap: wrap; gap: .125rem 1rem; justify-content: space-between;
  padding: .375rem 1.375rem;
}
.rows .id { color: var(--muted); font-size: .8125rem; }
.rows strong { font-weight: 600; overflow-wrap: anywhere; }
footer {
  border-top: 1px solid var(--line); color: var(--muted); font-size: .8125rem; margin-top: 3rem;
  padding-top: 1rem;
}
@media (scripting: none) { .tools input, .plain-button { display: none; } .filter { cursor: default; } .tools { position: static; } }
@media (max-width: 44rem) {
  .wrap { padding: 0 1rem; }
  .masthead { padding: 1.5rem 0 1.25rem; }
  h1 { font-size: 1.4375rem; }
  .tools { position: static; }
  .entry { border-radius: 10px; padding: 1rem; }
  .rows li { padding: .375rem 1rem; }
  thead { clip-path: inset(50%); height: 1px; overflow: hidden; position: absolute; width: 1px; }
  tbody, tbody tr, tbody th, tbody td { display: block; }
  .lines li { display: block; padding: .3125rem 0; }
  .lines .sort { display: block; line-height: 1.25rem; }
  tbody tr + tr > * { border-top: 0; }
  tbody tr + tr { border-top: 1px solid var(--line); }
  td::before { color: var(--muted); content: attr(data-label); display: block; font-size: .75rem; }
}
@media print { .tools { display: none; } .entry { break-inside: avoid; content-visibility: visible; } body { background: none; } }
"""

PAGE_STYLE: Final = (
    f":root {{{_LIGHT}}}\n"
    f"@media (prefers-color-scheme: dark) {{ :root:not([data-theme=light]) {{{_DARK}}} }}\n"
    f":root[data-theme=dark] {{{_DARK}}}\n{_PAGE}"
)
