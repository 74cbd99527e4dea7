// Keys for marking one answer after the other; every one of them is a button or a link as well.
"use strict";

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.ctrlKey) {
    event.preventDefault();
    const form = document.querySelector("form[data-marking]");
    form.requestSubmit(form.querySelector("button[value='next']"));
  } else if (event.altKey && (event.key === "PageUp" || event.key === "PageDown")) {
    const link = document.querySelector(event.key === "PageUp" ? "a[rel='prev']" : "a[rel='next']");
    if (link) {
      event.preventDefault();
      link.click();
    }
  }
});
