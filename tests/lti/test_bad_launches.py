"""Launches that must be kept out, after the cases of the 1EdTech LTI Advantage certification."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import jwt
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.browsers import TOOL, Browser
from tests.databases import on_sqlite
from tests.lti.forgery import encode, forge, part, signed_with_public_key
from tests.lti.refused import assert_refused
from tests.platforms import CLAIM, FakePlatform
from tests.signing import rsa_key

Claims = dict[str, Any]


@dataclass(frozen=True)
class Bad:
    """What is wrong with a token: claims changed (None: left out), set to null, or signed so."""

    reason: str
    claims: Claims = field(default_factory=dict)
    null: str = ""
    token: Callable[[FakePlatform, Claims], str | None] = lambda platform, claims: platform.sign(
        claims
    )


@dataclass(frozen=True)
class Ago:
    """A moment of the test's own time: cases are listed long before the last of them runs."""

    seconds: int

    def __call__(self) -> int:
        return int(time.time()) - self.seconds


def header(platform: FakePlatform, **changes: Any) -> Claims:
    return {"alg": "RS256", "typ": "JWT", "kid": platform.kid} | changes


CERTIFICATION = {
    "no KID sent in JWT header": Bad("key_unknown", token=lambda p, c: p.sign(c, headers={})),
    "incorrect KID in JWT header": Bad(
        "key_unknown", token=lambda p, c: p.sign(c, headers={"kid": "nobody"})
    ),
    "wrong LTI version": Bad("version_wrong", {CLAIM + "version": "11.3"}),
    "no LTI version": Bad("version_wrong", {CLAIM + "version": None}),
    "invalid LTI message": Bad("message_type_unknown", {CLAIM + "message_type": "LtiNothing"}),
    "missing LTI claims": Bad("claim_missing", token=lambda p, c: p.sign({"name": "x"})),
    "timestamps incorrect": Bad("token_expired", {"iat": 11, "exp": 22}),
    "message_type claim missing": Bad("message_type_unknown", {CLAIM + "message_type": None}),
    "role claim missing": Bad("claim_missing", {CLAIM + "roles": None}),
    "deployment_id claim missing": Bad("claim_missing", {CLAIM + "deployment_id": None}),
    "resource_link_id claim missing": Bad("claim_missing", {CLAIM + "resource_link": {"id": ""}}),
    "user claim missing": Bad("anonymous", {"sub": None}),
}
SIGNATURES = {
    "signed with another key": Bad(
        "signature_wrong", token=lambda p, c: p.sign(c, key=rsa_key("somebody else"))
    ),
    "claims changed after signing": Bad(
        "signature_wrong",
        token=lambda p, c: ".".join(
            [
                (signed := p.sign(c).split("."))[0],
                part(c | {CLAIM + "roles": ["Instructor"]}),
                signed[2],
            ]
        ),
    ),
    "signature cut off": Bad(
        "signature_wrong", token=lambda p, c: p.sign(c).rpartition(".")[0] + "."
    ),
    "alg none": Bad("algorithm_refused", token=lambda p, c: forge(header(p, alg="none"), c)),
    "alg nOnE": Bad("algorithm_refused", token=lambda p, c: forge(header(p, alg="nOnE"), c)),
    "no alg": Bad("algorithm_refused", token=lambda p, c: forge({"kid": p.kid}, c)),
    "HS256 with the public key": Bad("algorithm_refused", token=signed_with_public_key),
    "RS512": Bad("algorithm_refused", token=lambda p, c: p.sign(c, algorithm="RS512")),
    "key sent along": Bad(
        "signature_wrong",
        token=lambda p, c: p.sign(
            c,
            key=rsa_key("somebody else"),
            headers={
                "kid": p.kid,
                "jku": "https://evil.example/jwks",
                "jwk": jwt.algorithms.RSAAlgorithm.to_jwk(
                    rsa_key("somebody else").public_key(), as_dict=True
                ),
            },
        ),
    ),
    "critical extension that nobody knows": Bad(
        "id_token_malformed",
        token=lambda p, c: p.sign(c, headers={"kid": p.kid, "crit": ["x"], "x": 1}),
    ),
    "kid that is no text": Bad("id_token_malformed", token=lambda p, c: forge(header(p, kid=7), c)),
}
SHAPES = {
    "no token": Bad("id_token_missing", token=lambda p, c: None),
    "empty token": Bad("id_token_missing", token=lambda p, c: ""),
    "garbage": Bad("id_token_malformed", token=lambda p, c: "garbage"),
    "three empty parts": Bad("id_token_malformed", token=lambda p, c: ".."),
    "NUL": Bad("id_token_malformed", token=lambda p, c: "\x00.\x00.\x00"),
    "not ASCII": Bad("id_token_malformed", token=lambda p, c: "ü.ü.ü"),
    "header is a list": Bad("id_token_malformed", token=lambda p, c: forge([], c)),
    "header nested without end": Bad(
        "id_token_malformed", token=lambda p, c: forge(b"[" * 60_000, c)
    ),
    "header with NUL": Bad("algorithm_refused", token=lambda p, c: forge({"alg": "\x00\ud800"}, c)),
    "claims are a list": Bad(
        "id_token_malformed",
        token=lambda p, c: encode(p, b"[]"),
    ),
    "claims nested without end": Bad(
        "id_token_malformed",
        token=lambda p, c: encode(p, b"[" * 60_000),
    ),
    "longer than any token": Bad(
        "id_token_malformed", token=lambda p, c: p.sign(c | {"x": "x" * 110_000})
    ),
}
TIMES = {
    "expired two minutes ago": Bad("token_expired", {"iat": Ago(180), "exp": Ago(120)}),
    "issued in the future": Bad("token_from_the_future", {"iat": Ago(-120), "exp": Ago(-180)}),
    "not valid yet": Bad("token_from_the_future", {"nbf": Ago(-120)}),
    "no exp": Bad("claim_missing", {"exp": None}),
    "no iat": Bad("claim_missing", {"iat": None}),
    "exp is a word": Bad("id_token_malformed", {"exp": "tomorrow"}),
    "exp is infinite": Bad("id_token_malformed", {"exp": float("inf")}),
    "iat is not a number": Bad("id_token_malformed", {"iat": float("nan")}),
    "exp is null": Bad("claim_missing", null="exp"),
}
PARTIES = {
    "no iss": Bad("claim_missing", {"iss": None}),
    "another iss": Bad("issuer_wrong", {"iss": "https://evil.example"}),
    "iss is a list": Bad("issuer_wrong", token=lambda p, c: encode(p, c | {"iss": [p.url]})),
    "no aud": Bad("claim_missing", {"aud": None}),
    "another aud": Bad("audience_wrong", {"aud": "client-2"}),
    "aud without us": Bad("audience_wrong", {"aud": ["client-2", "client-3"]}),
    "aud of strange members": Bad("audience_wrong", {"aud": [["client-1"], 1]}),
    "aud empty": Bad("claim_missing", {"aud": []}),
    "several aud without azp": Bad("authorised_party_wrong", {"aud": ["client-1", "client-2"]}),
    "azp is another": Bad("authorised_party_wrong", {"azp": "client-2"}),
    "azp is another of several aud": Bad(
        "authorised_party_wrong", {"aud": ["client-1", "client-2"], "azp": "client-2"}
    ),
    "no nonce": Bad("claim_missing", {"nonce": None}),
    "another nonce": Bad("nonce_wrong", {"nonce": "x" * 32}),
    "nonce is no text": Bad("nonce_wrong", {"nonce": [1]}),
    "nonce cannot be encoded": Bad("nonce_wrong", {"nonce": "\ud800"}),
}
MESSAGES = {
    "sub is empty": Bad("anonymous", {"sub": ""}),
    "sub is null": Bad("anonymous", null="sub"),
    "sub is a number": Bad("claim_missing", {"sub": 7}),
    "sub is too long": Bad("claim_missing", {"sub": "x" * 256}),
    "sub with NUL": Bad("claim_missing", {"sub": "a\x00b"}),
    "sub cannot be encoded": Bad("claim_missing", {"sub": "a\ud800b"}),
    "version is a number": Bad("version_wrong", {CLAIM + "version": 1.3}),
    "message type with NUL": Bad("message_type_unknown", {CLAIM + "message_type": "a\x00\ud800"}),
    "message type is a list": Bad(
        "message_type_unknown", {CLAIM + "message_type": ["LtiResourceLinkRequest"]}
    ),
    "roles are null": Bad("claim_missing", null=CLAIM + "roles"),
    "another deployment": Bad("deployment_pending", {CLAIM + "deployment_id": "deployment-9"}),
    "deployment is a number": Bad("claim_missing", {CLAIM + "deployment_id": 1}),
    "deployment with NUL": Bad("claim_missing", {CLAIM + "deployment_id": "\x00"}),
    "no resource link": Bad("claim_missing", {CLAIM + "resource_link": None}),
    "resource link is text": Bad("claim_missing", {CLAIM + "resource_link": "link-1"}),
    "resource link is null": Bad("claim_missing", null=CLAIM + "resource_link"),
    "context without id": Bad("claim_missing", {CLAIM + "context": {"title": "x"}}),
    "no target": Bad("claim_missing", {CLAIM + "target_link_uri": None}),
    "foreign target": Bad("foreign_target", {CLAIM + "target_link_uri": "https://evil.example/"}),
    "target with our name in front": Bad(
        "foreign_target", {CLAIM + "target_link_uri": f"{TOOL}.evil.example/"}
    ),
    "target with our name as a user": Bad(
        "foreign_target", {CLAIM + "target_link_uri": f"{TOOL}@evil.example/"}
    ),
    "target over http": Bad("foreign_target", {CLAIM + "target_link_uri": "http://tool.example/"}),
    "target is no address": Bad("foreign_target", {CLAIM + "target_link_uri": "https://[x"}),
}
CASES = CERTIFICATION | SIGNATURES | SHAPES | TIMES | PARTIES | MESSAGES


