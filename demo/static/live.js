// Keeps the marked parts of a page fresh: asks every second whether there is a newer state, and
// shows and says which cell changed.
(() => {
  "use strict";
  const everyMs = 1000;

  const cellsOf = (part) =>
    new Map([...part.querySelectorAll("[data-cell]")].map((cell) => [cell.dataset.cell, cell]));

  const tell = (part, before) => {
    const news = [];
    for (const [name, cell] of cellsOf(part)) {
      const old = before.get(name);
      if (old && old.posts === cell.dataset.posts && old.value === cell.dataset.value) continue;
      cell.classList.add("arrived");
      if (!old || old.value !== cell.dataset.value) {
        news.push(`${name}: ${cell.dataset.value || "no grade"}`);
      }
    }
    const line = document.getElementById("news");
    if (line && news.length) line.textContent = news.join("; ");
  };

  const replace = (part, html, version) => {
    const before = new Map(
      [...cellsOf(part)].map(([name, cell]) => [name, { ...cell.dataset }]),
    );
    const open = [...part.querySelectorAll("details[open]")].map((one) => one.id);
    const focused = document.activeElement?.closest("details")?.id;
    part.innerHTML = html;
    part.dataset.version = version;
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    if (focused) document.getElementById(focused)?.querySelector("summary")?.focus();
    tell(part, before);
  };

  const refresh = async (part) => {
    const address = `${part.dataset.live}?seen=${part.dataset.version}`;
    const answer = await fetch(address, { cache: "no-store" });
    if (answer.status === 401) location.reload();
    if (answer.status === 200) replace(part, await answer.text(), answer.headers.get("X-Version"));
  };

  const follow = async (part) => {
    try {
      if (!document.hidden) await refresh(part);
    } catch {
      // The platform does not answer: the next round asks again.
    }
    setTimeout(follow, everyMs, part);
  };

  for (const part of document.querySelectorAll("[data-live]")) setTimeout(follow, everyMs, part);
})();
