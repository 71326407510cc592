// The explained arithmetic under one's hands: sliders, and a tiny fit that plays. Without this file
// the same page works with number fields and links; the server does the same sums.
"use strict";

// The page does without the script that others share, so it says itself that scripts run.
document.documentElement.classList.add("scripted");

(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const writer = (options) => {
    const format = new Intl.NumberFormat(document.documentElement.lang, { useGrouping: false, ...options });
    return (number) => format.format(number || 0).replace("-", "−");
  };
  const exact = writer({ maximumFractionDigits: 4 });
  const two = writer({ minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const bracketed = (number) => (number < 0 ? `(${exact(number)})` : exact(number));
  const tell = (node, text) => node.textContent === text || (node.textContent = text);

  // 1. The book's example. In hundredths, whose products are whole numbers: nothing is rounded.
  const match = document.querySelector("#match");
  const hundredths = (name) => all(`input[name=${name}]`, match).map((input) => Math.round(100 * input.value));
  const compute = () => {
    const theirs = hundredths("p");
    for (const output of all("output", match)) tell(output, exact(Number(output.previousElementSibling.value)));
    const rows = all("[data-movie]", match).map((row) => {
      const products = hundredths(row.dataset.movie).map((its, k) => its * theirs[k]);
      const total = products.reduce((sum, product) => sum + product, 0) / 1e4;
      all("[data-theirs]", row).forEach((node, k) => tell(node, bracketed(theirs[k] / 100)));
      all("[data-product]", row).forEach((node, k) => tell(node, exact(products[k] / 1e4)));
      tell(row.querySelector("[data-total]"), exact(total));
      const bar = row.querySelector("[data-bar]"), length = Math.abs(total) * 100 / theirs.length;
      bar.setAttribute("x", total < 0 ? 100 - length : 100);
      bar.setAttribute("width", length);
      return [total, row.querySelector("h3").textContent];
    });
    tell(match.querySelector("[data-order]"), rows.sort((a, b) => b[0] - a[0]).map((row) => row[1]).join(", "));
  };
  const sliders = all("input[type=number]", match);
  for (const input of sliders) input.type = "range";
  for (const output of all("output", match)) output.hidden = false;
  match.addEventListener("input", compute);

  // 2. The tiny fit. Numbers in hundredths, as they stand in the table.
  const fit = document.querySelector("[data-fit]");
  const data = JSON.parse(document.querySelector("#tiny-fit").textContent);
  const slider = fit.querySelector("#epoch"), button = fit.querySelector("button");
  const [people, movies, cells, marks, hand] = ["person-factor", "movie-factor", "cell", "mark", "hand"].map((name) => all(`[data-${name}]`));
  const n = marks.length / 2, points = document.querySelector(".fit-curve polyline").points;
  const show = (epoch) => {
    const p = data.people[epoch], q = data.movies[epoch];
    const predict = (u, i) => data.mean / 100 + (p[2 * u] * q[2 * i] + p[2 * u + 1] * q[2 * i + 1]) / 1e4;
    people.forEach((cell, k) => tell(cell, two(p[k] / 100)));
    movies.forEach((cell, k) => tell(cell, two(q[2 * (k % n) + Math.floor(k / n)] / 100)));
    cells.forEach((cell, k) => {
      const predicted = predict(Math.floor(k / n), k % n), stars = data.stars[k];
      tell(cell.querySelector("[data-predicted]"), two(predicted));
      if (stars !== null) cell.className = `fit-cell off-${Math.min(4, Math.floor(2 * Math.abs(stars - predicted) + 1e-9))}`;
    });
    marks.forEach((mark, k) => {
      const [x, y] = [0, 1].map((axis) => (k < n ? p : q)[2 * (k % n) + axis] * data.scale / 100);
      mark.setAttribute("transform", `translate(${(data.centre[0] + x).toFixed(1)} ${(data.centre[1] - y).toFixed(1)})`);
      mark.querySelector("text").setAttribute("y", data.labels[epoch][k]);
    });
    const [u, i] = data.first;
    [p[2 * u], q[2 * i], p[2 * u + 1], q[2 * i + 1]].forEach((number, k) => tell(hand[k], bracketed(number / 100)));
    tell(hand[4], exact(predict(u, i)));
    const dot = document.querySelector("[data-dot]");
    dot.setAttribute("cx", points[epoch].x);
    dot.setAttribute("cy", points[epoch].y);
    tell(fit.querySelector("[data-epoch]"), String(epoch));
    tell(fit.querySelector("[data-error]"), two(data.rmse[epoch] / 100));
    slider.value = epoch;
    slider.setAttribute("aria-valuetext", fit.querySelector(".fit-epoch").textContent.replace(/\s+/g, " ").trim());
  };

  // The address says what is on the page, and links take it along.
  const keys = ["p", "a", "b", "c"];
  const withExample = (query) => {
    keys.forEach((key) => query.delete(key));
    for (const input of sliders) query.append(input.name, input.value);
    return query;
  };
  let moved = keys.some((key) => new URLSearchParams(location.search).has(key));
  const keep = () => {
    const query = new URLSearchParams(location.search);
    query.set("epoch", slider.value);
    if (moved) withExample(query);
    history.replaceState(null, "", `?${query}${location.hash}`);
    if (moved) for (const link of all("a[data-carry]")) link.search = withExample(new URLSearchParams(link.search));
  };
  match.addEventListener("change", () => { moved = true; keep(); });
  document.querySelector("form[data-carry]").addEventListener("formdata", (event) => moved && withExample(event.formData));

  let timer = 0;
  const stop = () => {
    clearInterval(timer);
    timer = 0;
    button.textContent = fit.dataset.play;
    keep();
  };
  const play = () => {
    if (slider.value === slider.max) show(0);
    button.textContent = fit.dataset.pause;
    // Who asked for less motion sees one step after the other instead of a glide.
    timer = setInterval(() => {
      show(Number(slider.value) + 1);
      if (slider.value === slider.max) stop();
    }, matchMedia("(prefers-reduced-motion: reduce)").matches ? 800 : 280);
  };
  button.addEventListener("click", () => (timer ? stop() : play()));
  slider.addEventListener("input", () => show(Number(slider.value)));
  slider.addEventListener("change", () => (timer ? stop() : keep()));
  fit.querySelector(".fit-player").hidden = false;
  compute();
  show(Number(slider.value));
})();
