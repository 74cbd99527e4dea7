// Lets an instructor give dates in their own zone; without it the form is in UTC and says so.
"use strict";
(() => {
  const zone = document.querySelector("[data-zone]");
  if (!zone) return;
  zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const name of document.querySelectorAll("[data-zone-name]")) {
    name.textContent = `your time zone, ${zone.value.replaceAll("_", " ")}`;
  }
  const two = (number) => String(number).padStart(2, "0");
  for (const field of document.querySelectorAll("[data-moment]")) {
    const at = new Date(field.dataset.moment);
    const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
    field.value = `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
  }
})();
