"""What holds for one learner: settings and what was granted, worked out in one place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.quiz.accommodating import Grant
from lti_tool.quiz.rules import Rules, rules_for

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Settings:
    attempts_allowed: int | None = 3
    time_limit_minutes: int | None = 30
    may_extend: bool = True
    opens_at: datetime | None = None
    due_at: datetime | None = None
    closes_at: datetime | None = None
    accepts_late: bool = True
    cooling_off_hours: int = 0
    corrective_path: bool = True


GRANTS = st.builds(
    Grant,
    time_factor=st.sampled_from([Decimal(each) for each in ("1", "1.25", "1.5", "2", "3")]),
    extra_minutes=st.integers(0, 600),
    no_time_limit=st.booleans(),
    extra_attempts=st.integers(0, 20),
    extra_days=st.integers(0, 365),
)
MOMENTS = st.none() | st.datetimes(
    datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)
)
SETTINGS = st.builds(
    Settings,
    attempts_allowed=st.none() | st.integers(1, 20),
    time_limit_minutes=st.none() | st.integers(1, 600),
    opens_at=MOMENTS,
    due_at=MOMENTS,
    closes_at=MOMENTS,
    accepts_late=st.booleans(),
)


@given(SETTINGS, GRANTS)
def test_what_is_granted_never_takes_anything_away(settings: Settings, grant: Grant) -> None:
    plain, own = rules_for(settings, None), rules_for(settings, grant)
    for name in ("attempts_allowed", "limit_minutes", "due_at", "closes_at"):
        before, after = getattr(plain, name), getattr(own, name)
        assert after is None or after >= before
    assert rules_for(settings, Grant()) == plain


@given(SETTINGS, GRANTS, st.integers(1, 600))
def test_an_attempt_ends_with_its_limit_or_with_the_closing(
    settings: Settings, grant: Grant, minutes: int
) -> None:
    rules = rules_for(settings, grant)
    ends = rules.deadline(NOON, minutes)
    assert ends is not None and ends <= NOON + timedelta(minutes=minutes)
    assert ends == NOON + timedelta(minutes=minutes) or ends == rules.closes_at
    assert rules.deadline(NOON, None) == rules.closes_at


def rules(settings: Settings, **granted: object) -> Rules:
    return rules_for(settings, Grant(**granted))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("granted", "minutes", "extra"),
    [
        ({}, 30, 0),
        ({"time_factor": Decimal("1.25")}, 38, 8),
        ({"time_factor": Decimal(2)}, 60, 30),
        ({"time_factor": Decimal("1.5"), "extra_minutes": 10}, 55, 25),
        ({"no_time_limit": True}, None, 0),
    ],
)
def test_time_is_multiplied_then_added_to(
    granted: dict[str, object], minutes: int | None, extra: int
) -> None:
    found = rules(Settings(), **granted)
    assert (found.limit_minutes, found.extra_minutes) == (minutes, extra)
    assert found.limit_lifted == (minutes is None)


def test_a_due_date_that_takes_nothing_late_closes_the_quiz() -> None:
    later = NOON + timedelta(days=3)
    assert rules(Settings(due_at=NOON, closes_at=later)).closes_at == later
    strict = Settings(due_at=NOON, closes_at=later, accepts_late=False)
    assert rules(strict).closes_at == NOON
    assert rules(strict, extra_days=2).closes_at == NOON + timedelta(days=2)


def test_a_window_that_cuts_the_time_is_noticed() -> None:
    window = Settings(opens_at=NOON, closes_at=NOON + timedelta(minutes=45))
    assert not rules(window).window_cuts_time
    assert rules(window, time_factor=Decimal(2)).window_cuts_time
    assert not rules(window, time_factor=Decimal(2), extra_days=1).window_cuts_time
    late = NOON + timedelta(minutes=25)
    assert rules(window).minutes_left_from(late) == 20


def test_whoever_tries_out_is_bound_by_the_time_alone() -> None:
    bound = Settings(closes_at=NOON, attempts_allowed=1, cooling_off_hours=24)
    found = rules_for(bound, None, is_preview=True)
    assert (found.attempts_allowed, found.closes_at, found.limit_minutes) == (None, None, 30)
    assert not found.cooling_off and not found.corrective_path
