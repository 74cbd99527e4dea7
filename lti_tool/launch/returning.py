"""The way back to the course (LTI 1.3 core, 5.3.8; messages as in LTI 1.1, 3: `lti_msg`...)."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit, urlunsplit

from lti_tool.lti.registrations import origin_of


def return_address(return_url: str, **messages: str) -> str:
    """The platform's return address with what it may show (`lti_msg`, `lti_errormsg`) or keep
    (`lti_log`, `lti_errorlog`); "" unless it is a web address."""
    if not origin_of(return_url):
        return ""
    parts = urlsplit(return_url)
    said = urlencode({name: text for name, text in messages.items() if text})
    query = "&".join(part for part in (parts.query, said) if part)
    return urlunsplit(parts._replace(query=query))
