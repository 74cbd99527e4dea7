"""Two answers to one question: the newest wins, and the other is set aside."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.errors import Conflict
from lti_tool.quiz.models import Answer
from lti_tool.quiz.responses import Given
from lti_tool.quiz.saving import merge

BEGUN = datetime(2027, 3, 1, 12, tzinfo=UTC)
NOW = BEGUN + timedelta(minutes=20)
MOMENTS = st.none() | st.datetimes(
    datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)
)


def stored(choice: str = "a", **values: Any) -> Answer:
    at = BEGUN + timedelta(minutes=10)
    row = {"revision": 3, "edited_at": at, "saved_at": at} | values
    return Answer(response={"choice": choice}, confidence=None, **row)


@given(MOMENTS, st.none() | st.integers(0, 9), st.sampled_from("ab"))
def test_no_answer_is_ever_lost(
    edited_at: datetime | None, revision: int | None, choice: str
) -> None:
    before = stored()
    given = Given(response={"choice": choice}, edited_at=edited_at, revision=revision)
    saved, values = merge(before, given, BEGUN, NOW)
    kept = [saved.response, values.get("set_aside")]
    assert {"choice": choice} in kept
    if revision is not None and revision < before.revision:
        assert before.response in kept
    if values:
        assert values["revision"] == before.revision + 1 == saved.revision
        assert BEGUN <= values.get("edited_at", NOW) <= NOW


@given(MOMENTS)
def test_a_clock_that_is_wrong_counts_only_within_the_attempt(edited_at: datetime | None) -> None:
    _, values = merge(None, Given(response={}, edited_at=edited_at), BEGUN, NOW)
    assert BEGUN <= values["edited_at"] <= NOW


def test_the_newer_of_two_stands() -> None:
    at = BEGUN + timedelta(minutes=10)
    older = Given(response={"choice": "b"}, edited_at=at - timedelta(minutes=5), revision=1)
    saved, values = merge(stored(), older, BEGUN, NOW)
    assert (saved.outcome, saved.response) == ("set_aside", {"choice": "a"})
    assert "response" not in values and values["set_aside"] == {"choice": "b"}

    newer = Given(response={"choice": "b"}, edited_at=at + timedelta(minutes=5), revision=1)
    saved, values = merge(stored(), newer, BEGUN, NOW)
    assert (saved.outcome, values["response"]) == ("replaced", {"choice": "b"})
    assert values["set_aside"] == {"choice": "a"}


def test_the_same_answer_again_writes_nothing() -> None:
    saved, values = merge(stored(), Given(response={"choice": "a"}, revision=0), BEGUN, NOW)
    assert (saved.outcome, dict(values)) == ("saved", {})


def test_an_answer_that_was_checked_stays() -> None:
    with pytest.raises(Conflict, match="has been checked"):
        merge(stored(checked_at=NOW), Given(response={"choice": "b"}), BEGUN, NOW)
