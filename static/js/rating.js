// Rating where a poster stands: the pointer, a long press, or the keys 1 to 5 (with shift half a star
// less) on a focused poster or in a movie's page. Without this file the poster leads to that page.
"use strict";

(() => {
  const control = document.getElementById("rate-here");
  const toast = document.getElementById("toast");
  if (!control) return;
  let open, timer, pressed, start;

  const cardOf = (event) => event.target.closest?.(".wall > .movie");
  const linkOf = (card) => card.querySelector("a");
  const close = () => {
    open?.remove();
    open = null;
  };
  const show = (card) => {
    if (open?.parentNode === card) return;
    close();
    open = control.content.firstElementChild.cloneNode(true);
    open.querySelector(".to-lists").href = linkOf(card).pathname.replace(/(\d+)-.*/, "$1/lists/");
    card.append(open);
    const box = open.getBoundingClientRect(), wide = document.documentElement.clientWidth;
    const shift = Math.max(8 - box.left, 0) || Math.min(wide - 8 - box.right, 0);
    if (shift) open.style.marginInlineStart = `${shift}px`;
  };

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "mouse") return;
    const card = cardOf(event);
    clearTimeout(timer);
    if (open && open.parentNode !== card) timer = setTimeout(close, 200);
    if (card) timer = setTimeout(show, 120, card);
  });
  document.addEventListener("pointerdown", (event) => {
    const card = cardOf(event);
    pressed = false;
    if (!card) return close();
    if (event.pointerType === "mouse" || event.target.closest(".rate-here")) return;
    start = event;
    timer = setTimeout(() => {
      pressed = true;
      show(card);
    }, 450);
  });
  for (const name of ["pointerup", "pointercancel", "pointermove"]) {
    document.addEventListener(name, (event) => {
      if (event.pointerType === "mouse") return;
      // A finger at rest trembles by a few pixels.
      if (name === "pointermove" && start && Math.hypot(event.x - start.x, event.y - start.y) < 10) return;
      clearTimeout(timer);
    });
  }
  document.addEventListener("focusin", (event) => {
    const card = cardOf(event);
    if (open && open.parentNode !== card) close();
    if (card && event.target.matches("a:focus-visible")) show(card);
  });
  // The end of a long press is no click, and opens no menu.
  for (const name of ["click", "contextmenu"]) {
    document.addEventListener(name, (event) => {
      if (pressed && cardOf(event) && !event.target.closest(".rate-here")) event.preventDefault();
    }, true);
  }

  document.addEventListener("keydown", (event) => {
    const { target } = event, types = target.matches?.("select, textarea, input:not([type=radio])");
    pressed = false;
    if (event.key === "Escape") close();
    if (types || event.altKey) return;
    if (event.ctrlKey || event.metaKey) {
      if (event.key === "z") toast.querySelector("form")?.requestSubmit();
      return;
    }
    const digit = /^Digit([1-5])$/.exec(event.code), card = cardOf(event);
    const form = target.closest?.(".rating-box, .movie-page")?.querySelector("form.rating");
    if (!digit || !(card || form)) return;
    const step = `[value="${(digit[1] - (event.shiftKey ? 0.5 : 0)).toFixed(1)}"]`;
    event.preventDefault();
    if (card) return send(card, control.content.querySelector(step));
    const input = form.querySelector(step);
    input.checked = true;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  // The menu of one's lists comes over the page; without scripts it is a page.
  document.addEventListener("click", async (event) => {
    const link = event.target.closest?.(".to-lists"), dialog = document.getElementById("lists");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    await htmx.ajax("GET", link.href, { target: "#lists > div" });
    if (!dialog.open) dialog.showModal();
  });
  document.addEventListener("submit", (event) => {
    if (event.target !== open) return;
    event.preventDefault();
    const card = open.parentNode;
    close();
    send(card, event.submitter);
  });

  const say = (text, action, act) => {
    toast.replaceChildren(text);
    if (!action) return;
    const button = document.createElement("button");
    button.className = "button-link";
    button.textContent = action;
    button.onclick = act;
    toast.append(" ", button);
  };

  const own = (meta, button) => {
    meta.querySelector(".own, .predicted")?.remove();
    const [mark, seen, heard] = ["own", "", "visually-hidden"].map((name) => {
      const span = document.createElement("span");
      span.className = name;
      return span;
    });
    seen.ariaHidden = "true";
    seen.textContent = `★ ${button.dataset.short}`;
    heard.textContent = button.title;
    mark.append(seen, heard);
    meta.append(mark);
  };

  const send = async (card, button) => {
    const meta = card.querySelector(".movie-meta"), before = meta.innerHTML;
    const { name, value, dataset } = button, rates = name === "stars";
    const path = linkOf(card).pathname.replace(/(\d+)-.*/, rates ? "$1/rate/" : "$1/mark/");
    const body = new URLSearchParams({ [name]: value, on: 1, next: location.pathname + location.search });
    if (rates) {
      // Whoever changes their mind has still seen it.
      if (meta.querySelector(".predicted")) card.dataset.predicted = 1;
      if (card.dataset.predicted) body.set("prediction_shown", 1);
      own(meta, button);
    }
    say(toast.dataset.saving);
    try {
      const headers = { "HX-Request": "true", ...JSON.parse(document.body.getAttribute("hx-headers")) };
      const answer = await fetch(path, { method: "POST", headers, body });
      if (!answer.ok || answer.redirected) throw answer;
      // Logged out meanwhile: an answer like any other, that saved nothing.
      const login = answer.headers.get("HX-Redirect");
      if (login) {
        meta.innerHTML = before;
        return location.assign(login);
      }
      if (!rates) return say(dataset.said);
      toast.innerHTML = await answer.text();
      toast.undone = (stars) => {
        meta.innerHTML = before;
        if (stars) own(meta, control.content.querySelector(`[value="${(+stars).toFixed(1)}"]`));
      };
      htmx.process(toast);
    } catch {
      meta.innerHTML = before;
      say(toast.dataset.failed, toast.dataset.retry, () => send(card, button));
    }
  };
  toast.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful) toast.undone?.(event.detail.xhr.getResponseHeader("X-Stars"));
    else {
      const form = event.target;
      say(toast.dataset.failed, toast.dataset.retry, () => {
        toast.replaceChildren(form);
        form.requestSubmit();
      });
    }
  });
})();
