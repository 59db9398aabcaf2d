// Records again what a JavaScript engine says, in browser_facts.json: `node tests/lint/record_browser_facts.js`. Not part of CI.
// `patterns` are regular expressions and whether `new RegExp` compiles them; `names` are sorted as the widget sorts names.
const fs = require("fs");
const path = require("path");

const file = path.join(__dirname, "browser_facts.json");
const facts = JSON.parse(fs.readFileSync(file, "utf8"));

const compiles = (pattern) => {
  try {
    new RegExp(pattern);
    return true;
  } catch {
    return false;
  }
};

facts.engine = `Node ${process.versions.node}, V8 ${process.versions.v8}, ICU ${process.versions.icu}`;
facts.patterns = Object.fromEntries(Object.keys(facts.patterns).map((pattern) => [pattern, compiles(pattern)]));
facts.names.sort((one, other) => one.localeCompare(other, undefined, { numeric: true }));
const rows = (object) => Object.entries(object).map(([key, value]) => `    ${JSON.stringify(key)}: ${value}`).join(",\n");
const names = facts.names.map((name) => `    ${JSON.stringify(name)}`).join(",\n");
const text = `{\n  "engine": ${JSON.stringify(facts.engine)},\n  "names": [\n${names}\n  ],\n  "patterns": {\n${rows(facts.patterns)}\n  }\n}\n`;
fs.writeFileSync(file, text);
