from __future__ import annotations

from pathlib import Path

import pytest

from tests.curriculum.builders import CurriculumFolder


@pytest.fixture
def folder(tmp_path: Path) -> CurriculumFolder:
    return CurriculumFolder(tmp_path / "small")
