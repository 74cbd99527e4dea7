"""What a lesson's Markdown becomes, and what is refused in it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.curriculum.markdown import render_lesson

SUMMARY = "\n\n::: summary\n- Begin.\n:::\n"
REFS = ("R01", "R02", "E05")


def html(text: str) -> str:
    rendered = render_lesson(text + SUMMARY, REFS)
    assert rendered.faults == ()
    return rendered.html


def faults(text: str) -> list[tuple[int, str]]:
    return list(render_lesson(text + SUMMARY, REFS).faults)


def test_citations_are_numbered_in_order_of_first_appearance() -> None:
    rendered = render_lesson("One [E05], two [R01], one again [E05]." + SUMMARY, REFS)
    links = re.findall(r'<sup><a class="cite"[^>]*>\d</a></sup>', rendered.html)
    assert links == [
        '<sup><a class="cite" id="cite-E05" href="#source-E05" aria-label="Source 1">1</a></sup>',
        '<sup><a class="cite" id="cite-R01" href="#source-R01" aria-label="Source 2">2</a></sup>',
        '<sup><a class="cite" href="#source-E05" aria-label="Source 1">1</a></sup>',
    ]
    assert rendered.cited == ("E05", "R01")


def test_neighbouring_citations_are_told_apart() -> None:
    assert '1</a></sup><sup aria-hidden="true">,</sup><sup><a' in html("Both [R01][R02].")


def test_an_unknown_citation_is_a_fault_on_its_own_line() -> None:
    assert faults("First line [R01]\nsecond line [R09]") == [
        (2, "[R09] is not among the lesson's sources")
    ]


@pytest.mark.parametrize("text", ["[R01, R02]", "[R01 p. 4]", "[R1x]"])
def test_a_citation_names_one_source(text: str) -> None:
    assert "one source in a pair of brackets" in faults(f"Claim {text}.")[0][1]


def test_a_line_like_a_link_definition_does_not_vanish() -> None:
    assert "Source 1" in html("[R01]: https://example.org")


def test_a_box_is_a_named_note_with_its_label_and_title() -> None:
    page = html("::: case Thirty-four *pages* & more\nText.\n:::")
    assert '<div class="box box-case" role="note" aria-labelledby="box-1">' in page
    assert (
        '<p class="box-title" id="box-1"><span class="box-label">Mini-case:</span> '
        "Thirty-four *pages* &amp; more</p>"
    ) in page


@pytest.mark.parametrize(
    ("kind", "label"), [("example", "Worked example"), ("note", "Note"), ("summary", "Summary")]
)
def test_each_box_has_its_label(kind: str, label: str) -> None:
    page = html(f"::: {kind}\nText.\n:::")
    assert f'<p class="box-title" id="box-1"><span class="box-label">{label}</span></p>' in page


def test_a_table_scrolls_and_has_column_headers() -> None:
    page = html("| | Project | PMO |\n|---|---:|:---:|\n| Horizon | weeks | years |")
    assert (
        '<div class="table-scroll" tabindex="0" role="region" aria-label="Table 1: Project, PMO">'
    ) in page
    assert '<th class="text-end" scope="col">Project</th>' in page
    assert '<td class="text-center">years</td>' in page
    assert "<th></th>" not in page
    assert "style" not in page


def test_an_https_link_opens_apart_and_says_so() -> None:
    page = html("[PMI](https://www.pmi.org/a?b=1)")
    assert (
        '<a href="https://www.pmi.org/a?b=1" rel="noopener noreferrer" target="_blank">PMI'
        '<span class="visually-hidden"> (opens in a new tab)</span></a>'
    ) in page


@pytest.mark.parametrize(
    "address",
    ["http://pmi.org", "javascript:alert(1)", "/local", "#top", "//pmi.org", "https://", "data:x"],
)
def test_any_other_link_is_refused_and_harmless(address: str) -> None:
    rendered = render_lesson(f"Text\n[name]({address})" + SUMMARY, REFS)
    assert rendered.faults == ((2, "a link must begin with https:// and name a host"),)
    assert "href" not in rendered.html


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("A <b>bold</b> word", "raw HTML is refused"),
        ("<script>alert(1)</script>", "raw HTML is refused"),
        ("<!-- hidden -->", "raw HTML is refused"),
        ("Some `code`", "code is refused"),
        ("```\ncode\n```", "code block"),
        ("    code", "indented code block"),
        ("---", "horizontal rule"),
        ("![alt](https://example.org/x.png) x", "image must stand"),
        ("# Title", "level 2"),
        ("#### Small", "level 2"),
        ("### Third before second", "first heading"),
        ("::: warning\nText\n:::", "a box begins with"),
        ("- ::: case In a list\n  :::", "cannot stand within"),
        ("::: case See [R01]\nText\n:::", "takes no citation"),
    ],
)
def test_what_is_refused(text: str, message: str) -> None:
    found = faults("First.\n\n" + text)
    line, first = found[0]
    assert line == 3
    assert message in first


def test_an_open_box_is_a_fault_at_its_first_line() -> None:
    found = render_lesson("Text.\n\n::: summary\n- Begin.", REFS).faults
    assert found == ((3, "the box is not closed: end it with a line :::"),)
    assert faults("::: case Open\nText.")[0] == (
        4,
        "a box cannot stand within a list, a quote or another box (close that one?)",
    )


def test_a_lesson_ends_with_a_summary() -> None:
    late = "::: summary\n- Begin.\n:::\n\nAnd then more."
    assert render_lesson(late, REFS).faults == ((5, "the lesson must end with a summary box"),)
    assert render_lesson("", REFS).faults == ((1, "the lesson must end with a summary box"),)


@given(st.text(alphabet=st.sampled_from("ab [](){}<>:*_`#|-\n\"'&R01\\!~=https:/.")))
def test_any_text_gives_html_from_the_allow_list(text: str) -> None:
    rendered = render_lesson(text + SUMMARY, REFS)
    allowed = (
        r"</?(a|blockquote|br|div|em|h[23]|li|ol|p|span|strong|sup|t[dhr]|table|tbody|thead|ul)\b"
    )
    assert all(re.match(allowed, tag) for tag in re.findall(r"<[^>]*>", rendered.html))
    assert not re.search(r'href="(?!https://|#source-)', rendered.html)


@given(st.text(alphabet=st.sampled_from(": casenotummary\n>-*|a1.[R0]")))
def test_any_structure_is_rendered(text: str) -> None:
    render_lesson(text, REFS)
