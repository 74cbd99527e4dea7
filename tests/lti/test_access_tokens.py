"""Access tokens: asked for once, shared by all workers, sealed where they are kept."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from lti_tool.db import utcnow
from lti_tool.errors import PlatformError
from lti_tool.lti.access_tokens import AccessToken, AccessTokens, StoredToken
from lti_tool.lti.connector import RegistrationConnector
from lti_tool.lti.models import Registration
from tests.databases import change, on_sqlite, rows
from tests.platforms import Answer, FakePlatform

KEY = "a registration and its scopes"


class TokenService:
    """Gives numbered tokens, slowly, and counts."""

    def __init__(self, lasts_seconds: float = 3600) -> None:
        self.asked = 0
        self.lasts_seconds = lasts_seconds
        self.error: PlatformError | None = None

    def give(self) -> AccessToken:
        self.asked += 1
        number = self.asked
        time.sleep(0.05)
        if self.error is not None:
            raise self.error
        return AccessToken(f"token {number}", self.lasts_seconds, frozenset())


def get(app: Flask, tokens: AccessTokens, service: TokenService, key: str = KEY) -> str:
    with app.app_context():
        return tokens.get(key, service.give)


def test_workers_at_once_ask_once(app: Flask) -> None:
    service, found = TokenService(), []
    processes = [AccessTokens(), AccessTokens()]  # what two processes keep
    threads = [
        threading.Thread(target=lambda each=each: found.append(get(app, each, service)))
        for each in processes * 4
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["token 1"] * 8 and service.asked == 1


def test_each_registration_and_scope_has_a_token_of_its_own(app: Flask) -> None:
    service, tokens = TokenService(), AccessTokens()
    assert get(app, tokens, service, "one") != get(app, tokens, service, "another")


def test_what_is_stored_says_nothing(app: Flask) -> None:
    get(app, AccessTokens(), TokenService())
    [stored] = rows(app, StoredToken)
    assert "token" not in stored.sealed and "registration" not in stored.key_hash


def test_another_secret_key_asks_anew(app: Flask, make_app: Callable[..., Flask]) -> None:
    service = TokenService()
    get(app, AccessTokens(), service)
    other = make_app(LTI_TOOL_SECRET_KEY="another secret key, long enough as well")
    assert get(other, AccessTokens(), service) == "token 2"


@pytest.mark.parametrize(
    ("lasts_seconds", "used_seconds"), [(3600, 3540), (60, 54), (10, 9), (0, 0)]
)
def test_a_token_is_used_to_a_little_before_its_end(
    lasts_seconds: float, used_seconds: float
) -> None:
    assert AccessToken("x", lasts_seconds, frozenset()).lasts_seconds == used_seconds


def test_a_token_at_its_end_is_renewed(app: Flask) -> None:
    service = TokenService()
    get(app, AccessTokens(), service)
    change(app, StoredToken, expires_at=utcnow() - timedelta(seconds=1))
    assert get(app, AccessTokens(), service) == "token 2"


def test_a_token_that_is_refused_is_renewed_once_for_all(app: Flask) -> None:
    service, here, there = TokenService(), AccessTokens(), AccessTokens()
    assert get(app, here, service) == get(app, there, service) == "token 1"
    with app.app_context():
        here.forget(KEY, "token 1")
        assert here.get(KEY, service.give) == "token 2"
        there.forget(KEY, "token 1")
        assert there.get(KEY, service.give) == "token 2"
    assert service.asked == 2


def test_when_there_is_no_token_the_next_one_asks_again(app: Flask) -> None:
    service, tokens = TokenService(), AccessTokens()
    service.error = PlatformError("retry", "Down.")
    with pytest.raises(PlatformError, match="Down"):
        get(app, tokens, service)
    service.error = None
    assert get(app, tokens, service) == "token 2"


def test_a_worker_that_died_asking_holds_up_nobody_for_long(app: Flask) -> None:
    service = TokenService()
    get(app, AccessTokens(), service)
    past = utcnow() - timedelta(seconds=1)
    change(app, StoredToken, sealed="", expires_at=past, asking_until=past)
    assert get(app, AccessTokens(), service) == "token 2"


LIFETIMES = {
    "3600": True,
    '"3600"': True,
    "0": True,
    "-5": True,
    "null": True,
    "1e300": True,
    "Infinity": True,
    "NaN": False,
    "1" + "0" * 400: False,
    '"soon"': False,
    "[1]": False,
}


@on_sqlite
@pytest.mark.parametrize("said", LIFETIMES, ids=lambda said: str(said)[:20])
def test_a_lifetime_is_used_or_refused_in_words(
    app: Flask, platform: FakePlatform, said: str
) -> None:
    body = f'{{"access_token": "a token", "expires_in": {said}}}'.encode()
    platform.answer_token = lambda: Answer(200, body=body)
    [registration] = rows(app, Registration)
    with app.app_context():
        connector = RegistrationConnector(registration)
        if LIFETIMES[said]:
            assert connector.get_access_token(["a scope"]) == "a token"
        else:
            with pytest.raises(PlatformError, match="could not be read"):
                connector.get_access_token(["a scope"])
