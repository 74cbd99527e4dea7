"""Where a copied link comes from, as far as the launch tells.

Three things travel with a copy: our own id in the link's custom values; the earlier ids of the
link; those of its course (LTI 1.3 core, appendix B: `ResourceLink.id.history` and
`Context.id.history`). A platform fills in what it knows, sends the variable's name where it knows
nothing, and may stop halfway.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote

from lti_tool.lti.claim_fields import is_identifier
from lti_tool.lti.claims import LaunchClaims
from lti_tool.lti.targets import PUBLIC_ID

MOST_IDS = 50
BROKEN_OFF = ("truncated", "timed out")
"""How Canvas ends a list that it could not finish."""


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Our own id of a placement ("" for none); earlier ids of link and course, the newest first."""

    placement: str = ""
    links: tuple[str, ...] = ()
    contexts: tuple[str, ...] = ()


def origin_of_link(claims: LaunchClaims) -> Origin:
    """What the launch says; Brightspace says it in a claim of its own as well."""
    custom = {name.lower(): value for name, value in claims.custom.items()}
    vendor = claims.brightspace
    public_id = custom.get("placement")
    is_ours = isinstance(public_id, str) and PUBLIC_ID.fullmatch(public_id)
    links, contexts = custom.get("resource_link_id_history"), custom.get("context_id_history")
    return Origin(
        placement=str(public_id) if is_ours else "",
        links=read_history(links) or read_history(vendor.get("ResourceLink.id.history")),
        contexts=read_history(contexts) or read_history(vendor.get("Context.id.history")),
    )


def read_history(value: object) -> tuple[str, ...]:
    """The ids of a comma-separated list, percent-encoded as they may be; what is none is left out.

    A value that begins with a dollar sign is a variable that the platform does not know.
    """
    if not isinstance(value, str) or value.startswith("$"):
        return ()
    parts = (unquote(part.strip()) for part in value.split(",", MOST_IDS)[:MOST_IDS])
    return tuple(dict.fromkeys(part for part in parts if _is_id(part)))


def _is_id(text: str) -> bool:
    return is_identifier(text) and not text.startswith("$") and text not in BROKEN_OFF
