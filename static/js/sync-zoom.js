/* <sync-zoom>: every picture in a [data-pane] inside it is zoomed and moved alike.
 *
 * Wheel, drag, pinch, double click or double tap; + - 0 and the arrows while it has the focus. The transform is in
 * shares of a pane, so panes of different sizes show the same part. Fires "zoom" with the new scale.
 */
(() => {
  "use strict";

  const LARGEST = 8;
  const CLOSER = 3; // by a double click
  const STEP = 1.25;
  const STRIDE = 0.12; // of a pane, by an arrow key
  const DOUBLE = { ms: 350, px: 30 };
  const ARROWS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

  const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

  class SyncZoom extends HTMLElement {
    #scale = 1;
    #x = 0;
    #y = 0;
    #pointers = new Map();
    #lastTap = { at: -Infinity, x: 0, y: 0 };
    #moved = 0;

    constructor() {
      super();
      this.addEventListener("wheel", (event) => this.#turn(event), { passive: false });
      this.addEventListener("pointerdown", (event) => this.#press(event));
      this.addEventListener("pointermove", (event) => this.#drag(event));
      for (const end of ["pointerup", "pointercancel"]) this.addEventListener(end, (event) => this.#release(event));
      this.addEventListener("dragstart", (event) => event.preventDefault());
      this.addEventListener("keydown", (event) => this.#type(event));
    }

    get scale() {
      return this.#scale;
    }

    reset() {
      this.#place(1, 0, 0);
    }

    /** Zoom by a factor and keep the point (in shares of a pane) where it is. */
    zoomBy(factor, x = 0.5, y = 0.5) {
      const scale = clamp(this.#scale * factor, 1, LARGEST);
      const grown = scale / this.#scale;
      this.#place(scale, x - (x - this.#x) * grown, y - (y - this.#y) * grown);
    }

    moveBy(x, y) {
      this.#place(this.#scale, this.#x + x, this.#y + y);
    }

    #place(scale, x, y) {
      this.#scale = scale;
      this.#x = clamp(x, 1 - scale, 0);
      this.#y = clamp(y, 1 - scale, 0);
      const transform = `translate(${(this.#x * 100).toFixed(3)}%, ${(this.#y * 100).toFixed(3)}%) scale(${scale.toFixed(4)})`;
      for (const picture of this.querySelectorAll("[data-pane] img")) picture.style.transform = transform;
      this.toggleAttribute("zoomed", scale > 1);
      this.dispatchEvent(new CustomEvent("zoom", { detail: scale }));
    }

    #within(event) {
      const pane = event.target.closest("[data-pane]");
      if (!pane) return null;
      const box = pane.getBoundingClientRect();
      return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height, box };
    }

    #turn(event) {
      const point = this.#within(event);
      if (!point) return;
      event.preventDefault();
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 20 : 1;
      this.zoomBy(Math.exp(clamp(-event.deltaY * lines, -240, 240) / 480), point.x, point.y);
    }

    #press(event) {
      const point = this.#within(event);
      if (!point || event.button) return;
      if (!this.#pointers.size) this.#moved = 0;
      this.#pointers.set(event.pointerId, { ...point, clientX: event.clientX, clientY: event.clientY });
      if (event.isTrusted) this.setPointerCapture(event.pointerId);
    }

    #drag(event) {
      const held = this.#pointers.get(event.pointerId);
      if (!held) return;
      const before = this.#spread();
      const dx = event.clientX - held.clientX;
      const dy = event.clientY - held.clientY;
      held.clientX = event.clientX;
      held.clientY = event.clientY;
      this.#moved += Math.abs(dx) + Math.abs(dy);
      const fingers = this.#pointers.size;
      this.moveBy(dx / held.box.width / fingers, dy / held.box.height / fingers);
      const after = this.#spread();
      if (before.distance && after.distance) this.zoomBy(after.distance / before.distance, after.x, after.y);
    }

    // Of two fingers: how far apart, and the point between them in shares of the first one's pane.
    #spread() {
      const [one, two] = this.#pointers.values();
      if (!two) return { distance: 0 };
      return {
        distance: Math.hypot(one.clientX - two.clientX, one.clientY - two.clientY),
        x: ((one.clientX + two.clientX) / 2 - one.box.left) / one.box.width,
        y: ((one.clientY + two.clientY) / 2 - one.box.top) / one.box.height,
      };
    }

    #release(event) {
      const held = this.#pointers.get(event.pointerId);
      this.#pointers.delete(event.pointerId);
      if (!held || event.type === "pointercancel" || this.#pointers.size || this.#moved > DOUBLE.px / 3) return;
      const { at, x, y } = this.#lastTap;
      const near = Math.hypot(event.clientX - x, event.clientY - y) < DOUBLE.px;
      const double = near && event.timeStamp - at < DOUBLE.ms;
      this.#lastTap = { at: double ? -Infinity : event.timeStamp, x: event.clientX, y: event.clientY };
      if (!double) return;
      if (this.#scale > 1) this.reset();
      else this.zoomBy(CLOSER, held.x, held.y);
    }

    #type(event) {
      if (event.target !== this || event.ctrlKey || event.altKey || event.metaKey) return;
      const arrow = ARROWS[event.key];
      if (arrow) this.moveBy(arrow[0] * STRIDE, arrow[1] * STRIDE);
      else if (event.key === "+" || event.key === "=") this.zoomBy(STEP);
      else if (event.key === "-") this.zoomBy(1 / STEP);
      else if (event.key === "0") this.reset();
      else return;
      event.preventDefault();
    }
  }

  customElements.define("sync-zoom", SyncZoom);
})();
