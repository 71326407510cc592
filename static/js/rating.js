// Rating where a poster stands: its star opens a control over its own card, and the keys 1 to 5 (with
// shift half a star less) rate a focused poster or a movie's page. Without this file the star leads to
// a page of its own.
"use strict";

(() => {
  const control = document.getElementById("rate-here");
  const toast = document.getElementById("toast");
  if (!control) return;
  let open;

  const cardOf = (event) => event.target.closest?.(".wall > .movie");
  const metaOf = (card) => card.querySelector(".movie-meta");
  const markOn = (card, kind) => card.querySelector(`[form=marks][value=${kind}]`);
  const under = (card, path) => card.querySelector("a").pathname.replace(/(\d+)-.*/, `$1/${path}/`);
  const stepOf = (stars) => `[value="${(+stars).toFixed(1)}"]`;
  const close = (back) => {
    const star = open?.parentNode.querySelector(".to-rate");
    open?.remove();
    open = null;
    if (back) star?.focus();
  };
  const show = (card, star) => {
    close();
    open = control.content.firstElementChild.cloneNode(true);
    open.ariaLabel = star.ariaLabel;
    open.querySelector("span").textContent = card.querySelector(".movie-title").textContent;
    open.querySelector(".to-lists").href = under(card, "lists");
    for (const button of open.querySelectorAll("[name=kind]")) button.ariaPressed = Boolean(markOn(card, button.value));
    const own = card.querySelector(".own > :first-child")?.textContent.slice(2);
    for (const button of open.querySelectorAll("[name=stars]")) if (button.textContent === own) button.ariaPressed = "true";
    card.append(open);
    open.querySelector("[aria-pressed=true][name=stars], [name=stars]").focus({ preventScroll: true });
  };

  on("click", (event) => {
    const card = cardOf(event), star = event.target.closest?.(".to-rate");
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (card && star) {
      event.preventDefault();
      show(card, star);
    } else if (!event.target.closest?.(".rate-here")) close();
    else if (event.target.closest("[type=button]")) close(true);
  });
  on("focusin", (event) => open && !open.parentNode.contains(event.target) && close());

  on("keydown", (event) => {
    const { target } = event, types = target.matches?.("select, textarea, input:not([type=radio])");
    if (event.key === "Escape" && open) close(open.contains(document.activeElement));
    if (types || event.altKey) return;
    if (event.ctrlKey || event.metaKey) return event.key === "z" && toast.querySelector("form:not(.to-diary)")?.requestSubmit();
    const digit = /^Digit([1-5])$/.exec(event.code), card = cardOf(event);
    const form = target.closest?.(".rating-box, .movie-page")?.querySelector("form.rating");
    if (!digit || !(card || form)) return;
    const step = stepOf(digit[1] - (event.shiftKey ? 0.5 : 0));
    event.preventDefault();
    if (card) {
      close(true);
      return send(card, control.content.querySelector(step));
    }
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
    close(true);
    send(card, submitter);
  });

  // All that is put in as HTML here was written by the server, in templates/movies/rating/_rate_here.html.
  const say = (text, action, act) => {
    toast.innerHTML = action ? `${text} <button class="button-link">${action}</button>` : text;
    if (act) toast.lastChild.onclick = act;
  };
  const add = (meta, html) => meta.insertAdjacentHTML("beforeend", ` ${html}`);
  const own = (meta, { textContent, ariaLabel }) => {
    const figure = `<span class="own"><span aria-hidden="true">★ ${textContent}</span> <span class="visually-hidden">${ariaLabel}</span></span>`;
    meta.querySelector(".unsure")?.remove();
    const before = meta.querySelector(".own, .predicted");
    if (before) before.outerHTML = figure;
    else meta.querySelector(".to-rate").insertAdjacentHTML("afterend", ` ${figure}`);
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
