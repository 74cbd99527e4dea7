"""What a result in the gradebook means against the score that it accepted."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lti_tool.grades.comparing import Known, standing_of
from lti_tool.grades.models import Standing
from lti_tool.lti.results import Result


def known(given: str, maximum: str = "10", standing: str = "unread", result: str = "") -> Known:
    return Known(
        accepted_given=Decimal(given),
        accepted_maximum=Decimal(maximum),
        standing=standing,
        result_given=Decimal(result) if result else None,
    )


def held(points: str | None, maximum: str = "10") -> Result:
    score = None if points is None else Decimal(points)
    return Result(user_id="ada", result_score=score, result_maximum=Decimal(maximum))


@pytest.mark.parametrize(
    ("accepted", "result", "standing"),
    [
        (known("8"), held("8"), Standing.IN_STEP),
        (known("8"), held("16", "20"), Standing.IN_STEP),
        (known("1", "3"), held("0.33", "1"), Standing.IN_STEP),
        (known("1", "3"), held("33.33", "100"), Standing.IN_STEP),
        (known("8"), None, Standing.MISSING),
        (known("8"), held(None), Standing.MISSING),
        (known("0"), None, Standing.IN_STEP),
        (known("0"), held(None), Standing.IN_STEP),
        (known("0", "0"), None, Standing.IN_STEP),
        (known("8"), held("7"), Standing.DIFFERS),
        (known("8"), held("0"), Standing.DIFFERS),
        (known("0"), held("5"), Standing.DIFFERS),
        (known("8", standing="in_step"), held("9"), Standing.OVERRIDDEN),
        (known("8", standing="overridden", result="9"), held("9"), Standing.OVERRIDDEN),
        (known("8", standing="overridden", result="9"), held("8"), Standing.IN_STEP),
        (known("8", standing="differs", result="7"), held("7"), Standing.DIFFERS),
        (known("8", standing="differs", result="7"), held("6"), Standing.OVERRIDDEN),
    ],
)
def test_how_the_gradebook_stands(accepted: Known, result: Result | None, standing: str) -> None:
    assert standing_of(accepted, result) == standing
