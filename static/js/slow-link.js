/* Slow links: pairs that come later bring their pictures at 768 px, where the browser tells how fast the link is.
 *
 * It runs before vote.js: a picture whose file changes while it is decoded counts there as one that did not arrive.
 * The width and height of a picture's element stay as they are, so nothing in the page moves.
 */
(() => {
  "use strict";

  const SLOW_TYPES = ["slow-2g", "2g", "3g"];
  const SLOW_MBITS = 1.6;

  const stage = document.getElementById("stage");
  const link = navigator.connection;
  if (!stage) return;

  function isSlow() {
    if (matchMedia("(prefers-reduced-data: reduce)").matches) return true;
    return Boolean(link) && (link.saveData || SLOW_TYPES.includes(link.effectiveType) || link.downlink < SLOW_MBITS);
  }

  function keepSmall(part) {
    for (const source of part.querySelectorAll(".pair source")) {
      const small = source.srcset.split(",").find((file) => file.trim().endsWith(" 768w"));
      source.dataset.full = source.srcset;
      source.srcset = small.trim();
    }
  }

  if (isSlow()) keepSmall(stage);
  // Before the answer's battles are in the page: their pictures have not been asked for yet.
  stage.addEventListener("htmx:before:swap", (event) => {
    if (isSlow()) for (const task of event.detail.tasks) if (task.fragment) keepSmall(task.fragment);
  });
})();
