"""The address under which a platform shows a teacher the work behind a score.

It names the placement, the learner as the platform knows them, and the attempt: the launch that
opens it may say nothing else of use.
"""

from __future__ import annotations

from urllib.parse import urlencode

from lti_tool.lti.registrations import tool_url


def review_url(public_id: str, sub: str, attempt_number: int) -> str:
    query = {"placement": public_id, "for_user": sub, "attempt": attempt_number}
    return f"{tool_url('/')}?{urlencode(query)}"
