// Saves answers as they change and says so; keeps them in this browser while there is no connection.
// The buttons of the form work without it.
"use strict";
(() => {
  const turned = document.getElementById("turned");
  const { drafts, inWords } = window.pmoBridge;
  const { attempt } = turned.dataset;
  const clockAhead = Number(turned.dataset.now) - Date.now(); // the server's clock beside this one
  const pages = new Map(); // number -> the element #asked of that question, shown or not
  const refused = new Map(); // number -> why the server does not take what is kept of it
  let planned = null; // timer of a save that is due
  let running = null; // the saves on their way
  let retrySeconds = 2;

  const formOf = (number) => pages.get(number)?.querySelector("#answer");
  const shown = () => Number(document.getElementById("answer")?.dataset.number) || 0;
  const address = (number) => turned.dataset.question.replace(/0$/, number);
  const plan = (milliseconds) => {
    clearTimeout(planned);
    planned = setTimeout(save, milliseconds);
  };
  const say = (number, state, text) => {
    const line = pages.get(number)?.querySelector("#saved");
    if (!line) return;
    const isHeld = line.dataset.state === "waits" && !text; // why the page is not turned; saving goes on below it
    if (isHeld && (state === "saving" || state === "failed")) return;
    line.dataset.state = state;
    line.textContent = text || line.dataset[state];
  };
  const sayLost = (number) => say(number, "failed", drafts.outliveThePage() ? "" : pages.get(number)?.querySelector("#saved")?.dataset.held);
  const notice = (text) => {
    const place = document.getElementById("connection");
    if (place.textContent === text) return;
    place.textContent = text;
  };

  const STATES = { done: "answered", part: "partly answered", none: "no answer yet", kept: "answer kept here, not saved yet" };
  const states = new Map(); // number -> its tick, of all that was answered here: a page may be older
  const showTick = (number, state) => {
    states.set(number, state);
    const tick = document.querySelector(`.tick[value="${number}"]`);
    if (!tick) return;
    for (const each of ["done", "part", "kept"]) tick.classList.toggle(`tick-${each}`, each === state);
    tick.setAttribute("aria-label", `Question ${number}, ${STATES[state]}`);
  };

  // Sends what is kept of a question; false when no answer came.
  async function send(number) {
    const kept = drafts.read(attempt, number);
    const draft = kept.before ?? kept;
    say(number, "saving");
    let answer;
    try {
      answer = await drafts.send(address(number), draft);
    } catch {
      const { body, edited, revision } = draft;
      const latest = drafts.read(attempt, number);
      if (latest) drafts.keep(attempt, number, { ...latest, before: { body, edited, revision } });
      sayLost(number);
      return false;
    }
    const latest = drafts.read(attempt, number);
    const isLatest = !latest || latest.edited === draft.edited;
    if (!isLatest) {
      const based = answer.ok && answer.found.outcome !== "set_aside" ? answer.found.revision : latest.revision;
      drafts.keep(attempt, number, { ...latest, before: undefined, revision: based });
    } else if (answer.ok) drafts.drop(attempt, number);
    if (answer.ok) arrived(number, draft, answer.found, isLatest);
    else if (isLatest) refuse(number, answer);
    return true;
  }
  function arrived(number, draft, found, isLatest) {
    const form = formOf(number);
    const wasOlder = form && draft.edited < Number(form.dataset.edited);
    if (form) form.elements.revision.value = found.revision;
    if (form && found.outcome !== "set_aside") form.dataset.edited = draft.edited;
    if (!isLatest) return;
    showTick(number, found.complete ? "done" : found.answered ? "part" : "none");
    say(number, found.outcome);
    if (wasOlder && found.outcome === "set_aside" && number === shown()) window.pmoBridge.turn(location.href);
  }
  function refuse(number, { status, found }) {
    const title = found.moment ? found.before + inWords(found.moment) + found.after : found.title;
    refused.set(number, `${title}. ${found.advice}`);
    say(number, "failed", refused.get(number));
    const numbers = [...refused.keys()].sort((one, other) => one - other);
    if (found.reason === "attempt_ended") tellEnded(numbers, status === 404 ? turned.dataset.quiz : location.href);
    else if (number !== shown()) notice(`Question ${numbers.join(", ")} is not saved: ${refused.get(number)}`);
  }
  const tellEnded = (numbers, href) => {
    window.pmoBridge.hasEnded = true;
    const many = numbers.length > 1;
    notice(`${many ? `${numbers.length} answers` : "One answer"} on this device came too late: question${many ? "s" : ""} ${numbers.join(", ")}. `);
    const link = document.createElement("a");
    [link.href, link.textContent] = [href, "See what counts, and what can be done"];
    document.getElementById("connection").append(link);
  };

  // The questions of which something waits to be saved, the one that is shown first.
  const waiting = () => {
    const numbers = drafts.of(attempt).map((each) => each.number).filter((number) => !refused.has(number));
    return numbers.sort((one, other) => (other === shown()) - (one === shown()));
  };
  // Sends all that waits, one after the other; true when the server has answered for each.
  function save() {
    clearTimeout(planned);
    running ??= saveAll().finally(() => {
      running = null;
    });
    return running;
  }
  async function saveAll() {
    for (let left = waiting(); left.length; left = waiting()) {
      if (!(await send(left[0]))) {
        lost();
        return false;
      }
      if (window.pmoBridge.lostAt && !refused.size) notice("The connection is back. Your answers are being saved.");
      found();
    }
    for (const [number, page] of pages) {
      const state = page.querySelector("#saved")?.dataset.state; // another tab has saved it
      if (/unsaved|failed|waits/.test(state) && !refused.has(number)) say(number, "saved");
    }
    return true;
  }
  const found = () => {
    window.pmoBridge.lostAt = 0;
    retrySeconds = 2;
  };
  const trouble = () => {
    if (!window.pmoBridge.lostAt) notice(turned.dataset[drafts.outliveThePage() ? "lost" : "lostHere"]);
    window.pmoBridge.lostAt = Date.now();
  };
  const lost = () => {
    trouble();
    plan(retrySeconds * 1000);
    retrySeconds = Math.min(retrySeconds * 2, 30);
  };

  const bodyOf = (form) => {
    const body = new URLSearchParams(new FormData(form));
    body.delete("csrf_token");
    return body.toString();
  };
  // The answer in words, for a page that can show no question.
  const wordsOf = (form) => {
    const label = (field) => {
      const words = [...(field.labels[0]?.childNodes ?? [])].filter((node) => !node.classList?.contains("visually-hidden"));
      return words.map((node) => node.textContent).join(" ").trim().replace(/\s+/g, " ");
    };
    const isTicked = (field) => field.type === "radio" || field.type === "checkbox";
    const fields = [...form.querySelectorAll("input, select, textarea")].filter((field) => field.type !== "hidden" && !field.closest(".item-confidence"));
    const given = fields.filter((field) => (isTicked(field) ? field.checked : field.value));
    return given.map((field) => {
      if (field.tagName === "SELECT") return `${label(field)}: ${field.selectedOptions[0].text}`;
      return isTicked(field) ? label(field) : field.value;
    });
  };
  const changed = (form, milliseconds) => {
    const number = Number(form.dataset.number);
    refused.delete(number);
    drafts.keep(attempt, number, {
      body: bodyOf(form),
      words: wordsOf(form),
      owner: turned.dataset.owner,
      edited: Date.now() + clockAhead,
      revision: form.elements.revision.value,
      before: drafts.read(attempt, number)?.before,
    });
    say(number, "unsaved");
    showTick(number, "kept");
    plan(milliseconds);
  };
  document.addEventListener("change", (event) => {
    if (event.target.form?.id === "answer") changed(event.target.form, 50);
  });
  document.addEventListener("input", (event) => {
    const typed = event.target.matches("textarea, input:not([type=radio]):not([type=checkbox])");
    if (typed && event.target.form?.id === "answer") changed(event.target.form, 900);
  });
  window.addEventListener("online", () => {
    retrySeconds = 2;
    if (waiting().length) return plan(0);
    window.pmoBridge.lostAt = 0;
    notice("");
  });
  window.addEventListener("beforeunload", (event) => {
    if (waiting().length) event.preventDefault();
  });

  // The learner looks how the shown answer is marked; false when there is no connection.
  async function check() {
    const number = shown();
    const form = formOf(number);
    const draft = () => ({ body: bodyOf(form), edited: Date.now() + clockAhead, revision: form.elements.revision.value });
    try {
      if (!(await save())) throw new Error("not saved");
      if (refused.has(number)) return false;
      const answer = await drafts.send(address(number), draft(), "mark");
      if (!answer.ok) refuse(number, answer);
      return answer.ok;
    } catch {
      say(number, "unchecked");
      return false;
    }
  }

  // A question has come to be shown: with what an earlier page could not save any more.
  const fill = (form, body) => {
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
  const enter = () => {
    const number = shown();
    if (number) pages.set(number, document.getElementById("asked"));
    for (const each of drafts.of(attempt)) states.set(each.number, "kept");
    for (const [each, state] of states) showTick(each, state);
    const [form, draft] = [formOf(number), drafts.read(attempt, number)];
    if (draft && form.querySelector("#saved") && draft.edited > Number(form.dataset.edited)) {
      fill(form, draft.body);
      form.elements.revision.value = draft.revision;
      if (refused.has(number)) say(number, "failed", refused.get(number));
      else if (window.pmoBridge.lostAt) sayLost(number);
      else say(number, "unsaved");
    }
    if (waiting().length && !window.pmoBridge.lostAt) plan(0);
  };
  Object.assign(window.pmoBridge, { attempt, pages, refused, address, shown, say, notice, waiting, save, check, enter, trouble, lost, found, lostAt: 0 });
  enter();

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
