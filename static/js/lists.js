// Movies of a list, dragged to their place. Without this file their buttons move them.
"use strict";

(() => {
  let dragged;
  const entryOf = (event) => event.target.closest?.(".entry");
  const ready = () => document.querySelectorAll(".entry").forEach((entry) => (entry.draggable = true));
  ready();
  document.addEventListener("htmx:afterSettle", ready);

  document.addEventListener("dragstart", (event) => {
    dragged = entryOf(event);
    // Text being marked in a field is no movie being dragged.
    if (dragged && document.activeElement?.matches("textarea, input")) {
      event.preventDefault();
      dragged = null;
    }
    dragged?.classList.add("dragged");
  });
  document.addEventListener("dragover", (event) => {
    const over = dragged && entryOf(event);
    if (!over) return;
    event.preventDefault();
    if (over !== dragged) over[dragged.compareDocumentPosition(over) & 4 ? "after" : "before"](dragged);
  });
  document.addEventListener("dragend", () => {
    if (!dragged) return;
    const entries = [...document.querySelectorAll(".entry")], list = document.querySelector(".entries");
    const form = list.closest("form"), place = list.start + entries.indexOf(dragged);
    dragged.classList.remove("dragged");
    if (place !== +dragged.dataset.place) {
      const values = { drag: dragged.id.replace("entry-", ""), place, page: form.elements.page.value };
      htmx.ajax("POST", form.action, { target: "#entries", swap: "outerHTML", values });
    }
    dragged = null;
  });
})();
