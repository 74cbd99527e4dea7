"""Whatever stands in the files, a check ends with a report."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lti_tool.curriculum.checking import Checked
from tests.curriculum.builders import (
    CHECKS,
    GLOSSARY,
    ITEMS,
    LESSON,
    MODULE,
    SVG,
    TRACEABILITY,
    CurriculumFolder,
)

TERMS, TRACE, FIGURE = "m1/glossary.yaml", "traceability.yaml", "m1/figures/line.svg"
YAML_FILES = ["curriculum.yaml", "sources.yaml", MODULE, LESSON, CHECKS, ITEMS, TERMS, TRACE]
FILES = [*YAML_FILES, FIGURE]

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.dates(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)

quietly = settings(
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def full_folder(root: Path) -> CurriculumFolder:
    folder = CurriculumFolder(root)
    folder.write(TERMS, GLOSSARY)
    folder.write(TRACE, TRACEABILITY)
    folder.write(FIGURE, SVG)
    folder.edit(LESSON, "Slowly", '![A line](line.svg "A way")\n\n[[Dawdling]]')
    return folder


@pytest.fixture
def spoilt(tmp_path: Path) -> CurriculumFolder:
    return full_folder(tmp_path)


def report(checked: Checked) -> None:
    assert all(fault.line >= 1 and fault.message for fault in checked.faults)
    assert (checked.curriculum is None) == bool(checked.errors)


@pytest.mark.parametrize("file", FILES)
@quietly
@given(content=st.binary(max_size=200))
def test_any_bytes(spoilt: CurriculumFolder, file: str, content: bytes) -> None:
    spoilt.write(file, content)
    report(spoilt.check())


@pytest.mark.parametrize("file", YAML_FILES)
@quietly
@given(content=values)
def test_any_yaml(spoilt: CurriculumFolder, file: str, content: object) -> None:
    text = yaml.safe_dump(content, allow_unicode=True)
    spoilt.write(file, f"---\n{text}\n---\nText" if file == LESSON else text)
    report(spoilt.check())


@pytest.mark.parametrize("file", YAML_FILES)
@quietly
@given(data=st.data())
def test_any_value_in_any_field(spoilt: CurriculumFolder, file: str, data: st.DataObject) -> None:
    full_folder(spoilt.root)
    lines = spoilt.text(file).splitlines()
    number = data.draw(st.sampled_from([n for n, line in enumerate(lines) if ": " in line]))
    value = yaml.safe_dump(data.draw(values), default_flow_style=True).removesuffix("...\n")
    name = lines[number].partition(": ")[0]
    lines[number] = f"{name}: {value.strip()}"
    spoilt.write(file, "\n".join(lines))
    report(spoilt.check())
