"""What differs from platform to platform, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Profile:
    """`label`: how people call the platform. `families`: its product_family_code, in lower case.

    `frame_ancestors`: further origins whose pages frame the tool, as CSP source expressions.
    `{host}` stands for the issuer's host.
    `canvas_submissions`: scores may carry Canvas's extension, and each comment is added to those
    that are there.
    `links_columns`: a column that the tool makes may be tied to a link.
    `shows_progress`: a score without points tells the platform something; elsewhere it would only
    drop a grade that a teacher gave.
    `client_id_is_shared`: one client id serves every institution, so that a deployment may be
    anybody's.
    `clouds`: issuers that many institutions share, each with the hosts on which its endpoints must
    lie; anybody could claim such an issuer, so that these hosts alone prove it.
    `token_audience`: the audience of token requests where it is always the same.
    `link_history`: the custom variable that tells the earlier ids of a link.
    `most_points`: what the line item of a deep link may have at most.
    `placements`: where the tool's choice of modules should be offered, in the platform's names.
    """

    label: str = "Another platform"
    families: tuple[str, ...] = ()
    frame_ancestors: tuple[str, ...] = ()
    canvas_submissions: bool = False
    links_columns: bool = True
    shows_progress: bool = True
    client_id_is_shared: bool = False
    clouds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    token_audience: str | None = None
    link_history: str = "$ResourceLink.id.history"
    most_points: int = 10_000
    placements: tuple[str, ...] = ("ContentArea",)


PROFILES = {
    "generic": Profile(),
    "moodle": Profile(label="Moodle", families=("moodle",), most_points=100, shows_progress=False),
    "canvas": Profile(
        label="Canvas",
        families=("canvas",),
        frame_ancestors=("https://*.instructure.com",),
        clouds={
            "https://canvas.instructure.com": ("sso.canvaslms.com", "canvas.instructure.com"),
            "https://canvas.beta.instructure.com": (
                "sso.beta.canvaslms.com",
                "canvas.beta.instructure.com",
            ),
            "https://canvas.test.instructure.com": (
                "sso.test.canvaslms.com",
                "canvas.test.instructure.com",
            ),
        },
        link_history="$Activity.id.history",
        canvas_submissions=True,
        links_columns=False,
        placements=(
            "assignment_selection",
            "link_selection",
            "course_assignments_menu",
            "module_index_menu_modal",
        ),
    ),
    "blackboard": Profile(
        label="Blackboard Learn",
        families=("blackboardlearn", "blackboard"),
        frame_ancestors=("https://*.blackboard.com",),
        client_id_is_shared=True,
        clouds={"https://blackboard.com": ("developer.blackboard.com",)},
    ),
    "brightspace": Profile(
        label="D2L Brightspace",
        families=("desire2learn", "d2l", "brightspace"),
        frame_ancestors=("https://*.brightspace.com", "https://*.d2l.com"),
        token_audience="https://api.brightspace.com/auth/token",  # noqa: S106 an address
    ),
    "sakai": Profile(label="Sakai", families=("sakailms.org", "sakai")),
    "openedx": Profile(
        label="Open edX", families=("openedx",), frame_ancestors=("https://apps.{host}",)
    ),
    "schoology": Profile(
        label="Schoology",
        families=("schoology",),
        frame_ancestors=("https://*.schoology.com",),
        clouds={"https://schoology.schoology.com": ("lti-service.svc.schoology.com",)},
    ),
}
SHARED_ISSUERS = {
    issuer: hosts for profile in PROFILES.values() for issuer, hosts in profile.clouds.items()
}


def profile_of_family(code: str) -> str:
    """The profile of a `product_family_code`; "generic" for one that is not known."""
    family = code.strip().lower()
    return next(
        (name for name, profile in PROFILES.items() if family in profile.families), "generic"
    )
