// Saves an answer as it changes and says so. The buttons of the form work without it.
"use strict";
(() => {
  const form = document.getElementById("answer");
  const line = document.getElementById("saved");
  if (!form || !line) return;
  let pending = null; // timer of a save that is due
  let running = false;
  let dirty = false;
  let retrySeconds = 2;

  const say = (state, text) => {
    line.dataset.state = state;
    line.textContent = text;
  };
  const due = (milliseconds) => {
    clearTimeout(pending);
    pending = setTimeout(save, milliseconds);
  };
  const changed = (milliseconds) => {
    dirty = true;
    say("unsaved", line.dataset.unsaved);
    due(milliseconds);
  };
  const showTick = (found) => {
    const tick = form.querySelector(".tick[aria-current]");
    if (!tick) return;
    tick.classList.toggle("tick-done", found.complete);
    tick.classList.toggle("tick-part", found.answered && !found.complete);
  };
  const refuse = async (answer) => {
    const found = await answer.json().catch(() => null);
    say("failed", found ? `${found.title}. ${found.advice}` : line.dataset.failed);
  };
  async function save() {
    if (running || !dirty) return;
    running = true;
    dirty = false;
    say("saving", line.dataset.saving);
    try {
      const answer = await fetch(form.dataset.save, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { Accept: "application/json" },
      });
      if (answer.ok) {
        retrySeconds = 2;
        showTick(await answer.json());
        if (!dirty) say("saved", line.dataset.saved);
      } else if (answer.status >= 500) {
        throw new Error(answer.statusText);
      } else {
        await refuse(answer);
      }
    } catch {
      dirty = true;
      say("failed", line.dataset.failed);
      due(retrySeconds * 1000);
      retrySeconds = Math.min(retrySeconds * 2, 30);
    }
    running = false;
    if (dirty && line.dataset.state !== "failed") due(200);
  }

  form.addEventListener("change", () => changed(50));
  form.addEventListener("input", (event) => {
    if (event.target.matches("textarea, input:not([type=radio]):not([type=checkbox])")) changed(900);
  });
  form.addEventListener("submit", () => {
    clearTimeout(pending);
    dirty = false; // the form itself carries the answer
  });
  window.addEventListener("online", () => dirty && due(0));
  window.addEventListener("beforeunload", (event) => {
    if (dirty) event.preventDefault();
  });
})();
