"""The visit behind a request: the guard of every page under `/l/<launch_id>/`.

One random secret in one cookie identifies the browser; each launch is bound to it. So two tabs,
two courses and two people in one browser never disturb each other, and a copied address opens
nothing elsewhere. The cookie is partitioned: it lives only inside the platform that framed us.
Where the browser returns no cookie and the platform's storage has vouched for it, the address
carries a secret of the launch instead, after a tilde; it lives hours, and no log shows it.

A visit is at the link that was opened. Who has more to do in the course than to look on may also
be at another activity of it, which the address then names after a full stop.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Collection, Sequence
from functools import cached_property

from flask import g, request
from sqlalchemy import Executable, bindparam, select
from werkzeug.wrappers import Response

from lti_tool.courses.models import Context, Membership, ResourceLink, User
from lti_tool.curriculum.models import Placement
from lti_tool.db import db, utcnow
from lti_tool.errors import Conflict, Forbidden, LaunchGone, NotFound
from lti_tool.launch.models import Launch
from lti_tool.launch.returning import return_address
from lti_tool.lti.logins import digest
from lti_tool.lti.models import Deployment
from lti_tool.lti.roles import POWERS, Power, Role
from lti_tool.rows import columns_of, execute, objects_in, table_of
from lti_tool.web import check_csrf_token

COOKIE = "__Host-pmo_bridge"
COOKIE_DAYS = 30
SEPARATOR = "~"
ELSEWHERE = "."

TABS = (
    ("course.overview", "Course", ("course", "exports"), {Power.SEE_LEARNERS}),
    (
        "analytics.learners",
        "Learners",
        ("analytics", "acts", "marking"),
        {Power.SEE_LEARNERS, Power.SEE_MENTEES},
    ),
    ("items.questions", "Questions", ("items", "repairs"), {Power.SEE_LEARNERS, Power.CONFIGURE}),
    ("deliveries.show", "Gradebook", ("deliveries",), {Power.DELIVER}),
    (
        "curriculum.settings",
        "Settings",
        ("curriculum", "updates", "history", "copying", "course_settings"),
        {Power.CONFIGURE},
    ),
    ("lessons.module", "Preview", ("lessons", "quiz"), {Power.PREVIEW}),
)
"""Pages that all others lead to: endpoint, label, blueprints, powers of which one is enough."""
TO_SET_UP = "curriculum.settings"

OF_VISIT = (Launch, Membership, User, Context, ResourceLink, Placement)
LAUNCH, MEMBERSHIP, USER, CONTEXT, LINK, PLACEMENT = (table_of(model) for model in OF_VISIT)
WHO = (
    select(*columns_of(*OF_VISIT))
    .join_from(LAUNCH, MEMBERSHIP, MEMBERSHIP.c.id == LAUNCH.c.membership_id)
    .join(USER, USER.c.id == MEMBERSHIP.c.user_id)
    .join(CONTEXT, CONTEXT.c.id == MEMBERSHIP.c.context_id)
    .where(LAUNCH.c.id == bindparam("launch_id"))
)
READ = WHO.outerjoin(LINK, LINK.c.id == LAUNCH.c.resource_link_id).outerjoin(
    PLACEMENT, PLACEMENT.c.resource_link_id == LINK.c.id
)
"""All that a page needs to know of its visit, in one query, for every page begins with it."""
OF_COURSE = (PLACEMENT.c.public_id == bindparam("at")) & (PLACEMENT.c.context_id == CONTEXT.c.id)
READ_ELSEWHERE = WHO.outerjoin(PLACEMENT, OF_COURSE).outerjoin(
    LINK, LINK.c.id == PLACEMENT.c.resource_link_id
)
"""The same with another activity of the same course; there is none in any other."""


class Visit:
    """A launch with all that a page needs to know about who, where and what.

    Its objects are as read (`rows.objects_in`): whoever changes one asks for `rows.tracked`.
    """

    def __init__(
        self,
        launch: Launch,
        membership: Membership,
        user: User,
        context: Context,
        link: ResourceLink | None,
        placement: Placement | None,
        *,
        secret: str,
        elsewhere: str,
    ) -> None:
        self.launch, self.membership, self.user, self.context = launch, membership, user, context
        self._link, self._placement = link, placement
        self.secret, self.elsewhere = secret, elsewhere

    @property
    def id(self) -> str:
        """What the addresses of this visit begin with, at the activity where it is."""
        return f"{self.own_id}{ELSEWHERE}{self.elsewhere}" if self.elsewhere else self.own_id

    @property
    def own_id(self) -> str:
        """The same at the link that was opened."""
        return f"{self.launch.id}{SEPARATOR}{self.secret}" if self.secret else self.launch.id

    def id_at(self, placement: Placement) -> str:
        """The same at that activity of the course."""
        is_own = placement.resource_link_id == self.launch.resource_link_id
        return self.own_id if is_own else f"{self.own_id}{ELSEWHERE}{placement.public_id}"

    @property
    def has_link(self) -> bool:
        return self._link is not None

    @property
    def link(self) -> ResourceLink:
        """The link that was opened; raises `Conflict` in a visit that belongs to none."""
        if self._link is None:
            raise Conflict(
                "This page belongs to a link of your course",
                "Open the link itself from your course; a new one must be placed there first.",
            )
        return self._link

    @property
    def deployment(self) -> Deployment:
        """The installation that the launch came from, with its registration; costs a query."""
        return db.session.get_one(Deployment, self.context.deployment_id)

    @cached_property
    def powers(self) -> frozenset[Power]:
        return POWERS[Role(self.launch.role)]

    def may(self, power: Power | str) -> bool:
        """Whether the person's role in the course has that power; templates name it by its word."""
        return Power(power) in self.powers

    @property
    def is_preview(self) -> bool:
        """Whether what is done here stays out of the gradebook."""
        return self.may(Power.PREVIEW)

    def way_back(self, message: str = "") -> str:
        """The address of the course, which may show the message; "" where the platform has none."""
        return return_address(self.launch.return_url, lti_msg=message)

    @cached_property
    def tabs(self) -> Sequence[tuple[str, str, tuple[str, ...]]]:
        """Endpoint, label and blueprints of the pages to offer; none to those who only learn."""
        offered = [tab[:3] for tab in TABS if self.powers & tab[3]]
        if not self.is_configured:
            offered = [tab for tab in offered if tab[0] == TO_SET_UP]
        return offered if self.powers > {Power.PREVIEW} else ()

    @property
    def seen_subs(self) -> Collection[str] | None:
        """Whose work may be seen, by the ids of the platform; None: everybody's in the course."""
        if self.may(Power.SEE_LEARNERS):
            return None
        return tuple(self.launch.mentees or ()) if self.may(Power.SEE_MENTEES) else ()

    def sees(self, user: User) -> bool:
        """Whether the person may see that learner's work."""
        return self.seen_subs is None or user.sub in self.seen_subs

    @property
    def is_configured(self) -> bool:
        return self._placement is not None

    @property
    def placement(self) -> Placement:
        """The link's placement; raises `Conflict` where no module has been chosen yet."""
        if self._placement is None:
            _ = self.link
            raise Conflict(
                "This activity has not been set up yet",
                "Your instructor still has to choose a module for it. Come back later.",
            )
        return self._placement


