/* Taking a verdict back: counts down how long that is possible, and posts it without leaving the pair.
 *
 * Without this file the button posts its form, and the server alone keeps the time.
 */
(() => {
  "use strict";

  const SECOND = 1000;
  const SECONDS = 9; // of the server's ten: the answer was on its way for a part of the first

  const stage = document.getElementById("stage");
  const lastDuel = document.getElementById("last-duel");
  const toggle = document.getElementById("reveal-toggle");
  let ticking = 0;
  let asking = false;

  function countDown() {
    clearInterval(ticking);
    const form = lastDuel.querySelector(".undo");
    if (!form) return;
    const clock = form.querySelector("[data-left]");
    const end = performance.now() + SECONDS * SECOND;
    const tick = () => {
      const left = Math.ceil((end - performance.now()) / SECOND);
      clock.textContent = Math.max(left, 0);
      if (left > 0) return;
      clearInterval(ticking);
      if (form.contains(document.activeElement)) toggle.focus();
      form.hidden = true;
    };
    tick();
    ticking = setInterval(tick, SECOND / 4);
  }

  async function takeBack(form) {
    const response = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { "HX-Request": "true", Accept: "text/html" },
      credentials: "same-origin",
    });
    const text = await response.text();
    const isPart = !response.redirected && /id="(last-duel|vote-problem)"/.test(text);
    if (!isPart) throw new Error(`status ${response.status}`);
    const focused = form.contains(document.activeElement);
    await htmx.swap({ text, sourceElement: stage, target: stage, swap: "beforeend" });
    if (focused) toggle.focus();
  }

  document.getElementById("reveal").addEventListener("submit", async (event) => {
    if (!stage) return;
    event.preventDefault();
    if (asking) return;
    asking = true;
    try {
      await takeBack(event.target);
    } catch (error) {
      console.info("Not taken back:", error.message);
      document.dispatchEvent(new CustomEvent("paragone:notice", { detail: "not-undone" }));
    } finally {
      asking = false;
    }
  });

  new MutationObserver(countDown).observe(lastDuel, { childList: true });
  countDown();
})();
