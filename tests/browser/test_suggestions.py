"""The settings form fills in what the curriculum suggests for the module that is picked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from demo.people import DANA, MODULE_1
from tests.browser.conftest import Seat

pytestmark = pytest.mark.browser


def test_picking_a_module_fills_in_its_suggestions_but_spares_what_was_typed(
    seat: Callable[..., Seat],
) -> None:
    teacher = seat()
    teacher.sign_in(DANA)
    frame = teacher.open_in_frame(MODULE_1.title)
    attempts, percent = (
        frame.get_by_label("Attempts allowed"),
        frame.get_by_label("Pass mark, in percent"),
    )
    expect(percent).to_have_value("80")
    frame.locator("[name=module_id][value=FINAL]").check()
    expect(percent).to_have_value("75")
    expect(attempts).to_have_value("2")
    percent.fill("66")
    frame.locator("[name=module_id][value=M1]").check()
    expect(percent).to_have_value("66")
    expect(attempts).to_have_value("3")
    frame.get_by_role("button", name="Place this module").click()
    expect(frame.get_by_text("Learners who open the link now find the module.")).to_be_visible()
    assert teacher.complaints == []
