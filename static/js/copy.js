/* <button data-copy="#id"> copies the text of that element and says so for a moment. */
(() => {
  "use strict";

  const SHOWN_FOR = 1500;

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const code = document.querySelector(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(code.textContent.trim());
      button.dataset.copied = "yes";
    } catch {
      // Without the permission the text is marked, so that one key copies it.
      getSelection().selectAllChildren(code);
      button.dataset.copied = "no";
    }
    setTimeout(() => delete button.dataset.copied, SHOWN_FOR);
  });
})();
