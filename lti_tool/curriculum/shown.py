"""How much of a marked attempt its learner sees."""

from __future__ import annotations

import enum


class Shown(enum.StrEnum):
    """How much of a marked attempt its learner sees; each shows what the one before it shows.

    `marks` says right or wrong for each question; only `everything` gives keys and explanations.
    """

    NOTHING = "nothing"
    SCORE = "score"
    MARKS = "marks"
    EVERYTHING = "everything"

    def includes(self, other: Shown) -> bool:
        """Whether somebody who sees this much sees that much."""
        order = list(Shown)
        return order.index(self) >= order.index(other)
