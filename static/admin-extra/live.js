// Progress that stands on an admin page goes on while one looks; when it is over, the page is
// loaded anew.
"use strict";

const PAUSE = 2000;

async function look() {
  const shown = [...document.querySelectorAll("[data-live]")];
  if (!shown.length) return;
  if (!document.hidden) {
    try {
      const answer = await fetch(location.href);
      if (answer.ok) {
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
        for (const part of shown) {
          const now = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
          if (!now) return location.reload();
          part.replaceWith(now);
        }
      }
    } catch {
      // Without a network: the next look may find one.
    }
  }
  setTimeout(look, PAUSE);
}
setTimeout(look, PAUSE);
