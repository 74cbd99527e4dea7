"""The keyboard alone: Tab, Enter, Space, arrows and letters; and whether the focus can be seen."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

FOCUSED = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const box = at.getBoundingClientRect();
  const outlined = (each) => {
    const style = getComputedStyle(each);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  };
  const words = at.labels?.length ? [...at.labels] : at.matches("summary, a, button") ? [at] : [];
  return {
    name: (at.getAttribute("aria-label") || words.map((each) => each.textContent).join(" "))
      .replace(/\\s+/g, " ").trim(),
    kind: at.type || at.tagName.toLowerCase(),
    shown: outlined(at) || getComputedStyle(at).boxShadow !== "none"
      || [...document.querySelectorAll(":focus-within")].some(outlined),  // a card around a radio
    inView: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}"""
KEYS = {"radio": "Space", "checkbox": "Space", "text": "b", "textarea": "b"}


def focused(page: Page) -> Any:
    """What has the focus, by its name and kind; None at the beginning of a page.

    It is to be seen, and within the window.
    """
    found = page.evaluate(FOCUSED)
    assert not found or found["shown"], f"the focus is not to be seen: {found}"
    assert not found or found["inView"], f"the focus is out of view: {found}"
    return found


def tab_to(page: Page, name: str, *, key: str = "Tab") -> None:
    """Press Tab until a control whose name begins so has the focus."""
    for _ in range(150):
        page.keyboard.press(key)
        found = focused(page)
        if found and found["name"].startswith(name):
            return
    raise AssertionError(f"{key} never reaches {name!r} on {page.url}")


def press(page: Page, name: str, *, key: str = "Enter") -> None:
    """Go to the control of that name and press it."""
    tab_to(page, name)
    page.keyboard.press(key)


def follow(page: Page, name: str, heading: Any) -> None:
    """Press the link or button of that name; the page with that heading begins at its beginning."""
    press(page, name)
    arrive(page, heading)


def arrive(page: Page, heading: Any) -> None:
    """A page with that heading opens; Tab goes on from its beginning, or from the heading."""
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    page.wait_for_load_state()
    assert page.evaluate("document.activeElement.matches('body, h1')")


def write(page: Page, name: str, text: str) -> None:
    """Put the text into the field of that name in place of what it holds."""
    tab_to(page, name)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def choose(page: Page, name: str, *, downs: int) -> None:
    """Press the arrow that often in the list, or group, whose control begins so."""
    tab_to(page, name)
    for _ in range(downs):
        page.keyboard.press("ArrowDown")


def answer(page: Page, button: str) -> None:
    """Give some answer to whatever Tab leads to, then press the button whose name begins so."""
    lists = 0  # the first gets its first entry, the second its second: an order is complete
    for _ in range(150):
        page.keyboard.press("Tab")
        found = focused(page) or {"kind": "", "name": ""}
        if found["kind"] == "select-one":
            lists += 1
            for _ in range(lists):
                page.keyboard.press("ArrowDown")
        elif found["kind"] in KEYS:
            page.keyboard.press(KEYS[found["kind"]])
        elif found["name"].startswith(button):
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"Tab never reaches {button!r} on {page.url}")
