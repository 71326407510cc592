// What the pages do beyond plain forms. Without this file everything still works.
"use strict";

// Also for the scripts that are joined to this one.
const on = (names, act, early) => {
  for (const name of names.split(" ")) document.addEventListener(name, act, early);
};

const { classList } = document.documentElement;
classList.add("scripted");
// The site may be under a path of its host. The manifest is where the site begins. Also for pages' own scripts.
const atHome = (path) => new URL(path, document.querySelector("link[rel=manifest]").href);
addEventListener("load", () => navigator.serviceWorker?.register(atHome("service-worker.js")).catch(() => {}));

// A refused rating comes back as 422 with the reason in it: show it like any other answer.
on("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 422) event.detail.shouldSwap = true;
});

// The radio group shows what is stored, also after a refusal, a removal or an undo.
on("htmx:afterRequest", (event) => {
  const box = event.target.closest?.(".rating-box");
  const stored = event.detail.xhr?.getResponseHeader("X-Stars");
  if (!box || stored == null) return;
  for (const input of box.querySelectorAll("[name=stars]")) input.defaultChecked = input.checked = +input.value === +stored;
  const remove = box.querySelector("[name=remove]");
  if (remove) remove.hidden = !stored;
});

// Esc puts away what the pointer or the focus brought up, until either of them moves on.
on("keydown", (event) => event.key === "Escape" && classList.add("hints-away"));
on("pointerover focusin input", () => classList.remove("hints-away"));

// Nothing was saved: say so instead of looking as if it had been.
const failed = (event) => {
  const status = (event.target.closest?.(".rating-box") ?? event.target.closest?.("form"))?.querySelector("[data-failed]");
  if (!status || event.detail.xhr?.status === 422) return;
  status.innerHTML = `<span class="problem">${status.dataset.failed}</span>`;
  // The stars that are stored: those that were not can then be chosen again.
  status.closest(".rating-box")?.querySelector("form").reset();
};
on("htmx:sendError htmx:responseError htmx:timeout", failed);

// Back to a page that the browser keeps no live copy of shows it as it was first answered, without
// the ratings given since: ask again.
const [visit] = performance.getEntriesByType("navigation");
if (visit?.type === "back_forward" && document.querySelector(".stars, .wall")) location.reload();

// What waits to be sent when one leaves is sent all the same.
const waits = "form[hx-post][hx-trigger*=delay]";
on("change", ({ target: { form } }) => {
  if (form?.matches(waits)) form.waits = true;
});
on("htmx:beforeRequest", ({ target }) => (target.waits = false));
const leave = () => {
  for (const form of document.forms) if (form.waits) form.waits = !navigator.sendBeacon(form.action, new FormData(form));
};
// Phones put a page away without the first of the two.
addEventListener("beforeunload", leave);
addEventListener("pagehide", leave);
