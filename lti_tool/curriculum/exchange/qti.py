"""QTI 3.0: writing questions as a content package (QTI 3.0, assessment, section and item model).

One XML file an item and a manifest, zipped. Credits stand in mappings, so that any engine that
knows `map_response` marks as we do; an item's credit runs from 0 to 1, `MAXSCORE` has its points.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from lti_tool.curriculum.exchange.questions import (
    ChoiceQuestion,
    EssayQuestion,
    Left,
    NumberQuestion,
    OrderQuestion,
    PairsQuestion,
    Question,
    WordsQuestion,
)

ITEM = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
PACKAGE = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"
TEMPLATES = "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/"
RESPONSE = "RESPONSE"


def write_qti(questions: Iterable[Question]) -> tuple[bytes, list[Left]]:
    """The package, and what it leaves out; QTI has a form for every kind."""
    left = []
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as package:
        names = []
        for question in questions:
            name = f"items/{_identifier(question.name)}.xml"
            _add(package, name, _item(question))
            names.append(name)
            if isinstance(question, NumberQuestion | WordsQuestion) and _says_more(question):
                left.append(Left(question.name, "feedback on what was typed"))
        _add(package, "imsmanifest.xml", _manifest(names))
    return archive.getvalue(), left


def _says_more(question: NumberQuestion | WordsQuestion) -> bool:
    return any(answer.feedback for answer in question.answers)


def _add(package: zipfile.ZipFile, name: str, root: Element) -> None:
    """Under a fixed date, so that the same items make the same file."""
    indent(root)
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    package.writestr(entry, tostring(root, encoding="utf-8", xml_declaration=True))


def _identifier(text: str) -> str:
    """An identifier in the sense of XML: it begins with a letter."""
    return re.sub(r"[^A-Za-z0-9_.-]", "_", text if text[:1].isalpha() else f"i{text}")


def _manifest(names: list[str]) -> Element:
    root = Element("manifest", {"xmlns": PACKAGE, "identifier": "items"})
    metadata = SubElement(root, "metadata")
    SubElement(metadata, "schema").text = "QTI Package"
    SubElement(metadata, "schemaversion").text = "3.0.0"
    SubElement(root, "organizations")
    resources = SubElement(root, "resources")
    for name in names:
        attributes = {
            "identifier": f"resource_{_identifier(name)}",
            "type": "imsqti_item_xmlv3p0",
            "href": name,
        }
        SubElement(SubElement(resources, "resource", attributes), "file", href=name)
    return root


def _item(question: Question) -> Element:
    root = Element(
        "qti-assessment-item",
        {
            "xmlns": ITEM,
            "identifier": _identifier(question.name),
            "title": question.name,
            "label": " ".join(f"{name}={value}" for name, value in question.labels.items()),
            "adaptive": "false",
            "time-dependent": "false",
        },
    )
    declaration = SubElement(root, "qti-response-declaration", identifier=RESPONSE)
    _outcome(root, "SCORE", "0")
    _outcome(root, "MAXSCORE", f"{question.points:g}")
    SubElement(
        root,
        "qti-outcome-declaration",
        {"identifier": "FEEDBACK", "cardinality": "multiple", "base-type": "identifier"},
    )
    body = SubElement(root, "qti-item-body")
    for paragraph in question.text.split("\n\n"):
        SubElement(body, "p").text = paragraph
    processing = _WRITERS[type(question)](declaration, body, question)
    if processing is not None:
        root.append(processing)
    _feedback(root, "explanation", question.explanation)
    if isinstance(question, ChoiceQuestion):
        for index, answer in enumerate(question.answers):
            _feedback(root, _choice_id(index), answer.feedback)
    return root


def _outcome(root: Element, name: str, value: str) -> None:
    attributes = {"identifier": name, "cardinality": "single", "base-type": "float"}
    node = SubElement(root, "qti-outcome-declaration", attributes)
    SubElement(SubElement(node, "qti-default-value"), "qti-value").text = value


def _feedback(root: Element, identifier: str, text: str) -> None:
    if text:
        attributes = {
            "outcome-identifier": "FEEDBACK",
            "identifier": identifier,
            "show-hide": "show",
        }
        node = SubElement(root, "qti-modal-feedback", attributes)
        content = SubElement(node, "qti-content-body")
        for paragraph in text.split("\n\n"):
            SubElement(content, "p").text = paragraph


def _declare(
    declaration: Element, cardinality: str, kind: str, right: list[str], worth: dict[str, float]
) -> Element:
    """Say which response is right and what each is worth; returns how it is marked."""
    declaration.set("cardinality", cardinality)
    declaration.set("base-type", kind)
    if right:
        correct = SubElement(declaration, "qti-correct-response")
        for value in right:
            SubElement(correct, "qti-value").text = value
    if not worth:
        return _template("match_correct")
    bounds = {"lower-bound": "0", "upper-bound": "1", "default-value": "0"}
    mapping = SubElement(declaration, "qti-mapping", bounds)
    for key, credit in worth.items():
        entry = {"map-key": key, "mapped-value": f"{credit:.9g}"}
        if kind == "string":
            entry["case-sensitive"] = "false"
        SubElement(mapping, "qti-map-entry", entry)
    return _template("map_response")


def _template(name: str) -> Element:
    return Element("qti-response-processing", template=f"{TEMPLATES}{name}.xml")


def _choice_id(index: int) -> str:
    return f"choice_{index + 1}"


def _interaction(body: Element, name: str, question: Question, **more: str) -> Element:
    attributes = {"response-identifier": RESPONSE, "shuffle": str(question.shuffle).lower()}
    named = {key.replace("_", "-"): value for key, value in more.items()}
    return SubElement(body, name, attributes | named)


def _choice(declaration: Element, body: Element, question: ChoiceQuestion) -> Element:
    most = "0" if question.multiple else "1"
    interaction = _interaction(body, "qti-choice-interaction", question, max_choices=most)
    for index, answer in enumerate(question.answers):
        choice = SubElement(interaction, "qti-simple-choice", identifier=_choice_id(index))
        choice.text = answer.text
    worth = {_choice_id(index): each.credit for index, each in enumerate(question.answers)}
    full = 0 if question.multiple else 1 - 1e-9
    right = [name for name, credit in worth.items() if credit > full]
    cardinality = "multiple" if question.multiple else "single"
    return _declare(declaration, cardinality, "identifier", right, worth)


def _pairs(declaration: Element, body: Element, question: PairsQuestion) -> Element:
    most = str(len(question.prompts))
    interaction = _interaction(body, "qti-match-interaction", question, max_associations=most)
    sides = (("prompt", question.prompts, "1"), ("target", question.targets, most))
    for side, texts, uses in sides:
        group = SubElement(interaction, "qti-simple-match-set")
        for index, text in enumerate(texts, start=1):
            attributes = {"identifier": f"{side}_{index}", "match-max": uses}
            SubElement(group, "qti-simple-associable-choice", attributes).text = text
    right = [f"prompt_{i} target_{target + 1}" for i, target in enumerate(question.pairs, start=1)]
    worth = {pair: 1 / len(right) for pair in right}
    return _declare(declaration, "multiple", "directedPair", right, worth)


def _order(declaration: Element, body: Element, question: OrderQuestion) -> Element:
    """Listed by their words, so that the file's order gives nothing away."""
    interaction = _interaction(body, "qti-order-interaction", question)
    names = {text: _choice_id(index) for index, text in enumerate(question.elements)}
    for text in sorted(names):
        SubElement(interaction, "qti-simple-choice", identifier=names[text]).text = text
    return _declare(declaration, "ordered", "identifier", list(names.values()), {})


