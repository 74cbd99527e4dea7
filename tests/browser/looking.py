"""Looking at a page as everybody does: wide, narrow, low, zoomed, in the dark; with axe-core."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page
from werkzeug.exceptions import MethodNotAllowed

from tests.browser.conftest import picture
from tests.browser.pages import LOOKED_AT


@dataclass(frozen=True)
class Screen:
    """In CSS pixels; `text` is the size of the text that somebody has set in the browser."""

    width: int
    height: int
    dark: bool = False
    text: str = "100%"
    with_axe: bool = False


SCREENS = {
    "1280": Screen(1280, 900, with_axe=True),
    "zoomed": Screen(640, 450),  # 1280 pixels at 200 %
    "large-text": Screen(1280, 900, text="200%"),
    "low": Screen(1000, 400),
    "360": Screen(360, 740),
    "320-dark": Screen(320, 568, dark=True, with_axe=True),
}
AXE = "axe.run({resultTypes: ['violations'], rules: {'target-size': {enabled: true}}})"
STAYS_IN_VIEW = """Array.from(document.querySelectorAll("body *"))
  .filter((each) => each.checkVisibility() && getComputedStyle(each).top !== "auto"
    && ["fixed", "sticky"].includes(getComputedStyle(each).position))
  .map((each) => each.getBoundingClientRect().height)"""


def look_at_all(app: Flask, walk: str, pages: Iterable[tuple[str, Page]]) -> None:
    """Look at each page of the walk on every screen; it comes by all pages that are its to see."""
    faults: list[str] = []
    seen = set()
    for name, page in pages:
        page.wait_for_load_state()
        seen.add(_endpoint(app, urlsplit(page.url).path))
        faults += [f"{name}, {fault}" for fault in look(page, name)]
    missed = {endpoint for endpoint, by in LOOKED_AT.items() if by == walk} - seen
    assert not faults, "\n".join(faults)
    assert not missed, f"the walk does not come by {missed}"


def _endpoint(app: Flask, path: str) -> str:
    """Whose page stands at the path; "" where a form came back that was sent to another."""
    try:
        return str(app.url_map.bind("").match(path, method="GET")[0])
    except MethodNotAllowed:
        return ""


def look(page: Page, name: str) -> list[str]:
    """What is wrong with the page on some screen, in words; pictures are kept if wanted."""
    page.evaluate(Axe().axe_script)
    faults = []
    for title, screen in SCREENS.items():
        _show(page, screen)
        if title in ("1280", "360", "320-dark"):
            picture(page, f"{title}-{name}")
        faults += [f"{title}: {fault}" for fault in _faults(page, screen)]
    _show(page, SCREENS["1280"])
    return faults


def _show(page: Page, screen: Screen) -> None:
    page.set_viewport_size({"width": screen.width, "height": screen.height})
    scheme: Literal["dark", "light"] = "dark" if screen.dark else "light"
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # no colour half-way
    page.evaluate("size => { document.documentElement.style.fontSize = size }", screen.text)


def _faults(page: Page, screen: Screen) -> list[str]:
    faults = []
    width, room = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    if width > room:
        faults.append(f"{width} pixels wide")
    if sum(page.evaluate(STAYS_IN_VIEW)) > screen.height / 3:
        faults.append("what stays in view leaves too little room")
    if screen.with_axe:
        faults += [_in_words(violation) for violation in page.evaluate(AXE)["violations"]]
    return faults


def _in_words(violation: dict[str, Any]) -> str:
    nodes = violation["nodes"]
    return f"{violation['id']}, {len(nodes)} times: {nodes[0]['html'][:160]}"
