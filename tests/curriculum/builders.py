"""A small curriculum folder with every item type, and the means to spoil it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from lti_tool.curriculum.checking import Checked, check
from lti_tool.curriculum.schemas import load_curriculum

TODAY = date(2026, 11, 24)
ITEMS = "m1/items-graded.yaml"
CHECKS = "m1/items-checks.yaml"
MODULE = "m1/module.yaml"
LESSON = "m1/l1.md"

_CURRICULUM = """\
id: small
title: A small curriculum
description: One module.
language: en
notice: All of it is invented.
modules: [m1]
"""

_SOURCES = """\
- ref: R01
  title: First source
  date: 2024-05-13
  grade: A
- ref: R02
  title: Second source
  date: 2023
  grade: B
  url: https://example.org/two
"""

_MODULE = """\
id: M1
number: 1
title: Beginnings
purpose: To begin.
objectives:
  - {id: M1.O1, bloom: apply, text: Begin well.}
lessons: [l1]
quiz:
  pass_mark: 0.8
  attempts: null
  suggested_minutes: 10
  draw:
    M1.O1: {single_choice: 1, numeric: 1}
"""

_LESSON = """\
---
id: M1.L1
title: First steps
minutes: 5
question: How do we begin?
objectives: [M1.O1]
knowledge_check: M1.KC1
sources:
  - {ref: R01, claim: Begin early., as_of: 2024-05-13, grade: A}
  - {ref: R02, claim: Begin slowly., as_of: 2023, grade: B}
---
Slowly [R02] or early [R01]?

## A way to begin

| Step | Minutes |
|---|---:|
| Sit down | 5 |

::: summary
- Begin.
:::
"""

_HEAD = """\
- id: {id}
  type: {type}
  module: M1
  lesson: M1.L1
  objective: M1.O1
  bloom: apply
  difficulty: {{level: 1, expected_p: 0.8}}
  pool: {pool}
  sources:
    - {{ref: R01, claim: Begin early., as_of: 2024-05-13, grade: A}}
  review_by: 2027-11-24
  stem: What is to be done?
  feedback:
    general: Think again.
    remediate: M1.L1
  a11y: {{interaction: radio_group, text_alternative: not_needed, notes: none}}
"""

_BODIES = {
    "single_choice": """\
  scoring: {method: all_or_nothing, max_points: 1}
  options:
    - {id: a, text: Begin, correct: true, feedback: So it is.}
    - {id: b, text: Wait a while, correct: false, misconception: Time helps, feedback: It does not.}
    - {id: c, text: Ask around, correct: false, feedback: Later.}
""",
    "multiple_response": """\
  scoring: {method: plus_minus, max_points: 1}
  options:
    - {id: a, text: One, correct: true, feedback: Yes.}
    - {id: b, text: Two, correct: true, feedback: Yes.}
    - {id: c, text: Three, correct: false, feedback: No.}
    - {id: d, text: Four, correct: false, feedback: No.}
    - {id: e, text: Five, correct: false, feedback: No.}
""",
    "true_false_reason": """\
  statement: To begin is half the work.
  truth: false
  truth_feedback: {true: Not half., false: Less than half.}
  reasons:
    - {id: a, text: Ends are harder, correct: true, feedback: They are.}
    - {id: b, text: Halves are equal, correct: false, feedback: Not here.}
    - {id: c, text: Work is endless, correct: false, feedback: It ends.}
""",
    "matching": """\
  prompts:
    - {id: p1, text: Dawn, feedback: Early.}
    - {id: p2, text: Dusk, feedback: Late.}
  targets:
    - {id: t1, text: Morning}
    - {id: t2, text: Evening}
    - {id: t3, text: Noon, feedback: Nothing here is noon.}
  key: {p1: t1, p2: t2}
  scoring: {method: per_pair, targets_reusable: false}
""",
    "ordering": """\
  elements:
    - {id: e1, rank: 1, text: Rise, feedback: First.}
    - {id: e2, rank: 2, text: Wash, feedback: Second.}
    - {id: e3, rank: 2, text: Dress, feedback: Second too.}
""",
    "numeric": """\
  stimulus:
    table:
      header: [Criterion, Weight, Score]
      rows:
        - [Fit, 40%, 4]
        - [Benefit, 60%, 2]
  parameters:
    weights: [0.4, 0.6]
    scores: [4, 2]
    vary: {scores: {min: 1, max: 5}}
  formula: "sum(w*s for w, s in zip(weights, scores))"
  answer: 2.8
  tolerance: 0.005
  decimals: 2
  slips:
    - {value: 3.0, tolerance: 0.005, credit: 0.25, cause: plain mean, feedback: Weigh them.}
    - {value: 280, tolerance: 0.5, credit: 0.5, cause: percent, feedback: Divide by 100.}
  solution: 0.4 x 4 + 0.6 x 2 = 2.8
