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
    `issuer` and `endpoints` (authentication, access tokens, keys): where they are the same for all,
    or follow from `{issuer}` and `{client_id}`; "" where they do not.
    `token_audience`: the audience of token requests where it is always the same.
    `link_history`: the custom variable that tells the earlier ids of a link.
    `groups`: the custom value that asks for the groups or sections of a person (`lti.groups`).
    `roster_has_variables`: a roster that is asked for with the course's id as `rlid` lacks nobody,
    and has these values for every member.
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
    issuer: str = ""
    endpoints: tuple[str, str, str] = ("", "", "")
    token_audience: str | None = None
    link_history: str = "$ResourceLink.id.history"
    groups: Mapping[str, str] = field(
        default_factory=lambda: {"group_ids": "$Membership.course.groupIds"}
    )
    roster_has_variables: bool = False
    most_points: int = 10_000
    placements: tuple[str, ...] = ("ContentArea",)

    @property
    def variables(self) -> dict[str, str]:
        """Custom values that the platform fills in at every launch, as far as it can.

        They tell the earlier ids of link and course, and the groups of the person.
        """
        return {
            "resource_link_id_history": self.link_history,
            "context_id_history": "$Context.id.history",
            **self.groups,
        }


PROFILES = {
    "generic": Profile(),
    "moodle": Profile(
        label="Moodle",
        endpoints=(
            "{issuer}/mod/lti/auth.php",
            "{issuer}/mod/lti/token.php",
            "{issuer}/mod/lti/certs.php",
        ),
        families=("moodle",),
        groups={"group_ids": "$Moodle.Person.userGroupIds"},
        most_points=100,
        shows_progress=False,
    ),
    "canvas": Profile(
        label="Canvas",
        issuer="https://canvas.instructure.com",
        endpoints=(
            "https://sso.canvaslms.com/api/lti/authorize_redirect",
            "https://sso.canvaslms.com/login/oauth2/token",
            "https://sso.canvaslms.com/api/lti/security/jwks",
        ),
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
        groups={"group_names": "$com.instructure.User.sectionNames"},
        roster_has_variables=True,
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
        issuer="https://blackboard.com",
        endpoints=(
            "https://developer.blackboard.com/api/v1/gateway/oidcauth",
            "https://developer.blackboard.com/api/v1/gateway/oauth2/jwttoken",
            "https://developer.blackboard.com/api/v1/management/applications/{client_id}/jwks.json",
        ),
        families=("blackboardlearn", "blackboard"),
        frame_ancestors=("https://*.blackboard.com",),
        client_id_is_shared=True,
        clouds={"https://blackboard.com": ("developer.blackboard.com",)},
    ),
    "brightspace": Profile(
        label="D2L Brightspace",
        endpoints=(
            "{issuer}/d2l/lti/authenticate",
            "https://auth.brightspace.com/core/connect/token",
            "{issuer}/d2l/.well-known/jwks",
        ),
        families=("desire2learn", "d2l", "brightspace"),
        groups={},
        frame_ancestors=("https://*.brightspace.com", "https://*.d2l.com"),
        token_audience="https://api.brightspace.com/auth/token",  # noqa: S106 an address
    ),
    "sakai": Profile(
        label="Sakai",
        endpoints=("{issuer}/imsoidc/lti13/oidc_auth", "", "{issuer}/imsblis/lti13/keyset"),
        families=("sakailms.org", "sakai"),
    ),
    "openedx": Profile(
        label="Open edX",
        endpoints=("{issuer}/api/lti_consumer/v1/launch/", "", ""),
        families=("openedx",),
        frame_ancestors=("https://apps.{host}",),
    ),
    "schoology": Profile(
        label="Schoology",
        issuer="https://schoology.schoology.com",
        endpoints=(
            "https://lti-service.svc.schoology.com/lti-service/authorize-redirect",
            "https://lti-service.svc.schoology.com/lti-service/access-token",
            "https://lti-service.svc.schoology.com/lti-service/.well-known/jwks",
        ),
        families=("schoology",),
        frame_ancestors=("https://*.schoology.com",),
        clouds={"https://schoology.schoology.com": ("lti-service.svc.schoology.com",)},
    ),
}


def profile_of_family(code: str) -> str:
    """The profile of a `product_family_code`; "generic" for one that is not known."""
    family = code.strip().lower()
    return next(
        (name for name, profile in PROFILES.items() if family in profile.families), "generic"
    )
