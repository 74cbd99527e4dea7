"""For orientation: the library's own `put_grade` in a loop; nothing is kept, nothing retried."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime

import requests
from cryptography.hazmat.primitives import serialization
from pylti1p3.assignments_grades import AssignmentsGradesService
from pylti1p3.grade import Grade
from pylti1p3.registration import Registration
from pylti1p3.service_connector import ServiceConnector

from bench.figures import Figure
from tests.gradebooks import SCORE_SCOPE
from tests.platforms import FakePlatform
from tests.signing import rsa_key

DELAY_SECONDS = 0.05


class _Connector(ServiceConnector):  # type: ignore[misc]  # partly typed library
    """With the cache that the library leaves to its users."""

    tokens: dict[str, str]

    def _get_cached_access_token(self, scope_key: str) -> str | None:
        return self.tokens.get(scope_key)

    def _cache_access_token(self, scope_key: str, access_token: str, expires_in: float) -> None:
        self.tokens[scope_key] = access_token


def measure(calls: int, count: int) -> Iterator[Figure]:
    with closing(FakePlatform()) as platform:
        platform.delay_seconds = DELAY_SECONDS
        service = _service(platform, calls)
        service.put_grade(_grade(0))
        cpu, began = time.process_time(), time.monotonic()
        with ThreadPoolExecutor(calls) as pool:
            list(pool.map(lambda number: service.put_grade(_grade(number)), range(count)))
        seconds, spent = time.monotonic() - began, time.process_time() - cpu
    name = f"scores a second: pylti1p3next alone, {calls} threads, 50 ms"
    yield Figure(name=name, unit="1/s", values=(count / seconds,))
    text = "  CPU a score, the platform stub's own included"
    yield Figure(name=text, unit="ms", values=(spent * 1000 / count,))


def _service(platform: FakePlatform, calls: int) -> AssignmentsGradesService:
    registration = Registration()
    registration.set_issuer(platform.url)
    registration.set_client_id(platform.client_id)
    registration.set_auth_token_url(f"{platform.url}/token")
    registration.set_tool_private_key(
        rsa_key("bench").private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()
    )  # fmt: skip
    registration.set_tool_public_key("")
    session = requests.Session()
    session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=calls))
    connector = _Connector(registration, session)
    connector.tokens, connector._registration.get_kid = {}, lambda: "bench"
    return AssignmentsGradesService(
        connector, {"scope": [SCORE_SCOPE], "lineitem": platform.line_item("link-1")}
    )


def _grade(number: int) -> Grade:
    grade = Grade()
    grade.set_user_id(f"learner-{number}").set_score_given(1.0).set_score_maximum(10.0)
    grade.set_activity_progress("Completed").set_grading_progress("FullyGraded")
    grade.set_timestamp(datetime.now(UTC).isoformat(timespec="milliseconds"))
    return grade
