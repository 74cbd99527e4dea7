"""The table of probes, and running them: one that breaks down is a finding like any other."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from lti_tool.db import db
from lti_tool.doctor import arrivals, our_side, platform_side
from lti_tool.doctor.findings import Finding, Level, failure
from lti_tool.errors import PlatformError
from lti_tool.lti import keys
from lti_tool.lti.models import Registration

log = logging.getLogger(__name__)
Probe = Callable[[], Iterable[Finding]]

TOOL: Mapping[str, Probe] = {
    "database": our_side.database,
    "curriculum": our_side.curriculum,
    "own keys": our_side.own_keys,
    "worker": our_side.worker,
    "address": our_side.address,
}
PLATFORM: Mapping[str, Callable[[Registration], Iterable[Finding]]] = {
    "installations": arrivals.deployments,
    "key set": platform_side.key_set,
    "clock": platform_side.clock,
    "services": platform_side.scopes,
    "gradebook": platform_side.line_item,
    "roster": platform_side.roster,
    "rosters": arrivals.rosters,
    "calls": arrivals.rest,
    "launches": arrivals.launches,
    "refusals": arrivals.refusals,
}


@dataclass(frozen=True)
class Line:
    """What the probe of a topic found."""

    topic: str
    finding: Finding


def examine_tool(topics: Iterable[str] = TOOL) -> list[Line]:
    """Run the probes of the tool itself."""
    return [line for topic in topics for line in _run(topic, TOOL[topic])]


def examine_platform(registration: Registration) -> list[Line]:
    """Run the probes of one platform. It calls the platform: no transaction may be open."""
    db.session.expunge(registration)  # or the end of each probe's transaction would empty it
    return [
        line
        for topic, probe in PLATFORM.items()
        for line in _run(topic, lambda probe=probe: probe(registration))  # type: ignore[misc]
    ]


def has_failed(lines: Iterable[Line]) -> bool:
    return any(line.finding.level == Level.FAILURE for line in lines)


def _run(topic: str, probe: Probe) -> Sequence[Line]:
    """All that the probe finds, up to where it breaks down."""
    found: list[Line] = []
    try:
        found.extend(Line(topic, finding) for finding in probe())
    except PlatformError as error:
        found.append(Line(topic, failure(str(error), CURES.get(error.kind, ""))))
    except keys.KeyUnreadable as error:
        found.append(Line(topic, failure(str(error), "")))
    except SQLAlchemyError:
        found.append(Line(topic, failure(*NO_DATABASE)))
    except Exception as error:
        log.warning("the check of %s broke down: %r", topic, error)
        log.debug("where it broke down", exc_info=True)
        text = f"This could not be checked ({type(error).__name__})."
        found.append(Line(topic, failure(text, "The tool's log says more.")))
    finally:
        db.session.rollback()
    return found


NO_DATABASE = (
    "The database does not answer or is not migrated.",
    "See LTI_TOOL_DATABASE_URL; then run: flask --app wsgi db upgrade",
)
CURES = {
    "retry": "Look again in some minutes; if it stays so, see whether the platform is down, and "
    "whether this address is right.",
    "wait": "Look again in some minutes.",
    "needs admin": "Compare the client id, the addresses and our key set's address with the "
    "platform's settings of the tool.",
}
