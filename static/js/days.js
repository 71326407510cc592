// The days of the drawing under a pointer: which day it is, and on to its movies with a click.
// Without this file the months below the drawing and the page of days lead to the same.
"use strict";

(() => {
  const svg = document.querySelector(".heat");
  if (!svg) return;
  const { days, counts, none, href } = svg.dataset;
  const title = svg.querySelector("title");
  const words = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long", timeZone: "UTC" });
  const dayAt = (event) => {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    const place = 7 * Math.round(point.x) + Math.round(point.y);
    const n = parseInt(counts[place], 36);
    return Number.isNaN(n) ? null : { n, day: new Date(Date.parse(days) + place * 864e5) };
  };
  svg.addEventListener("pointermove", (event) => {
    const at = dayAt(event);
    svg.toggleAttribute("data-at", Boolean(at?.n));
    title.textContent = at ? `${words.format(at.day)}: ${at.n ? (at.n < 35 ? at.n : "35+") : none}` : "";
  });
  svg.addEventListener("click", (event) => {
    const at = dayAt(event);
    if (at?.n) location.href = href + at.day.toISOString().slice(0, 10);
  });
})();