def _entry(body: Element) -> None:
    line = SubElement(body, "p")
    SubElement(line, "qti-text-entry-interaction", {"response-identifier": RESPONSE})


def _number(declaration: Element, body: Element, question: NumberQuestion) -> Element:
    """A tolerance needs rules of its own: no template has one. The first that fits counts."""
    _entry(body)
    _declare(declaration, "single", "float", [f"{question.answers[0].value:.12g}"], {})
    processing = Element("qti-response-processing")
    condition = SubElement(processing, "qti-response-condition")
    for index, answer in enumerate(question.answers):
        rule = SubElement(condition, "qti-response-else-if" if index else "qti-response-if")
        margin = f"{answer.tolerance:.12g}"
        attributes = {"tolerance-mode": "absolute", "tolerance": f"{margin} {margin}"}
        equal = SubElement(rule, "qti-equal", attributes)
        SubElement(equal, "qti-variable", identifier=RESPONSE)
        _float(equal, answer.value)
        _float(SubElement(rule, "qti-set-outcome-value", identifier="SCORE"), answer.credit)
    return processing


def _float(node: Element, value: float) -> None:
    SubElement(node, "qti-base-value", {"base-type": "float"}).text = f"{value:.12g}"


def _words(declaration: Element, body: Element, question: WordsQuestion) -> Element:
    _entry(body)
    worth = {answer.text: answer.credit for answer in question.answers}
    right = [text for text, credit in worth.items() if credit == 1][:1]
    return _declare(declaration, "single", "string", right, worth)


def _essay(declaration: Element, body: Element, question: EssayQuestion) -> None:
    """A person marks it: the rubric is for scorers only."""
    for criterion in question.criteria:
        block = SubElement(body, "qti-rubric-block", {"view": "scorer", "use": "scoring"})
        SubElement(SubElement(block, "qti-content-body"), "p").text = criterion
    SubElement(body, "qti-extended-text-interaction", {"response-identifier": RESPONSE})
    right = [question.model_answer] if question.model_answer else []
    _declare(declaration, "single", "string", right, {})


_WRITERS: dict[type[Question], Callable[[Element, Element, Any], Element | None]] = {
    ChoiceQuestion: _choice,
    PairsQuestion: _pairs,
    OrderQuestion: _order,
    NumberQuestion: _number,
    WordsQuestion: _words,
    EssayQuestion: _essay,
}
"""Each adds the interaction and returns the marking; None leaves it to people."""
