// Hands an attempt in once every answer that this browser still keeps is saved, however long that takes.
"use strict";
(() => {
  const bridge = window.pmoBridge;
  let isOnItsWay = false;
  let warned = false;

  const say = (state, questions) => {
    const line = document.getElementById("waiting");
    if (!line) return state === "failed" && bridge.notice(document.getElementById("turned").dataset.over);
    line.dataset.state = state;
    line.textContent = line.dataset[state].replace("{questions}", questions);
  };
  const retry = () =>
    new Promise((resolve) => {
      setTimeout(resolve, 3000);
      window.addEventListener("online", resolve, { once: true });
    });
  async function handIn(form) {
    if (isOnItsWay) return;
    isOnItsWay = true;
    for (;;) {
      try {
        if (await bridge.save()) {
          const { ok, found } = await bridge.drafts.post(form.action);
          return ok ? location.assign(found.next) : form.submit();
        }
      } catch {
        // no answer: it may be handed in or not, and a second time does no harm
      }
      say("failed");
      await retry();
    }
  }
  document.addEventListener("submit", async (event) => {
    if (event.target.id !== "hand-in") return;
    event.preventDefault();
    if (bridge.waiting().length) say("waiting");
    if ((await bridge.save()) && bridge.refused.size && !bridge.hasEnded && !warned) {
      warned = true;
      const numbers = [...bridge.refused.keys()];
      return say("refused", numbers.map((number) => `question ${number}`).join(", "));
    }
    handIn(event.target);
  });
  // The last look shows what the server has: so it is asked again when it gets more.
  bridge.lookedAt = async () => {
    const isShown = document.getElementById("hand-in");
    if (isShown && bridge.waiting().length && (await bridge.save())) bridge.turn(location.href);
  };
  bridge.handIn = handIn;
  bridge.lookedAt();
})();
