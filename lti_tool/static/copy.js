// Copies a value beside its button. Where the browser forbids it, the value is marked instead.
"use strict";
(() => {
  const status = document.querySelector("[data-copied]");
  const mark = (value) => {
    const range = document.createRange();
    range.selectNodeContents(value);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
  };
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const value = document.getElementById(button.dataset.copy);
      const said = button.firstChild;
      try {
        await navigator.clipboard.writeText(value.textContent);
        said.data = "Copied";
      } catch {
        mark(value);
        said.data = "Press Ctrl+C";
      }
      status.textContent = button.textContent;
      setTimeout(() => { said.data = "Copy"; }, 2500);
    });
  }
})();
