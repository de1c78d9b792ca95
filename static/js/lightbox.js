/* <picture-lightbox>: links with data-look open their picture in its <dialog>, with what is told beside them. */
(() => {
  "use strict";

  class PictureLightbox extends HTMLElement {
    connectedCallback() {
      this.dialog = this.querySelector("dialog");
      if (!this.dialog) return;
      this.picture = this.dialog.querySelector(".lightbox-picture");
      this.about = this.dialog.querySelector(".lightbox-about");
      this.addEventListener("click", (event) => this.press(event));
      this.dialog.addEventListener("keydown", (event) => this.key(event));
      this.dialog.addEventListener("close", () => this.shown?.focus());
    }

    get links() {
      return [...this.querySelectorAll("[data-look]")];
    }

    press(event) {
      const look = event.target.closest("[data-look]");
      const step = event.target.closest("[data-step]");
      if (step) this.step(Number(step.dataset.step));
      else if (event.target === this.dialog) this.dialog.close();
      // With a key held the link does what links do: a new tab or window.
      else if (look && !(event.ctrlKey || event.metaKey || event.shiftKey)) {
        event.preventDefault();
        this.show(look);
        this.dialog.showModal();
      }
    }

    key(event) {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      this.step(step);
    }

    step(by) {
      const links = this.links;
      this.show(links[(links.indexOf(this.shown) + by + links.length) % links.length]);
    }

    show(look) {
      this.shown = look;
      const thumb = look.querySelector("img");
      const image = new Image();
      // Room first, then the picture: nothing moves when it arrives.
      image.width = thumb.getAttribute("width");
      image.height = thumb.getAttribute("height");
      image.alt = thumb.alt;
      image.src = look.href;
      this.picture.href = look.href;
      this.picture.replaceChildren(image);
      const told = look.parentElement.querySelector(".exhibit-about").cloneNode(true);
      for (const details of told.querySelectorAll("details")) details.open = true;
      this.about.replaceChildren(...told.childNodes);
      const several = this.links.length > 1;
      for (const button of this.dialog.querySelectorAll("[data-step]")) button.hidden = !several;
    }
  }

  customElements.define("picture-lightbox", PictureLightbox);
})();
