"""Items to test with: one of each type, after the examples of the item guide.

Each builder takes changes by field name, such as `ordering(shuffle=False)`.
"""

from __future__ import annotations

from typing import Any

from lti_tool.curriculum.items import (
    Card,
    CardSort,
    Category,
    Criterion,
    Element,
    ItemFeedback,
    Matching,
    MultipleResponse,
    NearMiss,
    Numeric,
    Option,
    Ordering,
    Prompt,
    ShortText,
    SingleChoice,
    SituationalJudgement,
    Slip,
    Stimulus,
    Table,
    Target,
    TrueFalseReason,
)


def fields(item_id: str, item_type: str, stem: str, changes: dict[str, Any]) -> dict[str, Any]:
    """What every item has; `changes` win."""
    module = item_id.split("-", maxsplit=1)[0]
    return {
        "id": item_id,
        "type": item_type,
        "module": module,
        "lesson": f"{module}.L2",
        "objective": f"{module}.O1",
        "bloom": "apply",
        "difficulty": 2,
        "expected_p": 0.7,
        "pool": "graded",
        "stem": stem,
        "feedback": ItemFeedback(remediate=f"{module}.L2", general="Compare the unit of work."),
        **changes,
    }


def options(*texts: str, credits: tuple[float, ...]) -> tuple[Option, ...]:
    """Options a, b, c ... with their credits; each has feedback of its own."""
    return tuple(
        Option(id=letter, text=text, credit=credit, feedback=f"About {letter}: {text}.")
        for letter, text, credit in zip("abcdefgh", texts, credits, strict=False)
    )


def single_choice(**changes: Any) -> SingleChoice:
    stem = "A key supplier can serve half of this quarter's orders. Which act is the PMO leader's?"
    own = options(
        "Offer the board options for which projects get the supplier first",
        "Rework the schedule of the project that is hit hardest",
        "Negotiate new delivery dates with the supplier for each project",
        "Record the delay in each of the six project reports",
        credits=(1, 0, 0, 0),
    )
    return SingleChoice(
        **{"options": own, **fields("M1-SC-001", "single_choice", stem, changes)},
    )


def multiple_response(**changes: Any) -> MultipleResponse:
    stem = "In which fields does a PMO lend means and know-how? Select all that apply."
    own = options(
        "Financial management",
        "Human resources",
        "Customer service",
        "Communication",
        "Legal advice",
        "Product design",
        "Internal audit",
        credits=(1, 1, 1, 1, 0, 0, 0),
    )
    return MultipleResponse(
        **{"options": own, **fields("M2-MR-001", "multiple_response", stem, changes)}
    )


def true_false_reason(**changes: Any) -> TrueFalseReason:
    own = {
        "statement": "Two PMOs that both do their work well will offer the same functions.",
        "truth": False,
        "truth_feedback": {
            "true": "Good PMOs look different because their customers differ.",
            "false": "So it is: functions depend on what the organisation needs.",
        },
        "reasons": options(
            "Functions range widely, and needs decide which are chosen",
            "Functions are fixed by PMI, but companies may rename them",
            "A PMO works well only if it runs all projects itself",
            credits=(1, 0, 0),
        ),
    }
    stem = "Judge the statement, then choose the reason that supports your judgement."
    return TrueFalseReason(**{**own, **fields("M2-TF-001", "true_false_reason", stem, changes)})


def matching(**changes: Any) -> Matching:
    prompts = (
        "Stops a well-run process because its goal has been dropped",
        "Explains a delay to the chief financial officer as cost per job",
        "Brings three departments to one direction",
        "Calls a critic each month to hear what troubles the team",
    )
    targets = (
        "Strategic thinking",
        "Communication",
        "Collaborative leadership",
        "Relationship building",
        "Problem-solving",
    )
    own = {
        "prompts": tuple(
            Prompt(id=f"p{number}", text=text, feedback=f"Pair {number}: {text}.")
            for number, text in enumerate(prompts, 1)
        ),
        "targets": tuple(
            Target(
                id=f"t{number}", text=text, feedback="Not one of the four." if number == 5 else ""
            )
            for number, text in enumerate(targets, 1)
        ),
        "key": {f"p{number}": f"t{number}" for number in range(1, 5)},
    }
    stem = "Match each behaviour with the power skill that it shows most clearly."
    return Matching(**{**own, **fields("M1-MA-001", "matching", stem, changes)})


def elements(*ranks: int) -> tuple[Element, ...]:
    """Elements e1, e2 ... with these ranks."""
    steps = (
        "Find out who works in the PMO",
        "Ask one practitioner for twenty minutes",
        "Say in that talk that you wish to move into a PMO role",
        "Ask which opening or project you could contribute to",
        "Deliver the agreed piece and report the result",
        "Ask for a recommendation",
    )
    return tuple(
        Element(id=f"e{number}", rank=rank, text=steps[number - 1], feedback=f"Step {number}.")
        for number, rank in enumerate(ranks, 1)
    )


