// Keeps and fetches a secret in the platform's storage frame (LTI Client Side postMessages).
// Where the platform does not answer in time, the launch goes on as if it had no storage.
"use strict";
(() => {
  const WAIT = 2000;

  const ask = (storage, subject, extra) =>
    new Promise((resolve) => {
      const id = crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random()}`;
      const target = storage.target === "_parent" ? parent : parent.frames[storage.target];
      const timer = setTimeout(() => resolve(null), WAIT);
      addEventListener("message", (event) => {
        const said = event.data || {};
        if (event.origin !== storage.origin || said.message_id !== id) return;
        if (said.subject !== `${subject}.response`) return;
        clearTimeout(timer);
        resolve(said.error ? null : said);
      });
      try {
        const message = { subject, message_id: id, key: storage.key, ...extra };
        target.postMessage(message, storage.origin);
      } catch {
        clearTimeout(timer);
        resolve(null);
      }
    });

  const keep = document.querySelector("[data-keep]");
  if (keep) {
    const storage = JSON.parse(keep.dataset.keep);
    ask(storage, "lti.put_data", { value: storage.value }).then((said) => {
      location.replace(said ? storage.address : document.getElementById("go-on").href);
    });
  }

  const form = document.querySelector("[data-fetch]");
  if (form) {
    const storage = JSON.parse(form.dataset.fetch);
    ask(storage, "lti.get_data", {}).then((said) => {
      if (said && typeof said.value === "string") form.elements.storage_secret.value = said.value;
      form.submit();
    });
  }
})();
