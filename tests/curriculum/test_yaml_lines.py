"""YAML as authors write it: values for JSON, a line for each, and a fault for every trick."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.curriculum.yaml_lines import read_yaml


def test_values_are_those_of_json_and_dates_are_texts() -> None:
    read = read_yaml("{a: 1, b: 0.5, c: yes, d: null, e: 2024-05-13, f: x, g: '1', h: [1]}")
    assert read.faults == []
    assert read.value == {
        "a": 1,
        "b": 0.5,
        "c": True,
        "d": None,
        "e": "2024-05-13",
        "f": "x",
        "g": "1",
        "h": [1],
    }


def test_every_value_has_the_line_it_begins_on() -> None:
    read = read_yaml("a: 1\nb:\n  - c: 2\n    d: >-\n      long\n  - [3,\n     4]\n", first_line=11)
    assert read.lines == {
        (): 11,
        ("a",): 11,
        ("b",): 12,
        ("b", 0): 13,
        ("b", 0, "c"): 13,
        ("b", 0, "d"): 14,
        ("b", 1): 16,
        ("b", 1, 0): 16,
        ("b", 1, 1): 17,
    }


def test_a_key_is_the_text_as_written() -> None:
    assert read_yaml("{true: a, 1: b, 2024-05-13: c}").value == {
        "true": "a",
        "1": "b",
        "2024-05-13": "c",
    }


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a: 1\nb: [", 3, "is not YAML"),
        ("a: 1\n\tb: 2", 2, "is not YAML"),
        ("a: 1\nb: 2\na: 3", 3, "a is given twice, first on line 1"),
        ("a: &x 1\nb: *x", 2, "the alias *x is refused"),
        ("a: 1\nb: &x [*x]", 2, "the alias *x is refused"),
        ("a:\n  b: &x 1", 2, "the anchor &x is refused"),
        ("a: 1\n<<: *x", 2, "the alias *x"),
        ("a: 1\nb: !!python/object:os.system {}", 2, "the tag"),
        ("a: 1\nb: !!binary aGk=", 2, "is refused"),
        ("a: 1\nb: .inf", 2, "is not a number"),
        ("a: 1\nb: 2024-13-45", 2, "is not a number or date"),
        ("a: 1\nb: 99999999999999999999", 2, "is not a number"),
        ("a: 1\n? [x]\n: 2", 2, "name of a field must be a text"),
        ("a: 1\n---\nb: 2", 2, "a second document"),
        ("a: 1\nb: " + "[" * 30, 2, "nested too deep"),
    ],
)
def test_faults_have_their_line(text: str, line: int, message: str) -> None:
    faults = read_yaml(text).faults
    assert [(at, said) for at, said in faults if at == line and message in said], faults


def test_bombs_cost_no_time() -> None:
    start = time.perf_counter()
    laughs = "a0: &a0 [x, x]\n" + "".join(
        f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60)
    )
    assert read_yaml(laughs).faults
    assert read_yaml("[" * 1_000_000).faults
    assert read_yaml("{a: " * 200_000).faults
    assert time.perf_counter() - start < 2


@given(st.text())
def test_any_text_gives_json_or_faults(text: str) -> None:
    json.dumps(read_yaml(text).value, allow_nan=False)


@given(st.text(alphabet=st.sampled_from("ab01.:-?[]{}&*!|>'\"#%@,<= \n\t")))
def test_any_yaml_gives_json_or_faults(text: str) -> None:
    json.dumps(read_yaml(text).value, allow_nan=False)
