"""Items go to QTI, Moodle XML and GIFT and come back; what cannot go is named."""

from __future__ import annotations

import contextlib
import io
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.curriculum.__main__ import main
from lti_tool.curriculum.checking import check
from lti_tool.curriculum.exchange.asking import as_questions
from lti_tool.curriculum.exchange.authoring import as_records
from lti_tool.curriculum.exchange.commands import FORMS
from lti_tool.curriculum.exchange.questions import (
    ChoiceQuestion,
    NumberQuestion,
    OrderQuestion,
    PairsQuestion,
    Question,
    Unreadable,
    WordsQuestion,
)
from lti_tool.curriculum.item_type_schemas import ITEM_SCHEMAS
from lti_tool.curriculum.items import Item
from lti_tool.curriculum.right_answers import right_answer
from tests.conftest import CONTENT

PLACE = {"module": "M1", "lesson": "M1.L1", "objective": "M1.O1"}


@pytest.fixture(scope="module")
def items() -> tuple[Item, ...]:
    content = check(CONTENT, date(2026, 11, 27)).curriculum
    assert content is not None
    return content.items


def _essence(question: Question) -> dict[str, Any]:
    """What any form has to keep: words, key and credits, whatever the order on the page."""
    kept: dict[str, Any] = {
        "text": question.text,
        "explanation": question.explanation,
        "labels": dict(question.labels),
    }
    if isinstance(question, ChoiceQuestion):
        kept["answers"] = [(a.text, round(a.credit, 1), a.feedback) for a in question.answers]
        kept["multiple"] = question.multiple
    elif isinstance(question, WordsQuestion):
        kept["answers"] = [(a.text, a.credit) for a in question.answers]
    elif isinstance(question, NumberQuestion):
        kept["answers"] = {(a.value, a.tolerance, round(a.credit, 1)) for a in question.answers}
    elif isinstance(question, PairsQuestion):
        pairs = zip(question.prompts, question.pairs, strict=True)
        kept["pairs"] = {prompt: question.targets[target] for prompt, target in pairs}
        kept["targets"] = set(question.targets)
    elif isinstance(question, OrderQuestion):
        kept["elements"] = question.elements
    return kept


@pytest.mark.parametrize("form", sorted(FORMS))
def test_the_whole_bank_goes_out_and_comes_back(form: str, items: tuple[Item, ...]) -> None:
    questions, unasked = as_questions(items)
    data, _ = FORMS[form].write(questions)
    carried = FORMS[form].read(data)
    back = {question.name: question for question in carried.questions}
    written = [q for q in questions if form != "gift" or not isinstance(q, OrderQuestion)]
    assert {item.type for item in items if item.id in {each.name for each in unasked}} == {
        "true_false_reason"
    }
    assert carried.left == ()
    assert back.keys() == {question.name for question in written}
    for question in written:
        assert _essence(back[question.name]) == _essence(question)


@pytest.mark.parametrize("form", sorted(FORMS))
def test_drafts_are_items_with_the_same_key(form: str, items: tuple[Item, ...]) -> None:
    types = ("single_choice", "situational_judgement")
    chosen = {item.id: item for item in items if item.type in types and item.pool == "graded"}
    data, _ = FORMS[form].write(as_questions(chosen.values())[0])
    for record in as_records(FORMS[form].read(data).questions, PLACE):
        item = ITEM_SCHEMAS[record["type"]].load(record)
        original = chosen[item.id]
        assert (item.type, item.objective, item.pool) == (
            original.type,
            original.objective,
            original.pool,
        )
        keyed = right_answer(item)["choice"]
        assert _option(item, keyed) == _option(original, right_answer(original)["choice"])


def _option(item: Any, identifier: str) -> str:
    return str(next(option.text for option in item.options if option.id == identifier))


MOODLE = """<?xml version="1.0"?><quiz>
<question type="category"><category><text>$course$/top</text></category></question>
<question type="truefalse"><name><text>Scope</text></name>
  <questiontext format="html"><text><![CDATA[<p>A PMO <b>owns</b> the benefits.</p>
  <img src="x.png">]]></text></questiontext>
  <answer fraction="0"><text>true</text><feedback><text>No.</text></feedback></answer>
  <answer fraction="100"><text>false</text><feedback><text>Yes.</text></feedback></answer>
</question>
<question type="calculated"><name><text>Formula</text></name></question>
<question type="numerical"><name><text>Count</text></name>
  <questiontext><text>How many?</text></questiontext>
  <answer fraction="100"><text>12</text><tolerance>0.5</tolerance></answer>
  <answer fraction="0"><text>*</text></answer></question>
<question type="numerical"><name><text>Broken</text></name>
  <answer fraction="100"><text>twelve</text></answer></question>
</quiz>"""


def test_moodle_files_of_others() -> None:
    carried = FORMS["moodle"].read(MOODLE.encode())
    truth, number = carried.questions
    assert isinstance(truth, ChoiceQuestion)
    assert truth.text == "A PMO owns the benefits."
    assert [(a.text, a.credit, a.feedback) for a in truth.answers] == [
        ("True", 0, "No."),
        ("False", 1, "Yes."),
    ]
    assert isinstance(number, NumberQuestion)
    assert [(a.value, a.tolerance) for a in number.answers] == [(12, 0.5)]
    assert {(each.name, each.what) for each in carried.left} == {
        ("Scope", "its pictures; the words were carried"),
        ("Formula", "a question of type calculated"),
        ("Broken", "cannot be read: 'twelve' is no number"),
    }


