// Posts the page's form at once. Without scripts its button does it.
document.getElementById("posting").requestSubmit();
