// Shows moments in the reader's zone and language; without it they stand in UTC.
"use strict";
(() => {
  const styles = {
    date: { dateStyle: "long" },
    time: { timeStyle: "short" },
    datetime: { dateStyle: "medium", timeStyle: "short" },
  };
  const show = (root) => {
    for (const time of root.querySelectorAll("time[datetime]")) {
      const moment = new Date(time.dateTime);
      const style = styles[time.dataset.style] || styles.datetime;
      time.textContent = new Intl.DateTimeFormat(navigator.language, style).format(moment);
    }
  };
  const inWords = (moment) => new Intl.DateTimeFormat(navigator.language, styles.datetime).format(new Date(moment));
  window.pmoBridge = { showTimes: show, inWords };
  show(document);
})();