def ordering(**changes: Any) -> Ordering:
    stem = "Amara wants to move into the PMO. Put her next five moves in order."
    own = {"elements": elements(1, 2, 3, 4, 5)}
    return Ordering(**{**own, **fields("M3-OR-001", "ordering", stem, changes)})


def numeric(**changes: Any) -> Numeric:
    table = Table(
        header=("Criterion", "Weight", "Score (1-5)"),
        rows=(
            ("Strategic fit", "35%", "4"),
            ("Benefit", "25%", "5"),
            ("Urgency or obligation", "15%", "3"),
            ("Delivery risk (5 = low risk)", "15%", "4"),
            ("Capability growth", "10%", "3"),
        ),
    )
    slips = (
        (3.80, 0.005, 0.25, "plain mean", "3.80 is the plain mean of the five scores."),
        (
            19.0,
            0.005,
            0,
            "sum of scores",
            "19 is the sum. Multiply each score by its weight first.",
        ),
        (400, 0.5, 0.5, "percent not converted", "The products are right, but 35% is 0.35."),
    )
    own = {
        "answer": 4.00,
        "tolerance": 0.005,
        "decimals": 2,
        "solution": "1.40 + 1.25 + 0.45 + 0.60 + 0.30 = 4.00",
        "stimulus": Stimulus(table=table),
        "slips": tuple(
            Slip(value=value, tolerance=tolerance, credit=credit, cause=cause, feedback=feedback)
            for value, tolerance, credit, cause, feedback in slips
        ),
    }
    stem = "Field mobile scheduling has the scores in the table. What is its weighted score?"
    return Numeric(**{**own, **fields("M4-NU-001", "numeric", stem, changes)})


def term(**changes: Any) -> ShortText:
    own = {
        "mode": "exact",
        "accepted": ("mandate", "pmo mandate", "charter", "pmo charter"),
        "near_misses": (
            NearMiss(text="business case", feedback="A business case argues for the money."),
            NearMiss(text="strategy", feedback="A strategy says how the PMO will act."),
        ),
        "feedback": ItemFeedback(
            remediate="M8.L1", correct="Yes, the mandate.", other="Think of what comes first."
        ),
    }
    stem = "The document that says why a PMO exists and with what authority is the PMO's ____."
    return ShortText(**{**fields("M8-ST-001", "short_text", stem, own), **changes})


def rubric(**changes: Any) -> ShortText:
    criteria = (
        "The decision wanted stands in the first sentence",
        "Value is named",
        "The consequence of not agreeing is named",
        "No technical detail, and at most 60 words",
    )
    own = {
        "mode": "rubric",
        "rubric": tuple(
            Criterion(id=f"r{number}", points=1, criterion=text, feedback_missing=f"Add {number}.")
            for number, text in enumerate(criteria, 1)
        ),
        "model_answer": "Please agree to open the customer portal on 11 March.",
        "max_words": 60,
        "confidence_prompt": False,
        "stimulus": Stimulus(text="Status note: Integration testing is 80% complete."),
    }
    stem = "Write the opening of your message to the executive committee."
    return ShortText(**{**own, **fields("M5-ST-001", "short_text", stem, changes)})


def situational_judgement(**changes: Any) -> SituationalJudgement:
    own = {
        "scenario": "Your sponsor has cancelled your last three meetings; two requests wait.",
        "options": options(
            "Send him half a page with the two decisions",
            "Ask his office manager what has changed for him",
            "Ask Jonas Falk to wait with new projects",
            "Tell the executive committee that the reform has no sponsor",
            credits=(1.0, 0.67, 0.33, 0.0),
        ),
    }
    fixed = fields("M7-SJ-001", "situational_judgement", "What do you do first?", changes)
    return SituationalJudgement(**{**own, **fixed})


def card_sort(**changes: Any) -> CardSort:
    texts = {
        "pm": ("Re-plans a project", "Agrees on acceptance", "Shares out tasks"),
        "pmo": ("Proposes which projects to pause", "Keeps the standard", "Prepares choices"),
        "both": ("Manages risk", "Reports to executives", "Looks after stakeholders"),
    }
    sorted_texts = [(category, text) for category, group in texts.items() for text in group]
    own = {
        "categories": (
            Category(id="pm", label="Mainly the project manager"),
            Category(id="pmo", label="Mainly the PMO leader"),
            Category(id="both", label="Both, each at their own level"),
        ),
        "cards": tuple(
            Card(id=f"c{number}", text=text, category=category, feedback=f"{text}: {category}.")
            for number, (category, text) in enumerate(sorted_texts, 1)
        ),
    }
    stem = "Sort each piece of work by the role that mainly does it."
    return CardSort(**{**own, **fields("M1-CS-001", "card_sort", stem, changes)})
