// Saves an answer as it changes and says so; keeps it in this browser while there is no connection.
// The buttons of the form work without it.
"use strict";
(() => {
  const form = document.getElementById("answer");
  const line = document.getElementById("saved");
  if (!form || !line) return;
  const { drafts } = window.pmoBridge;
  const { attempt, number } = form.dataset;
  const token = form.elements.csrf_token.value;
  const clockAhead = Number(form.dataset.now) - Date.now(); // the server's clock beside this one
  let pending = null; // timer of a save that is due
  let running = null; // the save on its way
  let dirty = false;
  let edited = 0; // when the answer was given, by the server's clock
  let retrySeconds = 2;

  const say = (state, text) => {
    line.dataset.state = state;
    line.textContent = text || line.dataset[state];
  };
  const due = (milliseconds) => {
    clearTimeout(pending);
    pending = setTimeout(save, milliseconds);
  };
  const current = () => {
    const body = new URLSearchParams(new FormData(form));
    body.delete("csrf_token");
    return { body: body.toString(), edited: edited || Date.now() + clockAhead, revision: form.elements.revision.value };
  };
  const changed = (milliseconds) => {
    dirty = true;
    edited = Date.now() + clockAhead;
    drafts.keep(attempt, number, current());
    say("unsaved");
    due(milliseconds);
  };
  const showTick = (found) => {
    const tick = form.querySelector(".tick[aria-current]");
    if (!tick) return;
    tick.classList.toggle("tick-done", found.complete);
    tick.classList.toggle("tick-part", found.answered && !found.complete);
  };

  // The refusal of a late answer, in the reader's own time.
  const overText = () => {
    const clock = document.querySelector("[data-clock]");
    const deadline = clock && Date.parse(clock.dataset.deadline);
    if (!clock || Date.now() + clockAhead < deadline) return "";
    return `Not saved: the time was over at ${window.pmoBridge.timeIn(deadline)}. What you had saved by then counts.`;
  };

  // Sends the answer as it stands; true when the server has it, with what it said in `found`.
  async function send(goal) {
    const draft = current();
    dirty = false;
    say("saving");
    try {
      const answer = await drafts.send(form.action, token, draft, goal);
      if (answer.status >= 500) throw new Error(answer.statusText);
      const found = await answer.json();
      if (!dirty) drafts.drop(attempt, number);
      if (!answer.ok) {
        say("failed", overText() || `${found.title}. ${found.advice}`);
        return null;
      }
      retrySeconds = 2;
      form.elements.revision.value = found.revision;
      showTick(found);
      if (!dirty) say(found.outcome === "set_aside" ? "set_aside" : found.outcome);
      return found;
    } catch {
      dirty = true;
      drafts.keep(attempt, number, draft);
      say("failed");
      due(retrySeconds * 1000);
      retrySeconds = Math.min(retrySeconds * 2, 30);
      return null;
    }
  }
  // One save at a time: a later one waits for the one on its way.
  function save(goal = "stay") {
    clearTimeout(pending);
    const before = running;
    running = (async () => {
      await before;
      return dirty || goal !== "stay" ? send(goal) : null;
    })();
    return running;
  }

  form.addEventListener("change", () => changed(50));
  form.addEventListener("input", (event) => {
    if (event.target.matches("textarea, input:not([type=radio]):not([type=checkbox])")) changed(900);
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const found = await save(event.submitter?.value || "next");
    if (found) location.assign(found.next);
  });
  window.addEventListener("online", () => dirty && due(0));
  window.addEventListener("beforeunload", (event) => {
    if (dirty) event.preventDefault();
  });
  window.pmoBridge.settle = async () => {
    if (dirty) await save();
    await running;
  };

  // What an earlier page could not save any more.
  const fill = (body) => {
    const values = new URLSearchParams(body);
    for (const field of form.elements) {
      if (!field.name || field.type === "hidden" || field.tagName === "BUTTON") continue;
      if (field.type === "radio" || field.type === "checkbox") {
        field.checked = values.getAll(field.name).includes(field.value);
      } else {
        field.value = values.get(field.name) ?? "";
      }
    }
  };
  const left = drafts.read(attempt, number);
  if (left && left.edited > Number(form.dataset.edited)) {
    fill(left.body);
    edited = left.edited;
    form.elements.revision.value = left.revision;
    dirty = true;
    due(0);
  } else if (left) {
    drafts.send(form.action, token, left, "stay").then(
      () => {
        drafts.drop(attempt, number);
        location.reload();
      },
      () => {},
    );
  }

  // Another tab with the same attempt: both say so.
  if ("BroadcastChannel" in window) {
    const channel = new BroadcastChannel(`pmo-bridge.attempt.${attempt}`);
    channel.addEventListener("message", (event) => {
      document.getElementById("elsewhere").hidden = false;
      if (event.data === "opened") channel.postMessage("here too");
    });
    channel.postMessage("opened");
    window.addEventListener("pagehide", () => channel.close());
  }
})();