def browser_secret() -> str:
    """What the browser's cookie says; "" without one."""
    return request.cookies.get(COOKIE, "")


def give_browser_secret(response: Response, secret: str) -> None:
    """Set or renew the cookie that identifies the browser within this platform."""
    response.set_cookie(
        COOKIE,
        secret,
        max_age=COOKIE_DAYS * 24 * 3600,
        secure=True,
        httponly=True,
        samesite="None",
        partitioned=True,
        path="/",
    )


def new_browser_secret() -> str:
    return secrets.token_urlsafe(24)


def visit(launch_id: str) -> Visit:
    """The visit that the request belongs to; checks the form's token where something is changed.

    Raises `LaunchGone` when the launch has expired or belongs to another browser, `Forbidden` and
    `NotFound` when it may not be where its address says.
    """
    g.frame_ancestors = "*"  # the end of a visit must be readable wherever it is framed
    launch_id, _, elsewhere = launch_id.partition(ELSEWHERE)
    launch_id, _, secret = launch_id.partition(SEPARATOR)
    row = execute(*_question(launch_id, elsewhere)).one_or_none()
    if row is None:
        raise LaunchGone()
    found = Visit(*objects_in(row, *OF_VISIT), secret=secret, elsewhere=elsewhere)
    launch = found.launch
    if launch.expires_at < utcnow() or not _is_proved(launch, secret):
        raise LaunchGone()
    g.frame_ancestors = launch.frame_ancestors
    if request.method not in ("GET", "HEAD"):
        check_csrf_token(launch.id)
    if elsewhere:
        _check_elsewhere(found)
    return found


def _question(launch_id: str, elsewhere: str) -> tuple[Executable, dict[str, str]]:
    if elsewhere:
        return READ_ELSEWHERE, {"launch_id": launch_id, "at": elsewhere}
    return READ, {"launch_id": launch_id}


def _check_elsewhere(found: Visit) -> None:
    """Learners reach an activity by its own link only: the platform may still keep it closed."""
    if not found.powers > {Power.PREVIEW}:
        raise _forbidden(found)
    if not (found.is_configured and found.has_link):
        raise NotFound(
            "There is no such activity in this course",
            "It may have been placed in another course, or nobody has opened its link yet.",
        )


def _is_proved(launch: Launch, secret: str) -> bool:
    if launch.secret_hash is not None:
        return hmac.compare_digest(launch.secret_hash, digest(secret))
    return hmac.compare_digest(launch.browser_hash, digest(browser_secret()))


def visit_with(launch_id: str, *powers: Power) -> Visit:
    """As `visit`, for people with one of these powers; raises `Forbidden` for anybody else."""
    found = visit(launch_id)
    if found.powers.isdisjoint(powers):
        raise _forbidden(found)
    return found


def _forbidden(found: Visit) -> Forbidden:
    if found.powers <= {Power.PREVIEW}:
        return Forbidden()
    return Forbidden(
        "Your role in this course does not include this page",
        "An instructor of the course can open it. If your role should be another one, "
        "ask the platform's administrator.",
    )
