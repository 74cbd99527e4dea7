"""What the documents of the repository promise to be."""

from __future__ import annotations

from pathlib import Path

DECISIONS = Path(__file__).parent.parent / "docs/decisions"


def test_every_decision_has_a_number_of_its_own() -> None:
    paths = sorted(DECISIONS.glob("*.md"))
    assert [path.name[:4] for path in paths] == [f"{n:04}" for n in range(1, len(paths) + 1)]
    for number, path in enumerate(paths, start=1):
        assert path.read_text(encoding="utf-8").startswith(f"# {number}. "), path.name
