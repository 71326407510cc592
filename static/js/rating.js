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
  const metaOf = (card) => card.querySelector(".movie-meta");
  const markOn = (card, kind) => card.querySelector(`[form=marks][value=${kind}]`);
  const under = (card, path) => linkOf(card).pathname.replace(/(\d+)-.*/, `$1/${path}/`);
  const stepOf = (stars) => `[value="${(+stars).toFixed(1)}"]`;
  const close = () => {
    open?.remove();
    open = null;
  };
  const show = (card) => {
    if (open?.parentNode === card) return;
    close();
    open = control.content.firstElementChild.cloneNode(true);
    open.querySelector(".to-lists").href = under(card, "lists");
    for (const button of open.querySelectorAll("[name=kind]")) button.ariaPressed = Boolean(markOn(card, button.value));
    card.append(open);
    const box = open.getBoundingClientRect(), wide = document.documentElement.clientWidth;
    const shift = Math.max(8 - box.left, 0) || Math.min(wide - 8 - box.right, 0);
    if (shift) open.style.marginInlineStart = `${shift}px`;
  };

  on("pointerover", (event) => {
    if (event.pointerType !== "mouse") return;
    const card = cardOf(event);
    clearTimeout(timer);
    if (open && open.parentNode !== card) timer = setTimeout(close, 200);
    if (card) timer = setTimeout(show, 120, card);
  });
  on("pointerdown", (event) => {
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
  on("pointerup pointercancel pointermove", (event) => {
    if (event.pointerType === "mouse") return;
    // A finger at rest trembles by a few pixels.
    if (event.type === "pointermove" && start && Math.hypot(event.x - start.x, event.y - start.y) < 10) return;
    clearTimeout(timer);
  });
  on("focusin", (event) => {
    const card = cardOf(event);
    if (open && open.parentNode !== card) close();
    if (card && event.target.matches("a:focus-visible")) show(card);
  });
  // The end of a long press is no click, and opens no menu.
  on("click contextmenu", (event) => {
    if (pressed && cardOf(event) && !event.target.closest(".rate-here")) event.preventDefault();
  }, true);

  on("keydown", (event) => {
    const { target } = event, types = target.matches?.("select, textarea, input:not([type=radio])");
    pressed = false;
    if (event.key === "Escape") close();
    if (types || event.altKey) return;
    if (event.ctrlKey || event.metaKey) return event.key === "z" && toast.querySelector("form:not(.to-diary)")?.requestSubmit();
    const digit = /^Digit([1-5])$/.exec(event.code), card = cardOf(event);
    const form = target.closest?.(".rating-box, .movie-page")?.querySelector("form.rating");
    if (!digit || !(card || form)) return;
    const step = stepOf(digit[1] - (event.shiftKey ? 0.5 : 0));
    event.preventDefault();
    if (card) return send(card, control.content.querySelector(step));
    const input = form.querySelector(step);
    input.checked = true;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  // The menu of one's lists comes over the page; without scripts it is a page.
  on("click", async (event) => {
    const link = event.target.closest?.(".to-lists"), dialog = document.getElementById("lists");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    await htmx.ajax("GET", link.href, { target: "#lists > div" });
    if (!dialog.open) dialog.showModal();
  });
  // A click in the control, or on a mark of the card, which takes it away.
  on("submit", (event) => {
    const { submitter } = event, card = submitter?.closest(".wall > .movie");
    if (!card) return;
    event.preventDefault();
    close();
    send(card, submitter);
  });

  // All that is put in as HTML here was written by the server, in templates/movies/rating/_rate_here.html.
  const say = (text, action, act) => {
    toast.innerHTML = action ? `${text} <button class="button-link">${action}</button>` : text;
    if (act) toast.lastChild.onclick = act;
  };
  const add = (meta, html) => meta.insertAdjacentHTML("beforeend", ` ${html}`);
  const own = (meta, { dataset, title }) => {
    meta.querySelector(".own, .predicted")?.remove();
    add(meta, `<span class="own"><span aria-hidden="true">★ ${dataset.short}</span><span class="visually-hidden">${title}</span></span>`);
  };

  const send = async (card, button) => {
    const meta = metaOf(card), before = meta.innerHTML, { name, value, dataset } = button;
    const rates = name === "stars", set = rates || markOn(card, value);
    const path = under(card, rates ? "rate" : "mark"), body = new FormData(document.forms.marks);
    body.set(name, value);
    const back = () => {
      meta.innerHTML = before;
      card.hidden = false;
    };
    if (rates) {
      // Whoever changes their mind has still seen it.
      if (meta.querySelector(".predicted")) card.dataset.predicted = 1;
      if (card.dataset.predicted) body.set("prediction_shown", 1);
      own(meta, button);
    } else if (set) {
      if (value === "watchlist") card.hidden = true;
      else set.remove();
    } else {
      body.set("on", 1);
      if (dataset.short) add(meta, `<button class="put-away" form="marks" formaction="${path}" name="kind" value="${value}">${dataset.short}</button>`);
    }
    say(toast.dataset.saving);
    try {
      const answer = await fetch(path, { method: "POST", headers: { "HX-Request": "true", "HX-Target": "toast" }, body });
      if (!answer.ok || answer.redirected) throw answer;
      // Logged out meanwhile: an answer like any other, that saved nothing.
      const login = answer.headers.get("HX-Redirect");
      if (login) return back(location.assign(login));
      toast.innerHTML = await answer.text();
      // To and fro, as often as one changes one's mind.
      const after = [meta.innerHTML, card.hidden], states = [after, [before, false]];
      toast.undone = (stars) => {
        [meta.innerHTML, card.hidden] = states.reverse()[0];
        if (stars) own(meta, control.content.querySelector(stepOf(stars)));
      };
      htmx.process(toast);
    } catch {
      back();
      say(toast.dataset.failed, toast.dataset.retry, () => send(card, button));
    }
  };
  toast.addEventListener("htmx:afterRequest", (event) => {
    const { successful, xhr, requestConfig } = event.detail, inDiary = "diary" in requestConfig.elt.dataset;
    if (successful && !inDiary) toast.undone?.(xhr.getResponseHeader("X-Stars"));
    // A refused date comes back with its reason.
    else if (!successful && !(inDiary && xhr.status === 422)) {
      const form = event.target;
      say(toast.dataset.failed, toast.dataset.retry, () => {
        toast.replaceChildren(form);
        form.requestSubmit();
      });
    }
  });
})();
