// Picking another module fills in its suggestions, where nothing else has been typed.
"use strict";
(() => {
  const shown = document.querySelector("[name=suggested_for]");
  if (!shown) return;
  const form = shown.form;
  const radio = (id) => form.querySelector(`[name=module_id][value="${CSS.escape(id)}"]`);
  const field = (name) => form.querySelector(`[name="${CSS.escape(name)}"]:not([type=hidden])`);
  const value = (one) => (one.type === "checkbox" ? (one.checked ? "yes" : "no") : one.value.trim());
  form.addEventListener("change", (event) => {
    if (event.target.name !== "module_id" || event.target.value === shown.value) return;
    const was = JSON.parse(radio(shown.value).dataset.suggestions);
    const now = JSON.parse(event.target.dataset.suggestions);
    for (const [name, text] of Object.entries(now)) {
      const one = field(name);
      if (!one || value(one) !== was[name]) continue;
      if (one.type === "checkbox") one.checked = text === "yes";
      else one.value = text;
    }
    shown.value = event.target.value;
    for (const hint of form.querySelectorAll("[data-suggested]")) {
      hint.textContent = now[hint.dataset.suggested];
    }
  });
})();
