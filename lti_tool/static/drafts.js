// Answers that are not saved yet, kept in this browser under attempt and question until they are.
"use strict";
(() => {
  const PREFIX = "pmo-bridge.draft.";
  const OLD = 60 * 24 * 3600 * 1000;
  const SLOW = 20_000;
  const memory = new Map(); // what found no room in the browser: it lasts as long as the page
  const key = (attempt, number) => `${PREFIX}${attempt}.${number}`;
  const shelf = () => {
    try {
      return window.localStorage;
    } catch {
      return null; // the browser keeps nothing in frames
    }
  };
  const read = (name) => {
    try {
      return JSON.parse(memory.get(name) ?? shelf().getItem(name));
    } catch {
      return null;
    }
  };
  const names = () => [...new Set([...memory.keys(), ...Object.keys(shelf() || {})])].filter((name) => name.startsWith(PREFIX));

  const every = () => {
    const all = names().map((name) => {
      const [attempt, number] = name.slice(PREFIX.length).split(".");
      return { attempt, number: Number(number), draft: read(name) };
    });
    return all.filter((each) => each.draft).sort((one, other) => one.number - other.number);
  };

  const drafts = {
    // draft: {body, words, edited, revision, owner, before}; body is the form without its token, words
    // what is shown of it, owner whose it is at which activity. `before` is an earlier draft that was
    // sent without an answer: the server may have it or not, so it goes first.
    keep(attempt, number, draft) {
      const [name, text] = [key(attempt, number), JSON.stringify(draft)];
      try {
        shelf().setItem(name, text);
        memory.delete(name);
      } catch {
        memory.set(name, text);
      }
    },
    drop(attempt, number) {
      memory.delete(key(attempt, number));
      shelf()?.removeItem(key(attempt, number));
    },
    read: (attempt, number) => read(key(attempt, number)),
    of: (attempt) => every().filter((each) => each.attempt === attempt),
    ofOwner: (owner) => every().filter((each) => each.draft.owner === owner),
    outliveThePage: () => memory.size === 0,
    send(url, draft, goal = "stay") {
      const body = new URLSearchParams(draft.body);
      body.set("edited_at", Math.round(draft.edited));
      body.set("revision", draft.revision);
      body.set("go", goal);
      return drafts.post(url, body);
    },
    // What the server says; throws where there is no connection, or none that brings an answer.
    async post(url, body = new URLSearchParams()) {
      const token = document.querySelector("[name=csrf_token]").value;
      const headers = { Accept: "application/json", "X-CSRF-Token": token };
      const answer = await fetch(url, { method: "POST", body, headers, signal: AbortSignal.timeout?.(SLOW) });
      if (answer.status >= 500 || answer.status === 429) throw new Error(answer.statusText);
      return { ok: answer.ok, status: answer.status, found: await answer.json() };
    },
  };
  for (const name of names()) {
    if (Date.now() - (read(name)?.edited ?? 0) > OLD) shelf().removeItem(name);
  }
  window.pmoBridge.drafts = drafts;
})();
