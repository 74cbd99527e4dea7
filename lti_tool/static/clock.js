// Counts down the time that is left and says so in time; the server's clock alone decides.
"use strict";
(() => {
  const count = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;
  const words = (milliseconds) => {
    const seconds = Math.max(Math.floor(milliseconds / 1000), 0);
    const hours = Math.floor(seconds / 3600);
    const minutes = Math.floor(seconds / 60) % 60;
    if (hours) return minutes ? `${count(hours, "hour")} ${count(minutes, "minute")}` : count(hours, "hour");
    return seconds >= 60 ? count(minutes, "minute") : count(seconds, "second");
  };

  const start = () => {
    const place = document.querySelector("[data-clock]");
    if (!place) return;
    const ahead = Date.parse(place.dataset.now) - Date.now();
    const deadline = Date.parse(place.dataset.deadline);
    const warning = deadline - Date.parse(place.dataset.warning);
    const spoken = place.querySelector("[data-announce]");
    const extension = place.querySelector("[data-extend]");
    const left = () => deadline - Date.now() - ahead;
    // Each mark is spoken once, when the time passes it.
    const marks = [warning, 5 * 60_000, 60_000].filter((mark) => mark < left());

    const end = () => {
      spoken.textContent = "The time is over. What you have saved is handed in.";
      window.pmoBridge.handIn(place.querySelector("[data-over]"));
    };
    const tick = () => {
      if (!place.isConnected) return; // the page was turned, and has a clock of its own
      const now = left();
      place.querySelector("[data-left]").textContent = words(now);
      place.classList.toggle("clock-short", now <= warning);
      if (extension && now <= warning) extension.hidden = false;
      const passed = marks.filter((mark) => now <= mark);
      if (passed.length) {
        spoken.textContent = `${words(now + 999)} left.`;
        marks.splice(0, marks.length, ...marks.filter((mark) => now > mark));
      }
      if (now <= 0) end();
      else setTimeout(tick, Math.min(now, 1000));
    };
    tick();

    extension?.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (navigator.onLine && (await window.pmoBridge.save())) extension.submit();
      else window.pmoBridge.notice(document.getElementById("turned").dataset.away);
    });
  };
  window.pmoBridge.startClock = start;
  start();
})();
