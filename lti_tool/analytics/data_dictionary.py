"""What is in the exports, column by column: one table for the files, the page and the document.

Columns are stable: none is renamed, moved or given another meaning; new ones come at the end.
`docs/data-dictionary.md` is what `markdown()` returns; a test holds both together.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """A column: its name, what kind of value it holds, and what that means."""

    name: str
    kind: str
    meaning: str


@dataclass(frozen=True)
class Table:
    """A table of the export: `name` is that of its file and sheet, `rows` says what a row is."""

    name: str
    title: str
    rows: str
    columns: tuple[Column, ...]


TEXT, NUMBER, COUNT, MOMENT, TRUTH = "text", "number", "count", "moment", "truth"
KINDS = {
    TEXT: "letters and signs",
    NUMBER: "a number with a point for decimals",
    COUNT: "a whole number",
    MOMENT: "date and time in UTC, as 2026-11-27T14:05:00Z",
    TRUTH: "1 for yes, 0 for no",
}

WHO = (
    Column("pseudonym", TEXT, "The learner's label in this course; the same in every export."),
    Column("platform_user_id", TEXT, "The learner's id at the platform; empty without names."),
    Column("name", TEXT, "The learner's name as the platform gave it; empty without names."),
)
WHERE = (
    Column("placement_id", COUNT, "The activity: one number for each link with a module."),
    Column("module_id", TEXT, "The module's id in the curriculum, such as M1."),
)
GROUPS = Column(
    "groups", TEXT, "The learner's groups or sections, as the platform tells them; `;` between."
)

GRADES = Table(
    "grades",
    "Grades",
    "one learner at one activity, whether they have begun it or not",
    (
        *WHO,
        *WHERE,
        Column("module_title", TEXT, "The module's title."),
        Column("link_title", TEXT, "The link's title in the course."),
        Column("lessons_completed", COUNT, "Lessons that the learner has completed."),
        Column("lessons", COUNT, "Lessons that the module has."),
        Column("attempts", COUNT, "Attempts that the learner has begun."),
        Column("score_given", NUMBER, "Points that count, by the activity's policy; empty: none."),
        Column("score_maximum", NUMBER, "The points that could be had."),
        Column("passed", TRUTH, "Whether the points reach the pass mark; empty without a score."),
        Column("submitted_at", MOMENT, "When the work that counts was handed in."),
        Column(
            "delivery", TEXT, "waiting, retrying, accepted, blocked or not_sent: the score's way."
        ),
        Column("accepted_at", MOMENT, "When the platform last accepted a score."),
        GROUPS,
        Column(
            "grade_state",
            TEXT,
            "graded, awaits_marking, withdrawn, or in_progress: points of lessons alone so far.",
        ),
        Column("lesson_weight", COUNT, "The part of the score that lessons make, in percent."),
        Column("lesson_points", NUMBER, "Points of score_given from lessons; empty: none count."),
        Column("quiz_points", NUMBER, "Points of score_given from the quiz, where lessons count."),
    ),
)

ANSWERS = Table(
    "answers",
    "Answers",
    "one question of one attempt that a learner has handed in, answered or not",
    (
        *WHO,
        *WHERE,
        Column("attempt", COUNT, "The number of the attempt, from 1."),
        Column("submitted_at", MOMENT, "When the attempt was handed in."),
        Column("curriculum_version", COUNT, "The version of the curriculum that the attempt used."),
        Column("position", COUNT, "The place of the question in the attempt, from 1."),
        Column("item_id", TEXT, "The question's id."),
        Column("item_type", TEXT, "The question's type, such as single_choice."),
        Column("objective", TEXT, "The learning objective that the question tests."),
        Column("response", TEXT, "The answer as stored, in JSON; empty: left open."),
        Column("confidence", TEXT, "The learner's own mark: sure, fairly or guess; empty: none."),
        Column("points", NUMBER, "Points earned; empty while a person has to mark the answer."),
        Column("points_maximum", NUMBER, "The points of the question."),
        Column("saved_at", MOMENT, "When the answer was last saved. It does not measure time."),
        GROUPS,
    ),
)

ITEMS = Table(
    "items",
    "Item statistics",
    "one wording of one question at one activity, first and later attempts apart",
    (
        *WHERE,
        Column("item_id", TEXT, "The question's id."),
        Column("item_type", TEXT, "The question's type."),
        Column("attempts", TEXT, "first: first attempts; later: all others."),
        Column("curriculum_versions", TEXT, "Versions that ask the question in these words."),
        Column("n", COUNT, "Learners' answers, those left open included."),
        Column("left_open", COUNT, "Answers left open."),
        Column("facility", NUMBER, "Mean share of the points earned, 0 to 1."),
        Column("facility_low", NUMBER, "Lower bound of its 95% interval (Wilson)."),
        Column("facility_high", NUMBER, "Upper bound of its 95% interval (Wilson)."),
        Column("credit_sd", NUMBER, "Standard deviation of the share of points (n - 1)."),
        Column("discrimination", NUMBER, "Correlation of points and rest score, -1 to 1."),
        Column("discrimination_low", NUMBER, "Lower bound of its 95% interval (Fisher)."),
        Column("discrimination_high", NUMBER, "Upper bound of its 95% interval (Fisher)."),
        Column("efficiency", NUMBER, "Discriminative efficiency as in Moodle, at most 1."),
        Column("enough", TRUTH, "Whether there are answers enough to judge the question by."),
        Column("look_at", TEXT, "What to look at, in words."),
    ),
)

PEOPLE = Table(
    "people",
    "Key of pseudonyms",
    "one learner of the course; with this table pseudonyms can be undone, so keep it apart",
    (
        Column("pseudonym", TEXT, "The learner's label in every export of this course."),
        Column("platform_user_id", TEXT, "The learner's id at the platform."),
        Column("name", TEXT, "The learner's name as the platform gave it."),
    ),
)

TABLES = (GRADES, ANSWERS, ITEMS, PEOPLE)


def markdown() -> str:
    """The dictionary as `docs/data-dictionary.md` has it."""
    kinds = "\n".join(f"- **{kind}**: {words}" for kind, words in KINDS.items())
    head = (
        "# Data dictionary\n\nWhat the exports of a course hold, as CSV files and as sheets of one "
        "XLSX file. Columns are stable:\nnone is renamed, moved or given another meaning; new ones "
        f"come at the end. An empty field means that\nthere is no value.\n\n{kinds}\n\n"
        "Without names, learners are left out who have said that their answers are not to be used "
        "for\nresearch, also from item statistics; the page and the XLSX file say how many.\n\n"
        "In CSV files a text that begins with `=`, `+`, `-`, `@`, a tab or a line end has `'` in "
        "front, so that\nno spreadsheet takes it for a formula.\n"
    )
    return head + "".join(_section(table) for table in TABLES)


def _section(table: Table) -> str:
    rows = "\n".join(
        f"| `{column.name}` | {column.kind} | {column.meaning} |" for column in table.columns
    )
    return (
        f"\n## {table.title} (`{table.name}`)\n\nA row is {table.rows}.\n\n"
        f"| Column | Kind | Meaning |\n|---|---|---|\n{rows}\n"
    )
