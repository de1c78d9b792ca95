/* The reveal: who made the last pair. It opens with every answer, over the head of the page and never over the pair,
 * and shrinks to a strip by itself or by any key or press; in fast mode the strip is all there is.
 */
(() => {
  "use strict";

  const LINGER = 8000;
  const NOT_LEAVING = new Set(["u", "U", "Tab", "Shift", "Control", "Alt", "Meta"]);

  const reveal = document.getElementById("reveal");
  const lastDuel = document.getElementById("last-duel");
  const toggle = document.getElementById("reveal-toggle");
  const hasPointer = matchMedia("(hover: hover)");
  let timer = 0;

  const isFast = () => document.documentElement.dataset.fast === "on";
  const isOpen = () => reveal.dataset.show === "full";

  function show(full) {
    clearTimeout(timer);
    reveal.dataset.show = full ? "full" : "strip";
    toggle.setAttribute("aria-expanded", String(full));
  }

  // Whoever points at it or is in it reads it still.
  function leave() {
    const read = reveal.contains(document.activeElement) || (hasPointer.matches && reveal.matches(":hover"));
    if (read) timer = setTimeout(leave, LINGER / 4);
    else show(false);
  }

  function arrive() {
    const duel = lastDuel.querySelector(".duel");
    toggle.hidden = !duel;
    show(Boolean(duel) && !isFast());
    if (isOpen()) timer = setTimeout(leave, LINGER);
  }

  new MutationObserver(arrive).observe(lastDuel, { childList: true });
  toggle.addEventListener("click", () => show(!isOpen()));

  document.addEventListener("keydown", (event) => {
    if (!isOpen() || NOT_LEAVING.has(event.key) || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape" || !reveal.contains(event.target)) show(false);
  });
  for (const away of ["pointerdown", "focusin"]) {
    document.addEventListener(away, (event) => {
      if (isOpen() && !reveal.contains(event.target)) show(false);
    });
  }

  arrive();
})();
