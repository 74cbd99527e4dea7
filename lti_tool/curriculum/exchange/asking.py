"""Our items as questions that other systems understand. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from lti_tool.curriculum.exchange.questions import (
    Answer,
    ChoiceQuestion,
    EssayQuestion,
    Left,
    NumberAnswer,
    NumberQuestion,
    OrderQuestion,
    PairsQuestion,
    Question,
    WordsQuestion,
)
from lti_tool.curriculum.items import (
    CardSort,
    Item,
    Matching,
    MultipleResponse,
    Numeric,
    Option,
    Ordering,
    ShortText,
    SingleChoice,
    SituationalJudgement,
)

LABELS = ("module", "lesson", "objective", "bloom", "pool", "skill")
PARTS_FEEDBACK = "feedback on single parts"


def as_questions(items: Iterable[Item]) -> tuple[list[Question], list[Left]]:
    """The questions, and the items that no other system can ask, each with the reason."""
    questions, left = [], []
    for item in items:
        convert = _KINDS.get(type(item))
        if convert is None:
            left.append(Left(item.id, "statements with a reason"))
        else:
            questions.append(convert(item))
    return questions, left


def _common(item: Item, *lost: str, lead: str = "") -> dict[str, Any]:
    labels = {name: str(getattr(item, name)) for name in LABELS}
    labels |= {"difficulty": str(item.difficulty), "expected_p": f"{item.expected_p:g}"}
    return {
        "name": item.id,
        "text": "\n\n".join(part for part in (*_stimulus(item), lead, item.stem) if part),
        "explanation": _explanation(item),
        "points": item.max_points,
        "shuffle": item.shuffle,
        "labels": labels,
        "lost": (*lost, *(["sources"] if item.sources else [])),
    }


def _stimulus(item: Item) -> list[str]:
    if item.stimulus is None:
        return []
    table = item.stimulus.table
    rows = [table.header, *table.rows] if table else []
    return [item.stimulus.text, "\n".join(" | ".join(row) for row in rows)]


def _explanation(item: Item) -> str:
    return "\n\n".join(part for part in (item.feedback.general, item.feedback.correct) if part)


def _answers(options: Iterable[Option]) -> tuple[Answer, ...]:
    return tuple(
        Answer(text=each.text, credit=each.credit, feedback=each.feedback) for each in options
    )


def _one_choice(item: SingleChoice) -> Question:
    return ChoiceQuestion(**_common(item), answers=_answers(item.options))


def _judgement(item: SituationalJudgement) -> Question:
    return ChoiceQuestion(**_common(item, lead=item.scenario), answers=_answers(item.options))


def _choices(item: MultipleResponse) -> Question:
    """A right pick earns its share, a wrong one takes the same share away again."""
    keyed = sum(option.correct for option in item.options)
    answers = tuple(
        Answer(
            text=option.text,
            credit=(1 if option.correct else -1) / keyed,
            feedback=option.feedback,
        )
        for option in item.options
    )
    return ChoiceQuestion(**_common(item), answers=answers, multiple=True)


def _matching(item: Matching) -> Question:
    targets = [target.id for target in item.targets]
    return PairsQuestion(
        **_common(item, PARTS_FEEDBACK),
        prompts=tuple(prompt.text for prompt in item.prompts),
        targets=tuple(target.text for target in item.targets),
        pairs=tuple(targets.index(item.key[prompt.id]) for prompt in item.prompts),
    )


def _sorting(item: CardSort) -> Question:
    categories = [category.id for category in item.categories]
    return PairsQuestion(
        **_common(item, PARTS_FEEDBACK, "the correction for guessing"),
        prompts=tuple(card.text for card in item.cards),
        targets=tuple(category.label for category in item.categories),
        pairs=tuple(categories.index(card.category) for card in item.cards),
    )


def _ordering(item: Ordering) -> Question:
    ranked = sorted(item.elements, key=lambda element: element.rank)
    ties = len({element.rank for element in ranked}) < len(ranked)
    lost = [PARTS_FEEDBACK, *(["elements that may stand in any order"] if ties else [])]
    return OrderQuestion(**_common(item, *lost), elements=tuple(each.text for each in ranked))


def _number(item: Numeric) -> Question:
    right = NumberAnswer(
        value=item.answer, tolerance=item.tolerance, credit=1, feedback=item.solution
    )
    slips = tuple(
        NumberAnswer(
            value=slip.value, tolerance=slip.tolerance, credit=slip.credit, feedback=slip.feedback
        )
        for slip in item.slips
    )
    return NumberQuestion(**_common(item), answers=(right, *slips), unit=item.unit)


def _text(item: ShortText) -> Question:
    if item.mode == "rubric":
        criteria = tuple(f"{each.criterion} ({each.points:g})" for each in item.rubric)
        return EssayQuestion(**_common(item), model_answer=item.model_answer, criteria=criteria)
    near = (Answer(text=miss.text, credit=0, feedback=miss.feedback) for miss in item.near_misses)
    accepted = (Answer(text=term, credit=1) for term in item.accepted)
    return WordsQuestion(**_common(item, "small misspellings"), answers=(*accepted, *near))


_KINDS: dict[type[Item], Callable[[Any], Question]] = {
    SingleChoice: _one_choice,
    SituationalJudgement: _judgement,
    MultipleResponse: _choices,
    Matching: _matching,
    CardSort: _sorting,
    Ordering: _ordering,
    Numeric: _number,
    ShortText: _text,
}
"""Every type but `TrueFalseReason`, whose two answers are marked together."""
