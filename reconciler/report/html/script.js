// Filters what is there and switches colours; it makes no element and reads no address.
const root = document.documentElement;
const search = document.getElementById("search");
const found = document.getElementById("found");
const filters = Array.from(document.querySelectorAll(".filter"));
const items = Array.from(document.querySelectorAll("[data-search]"));
const sections = Array.from(document.querySelectorAll("main section"));

function filterItems() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const chosen = filters.filter((each) => each.getAttribute("aria-pressed") === "true").map((each) => each.dataset.status);
  let shown = 0;
  for (const item of items) {
    const hit = (!chosen.length || chosen.includes(item.dataset.status)) && words.every((word) => item.dataset.search.includes(word));
    item.hidden = !hit;
    shown += hit;
  }
  for (const section of sections) {
    const hit = section.querySelector("[data-search]:not([hidden])");
    section.hidden = !hit;
    const fold = section.querySelector("details.all");
    if (fold && hit && (words.length || chosen.length)) fold.open = true;
  }
  found.textContent = words.length || chosen.length ? `${shown} of ${items.length} shown` : "";
}

let waiting = 0;
if (search) {
  search.addEventListener("input", () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(filterItems);
  });
  for (const filter of filters) {
    filter.addEventListener("click", () => {
      filter.setAttribute("aria-pressed", String(filter.getAttribute("aria-pressed") !== "true"));
      filterItems();
    });
  }
}

const theme = document.getElementById("theme");
if (theme) {
  const isDark = () => (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const name = () => { theme.textContent = isDark() ? "Light colours" : "Dark colours"; };
  theme.addEventListener("click", () => { root.dataset.theme = isDark() ? "light" : "dark"; name(); });
  name();
}

for (const control of document.querySelectorAll("select[data-choice], input[data-choice]:checked")) showOption(control);
