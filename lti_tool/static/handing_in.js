// Lets handing in wait until every answer that this browser still keeps is saved.
"use strict";
(() => {
  const form = document.getElementById("hand-in");
  const line = document.getElementById("waiting");
  if (!form || !line) return;
  const { drafts } = window.pmoBridge;
  const { attempt } = form.dataset;
  const say = (state) => {
    line.dataset.state = state;
    line.textContent = line.dataset[state] || "";
  };
  const url = (number) => form.dataset.save.replace(/\/0$/, `/${number}`);

  // True when nothing is left; false when there is no connection.
  async function clear() {
    for (const { number, draft } of drafts.of(attempt)) {
      try {
        const answer = await drafts.send(url(number), form.elements.csrf_token.value, draft, "stay");
        if (answer.status >= 500) return false;
        drafts.drop(attempt, number);
        if (!answer.ok) say("refused");
      } catch {
        return false;
      }
    }
    return true;
  }
  const waiting = drafts.of(attempt).length;
  if (waiting) clear().then((done) => done && location.reload());

  let sending = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (sending) return;
    sending = true;
    if (drafts.of(attempt).length) say("waiting");
    while (!(await clear())) {
      say("failed");
      await new Promise((resolve) => setTimeout(resolve, 3000));
    }
    form.submit();
  });
  window.pmoBridge.settle = clear;
})();
