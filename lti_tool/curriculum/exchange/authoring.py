"""Questions as item records in the form of `docs/authoring.md`, for an author to finish. Pure."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from lti_tool.curriculum.exchange.questions import (
    Answer,
    ChoiceQuestion,
    EssayQuestion,
    NumberQuestion,
    OrderQuestion,
    PairsQuestion,
    Question,
    WordsQuestion,
)
from lti_tool.curriculum.item_rules import TYPE_CODES

PLACE = {"bloom": "understand", "pool": "practice", "skill": "none"}
"""What a question gets that does not say where it belongs; the author decides in the end."""


def as_records(questions: Iterable[Question], place: Mapping[str, str]) -> list[dict[str, Any]]:
    """Draft items; `place` has the module, lesson and objective of those that name none.

    Ids are kept where they are of that module, else counted on: M1-SC-901, M1-SC-902 ...
    """
    counts: dict[str, int] = {}
    return [_record(question, place, counts) for question in questions]


def _record(question: Question, place: Mapping[str, str], counts: dict[str, int]) -> dict[str, Any]:
    fields = _KINDS[type(question)](question)
    labels = {**PLACE, **place, **question.labels}
    kind = fields["type"]
    record = {
        "id": _identifier(question, labels["module"], kind, counts),
        "type": kind,
        "status": "draft",
        **{name: labels[name] for name in ("module", "lesson", "objective", "bloom")},
        "difficulty": {
            "level": int(labels.get("difficulty", "2")),
            "expected_p": float(labels.get("expected_p", "0.6")),
        },
        "pool": labels["pool"],
        "skill": labels["skill"],
        **_lead(question.text, is_told=kind == "situational_judgement"),
        **fields,
        "shuffle": question.shuffle,
        "feedback": {"remediate": labels["lesson"], "general": question.explanation},
    }
    if question.points != 1:
        record["scoring"] = {"max_points": question.points}
    return record


def _lead(text: str, *, is_told: bool) -> dict[str, str]:
    """The stem; a scenario, where the type tells one, is all but the last paragraph."""
    scenario, _, stem = text.rpartition("\n\n")
    return {"scenario": scenario, "stem": stem} if is_told else {"stem": text}


def _identifier(question: Question, module: str, kind: str, counts: dict[str, int]) -> str:
    code = TYPE_CODES[kind]
    if question.name.startswith(f"{module}-{code}-"):
        return question.name
    counts[kind] = counts.get(kind, 900) + 1
    return f"{module}-{code}-{counts[kind]}"


def _ids(texts: Iterable[str]) -> list[tuple[str, str]]:
    return list(zip(string.ascii_lowercase, texts, strict=False))


def _choice(question: ChoiceQuestion) -> dict[str, Any]:
    graded = {answer.credit for answer in question.answers} - {0, 1}
    if question.multiple:
        kind = "multiple_response"
    else:
        kind = "situational_judgement" if graded else "single_choice"
    options = [
        _option(identifier, answer, by_credit=kind == "situational_judgement")
        for identifier, answer in zip(string.ascii_lowercase, question.answers, strict=False)
    ]
    return {"type": kind, "options": options}


def _option(identifier: str, answer: Answer, *, by_credit: bool) -> dict[str, Any]:
    worth = {"credit": answer.credit} if by_credit else {"correct": answer.credit > 0}
    return {"id": identifier, "text": answer.text, **worth, "feedback": answer.feedback}


def _pairs(question: PairsQuestion) -> dict[str, Any]:
    """Few targets for many prompts are categories to sort into."""
    prompts, targets = _ids(question.prompts), _ids(question.targets)
    key = {
        prompt: targets[target][0]
        for (prompt, _), target in zip(prompts, question.pairs, strict=True)
    }
    if len(set(question.pairs)) < len(question.pairs):
        cards = [
            {"id": name, "text": text, "category": f"t{key[name]}", "feedback": ""}
            for name, text in prompts
        ]
        labels = [{"id": f"t{name}", "label": text} for name, text in targets]
        return {"type": "card_sort", "categories": labels, "cards": cards}
    return {
        "type": "matching",
        "prompts": [{"id": name, "text": text, "feedback": ""} for name, text in prompts],
        "targets": [{"id": f"t{name}", "text": text} for name, text in targets],
        "key": {prompt: f"t{target}" for prompt, target in key.items()},
    }


def _order(question: OrderQuestion) -> dict[str, Any]:
    elements = [
        {"id": name, "rank": rank, "text": text, "feedback": ""}
        for rank, (name, text) in enumerate(_ids(question.elements), start=1)
    ]
    return {"type": "ordering", "elements": elements}


def _number(question: NumberQuestion) -> dict[str, Any]:
    right, *slips = question.answers
    return {
        "type": "numeric",
        "answer": right.value,
        "tolerance": right.tolerance,
        "unit": question.unit,
        "solution": right.feedback,
        "slips": [
            {
                "value": slip.value,
                "tolerance": slip.tolerance,
                "credit": slip.credit,
                "cause": slip.feedback,
                "feedback": slip.feedback,
            }
            for slip in slips
        ],
    }


def _words(question: WordsQuestion) -> dict[str, Any]:
    near = [each for each in question.answers if each.credit < 1]
    return {
        "type": "short_text",
        "mode": "exact",
        "accepted": [each.text for each in question.answers if each.credit == 1],
        "near_misses": [{"text": each.text, "feedback": each.feedback} for each in near],
    }


def _essay(question: EssayQuestion) -> dict[str, Any]:
    rubric = [
        {"id": name, "points": 1, "criterion": text, "feedback_missing": ""}
        for name, text in _ids(question.criteria)
    ]
    return {
        "type": "short_text",
        "mode": "rubric",
        "rubric": rubric,
        "model_answer": question.model_answer,
    }


_KINDS: dict[type[Question], Callable[[Any], dict[str, Any]]] = {
    ChoiceQuestion: _choice,
    PairsQuestion: _pairs,
    OrderQuestion: _order,
    NumberQuestion: _number,
    WordsQuestion: _words,
    EssayQuestion: _essay,
}
