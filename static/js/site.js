// What the pages do beyond plain forms. Without this file everything still works.
"use strict";

document.documentElement.classList.add("scripted");
addEventListener("load", () => navigator.serviceWorker?.register("/service-worker.js").catch(() => {}));

// A refused rating comes back as 422 with the reason in it: show it like any other answer.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 422) event.detail.shouldSwap = true;
});

// The radio group shows what is stored, also after a refusal, a removal or an undo.
document.addEventListener("htmx:afterRequest", (event) => {
  const box = event.target.closest?.(".rating-box");
  const stored = event.detail.xhr?.getResponseHeader("X-Stars");
  if (!box || stored == null) return;
  for (const input of box.querySelectorAll("[name=stars]")) input.checked = +input.value === +stored;
  const remove = box.querySelector("[name=remove]");
  if (remove) remove.hidden = !stored;
});

// Esc puts away what the pointer or the focus brought up, until either of them moves on.
const putHintsAway = (away) => document.documentElement.classList.toggle("hints-away", away);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") putHintsAway(true);
});
for (const moved of ["pointerover", "focusin", "input"]) document.addEventListener(moved, () => putHintsAway(false));

// Nothing was saved: say so instead of looking as if it had been.
const failed = (event) => {
  const status = (event.target.closest?.(".rating-box") ?? event.target.closest?.("form"))?.querySelector("[data-failed]");
  if (!status || event.detail.xhr?.status === 422) return;
  status.innerHTML = `<span class="problem">${status.dataset.failed}</span>`;
};
for (const name of ["sendError", "responseError", "timeout"]) document.addEventListener(`htmx:${name}`, failed);
