/* Looking closely: its scripts are the ones named by the dialog, and come when somebody reaches for them.
 *
 * They weigh a seventh of all scripts, and most pairs are judged without them.
 */
(() => {
  "use strict";

  const opener = document.getElementById("closely-open");
  const dialog = document.getElementById("closely");
  if (!opener || !dialog) return;

  let coming = null;
  let asked = false;

  const load = (address) => new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = address;
    script.async = false; // in the order in which they are named
    script.onload = done;
    script.onerror = () => failed(new Error(`${address} did not come`));
    document.head.append(script);
  });

  function loadAll() {
    coming ??= Promise.all(dialog.dataset.scripts.split(" ").map(load));
    return coming;
  }

  async function loadAndOpen(event) {
    event.stopImmediatePropagation();
    if (asked) return;
    asked = true;
    try {
      await loadAll();
      opener.removeEventListener("click", loadAndOpen, true);
      opener.click();
    } catch (error) {
      console.info("Not loaded:", error.message);
      coming = null;
      document.dispatchEvent(new CustomEvent("paragone:notice", { detail: "not-loaded" }));
    } finally {
      asked = false;
    }
  }

  const prepare = () => loadAll().catch(() => { coming = null; });
  opener.addEventListener("click", loadAndOpen, true);
  opener.addEventListener("pointerenter", prepare, { once: true });
  opener.addEventListener("focus", prepare, { once: true });
})();
