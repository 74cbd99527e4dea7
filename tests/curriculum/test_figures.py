"""Pictures: how a lesson shows one, and what an SVG file may hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.curriculum.figures import MAX_BYTES, read_svg
from tests.curriculum.builders import LESSON, SVG, CurriculumFolder

FILE = "m1/figures/line.svg"
MARK = '![A line from early\nto late.](line.svg "Two ways to \\"begin\\"")'
ROOT = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 100">'


@pytest.fixture
def pictured(folder: CurriculumFolder) -> CurriculumFolder:
    folder.write(FILE, SVG)
    folder.edit(LESSON, "## A way", f"{MARK}\n\n## A way")
    return folder


def test_a_figure_has_its_alternative_and_its_caption(pictured: CurriculumFolder) -> None:
    checked = pictured.check()
    assert checked.faults == () and checked.curriculum is not None
    assert (
        '<figure class="figure"><img src="../figures/m1-line.svg" alt="A line from early to late." '
        'width="400" height="120" loading="lazy">'
        "<figcaption>Two ways to “begin”</figcaption></figure>"
    ) in checked.curriculum.modules[0].lessons[0].html
    assert checked.curriculum.figures == {"m1-line.svg": SVG.strip()}


def test_a_figure_may_stand_in_a_box(pictured: CurriculumFolder) -> None:
    pictured.edit(LESSON, MARK, f"::: case Begun\n{MARK}\n:::")
    assert pictured.faults() == []


@pytest.mark.parametrize(
    ("mark", "message"),
    [
        ('![](line.svg "Caption")', "needs a text alternative"),
        ("![A line](line.svg)", "needs a caption"),
        ('![A line](lines.svg "Caption")', "no file lines.svg among the figures"),
        ('![A line](../m1/figures/line.svg "Caption")', "no file ../m1/figures/line.svg"),
        ('![A line](https://example.org/line.svg "Caption")', "no file https://example.org"),
        ('![A line](line.svg "As in [R01]")', "takes no citation"),
        ('![A line](line.svg "Caption") and text', "paragraph of its own"),
        ('- ![A line](line.svg "Caption")\n\n  Text', "cannot stand within a list"),
    ],
)
def test_faults_of_the_mark_are_those_of_the_lesson(
    pictured: CurriculumFolder, mark: str, message: str
) -> None:
    pictured.edit(LESSON, MARK, mark)
    place = f"{LESSON}:{pictured.line(LESSON, mark)}: error: "
    assert any(fault.startswith(place) and message in fault for fault in pictured.faults())


def test_a_figure_that_no_lesson_shows_is_a_warning(folder: CurriculumFolder) -> None:
    folder.write(FILE, SVG)
    checked = folder.check()
    assert [str(fault) for fault in checked.faults] == [
        f"{FILE}:1: warning: is shown by no lesson of its module"
    ]
    assert checked.curriculum is not None and checked.curriculum.figures == {}


def test_faults_of_the_picture_are_those_of_its_file(pictured: CurriculumFolder) -> None:
    pictured.edit(FILE, "<text", "<script>alert(1)</script><text onclick='go()'")
    line = pictured.line(FILE, "<script>")
    assert pictured.faults() == [
        f"{FILE}:{line}: error: the attribute onclick is refused: remove it",
        f"{FILE}:{line}: error: the element script is refused",
    ]


@pytest.mark.parametrize(
    ("inner", "message"),
    [
        ("<script/>", "the element script"),
        ("<style>text{}</style>", "the element style"),
        ("<a href='https://example.org'/>", "the element a is refused"),
        ("<image href='x.png'/>", "the element image"),
        ("<foreignObject/>", "the element foreignObject"),
        ("<animate/>", "the element animate"),
        ("<svg/>", "an svg within the svg"),
        ("<rect onload='x'/>", "the attribute onload"),
        ("<rect style='fill:red'/>", "the attribute style is refused: write attributes"),
        ("<rect class='a'/>", "the attribute class"),
        ("<use href='https://example.org/x.svg#a'/>", "href must name a part"),
        ("<use href='javascript:alert(1)'/>", "href must name a part"),
        ("<g id='a'><use href='#a'/></g>", "could repeat itself"),
        ("<rect fill='url(https://example.org/x)'/>", "may only point to a part"),
        ("<rect fill='u\\72l(x)'/>", "may only point to a part"),
        ("<rect fill='red;behavior:x'/>", "may only point to a part"),
        ("<rect xmlns='http://www.w3.org/1999/xhtml'/>", "the namespace"),
        ("<rect xmlns:x='http://www.w3.org/1999/xlink'/>", "the attribute xmlns:x"),
        ("<text font-size='12'>x</text>", "font-size must be at least 13"),
        ("<text font-size='80%'>x</text>", "font-size must be at least 13"),
        ("<?xml-stylesheet href='x.css'?>", "a processing instruction"),
        ("&amp;&copy;", "is not XML"),
        ("<g>", "is not XML"),
    ],
)
def test_what_a_picture_may_not_hold(inner: str, message: str) -> None:
    faults = read_svg(f"{ROOT}\n{inner}\n</svg>").faults
    assert any(message in text for _, text in faults), faults
    assert faults[0][0] in (2, 3)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no picture",
        "<html/>",
        '<svg viewBox="0 0 400 100"/>',
        ROOT.replace("400", "500") + "</svg>",
        ROOT.replace("0 0 400 100", "0 0 400") + "</svg>",
        ROOT.replace("100", "nan") + "</svg>",
        ROOT.replace("100", "9999") + "</svg>",
        ROOT + " " * MAX_BYTES + "</svg>",
        '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + ROOT + "&b;</svg>",
        '<!DOCTYPE svg SYSTEM "http://example.org/x.dtd">' + ROOT + "</svg>",
    ],
)
def test_what_is_no_picture(text: str) -> None:
    assert read_svg(text).faults


def test_a_use_of_a_part_of_the_picture() -> None:
    assert read_svg(f"{ROOT}<g id='a'><rect/></g><use href='#a' x='9'/></svg>").faults == []


@given(st.text(alphabet=st.sampled_from("<>/=\"' svgtextrect!?&;#-[]\n")))
def test_any_text_is_judged(text: str) -> None:
    assert all(line >= 1 for line, _ in read_svg(text).faults)
    read_svg(f"{ROOT}{text}</svg>")
