// Says at once when two steps of an order were given one position.
"use strict";
document.addEventListener("change", (event) => {
  const list = event.target.closest("[data-order]");
  if (!list) return;
  const places = [...list.querySelectorAll("select")].map((field) => field.value).filter(Boolean);
  const twice = [...new Set(places.filter((place, index) => places.indexOf(place) !== index))].sort();
  for (const field of list.querySelectorAll("select")) {
    if (twice.includes(field.value)) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }
  const line = list.parentElement.querySelector("[data-clash]");
  line.textContent = twice.length ? line.dataset.clash.replace("{places}", twice.join(" and ")) : "";
});
