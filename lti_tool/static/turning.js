// Turns the pages of an open attempt within one document. Each is asked of the server as a link would;
// where no answer comes, it is shown as it was fetched once, when the attempt was opened.
"use strict";
(() => {
  const turned = document.getElementById("turned");
  const bridge = window.pmoBridge;
  const { pages, address, notice } = bridge;
  const PATIENCE = 2500; // milliseconds for which a page that is kept here waits for the server's
  const TROUBLE = 15_000; // for so long after a failure nobody waits
  const SLOW = 10_000; // and for so long where nothing is kept here
  let frame = document.getElementById("frame"); // the row of numbers; it stays while questions turn
  let turns = 0;
  let at = location.pathname;

  const after = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  const isLost = () => !navigator.onLine || Date.now() - bridge.lostAt < TROUBLE;
  const numberAt = (url) => Number(/\/(\d+)$/.exec(new URL(url, location.href).pathname)?.[1]) || 0;
  const element = (id, html) => {
    const made = document.createElement("div");
    made.id = id;
    made.innerHTML = html;
    bridge.showTimes(made);
    return made;
  };

  // The server's page; null where none comes in time, "other" where it is none of this attempt's.
  async function ask(url, isKept) {
    if (isKept ? isLost() : !navigator.onLine) return null;
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout?.(isKept ? PATIENCE : SLOW) });
      if (answer.status >= 500) throw new Error(answer.statusText);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const [clock, fresh] = [document, page].map((each) => each.querySelector("[data-clock]"));
      if (answer.redirected || !page.getElementById("turned") || !clock !== !fresh) return "other";
      bridge.found();
      return page;
    } catch {
      bridge.lost();
      return null;
    }
  }
  const showFetched = (page) => {
    turned.replaceChildren(...document.importNode(page.getElementById("turned"), true).childNodes);
    frame = document.getElementById("frame") ?? frame;
    const clock = page.querySelector("[data-clock]");
    if (!clock) return;
    document.querySelector("[data-clock]").replaceWith(document.importNode(clock, true));
    bridge.showTimes(document.querySelector("[data-clock]"));
    bridge.startClock();
  };
  const showKept = (number) => {
    turned.replaceChildren(frame, pages.get(number));
    for (const tick of frame.querySelectorAll(".tick")) {
      if (Number(tick.value) === number) tick.setAttribute("aria-current", "step");
      else tick.removeAttribute("aria-current");
    }
    const more = document.querySelector("[data-extend]");
    if (more) more.elements.number.value = number;
  };
  const stay = (why) => (bridge.shown() ? bridge.say(bridge.shown(), "waits", why) : notice(why));
  async function turn(url) {
    turns += 1;
    const [mine, number] = [turns, numberAt(url)];
    const page = await ask(url, pages.has(number));
    if (mine !== turns) return;
    if (page === "other") return location.assign(url);
    if (!page && !pages.has(number)) return stay(number ? turned.dataset.missing : turned.dataset.waits);
    if (url !== location.href) history.pushState(null, "", url);
    at = location.pathname;
    if (page) showFetched(page);
    else showKept(number);
    bridge.showTimes(turned);
    const heading = turned.querySelector("h1");
    document.title = `${heading.textContent.trim().replace(/\s+/g, " ")} · Quiz`;
    scrollTo(0, 0);
    heading.focus({ preventScroll: true });
    bridge.enter();
    bridge.lookedAt?.();
    if (page && !bridge.refused.size) notice("");
  }

  // A browser's page of error has no way back in a frame.
  const wait = (event) => {
    event.preventDefault();
    notice(turned.dataset.away);
  };
  const target = (goal, number) => {
    const last = frame.querySelectorAll(".tick").length;
    const next = { back: number - 1, next: number + 1 }[goal] ?? Number(goal);
    return new URL(next >= 1 && next <= last ? address(next) : turned.dataset.lastLook, location.href).href;
  };
  document.addEventListener("submit", async (event) => {
    if (event.target.matches(".aside") && !navigator.onLine) return wait(event);
    if (event.target.id !== "answer") return;
    event.preventDefault();
    const number = bridge.shown();
    const goal = event.submitter?.value || "next";
    if (goal === "mark") return (await bridge.check()) && turn(location.href);
    const saved = await Promise.race([bridge.save(), after(isLost() ? 0 : PATIENCE)]);
    if (saved === undefined) bridge.trouble();
    if (bridge.refused.has(number)) return;
    turn(target(goal, number));
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || link.pathname === location.pathname || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (turned.contains(link) && address(numberAt(link.href)) === link.pathname) {
      event.preventDefault();
      turn(link.href);
    } else if (!navigator.onLine) {
      wait(event);
    }
  });
  window.addEventListener("popstate", () => {
    if (location.pathname !== at) turn(location.href); // and not for the link that skips to the text
  });
  bridge.turn = turn;

  // All questions at once, a little later: a class that begins together does not ask together.
  async function fetchAll() {
    try {
      const answer = await fetch(turned.dataset.questions, { headers: { Accept: "application/json" } });
      if (answer.status >= 500) throw new Error(answer.statusText);
      if (!answer.ok) return; // the attempt has ended
      const found = await answer.json();
      frame ??= element("frame", found.frame);
      found.questions.forEach((html, index) => {
        if (!pages.has(index + 1)) pages.set(index + 1, element("asked", html));
      });
      turned.dataset.kept = pages.size;
    } catch {
      setTimeout(fetchAll, SLOW);
    }
  }
  setTimeout(fetchAll, 500 + 3000 * Math.random());
})();
