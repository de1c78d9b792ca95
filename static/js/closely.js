/* Look closely: the pair of the arena in a full-screen dialog, large, with the originals of an edit beside it. */
(() => {
  "use strict";

  const dialog = document.getElementById("closely");
  const opener = document.getElementById("closely-open");
  const ring = document.getElementById("ring");
  if (!dialog || !opener || !ring) return;

  const zoom = dialog.querySelector("sync-zoom");
  const panes = zoom.querySelector(".panes");
  const slider = zoom.querySelector("before-after");
  const views = dialog.querySelector(".views");

  const notify = (what) => document.dispatchEvent(new CustomEvent("paragone:notice", { detail: what }));

  // The largest file of a picture, whatever the page took for its own size.
  function copyLarge(picture) {
    const copy = picture.cloneNode(true);
    const source = copy.querySelector("source");
    const files = (source.dataset.full ?? source.srcset).split(",").map((file) => file.trim());
    source.srcset = files.at(-1).split(" ")[0];
    source.removeAttribute("sizes");
    copy.querySelector("img").fetchPriority = "high";
    return copy;
  }

  function fill(pane, picture) {
    pane.querySelector(".frame").replaceChildren(picture);
  }

  function gather() {
    const battle = ring.querySelector("#arena .battle");
    const [left, right] = battle.querySelectorAll(".pair picture");
    const originals = [...battle.querySelectorAll(".original img")];
    return { left, right, originals };
  }

  function open() {
    if (ring.dataset.state !== "ready") {
      notify("waiting");
      return;
    }
    const { left, right, originals } = gather();
    fill(panes.children[0], copyLarge(left));
    fill(panes.children[1], copyLarge(right));
    const blank = document.getElementById("original-pane").content.firstElementChild;
    for (const original of originals) {
      const pane = blank.cloneNode(true);
      fill(pane, original.cloneNode());
      panes.append(pane);
    }
    panes.dataset.count = panes.children.length;
    views.hidden = originals.length !== 1; // two originals do not lie over one result
    view("panes");
    zoom.reset();
    dialog.showModal();
    zoom.focus();
  }

  function view(name) {
    panes.hidden = name !== "panes";
    slider.hidden = name === "panes";
    for (const button of views.children) button.setAttribute("aria-pressed", String(button.dataset.view === name));
    if (name === "panes") return;
    const { originals } = gather();
    const after = panes.children[name === "left" ? 0 : 1].querySelector("picture");
    slider.querySelector(".upper").replaceChildren(originals[0].cloneNode());
    slider.querySelector(".lower").replaceChildren(after.cloneNode(true));
    slider.querySelector("[data-side]").textContent = panes.children[name === "left" ? 0 : 1].dataset.name;
    zoom.moveBy(0, 0);
  }

  opener.addEventListener("click", open);
  views.addEventListener("click", (event) => {
    if (event.target.dataset.view) view(event.target.dataset.view);
  });
  dialog.querySelector("[data-zoom=in]").addEventListener("click", () => zoom.zoomBy(1.5));
  dialog.querySelector("[data-zoom=out]").addEventListener("click", () => zoom.zoomBy(1 / 1.5));
  dialog.querySelector("[data-zoom=fit]").addEventListener("click", () => zoom.reset());
  zoom.addEventListener("zoom", (event) => {
    dialog.querySelector("output").textContent = `${Math.round(event.detail * 100)} %`;
  });
  dialog.querySelector(".close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    for (const pane of panes.querySelectorAll(".original-pane")) pane.remove();
    for (const frame of dialog.querySelectorAll(".frame")) frame.replaceChildren();
  });
})();
