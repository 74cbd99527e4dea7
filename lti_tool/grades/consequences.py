"""What a change of settings would do to learners, for the page that asks before it is saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lti_tool.curriculum.models import Placement
from lti_tool.grades.foreseeing import Foreseen, foresee_settings
from lti_tool.quiz.deadlines import CutShort, foresee_ends


@dataclass(frozen=True)
class Consequences:
    """Grades and passes that move, those who lose first; open attempts that end sooner."""

    moves: Sequence[Foreseen]
    cut_short: Sequence[CutShort]

    def __bool__(self) -> bool:
        return bool(self.moves or self.cut_short)

    @property
    def gain(self) -> int:
        return sum(each.gains for each in self.moves)

    @property
    def lose(self) -> int:
        return sum(each.loses for each in self.moves)


def consequences(placement: Placement, wanted: Placement) -> Consequences:
    """Of giving the placement the settings of `wanted` (`curriculum.configuring.wanted`)."""
    moves = sorted(foresee_settings(placement, wanted), key=lambda each: not each.loses)
    return Consequences(moves, foresee_ends(placement.id, wanted))
