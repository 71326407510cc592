// The start page: a click on a star is the whole answer; the arrow keys choose, Enter sends.
"use strict";

let sending;
document.addEventListener("click", (event) => {
  const label = event.target.closest?.(".question .stars label");
  // Only fingers and mice: a key on a radio button is a click too, with no detail.
  if (!label || !event.detail) return;
  const form = label.closest("form");
  clearTimeout(sending);
  // Long enough to see the stars fill.
  sending = setTimeout(() => form.isConnected && form.requestSubmit(), 250);
});

// Rated in the search results: the row of rated movies and the next question follow.
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful && event.target.closest?.("#found .rating-box")) {
    document.body.dispatchEvent(new CustomEvent("rated-elsewhere"));
  }
});

// Nothing was saved: say so, and leave the question where it is.
const notSaved = (event) => {
  const status = event.target.closest?.("#asking")?.querySelector(".asking-status");
  if (!status || event.detail.xhr?.status === 422) return;
  const note = document.createElement("span");
  note.className = "problem";
  note.textContent = status.dataset.failed;
  status.replaceChildren(note);
};
for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(name, notSaved);
}
