"""What differs from platform to platform, as data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Profile:
    """`frame_ancestors`: further origins whose pages frame the tool, as CSP source expressions.

    `{host}` stands for the issuer's host.
    `client_id_is_shared`: one client id serves every institution, so that a deployment may be
    anybody's.
    `link_history`: the custom variable that tells the earlier ids of a link.
    `most_points`: what the line item of a deep link may have at most.
    """

    frame_ancestors: tuple[str, ...] = ()
    client_id_is_shared: bool = False
    link_history: str = "$ResourceLink.id.history"
    most_points: int = 10_000


PROFILES = {
    "generic": Profile(),
    "moodle": Profile(most_points=100),
    "canvas": Profile(
        frame_ancestors=("https://*.instructure.com",), link_history="$Activity.id.history"
    ),
    "blackboard": Profile(frame_ancestors=("https://*.blackboard.com",), client_id_is_shared=True),
    "brightspace": Profile(frame_ancestors=("https://*.brightspace.com", "https://*.d2l.com")),
    "sakai": Profile(),
    "openedx": Profile(frame_ancestors=("https://apps.{host}",)),
    "schoology": Profile(frame_ancestors=("https://*.schoology.com",)),
}
