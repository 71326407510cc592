// Ticking many ratings at once, and a live count. Without scripts the link and the form do the same.
"use strict";

(() => {
  const form = document.getElementById("bulk-edit");
  if (!form) return;
  const boxes = [...form.querySelectorAll("input[name=ratings]")];
  const said = document.getElementById("ticked");
  const tell = () => {
    const n = boxes.filter((box) => box.checked).length;
    said.textContent = n ? said.dataset.words.replace("%s", n) : "";
  };
  form.addEventListener("change", tell);
  document.getElementById("tick-all").addEventListener("click", (event) => {
    event.preventDefault();
    const all = boxes.every((box) => box.checked);
    for (const box of boxes) box.checked = !all;
    tell();
  });
  // Shift and click: all from the last one clicked to this one.
  let last;
  form.addEventListener("click", (event) => {
    const place = boxes.indexOf(event.target);
    if (place < 0) return;
    if (event.shiftKey && last !== undefined) {
      const [from, to] = [Math.min(place, last), Math.max(place, last)];
      for (const box of boxes.slice(from, to + 1)) box.checked = event.target.checked;
      tell();
    }
    last = place;
  });
  tell();
})();
