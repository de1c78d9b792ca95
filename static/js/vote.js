/* The vote loop. Without this file every button is a plain form post, and everything still works.
 *
 * A press judges the painted pair, the next pair moves in at once from the stage, and the verdict is posted
 * behind. Posts go through an outbox of our own and not through htmx's queue: that queue goes on with the next
 * request when one fails, so a vote sent while the network is away would be lost. Here the first letter stays
 * first until the server has taken it; the battle's token makes sending twice harmless. htmx puts the answers
 * into the page (htmx.swap with a target that lasts: the stage), out-of-band parts included.
 */
(() => {
  "use strict";

  const ring = document.getElementById("ring");
  if (!ring || !window.htmx) return;

  const FIRST_PAUSE = 1000;
  const LONGEST_PAUSE = 15000;
  const PATIENCE = 30000;
  // Between two sends, in ms; verdicts of one voter within 250 ms are stored and not counted.
  const SPACING = 300;
  const TOO_OFTEN = 429;

  const arena = document.getElementById("arena");
  const stage = document.getElementById("stage");
  const unsent = document.getElementById("unsent").firstElementChild;
  const problems = document.getElementById("vote-problem");
  const seen = new Set();
  const decoded = new WeakMap();
  const outbox = [];

  let judged = null; // the battle that takes verdicts: in the arena and painted
  let paintedAt = 0;
  let sending = false;
  let problemAt = 0;
  let wake = null;

  /* ---- showing ---- */

  function setState(state) {
    ring.dataset.state = state;
    ring.setAttribute("aria-busy", String(state === "painting" || state === "coming"));
    ring.querySelector('[data-when="coming"]').hidden = state !== "coming";
    ring.querySelector(".broken").hidden = state !== "broken";
    ring.querySelector(".exhausted").hidden = state !== "exhausted";
    arena.inert = state === "coming" || state === "exhausted";
  }

  function decode(battle) {
    if (!decoded.has(battle)) {
      const pictures = [...battle.querySelectorAll(".pair img")].map((picture) => picture.decode());
      decoded.set(battle, Promise.all(pictures).then(() => true, () => false));
    }
    return decoded.get(battle);
  }

  // Two frames: the first one draws the pair, the second one begins when it is on the screen.
  const painted = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));

  async function present(battle) {
    setState("painting");
    const whole = await decode(battle);
    await painted();
    judged = battle;
    paintedAt = performance.now();
    setState(whole ? "ready" : "broken");
  }

  function advance() {
    const next = stage.querySelector(".battle");
    judged = null;
    if (!next) {
      setState(outbox.length ? "coming" : "exhausted");
      return;
    }
    const focused = arena.contains(document.activeElement) && document.activeElement.dataset.verdict;
    arena.replaceChildren(next);
    if (focused) next.querySelector(`[data-verdict="${focused}"]`).focus({ preventScroll: true });
    present(next);
  }

  // A repeated answer may bring a battle that is here already or was judged: it is issued, not new.
  function admitStaged() {
    for (const battle of stage.querySelectorAll(".battle")) {
      if (!decoded.has(battle) && seen.has(battle.dataset.token)) battle.remove();
      else decode(battle);
      seen.add(battle.dataset.token);
    }
  }

  /* ---- judging ---- */

  const notify = (what) => document.dispatchEvent(new CustomEvent("paragone:notice", { detail: what }));

  function judge(verdict) {
    const { state } = ring.dataset;
    if (!judged || (state === "broken" && verdict !== "skip")) {
      if (state !== "exhausted") notify(state === "broken" ? "broken" : "waiting");
      return;
    }
    const form = judged.querySelector("form");
    const body = new URLSearchParams(new FormData(form));
    let url = form.action;
    if (verdict === "skip") url = form.querySelector('[data-verdict="skip"]').formAction;
    else {
      body.set("verdict", verdict);
      body.set("viewing_ms", Math.round(performance.now() - paintedAt));
    }
    outbox.push({ url, body, token: judged.dataset.token, battle: judged, pressedAt: performance.now() });
    advance();
    deliver();
  }

  // A held Enter presses a focused button again and again: for another pair each time.
  ring.addEventListener("keydown", (event) => {
    if (!event.repeat || event.key !== "Enter") return;
    event.preventDefault();
    notify("repeat");
  });

  ring.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.submitter?.dataset.verdict) judge(event.submitter.dataset.verdict);
  });

  ring.addEventListener("click", (event) => {
    const side = event.target.closest("[data-choice]");
    const second = event.detail > 1; // of a double click: by now another pair is under the pointer
    if (second && event.target.closest("[data-choice], [data-verdict]")) {
      event.preventDefault();
      notify("repeat");
    } else if (side) judge(side.dataset.choice);
  });

  /* ---- sending ---- */

  // What the page has or has yet to send: the answer brings whatever else is open for this voter.
  function listHeld() {
    const here = [...ring.querySelectorAll(".battle")].map((battle) => battle.dataset.token);
    return [...new Set([...here, ...outbox.map((letter) => letter.token)])].join(",");
  }

  function post(letter) {
    letter.body.set("holding", listHeld());
    return fetch(letter.url, {
      method: "POST",
      body: letter.body,
      headers: { "HX-Request": "true", Accept: "text/html" },
      credentials: "same-origin",
      keepalive: true, // a vote survives the closing of the page
    });
  }

  // Resolves to {status, text}, or to null when the letter has to be sent again.
  async function attempt(letter) {
    const patience = new Promise((_, reject) => setTimeout(reject, PATIENCE, new Error("no answer in time")));
    try {
      const response = await Promise.race([post(letter), patience]);
      const again = response.status >= 500 || response.status === 408;
      if (again) return null;
      const text = await Promise.race([response.text(), patience]);
      return { text, taken: response.ok && !response.redirected, refused: response.status === TOO_OFTEN };
    } catch (error) {
      console.info("Vote not delivered, will be sent again:", error.message);
      return null;
    }
  }

  function showUnsent(visible) {
    unsent.querySelector("[data-count]").textContent = outbox.length;
    unsent.hidden = !visible;
  }

  const rest = (pause) => new Promise((done) => {
    const timer = setTimeout(done, pause);
    wake = () => { clearTimeout(timer); done(); };
  });

  let sentAt = -Infinity;

  async function deliver() {
    if (!unsent.hidden) showUnsent(true);
    if (sending) return;
    sending = true;
    let pause = FIRST_PAUSE;
    while (outbox.length) {
      // After an outage a backlog must not arrive faster than anybody can look: it would not count.
      const gap = SPACING - (performance.now() - sentAt);
      if (gap > 0) await new Promise((done) => setTimeout(done, gap));
      sentAt = performance.now();
      const answer = await attempt(outbox[0]);
      if (answer) {
        const letter = outbox.shift();
        pause = FIRST_PAUSE;
        showUnsent(false);
        await receive(letter, answer);
      } else {
        showUnsent(true);
        await rest(pause);
        pause = Math.min(pause * 2, LONGEST_PAUSE);
      }
    }
    sending = false;
  }

  async function receive(letter, answer) {
    if (!answer.taken) problemAt = performance.now();
    else if (letter.pressedAt > problemAt) problems.replaceChildren();
    if (answer.taken || answer.text.includes('id="vote-problem"')) {
      await htmx.swap({ text: answer.text, sourceElement: stage, target: stage, swap: "beforeend" });
    } else problems.replaceChildren(document.getElementById("problem-text").content.cloneNode(true));
    if (answer.refused) stage.append(letter.battle); // a skip beyond the cap: the pair still waits for its verdict
    admitStaged();
    if (ring.dataset.state === "coming") advance();
    // Dry although the vote was taken: the page may have missed an answer, so the server says what is left.
    if (ring.dataset.state === "exhausted" && answer.taken) location.replace(`${location.pathname}?after=${letter.token}`);
  }

  unsent.querySelector("button").addEventListener("click", () => wake?.());
  window.addEventListener("online", () => wake?.());
  window.addEventListener("pagehide", () => outbox.slice(1).forEach((letter) => post(letter)));
  window.addEventListener("beforeunload", (event) => {
    if (!unsent.hidden) event.preventDefault();
  });

  const first = arena.querySelector(".battle");
  seen.add(first.dataset.token);
  admitStaged();
  present(first);
})();
