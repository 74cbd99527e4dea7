"""Terms: the glossary, and how a lesson explains one on the spot."""

from __future__ import annotations

import pytest

from lti_tool.curriculum.documents import Lesson, term_slug
from tests.curriculum.builders import GLOSSARY, LESSON, CurriculumFolder

FILE = "m1/glossary.yaml"


@pytest.fixture
def explained(folder: CurriculumFolder) -> CurriculumFolder:
    folder.write(FILE, GLOSSARY)
    return folder


def lesson(folder: CurriculumFolder) -> Lesson:
    checked = folder.check()
    assert checked.faults == () and checked.curriculum is not None
    return checked.curriculum.modules[0].lessons[0]


def test_entries_know_their_module_and_come_in_alphabetical_order(
    explained: CurriculumFolder,
) -> None:
    curriculum = explained.check().curriculum
    assert curriculum is not None
    assert [(entry.term, entry.module, entry.sources) for entry in curriculum.terms] == [
        ("Dawdling", "M1", ()),
        ("head start", "M1", ("R01",)),
    ]
    assert curriculum.terms[0].definition == "The author’s word for “beginning late”."


def test_a_marked_term_opens_its_definition_without_script(explained: CurriculumFolder) -> None:
    explained.edit(LESSON, "Slowly [R02]", "Slowly, a [[head\nstart]] or [[not|dawdling]] [R02]")
    html = lesson(explained).html
    assert (
        '<button type="button" class="term" popovertarget="term-head-start">head start</button> or '
        '<button type="button" class="term" popovertarget="term-dawdling">not</button><sup>'
    ) in html
    assert html.endswith(
        '<div popover="" id="term-head-start" class="term-card"><p><strong>head start</strong> '
        "What whoever begins early has.</p></div>\n"
        '<div popover="" id="term-dawdling" class="term-card"><p><strong>Dawdling</strong> '
        "The author’s word for “beginning late”.</p></div>"
    )


def test_a_term_marked_twice_has_one_card(explained: CurriculumFolder) -> None:
    explained.edit(LESSON, "Slowly", "[[Dawdling]] and [[DAWDLING]]")
    assert lesson(explained).html.count('id="term-dawdling"') == 1


def test_a_term_in_a_table(explained: CurriculumFolder) -> None:
    explained.edit(LESSON, "| Sit down |", "| [[late\\|dawdling]] |")
    assert '<td><button type="button" class="term"' in lesson(explained).html


def test_terms_of_a_later_module_may_be_used(explained: CurriculumFolder) -> None:
    for file in ("module.yaml", "l1.md", "items-checks.yaml", "items-graded.yaml"):
        text = explained.text(f"m1/{file}").replace("M1", "M2").replace("number: 1", "number: 2")
        explained.write(f"m2/{file}", text)
    explained.edit("curriculum.yaml", "[m1]", "[m1, m2]")
    explained.write("m2/glossary.yaml", "- {term: late, definition: After noon.}\n")
    explained.edit(LESSON, "Slowly", "[[late]]")
    assert explained.faults() == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("Slowly", "[[haste]]", "[[haste]]: no glossary has this term"),
        ("Slowly", "[[a|haste]]", "[[haste]]: no glossary has this term"),
        ("## A way to", "## A [[head start]]", "within a heading"),
        ("Slowly", "[a [[head start]]](https://example.org)", "this is no link"),
    ],
)
def test_faults_of_a_mark(explained: CurriculumFolder, old: str, new: str, message: str) -> None:
    explained.edit(LESSON, old, new)
    place = f"{LESSON}:{explained.line(LESSON, new)}: error: "
    assert explained.faults() == [fault for fault in explained.faults() if fault.startswith(place)]
    assert message in explained.faults()[0]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("Dawdling", "Head Start", "Head Start is in the glossary of M1 as well"),
        ("Dawdling", "'???'", "??? term: needs a letter"),
        ("[R01]", "[R09]", "head start sources[0]: R09 is not in sources.yaml"),
        ("sources: [R01]", "module: M1", "module: unknown field"),
        ("sources: [R01]", "source: R01", "head start source: unknown field"),
        ("  definition: What whoever begins early has.\n", "", "head start definition: is missing"),
    ],
)
def test_faults_of_an_entry(explained: CurriculumFolder, old: str, new: str, message: str) -> None:
    explained.edit(FILE, old, new)
    [fault] = explained.faults()
    assert fault.startswith(f"{FILE}:") and message in fault


def test_a_broken_glossary_brings_no_faults_elsewhere(explained: CurriculumFolder) -> None:
    explained.edit(LESSON, "Slowly", "[[head start]]")
    explained.write(FILE, "- term: [")
    [fault] = explained.faults()
    assert fault.startswith(f"{FILE}:") and "is not YAML" in fault


@pytest.mark.parametrize(
    ("term", "slug"),
    [("Head start", "head-start"), ("R&D", "r-d"), ("café", "cafe"), ("owner’s", "owners")],
)
def test_slugs(term: str, slug: str) -> None:
    assert term_slug(term) == slug
