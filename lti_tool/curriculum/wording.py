"""The settings of a placement in words: what each is called, and what its values mean. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

LABELS: Mapping[str, str] = {
    "module_id": "Module",
    "version_id": "Version of the curriculum",
    "left_version_id": "Version left aside",
    "attempts_allowed": "Attempts allowed",
    "pass_mark": "Pass mark",
    "opens_at": "Quiz opens",
    "due_at": "Due",
    "closes_at": "Quiz closes",
    "time_limit_minutes": "Time limit",
    "may_extend": "One press adds a quarter of the time",
    "accepts_late": "Work after the due date",
    "grading_policy": "What counts",
    "lesson_weight": "Weight of lessons in the score",
    "cooling_off_hours": "Pause between attempts",
    "corrective_path": "Way back after two failed attempts",
    "practice": "Practice",
    "shuffle": "Shuffled questions and options",
    "feedback_during": "Shown during an attempt",
    "feedback_after": "Shown right after handing in",
    "feedback_later": "Shown later, while the quiz is open",
    "feedback_closed": "Shown after it has closed",
    "lessons_left_out": "Lessons left out",
}
"""Every setting by its column, in the order of the settings page."""

SECTIONS: Mapping[str, tuple[str, ...]] = {
    "Time": ("time_limit_minutes", "may_extend", "accepts_late"),
    "Repeating": ("grading_policy", "cooling_off_hours", "corrective_path", "practice", "shuffle"),
    "What learners see": (
        "feedback_during",
        "feedback_after",
        "feedback_later",
        "feedback_closed",
    ),
}
"""Settings that most leave as they are, by the heading under which they are folded."""

EMPTY = {
    "attempts_allowed": "no limit",
    "time_limit_minutes": "none",
    "cooling_off_hours": "none",
    "lesson_weight": "none, the quiz alone counts",
}
UNITS = {"time_limit_minutes": ("minute", "minutes"), "cooling_off_hours": ("hour", "hours")}
FLAGS = {
    "may_extend": ("offered", "not offered"),
    "accepts_late": ("taken, and marked as late", "not taken"),
    "corrective_path": ("on", "off"),
    "practice": ("offered", "not offered"),
    "shuffle": ("yes", "no"),
}
SHOWN = {
    "nothing": "nothing yet",
    "score": "the score",
    "marks": "right or wrong",
    "everything": "everything",
}
POLICIES = {
    "best": "the best attempt",
    "last": "the last attempt",
    "first": "the first attempt",
    "average": "the average of all attempts",
}
DATES = ("opens_at", "due_at", "closes_at")


@dataclass(frozen=True)
class InWords:
    """A setting as it stands."""

    name: str
    label: str
    value: str | datetime


def folded(settings: Mapping[str, str | None]) -> dict[str, list[InWords]]:
    """The settings of each of the `SECTIONS`, from all settings as the log keeps them."""
    return {
        title: [InWords(name, LABELS[name], in_words(name, settings[name])) for name in names]
        for title, names in SECTIONS.items()
    }


def in_words(name: str, text: str | None) -> str | datetime:
    """A setting's value, which the log keeps as `text`; a date as a moment, for the page to say."""
    if name in DATES and text:
        return datetime.fromisoformat(text)
    if text in (None, "", "0") and name != "pass_mark":
        return EMPTY.get(name, "none")
    return _of_kind(name, str(text))


def _of_kind(name: str, text: str) -> str:
    if name == "pass_mark":
        return f"{(Decimal(text) * 100).normalize():f}%"
    if name == "lesson_weight":
        return f"{text}%"
    if name in FLAGS:
        return FLAGS[name][0 if text == "True" else 1]
    if name in UNITS:
        return f"{text} {UNITS[name][0 if text == '1' else 1]}"
    if name == "grading_policy":
        return POLICIES.get(text, text)
    return SHOWN.get(text, text) if name.startswith("feedback_") else text
