// Answers that this browser kept without a connection, and that came too late for their attempt.
"use strict";
(() => {
  const place = document.querySelector("[data-left-over]");
  if (!place) return;
  const { drafts } = window.pmoBridge;
  const { attempt, owner, known } = place.dataset;

  const left = attempt ? drafts.of(attempt) : drafts.ofOwner(owner).filter((each) => !known.split(" ").includes(each.attempt));
  if (!left.length) return;
  const list = place.querySelector("ul");
  for (const { number, draft } of left) {
    const line = document.createElement("li");
    const title = document.createElement("strong");
    title.textContent = `Question ${number}`;
    line.append(title);
    for (const words of draft.words?.length ? draft.words : ["No answer"]) {
      const answer = document.createElement("span");
      answer.textContent = words;
      line.append(answer);
    }
    list.append(line);
  }
  place.querySelector("[data-count]").textContent = left.length === 1 ? "One answer" : `${left.length} answers`;
  place.hidden = false;
  place.querySelector("button").addEventListener("click", () => {
    for (const each of left) drafts.drop(each.attempt, each.number);
    place.hidden = true;
    document.getElementById("main").focus();
  });
})();
