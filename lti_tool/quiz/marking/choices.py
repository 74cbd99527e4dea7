"""Single choice, multiple response, situational judgement, and true/false with reason."""

from __future__ import annotations

from fractions import Fraction

from lti_tool.curriculum.items import (
    MultipleResponse,
    Response,
    SingleChoice,
    SituationalJudgement,
    TrueFalseReason,
)
from lti_tool.quiz.marking.marked import Remark, exact

NOTHING = Fraction(0)
TRUTH_SHARE = Fraction(1, 4)


def mark_choice(item: SingleChoice | SituationalJudgement, given: Response) -> tuple[Remark, ...]:
    """The credit of the chosen option: 1 or 0, or the panel's credit in situational judgement."""
    return tuple(
        Remark(
            part=option.id,
            chosen=given.get("choice") == option.id,
            keyed=option.correct,
            credit=exact(option.credit) if given.get("choice") == option.id else NOTHING,
            possible=Fraction(1),
            feedback=option.feedback,
        )
        for option in item.options
    )


def mark_choices(item: MultipleResponse, given: Response) -> tuple[Remark, ...]:
    """(Right picks - wrong picks) / number of keyed options, not below 0."""
    keyed = sum(option.correct for option in item.options)
    share = Fraction(1, keyed) if keyed else NOTHING
    picked = given.get("choices", [])
    return tuple(
        Remark(
            part=option.id,
            chosen=option.id in picked,
            keyed=option.correct,
            credit=(share if option.correct else -share) if option.id in picked else NOTHING,
            possible=share if option.correct else NOTHING,
            feedback=option.feedback,
        )
        for option in item.options
    )


def mark_truth(item: TrueFalseReason, given: Response) -> tuple[Remark, ...]:
    """Truth and reason right 1, truth alone 0.25, else 0: a reason counts only with its truth."""
    key = "true" if item.truth else "false"
    truth_is_right = given.get("truth") == key
    truths = tuple(
        Remark(
            part=f"truth.{truth}",
            chosen=given.get("truth") == truth,
            keyed=truth == key,
            credit=TRUTH_SHARE if truth == key and truth_is_right else NOTHING,
            possible=TRUTH_SHARE,
            feedback=item.truth_feedback.get(truth, ""),
        )
        for truth in ("true", "false")
    )
    reasons = tuple(
        Remark(
            part=f"reason.{reason.id}",
            chosen=given.get("reason") == reason.id,
            keyed=reason.correct,
            credit=(
                1 - TRUTH_SHARE
                if reason.correct and given.get("reason") == reason.id and truth_is_right
                else NOTHING
            ),
            possible=1 - TRUTH_SHARE,
            feedback=reason.feedback,
        )
        for reason in item.reasons
    )
    return truths + reasons
