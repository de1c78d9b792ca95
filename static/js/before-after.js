/* <before-after>: a native range input moves the edge between two pictures that lie on each other. */
(() => {
  "use strict";

  class BeforeAfter extends HTMLElement {
    connectedCallback() {
      const range = this.querySelector("input[type=range]");
      const split = () => this.style.setProperty("--split", `${range.value}%`);
      range.addEventListener("input", split);
      split();
    }
  }

  customElements.define("before-after", BeforeAfter);
})();
