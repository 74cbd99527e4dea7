// Answers that are not saved yet, kept in this browser under attempt and question until they are.
"use strict";
(() => {
  const PREFIX = "pmo-bridge.draft.";
  const OLD = 60 * 24 * 3600 * 1000;
  const key = (attempt, number) => `${PREFIX}${attempt}.${number}`;
  const shelf = () => {
    try {
      return window.localStorage;
    } catch {
      return null; // the browser keeps nothing in frames: the page itself still does
    }
  };
  const read = (name) => {
    try {
      return JSON.parse(shelf().getItem(name));
    } catch {
      return null;
    }
  };
  const names = () => Object.keys(shelf() || {}).filter((name) => name.startsWith(PREFIX));

  const drafts = {
    // draft: {body, edited, revision}; body is the form without its token
    keep(attempt, number, draft) {
      try {
        shelf().setItem(key(attempt, number), JSON.stringify(draft));
      } catch {
        // no room or no storage
      }
    },
    drop: (attempt, number) => shelf()?.removeItem(key(attempt, number)),
    read: (attempt, number) => read(key(attempt, number)),
    of(attempt) {
      const own = names().filter((name) => name.startsWith(`${PREFIX}${attempt}.`));
      return own.map((name) => ({ number: Number(name.split(".").pop()), draft: read(name) })).filter((each) => each.draft);
    },
    send(url, token, draft, goal) {
      const body = new URLSearchParams(draft.body);
      body.set("edited_at", Math.round(draft.edited));
      body.set("revision", draft.revision);
      body.set("go", goal);
      return fetch(url, { method: "POST", body, headers: { Accept: "application/json", "X-CSRF-Token": token } });
    },
  };
  for (const name of names()) {
    if (Date.now() - (read(name)?.edited ?? 0) > OLD) shelf().removeItem(name);
  }
  window.pmoBridge.drafts = drafts;
})();
