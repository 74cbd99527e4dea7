"""Origins: stated as browsers state them, compared, trusted, and named in our pages' policy."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from lti_tool.lti.registrations import frame_ancestors, is_trusted, may_be_called, origin_of
from tests.databases import on_sqlite

ORIGINS = {
    "https://LMS.example.org/path?x=1": "https://lms.example.org",
    "https://lms.example.org:443/": "https://lms.example.org",
    "http://lms.example.org:80": "http://lms.example.org",
    "http://lms.example.org:443": "http://lms.example.org:443",
    "https://lms.example.org:8443/": "https://lms.example.org:8443",
    "https://[2001:DB8::1]:8443/": "https://[2001:db8::1]:8443",
    "https://[::1]/": "https://[::1]",
    "https://lms.example.org;script-src *": "",
    "https://lms example.org": "",
    "javascript:alert(1)": "",
    "https://lms.example.org:port/": "",
}


@pytest.mark.parametrize("url", ORIGINS)
def test_an_origin_is_stated_as_browsers_state_it(url: str) -> None:
    assert origin_of(url) == ORIGINS[url]


@on_sqlite
def test_the_same_origin_is_trusted_however_it_is_written(make_app: Callable[..., Flask]) -> None:
    app = make_app(LTI_TOOL_TRUSTED_ORIGINS="https://[::1] https://lms.example.org:443")
    with app.app_context():
        assert may_be_called("https://lms.example.org/keys") and is_trusted("https://[::1]")
        assert not is_trusted("https://lms.example.org:8443") and not is_trusted("")


ISSUERS = ("https://lms.example.org; script-src *", "an issuer that is no address", "")


@pytest.mark.parametrize("issuer", ISSUERS)
def test_an_issuer_that_is_no_address_adds_nothing_to_the_policy(issuer: str) -> None:
    policy = frame_ancestors("openedx", issuer, "https://lms.example.org/auth", "")
    assert policy == "https://lms.example.org"
    policy = frame_ancestors("openedx", "https://lms.example.org:8443")
    assert policy == "https://lms.example.org:8443 https://apps.lms.example.org:8443"
