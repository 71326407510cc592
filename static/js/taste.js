// The taste map by pointer and keys; without it picture, tooltips and table say the same.
"use strict";

(() => {
  // Points keep their ids from plane to plane: htmx then lets them travel.
  htmx.config.attributesToSettle.push("cx", "cy");

  const at = (circle) => [circle.cx.baseVal.value, circle.cy.baseVal.value];

  const tell = (svg, circle) => {
    const tip = svg.querySelector(".map-tip");
    tip.replaceChildren();
    if (!circle) return;
    const [box, text] = ["rect", "text"].map((name) => document.createElementNS(svg.namespaceURI, name));
    const { width } = svg.viewBox.baseVal;
    const unit = width / svg.clientWidth; // one size on the screen
    text.textContent = circle.getAttribute("aria-label");
    text.setAttribute("font-size", 15 * unit);
    tip.append(box, text);
    const [x, y] = at(circle);
    const long = text.getComputedTextLength() + 16 * unit;
    const left = Math.max(2, Math.min(width - long - 2, x - long / 2));
    const top = y > 46 * unit ? y - 40 * unit : y + 14 * unit;
    const place = { x: left, y: top, width: long, height: 26 * unit, rx: 2 };
    for (const [name, value] of Object.entries(place)) box.setAttribute(name, value);
    text.setAttribute("x", left + 8 * unit);
    text.setAttribute("y", top + 18.5 * unit);
  };

  // The nearest in an arrow key's direction, those straight ahead first.
  const next = (circles, from, key) => {
    const [x, y] = at(from);
    const [right, down] = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[key];
    let best, least = Infinity;
    for (const circle of circles) {
      const [across, along] = at(circle).map((value, k) => value - [x, y][k]);
      const ahead = across * right + along * down;
      const aside = Math.abs(across * down) + Math.abs(along * right);
      if (circle !== from && ahead > 0 && ahead + 2 * aside < least) [best, least] = [circle, ahead + 2 * aside];
    }
    return best;
  };

  const start = () => {
    const svg = document.querySelector("#taste-map svg");
    if (!svg || svg.dataset.ready) return;
    svg.dataset.ready = "yes";
    const circles = [...svg.querySelectorAll(".map-points g:not(.dim) circle")];
    for (const circle of circles) {
      const title = circle.querySelector("title");
      circle.setAttribute("aria-label", title.textContent);
      circle.setAttribute("role", "link");
      circle.setAttribute("tabindex", -1);
      title.remove();
    }
    svg.setAttribute("role", "group");
    circles.at(-1)?.setAttribute("tabindex", 0);
    const of = (event) => event.target.closest("circle[role=link]");
    const follow = (circle) => location.assign(atHome(`movies/${circle.id.slice(4)}/`));
    for (const name of ["pointerover", "focusin"]) svg.addEventListener(name, (event) => tell(svg, of(event)));
    svg.addEventListener("pointerleave", () => tell(svg, of({ target: document.activeElement })));
    svg.addEventListener("focusout", () => tell(svg));
    svg.addEventListener("click", (event) => of(event) && follow(of(event)));
    svg.addEventListener("keydown", (event) => {
      const circle = of(event);
      if (circle && event.key === "Enter") follow(circle);
      if (event.key === "Escape") tell(svg);
      if (!circle || !event.key.startsWith("Arrow")) return;
      event.preventDefault();
      const to = next(circles, circle, event.key);
      if (!to) return;
      circle.setAttribute("tabindex", -1);
      to.setAttribute("tabindex", 0);
      to.focus();
    });
  };

  start();
  document.addEventListener("htmx:afterSettle", start);
})();
