"""Reading an answer that comes in pages (RFC 8288 `Link: rel=next`), within bounds.

A token travels with every request, so the next page must lie at the origin of the first.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urljoin

import requests
from pylti1p3.exception import LtiServiceException
from requests.structures import CaseInsensitiveDict

from lti_tool.errors import PlatformError
from lti_tool.lti.connector import UNREADABLE, RegistrationConnector, as_platform_error
from lti_tool.lti.registrations import origin_of

PAGES = 100
WHOLE_SECONDS = 60


class ServiceRefused(Exception):
    """The service answered with a status of failure; what it means, the service's reader knows."""

    def __init__(self, response: requests.Response) -> None:
        super().__init__(response.status_code)
        self.response = response


def read_pages(
    connector: RegistrationConnector, scopes: Sequence[str], url: str, accept: str
) -> Iterator[Any]:
    """The JSON bodies of all pages from `url` on, fetched as they are asked for.

    A token that the platform no longer accepts is renewed once. Raises `ServiceRefused`, and
    `PlatformError` where there is no answer, no JSON, or no end.
    """
    started, seen = time.monotonic(), {url}
    next_url: str | None = url
    while next_url:
        answer = _read_page(connector, scopes, next_url, accept)
        yield answer["body"]
        next_url = _next_page(answer["headers"], next_url)
        if next_url is None:
            return
        if next_url in seen or len(seen) >= PAGES:
            raise PlatformError("needs admin", "The platform's list of pages has no end.")
        if time.monotonic() - started > WHOLE_SECONDS:
            raise PlatformError("retry", "The platform took too long to send all pages.")
        seen.add(next_url)


def _read_page(
    connector: RegistrationConnector, scopes: Sequence[str], url: str, accept: str
) -> Any:
    try:
        try:
            return _get(connector, scopes, url, accept)
        except LtiServiceException as error:
            if error.response.status_code != 401:
                raise
            connector.forget_token(scopes)
            return _get(connector, scopes, url, accept)
    except LtiServiceException as error:
        raise ServiceRefused(error.response) from error
    except (requests.exceptions.RequestException, *UNREADABLE) as error:
        raise as_platform_error(error) from error


def _get(connector: RegistrationConnector, scopes: Sequence[str], url: str, accept: str) -> Any:
    return connector.make_service_request(scopes, url, accept=accept, case_insensitive_headers=True)


def _next_page(headers: CaseInsensitiveDict[str], url: str) -> str | None:
    """The address of the next page; None on the last. Raises `PlatformError` for a foreign one."""
    links = requests.utils.parse_header_links(headers.get("Link", ""))
    following = [link["url"] for link in links if link.get("rel", "").lower() == "next"]
    if not following:
        return None
    next_url = urljoin(url, following[0])
    if origin_of(next_url) != origin_of(url):
        raise PlatformError(
            "needs admin", "The platform continues its answer at another address than it began."
        )
    return next_url
