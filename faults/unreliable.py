"""A platform that fails in all the ways that platforms fail, and remembers what it took."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from tests.platforms import Answer, FakePlatform

DROPPED = Answer(0)
SLOW_SECONDS = 11.0
SLOW_AT_MOST = 4
SHARES = {
    "503 unavailable": 0.04,
    "500 broken": 0.02,
    "429 pause": 0.01,
    "409 same second": 0.01,
    "401 token expired": 0.02,
    "dropped before it was taken": 0.02,
    "dropped after it was taken": 0.04,
    "no answer in time": 0.003,
}


@dataclass(frozen=True)
class Taken:
    """A score as the gradebook has it."""

    given: float
    timestamp: str
    submitted_at: str


class Unreliable:
    """Decides about each score that is posted to the platform; `taken` is its gradebook."""

    def __init__(self, platform: FakePlatform, seed: int, *, slow: bool = True) -> None:
        self.taken: dict[str, list[Taken]] = defaultdict(list)
        self.faults: Counter[str] = Counter()
        self.posts = 0
        self._random = random.Random(seed)  # noqa: S311 (chooses faults, guards nothing)
        self._slow_left = SLOW_AT_MOST if slow else 0
        self._lock = threading.Lock()
        platform.answer_scores = self.answer

    def answer(self, score: dict[str, Any]) -> Answer | None:
        with self._lock:
            self.posts += 1
            fault = self._choose()
            if fault:
                self.faults[fault] += 1
            stale = self._is_stale(score)
            if not stale and fault in ("", "dropped after it was taken"):
                self._take(score)
        if fault == "no answer in time":
            time.sleep(SLOW_SECONDS)
        if fault.startswith(("dropped", "no answer")):
            return DROPPED
        if fault or stale:
            headers = {"Retry-After": "1"} if fault == "429 pause" else {}
            return Answer(int(fault[:3]) if fault else 409, headers)
        return None

    def _choose(self) -> str:
        drawn = self._random.random()
        for name, share in SHARES.items():
            drawn -= share
            if drawn < 0:
                if name == "no answer in time":
                    self._slow_left -= 1
                    return name if self._slow_left >= 0 else ""
                return name
        return ""

    def _is_stale(self, score: dict[str, Any]) -> bool:
        """A score must be later than the last one of the learner (AGS 2.0, 3.4.5)."""
        before = self.taken[score["userId"]]
        return bool(before) and score["timestamp"] <= before[-1].timestamp

    def _take(self, score: dict[str, Any]) -> None:
        self.taken[score["userId"]].append(
            Taken(score["scoreGiven"], score["timestamp"], score.get("submittedAt", ""))
        )