""",
    "short_text": """\
  mode: exact
  accepted: [mandate, charter]
  normalise: [trim, lower_case]
  near_misses:
    - {text: strategy, feedback: Something must first allow it.}
""",
    "situational_judgement": """\
  scenario: It is Monday.
  options:
    - {id: a, text: Begin, credit: 1.0, feedback: Good.}
    - {id: b, text: Plan it, credit: 0.67, feedback: Nearly.}
    - {id: c, text: Wait for it, credit: 0.33, feedback: Hardly.}
    - {id: d, text: Run, credit: 0, feedback: No.}
  panel: {raters: 0, method: median, median_gap: null, note: Provisional.}
""",
    "card_sort": """\
  categories:
    - {id: one, label: One}
    - {id: two, label: Two}
  cards:
    - {id: c1, text: First, category: one, feedback: One.}
    - {id: c2, text: Second, category: two, feedback: Two.}
    - {id: c3, text: Third, category: two, feedback: Two.}
""",
}

IDS = {
    "single_choice": "M1-SC-001",
    "multiple_response": "M1-MR-001",
    "true_false_reason": "M1-TF-001",
    "matching": "M1-MA-001",
    "ordering": "M1-OR-001",
    "numeric": "M1-NU-001",
    "short_text": "M1-ST-001",
    "situational_judgement": "M1-SJ-001",
    "card_sort": "M1-CS-001",
}

RUBRIC = """\
  mode: rubric
  max_words: 60
  rubric:
    - {id: r1, points: 1, criterion: The decision comes first, feedback_missing: Say it first.}
  model_answer: Please decide.
  marking: {practice: self_with_model, graded: instructor}
  scoring: {method: rubric, max_points: 1}
"""


def item_yaml(kind: str, name: str = "", pool: str = "graded", body: str = "") -> str:
    """One item as authored."""
    head = _HEAD.format(id=name or IDS[kind], type=kind, pool=pool)
    return head + (body or _BODIES[kind])


SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 120" role="img">
  <defs><marker id="tip" viewBox="0 0 8 8" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>
  <rect width="400" height="120" fill="#fff"/>
  <line x1="20" y1="60" x2="380" y2="60" stroke="#333" marker-end="url(#tip)"/>
  <text x="20" y="40" font-size="14" font-family="sans-serif">Early</text>
</svg>
"""

GLOSSARY = """\
- term: head start
  definition: What whoever begins early has.
  sources: [R01]
- term: Dawdling
  definition: The author's word for "beginning late".
"""

TRACEABILITY = """\
- row: T01
  element: How to begin
  lessons: [M1.L1]
  items: [M1-SC-001, {objective: M1.O1}]
- row: T02
  element: When to begin
  lessons: [M1.L1]
  note: In one lesson only.
"""


class CurriculumFolder:
    """A sound curriculum in `root`; each method leaves the rest of it as it is."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("curriculum.yaml", _CURRICULUM)
        self.write("sources.yaml", _SOURCES)
        self.write(MODULE, _MODULE)
        self.write(LESSON, _LESSON)
        self.write(CHECKS, item_yaml("single_choice", "M1.KC1", "knowledge_check"))
        self.write(ITEMS, "".join(item_yaml(kind) for kind in IDS))

    def write(self, file: str, content: str | bytes) -> None:
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)

    def text(self, file: str) -> str:
        return (self.root / file).read_text()

    def edit(self, file: str, old: str, new: str, within: str = "") -> None:
        """Replace the first `old` that follows the text `within`."""
        text = self.text(file)
        start = text.index(old, text.index(within))
        self.write(file, text[:start] + new + text[start + len(old) :])

    def line(self, file: str, marker: str, within: str = "") -> int:
        """The line of the first `marker` that follows the text `within`."""
        text = self.text(file)
        return text.count("\n", 0, text.index(marker, text.index(within))) + 1

    def check(self, today: date = TODAY) -> Checked:
        return check(self.root, today)

    def faults(self) -> list[str]:
        return [str(fault) for fault in self.check().faults]

    def document(self) -> dict[str, Any]:
        """The sound document as it comes back from JSON."""
        checked = self.check()
        assert checked.faults == ()
        document: dict[str, Any] = json.loads(json.dumps(checked.document))
        load_curriculum(document)
        return document
