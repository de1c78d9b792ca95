/* One key presses one button: the one that says so in aria-keyshortcuts.
 *
 * Keys are inert in fields, sliders and dialogs, and everywhere once the voter switched them off (WCAG 2.1.4).
 */
(() => {
  "use strict";

  const ELSEWHERE = "input, textarea, select, [contenteditable], dialog[open]";

  const notify = (what) => document.dispatchEvent(new CustomEvent("paragone:notice", { detail: what }));

  function isShortcut(event) {
    if (document.documentElement.dataset.keys === "off" || event.defaultPrevented || event.isComposing) return false;
    if (event.ctrlKey || event.altKey || event.metaKey || (event.shiftKey && event.key !== "?")) return false;
    return !event.target.closest(ELSEWHERE) && !document.querySelector("dialog[open]");
  }

  function findButton(key) {
    const buttons = document.querySelectorAll(`[aria-keyshortcuts="${CSS.escape(key)}"]`);
    return [...buttons].find((button) => !button.closest("[hidden], #stage"));
  }

  document.addEventListener("keydown", (event) => {
    if (!isShortcut(event)) return;
    const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
    const button = findButton(key);
    if (!button) {
      if (key === "U") notify("nothing-to-undo");
      return;
    }
    event.preventDefault(); // no scrolling either, whether or not this press counts
    if (event.repeat) notify("repeat");
    else button.click();
  });

  const help = document.getElementById("help");
  document.getElementById("help-open")?.addEventListener("click", () => help.showModal());
  help?.querySelector(".close").addEventListener("click", () => help.close());
})();
