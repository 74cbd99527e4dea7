"""What an address of ours says to the launch that it is the target of (LTI 1.3 core, 5.3.5).

Canvas shows a teacher a learner's work by launching the address that came with the score; of the
launch's other claims, none need say which link it belongs to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from lti_tool.lti.claim_fields import is_identifier

PUBLIC_ID = re.compile(r"[A-Za-z0-9_-]{8,32}")
"""The shape of our ids of placements."""
ENCODED_TWICE = re.compile(r"%3D", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Target:
    """Our id of a placement, the platform's id of a learner, an attempt's number; "" where unsaid.

    A target that names a learner is their work, to be looked at.
    """

    placement: str = ""
    for_user: str = ""
    attempt: str = ""

    @property
    def is_submission(self) -> bool:
        return bool(self.placement and self.for_user)


def read_target(target_link_uri: str) -> Target:
    """Read an address of ours; its query may come encoded twice."""
    try:
        query = urlsplit(target_link_uri).query
    except ValueError:
        return Target()
    if ENCODED_TWICE.search(query):
        query = unquote(query)
    said = {name: values[0] for name, values in parse_qs(query).items()} if query else {}
    placement, for_user, attempt = (
        said.get(name, "") for name in ("placement", "for_user", "attempt")
    )
    return Target(
        placement=placement if PUBLIC_ID.fullmatch(placement) else "",
        for_user=for_user if is_identifier(for_user) else "",
        attempt=attempt if attempt.isascii() and attempt.isdecimal() and len(attempt) < 6 else "",
    )
