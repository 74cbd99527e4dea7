// Watches a score on its way to the gradebook until nothing more happens by itself.
"use strict";
(() => {
  const place = document.querySelector("[data-receipt]");
  if (!place) return;
  const started = Date.now();
  const wait = () => (Date.now() - started < 20000 ? 700 : 10000);
  const look = async () => {
    try {
      const answer = await fetch(place.dataset.receipt, { headers: { Accept: "application/json" } });
      if (answer.ok) {
        const found = await answer.json();
        if (place.dataset.shown !== found.html) {
          place.innerHTML = found.html;
          place.dataset.shown = found.html;
          window.pmoBridge.showTimes(place);
        }
        if (found.settled) return;
      } else if (answer.status < 500) return;
    } catch {
      // no connection: look again
    }
    setTimeout(look, wait());
  };
  setTimeout(look, 400);
})();
