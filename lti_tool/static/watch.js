// Watches something on its way, such as a score, until nothing more happens by itself.
"use strict";
(() => {
  const place = document.querySelector("[data-watch]");
  if (!place) return;
  const started = Date.now();
  const wait = () => (Date.now() - started < 20000 ? 700 : 10000);
  const look = async () => {
    try {
      const answer = await fetch(place.dataset.watch, { headers: { Accept: "application/json" } });
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