def launch_badly(browser: Browser, bad: Bad) -> TestResponse:
    platform = browser.platform
    state, nonce = browser.begin()
    now: Claims = {
        name: value() if isinstance(value, Ago) else value for name, value in bad.claims.items()
    }
    changes: Claims = {"target": f"{TOOL}/"} | now
    claims = platform.claims(changes.pop("nonce", nonce), **changes)
    if bad.null:
        claims[bad.null] = None
    return browser.finish(state, bad.token(platform, claims))


@on_sqlite
@pytest.mark.parametrize("case", CASES)
def test_refused(app: Flask, browser: Browser, case: str) -> None:
    assert_refused(launch_badly(browser, CASES[case]), app, CASES[case].reason)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_all_are_refused_and_recorded_on_postgresql_too(app: Flask, browser: Browser) -> None:
    for bad in CASES.values():
        assert_refused(launch_badly(browser, bad), app, bad.reason)


def test_what_was_wrong_is_recorded_for_the_administrator_only(
    app: Flask, browser: Browser
) -> None:
    wrong = {CLAIM + "deployment_id": "deployment-9"}
    answer = launch_badly(browser, Bad("deployment_pending", wrong))
    row = assert_refused(answer, app, "deployment_pending")
    assert row.detail == "deployment-9" and "deployment-9" not in answer.text
    assert row.registration_id is not None
