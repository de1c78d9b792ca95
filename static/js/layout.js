/* Narrow screens: the pair side by side or stacked. Until the voter chooses, its shape decides (in vote.css). */
(() => {
  "use strict";

  const KEPT = "paragone-layout";
  const root = document.documentElement;
  const buttons = document.querySelectorAll("button[data-layout]");

  function inEffect() {
    const [left, right] = document.querySelectorAll("#arena .side");
    return left && left.offsetTop !== right.offsetTop ? "stacked" : "side";
  }

  function mark() {
    const now = inEffect();
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.layout === now));
  }

  const kept = localStorage.getItem(KEPT);
  if (kept) root.dataset.layout = kept;
  for (const button of buttons) {
    button.addEventListener("click", () => {
      root.dataset.layout = button.dataset.layout;
      localStorage.setItem(KEPT, button.dataset.layout);
      mark();
    });
  }
  // What is in effect changes with every pair and with the window: look when the menu opens.
  document.querySelector(".options")?.addEventListener("toggle", mark);
})();
