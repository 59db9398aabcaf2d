"""Style and script of the forms: constants, so that their hashes can stand in a page's policy. No data ever gets in here.

The colours are variables that the page defines (`report/html/style.py`).
"""

from __future__ import annotations

from typing import Final

FORM_STYLE: Final = """
.shown { align-items: start; display: grid; gap: .75rem; grid-template-columns: minmax(0, 1fr); }
.shown > * { max-width: 46rem; }
.aside { display: grid; gap: .75rem; align-content: start; }
@media (min-width: 62rem) {
  .shown.has-aside:not(.sides *) { gap: 1.25rem; grid-template-columns: minmax(0, 17fr) minmax(0, 10fr); }
}
.form { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1.25rem; }
.form-title { font-size: 1.0625rem; font-weight: 650; margin: 0 0 1rem; }
.form-card + .form-card { border-top: 1px solid var(--line); margin-top: 1.25rem; padding-top: 1.25rem; }
.card-title { font-weight: 650; margin: 0 0 .75rem; }
.field, .choice, .group { border: 0; margin: 0 0 1.25rem; min-width: 0; padding: 0; }
.form-card > :last-child, .option > :last-child, .group > :last-child, .optional > :last-child {
  margin-bottom: 0;
}
.name {
  align-items: baseline; display: flex; flex-wrap: wrap; font-weight: 600; gap: .125rem .5rem;
  margin: 0 0 .25rem; padding: 0;
}
.name label { overflow-wrap: anywhere; }
.optional-word { color: var(--muted); font-size: .8125rem; font-weight: 400; }
.help {
  color: var(--muted); font-size: .875rem; margin: 0 0 .5rem; max-width: 68ch; overflow-wrap: anywhere;
  white-space: pre-line;
}
.facts {
  color: var(--muted); display: flex; flex-wrap: wrap; font-size: .8125rem; gap: .125rem 1rem;
  margin: .375rem 0 0;
}
.facts span { overflow-wrap: anywhere; white-space: pre-line; }
.choice > .facts, .group > .facts { margin: 0 0 .75rem; }
.form input:not([type=checkbox], [type=radio]), .form select, .form textarea {
  appearance: none; background: var(--well); border: 1px solid var(--edge); border-radius: 7px; color: var(--ink);
  display: block; font: inherit; max-width: 100%; min-height: 2.375rem; padding: .4375rem .6875rem; width: 100%;
}
.form textarea { resize: vertical; }
.form textarea.secret { -webkit-text-security: disc; }
.form select {
  background-image: linear-gradient(45deg, transparent 50%, var(--muted) 50%), linear-gradient(135deg, var(--muted) 50%, transparent 50%);
  background-position: right 1.0625rem center, right .75rem center; background-repeat: no-repeat;
  background-size: .3125rem .3125rem; padding-right: 2rem; text-overflow: ellipsis;
}
.form input[type=date], .form input[type=datetime-local], .form input[type=month] { max-width: 17rem; }
.form input[type=number] { max-width: 17rem; }
.form input[type=checkbox], .form input[type=radio] {
  accent-color: var(--accent); flex: none; height: 1.0625rem; margin: 0; width: 1.0625rem;
}
.form input[role=switch] {
  appearance: none; background: var(--edge); border-radius: 1rem; height: 1.25rem; position: relative; top: .25rem; width: 2.25rem;
}
.form input[role=switch]::before {
  background: var(--card); border-radius: 50%; content: ""; height: .875rem; left: .1875rem;
  position: absolute; top: .1875rem; width: .875rem;
}
.form input[role=switch]:checked { background: var(--accent); }
.form input[role=switch]:checked::before { left: 1.1875rem; }
.ticks {
  border: 1px solid var(--line); border-radius: 7px; display: grid; gap: .375rem; max-height: 14rem;
  overflow: auto; padding: .625rem .75rem;
}
.ticks label { align-items: center; display: flex; gap: .5rem; }
.option { border-left: 2px solid var(--line); margin: .875rem 0 0; padding: .125rem 0 .125rem 1rem; }
.option-name { display: none; font-weight: 600; margin: 0 0 .5rem; }
.option-mark { margin: 0 0 .5rem; }
.tiles { display: grid; gap: .5rem; }
.tile { border: 1px solid var(--edge); border-radius: 7px; padding: .5625rem .75rem; }
.tile:has(input:checked) { background: var(--accent-tint); border-color: var(--accent); }
.tile label { align-items: center; display: flex; gap: .5rem; }
.tile .help { margin: .25rem 0 0 1.5625rem; }
.group { border: 1px solid var(--line); border-radius: 8px; padding: .875rem 1rem 1rem; }
.group > legend { margin-left: -.25rem; padding: 0 .25rem; }
.optional { border-top: 1px solid var(--line); margin: 1.25rem 0; padding-top: .75rem; }
.name + .optional, .facts + .optional:not(.filled), .option-name + .optional, .optional:first-child {
  border-top: 0; margin-top: 0; padding-top: 0;
}
.optional[open] > summary { margin-bottom: 1rem; }
.optional > .facts { margin: 0 0 1rem; }
.number {
  background: var(--quiet-tint); border-radius: 1rem; color: var(--muted); display: inline-block; font-size: .75rem; font-weight: 600;
  line-height: 1.125rem; margin-left: .5rem; min-width: 1.375rem; padding: 0 .375rem; text-align: center;
}
.login {
  background: var(--accent); border: 0; border-radius: 7px; color: var(--on-accent); font: inherit;
  font-weight: 600; padding: .5625rem 1.125rem;
}
.presets { background: var(--quiet-tint); border-radius: 10px; padding: 1rem 1.25rem; }
.presets > :last-child { margin-bottom: 0; }
.presets .card-title { font-size: .875rem; margin-bottom: .5rem; }
.presets dl { margin: 0; }
.presets dl > div { padding: .4375rem 0; }
.presets dl > div:first-child { padding-top: 0; }
.presets dl > div:last-child { padding-bottom: 0; }
.presets dl > div + div { border-top: 1px solid var(--line); }
.presets dt { color: var(--muted); font-size: .8125rem; overflow-wrap: anywhere; }
.presets dt span { margin-right: .5rem; }
.presets dt code { font-size: .75rem; }
.presets dd { font-size: .875rem; margin: 0; overflow-wrap: anywhere; }
.preset-note { color: var(--muted); display: block; font-size: .8125rem; }
.masked { color: var(--muted); font-style: italic; }
.presets .quiet { font-size: .8125rem; margin: 0 0 .5rem; }
.codes { display: flex; flex-wrap: wrap; font-size: .8125rem; gap: .25rem .875rem; margin: .25rem 0 0; }
.sides {
  display: grid; gap: 1.25rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr));
}
.sides > div { min-width: 0; }
.side-title { color: var(--muted); font-size: .8125rem; font-weight: 600; margin: 0 0 .5rem; }
.mark {
  border-radius: 4px; font-size: .75rem; font-weight: 600; line-height: 1.25rem; padding: 0 .375rem;
  white-space: nowrap;
}
.mark-differs, .mark-only-here { background: var(--drifted-tint); color: var(--drifted); }
.is-differs, .is-only-here {
  border-radius: 6px;
  box-shadow: 0 0 0 .5rem var(--drifted-wash), 0 0 0 calc(.5rem + 1px) var(--drifted-tint);
  background: var(--drifted-wash);
}
@media (scripting: none) {
  .option[hidden] { display: block !important; }
  .option-name { display: flex; gap: .5rem; }
  .option-mark { display: none; }
}
@media (max-width: 34rem) {
  .form, .presets { padding: 1rem; }
}
"""

FORM_SCRIPT: Final = """
function showOption(control) {
  for (const panel of control.closest(".choice").children) {
    if (panel.classList.contains("option")) panel.hidden = panel.dataset.option !== control.value;
  }
}
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-choice]")) showOption(event.target);
});
"""
