function showOption(control) {
  for (const panel of control.closest(".choice").children) {
    if (panel.classList.contains("option")) panel.hidden = panel.dataset.option !== control.value;
  }
}
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-choice]")) showOption(event.target);
});
