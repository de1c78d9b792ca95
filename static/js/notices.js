/* Short notices: why a press did nothing. Any file asks for one by a "paragone:notice" event. */
(() => {
  "use strict";

  const SECONDS = 2;
  const words = document.querySelectorAll("#notices [data-notice]");
  let timer = 0;

  function show(name) {
    for (const word of words) word.hidden = word.dataset.notice !== name;
    clearTimeout(timer);
    if (name) timer = setTimeout(show, SECONDS * 1000, "");
  }

  document.addEventListener("paragone:notice", (event) => show(event.detail));
})();
