"""Further versions of the curriculum, in which its files say something else."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from flask import Flask

from lti_tool.curriculum import publishing
from lti_tool.curriculum.checking import check
from lti_tool.db import unit_of_work
from tests.conftest import CONTENT

LESSON = {"m1/l1.md": ("receives 34 pages", "receives forty pages")}
ITEM = {
    "m1/items-practice.yaml": (
        "Leads forty people and six suppliers to the opening of a new depot",
        "Leads fifty people and six suppliers to the opening of a new depot",
    )
}


def publish_next(app: Flask, folder: Path, changes: Mapping[str, tuple[str, str]]) -> int:
    """Replace words in the copy of the content in `folder` and publish it; the version's id."""
    if not folder.exists():
        shutil.copytree(CONTENT, folder)
    for name, (old, new) in changes.items():
        text = (folder / name).read_text()
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1))
    with app.app_context(), unit_of_work():
        version, is_new = publishing.publish(check(folder, date(2026, 11, 27)))
        assert is_new
        return version.id