GIFT = r"""// a comment
$CATEGORY: $course$/top

::Owner:: Who owns benefits? {
  =The sponsor #Right, \{she\} asked for them.
  ~The PMO #It measures them.
  ~%50%The project manager
  ####See lesson 1\: benefits.
}

The plan has {#3:0.5} phases.

::Truth::[html]<p>Plans change.</p>{TRUE#No.#Yes.}

Which? {~%50%One ~%50%Two ~%-100%Three}

A {=program =programme} holds projects.

Pair. {=cause -> risk =event -> issue = -> fact}

Only a text.

Tell us. {}

How many? {#about ten}
"""


def test_gift_files_of_others() -> None:
    carried = FORMS["gift"].read(GIFT.encode())
    owner, plan, truth, which, term, pair, essay = carried.questions
    assert isinstance(owner, ChoiceQuestion)
    assert [(a.text, a.credit, a.feedback) for a in owner.answers] == [
        ("The sponsor", 1, "Right, {she} asked for them."),
        ("The PMO", 0, "It measures them."),
        ("The project manager", 0.5, ""),
    ]
    assert owner.explanation == "See lesson 1: benefits."
    assert plan.text == "The plan has _____ phases."
    assert isinstance(truth, ChoiceQuestion) and truth.text == "Plans change."
    assert [(a.credit, a.feedback) for a in truth.answers] == [(1, "Yes."), (0, "No.")]
    assert isinstance(which, ChoiceQuestion) and which.multiple
    assert isinstance(term, WordsQuestion) and term.text == "A _____ holds projects."
    assert isinstance(pair, PairsQuestion) and pair.targets == ("risk", "issue", "fact")
    assert essay.text == "Tell us."
    assert [each.what for each in carried.left] == [
        "a text without a question",
        "'about ten' is no number",
    ]


QTI_2 = """<?xml version="1.0"?>
<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="attended"
 title="x" adaptive="false" timeDependent="false">
<responseDeclaration identifier="R1" cardinality="single" baseType="identifier">
 <correctResponse><value>B</value></correctResponse></responseDeclaration>
<itemBody><p>Look at the <em>plan</em>.</p>
<choiceInteraction responseIdentifier="R1" shuffle="true" maxChoices="1">
 <prompt>What comes first?</prompt>
 <simpleChoice identifier="A">Work</simpleChoice><simpleChoice identifier="B">Thought</simpleChoice>
</choiceInteraction></itemBody></assessmentItem>"""


def _zipped(**files: str) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as package:
        for name, text in files.items():
            package.writestr(f"{name}.xml", text)
    return archive.getvalue()


def test_items_of_qti_2_alone_and_in_a_package() -> None:
    hot_spot = QTI_2.replace("choiceInteraction", "hotspotInteraction").replace("attended", "spot")
    carried = FORMS["qti"].read(_zipped(imsmanifest="<manifest/>", one=QTI_2, two=hot_spot))
    (question,) = FORMS["qti"].read(QTI_2.encode()).questions
    assert carried.questions == (question,)
    assert [(each.name, each.what) for each in carried.left] == [
        ("spot", "an item with hotspot-interaction")
    ]
    assert isinstance(question, ChoiceQuestion)
    assert question.text == "Look at the plan.\n\nWhat comes first?"
    assert [(answer.text, answer.credit) for answer in question.answers] == [
        ("Work", 0),
        ("Thought", 1),
    ]


BOMB = (
    """<!DOCTYPE quiz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><quiz>&b;</quiz>"""
)


@pytest.mark.parametrize("form", ["moodle", "qti"])
@pytest.mark.parametrize("data", [b"", b"PK\x03\x04broken", b"<a>", BOMB.encode(), b"\xff\xfe\x00"])
def test_files_that_are_none(form: str, data: bytes) -> None:
    with pytest.raises(Unreadable):
        FORMS[form].read(data)


@given(data=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_file_breaks_a_reader(data: bytes) -> None:
    for form in FORMS.values():
        with contextlib.suppress(Unreadable):
            form.read(data)


@given(st.data())
def test_a_damaged_package_is_refused_or_read(data: st.DataObject) -> None:
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as written:
        written.writestr("item.xml", "<assessmentItem>" + "word " * 50 + "</assessmentItem>")
    sound = package.getvalue()
    damaged = bytearray(sound)
    for place in data.draw(st.lists(st.integers(2, len(sound) - 1), min_size=1, max_size=3)):
        damaged[place] = data.draw(st.integers(0, 255))
    with contextlib.suppress(Unreadable):
        FORMS["qti"].read(bytes(damaged))


def test_the_commands_tell_what_was_not_carried(tmp_path: Path) -> None:
    bank, drafts = tmp_path / "bank.gift", tmp_path / "items-new.yaml"
    run = CliRunner().invoke
    out = run(main, ["export", str(CONTENT), str(bank), "--format", "gift", "--module", "M1"])
    assert out.exit_code == 0, out.output
    assert "Not carried: statements with a reason (6): M1.KC1" in out.output
    place = ["--module", "M1", "--lesson", "M1.L1", "--objective", "M1.O1"]
    back = run(main, ["import", str(bank), str(drafts), "--format", "gift", *place])
    assert back.exit_code == 0, back.output
    records = yaml.safe_load(drafts.read_text())
    assert f"{len(records)} drafts were written" in back.output
    assert {record["status"] for record in records} == {"draft"}
    again = run(main, ["import", str(bank), str(drafts), "--format", "gift", *place])
    assert again.exit_code == 1 and "is there already" in again.output
    wrong = run(main, ["import", str(bank), str(tmp_path / "n"), "--format", "qti", *place])
    assert wrong.exit_code == 1 and "The file is no XML" in wrong.output
