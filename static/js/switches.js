/* Switches that the browser remembers: <button data-switch="fast" aria-pressed="false">.
 *
 * The page's own value of aria-pressed is the default. The root element says what holds now, as data-fast="on", so
 * that style sheets and the other files can read it without knowing of this one.
 */
(() => {
  "use strict";

  const root = document.documentElement;

  function set(button, on) {
    button.setAttribute("aria-pressed", String(on));
    root.dataset[button.dataset.switch] = on ? "on" : "off";
    for (const word of button.querySelectorAll("[data-when]")) word.hidden = (word.dataset.when === "on") !== on;
  }

  for (const button of document.querySelectorAll("button[data-switch]")) {
    const kept = localStorage.getItem(`paragone-${button.dataset.switch}`);
    set(button, kept ? kept === "on" : button.getAttribute("aria-pressed") === "true");
    button.addEventListener("click", () => {
      const on = button.getAttribute("aria-pressed") !== "true";
      set(button, on);
      localStorage.setItem(`paragone-${button.dataset.switch}`, on ? "on" : "off");
    });
  }
})();
