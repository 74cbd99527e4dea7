"""Findings as plain text, fit to be handed to a platform's administrator."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from textwrap import TextWrapper

from lti_tool.doctor.examining import Line
from lti_tool.doctor.findings import Level
from lti_tool.lti.models import Registration
from lti_tool.lti.tool_configuration import addresses

WIDTH = 100
INDENT = " " * 23
COLUMNS = TextWrapper(WIDTH, subsequent_indent=INDENT)
BELOW = TextWrapper(WIDTH, initial_indent=f"{INDENT}> ", subsequent_indent=f"{INDENT}  ")
for each in (COLUMNS, BELOW):
    each.break_on_hyphens = each.break_long_words = False  # addresses and commands stay whole
HOW_BAD = {Level.FAILURE: "failure", Level.WARNING: "warning"}


def lines_of(title: str, lines: Iterable[Line]) -> Iterator[str]:
    """A section: level, topic and finding in columns, the cure below."""
    yield title
    for line in lines:
        finding = line.finding
        yield from COLUMNS.wrap(f"{finding.level:8} {line.topic:13} {finding.text}")
        if finding.cure:
            yield from BELOW.wrap(finding.cure)


def title_of(registration: Registration) -> str:
    """Which platform, and as whom it knows us: neither is secret."""
    return (
        f"{registration.name} (registration {registration.id}, {registration.profile}): "
        f"{registration.issuer}, client id {registration.client_id}"
    )


def our_addresses() -> Iterator[str]:
    """What the platform's administrator compares with the platform's settings of the tool."""
    yield "The addresses of the tool, as the platform should have them:"
    for name, address in addresses().items():
        yield f"  {name:20} {address}"


def summary(lines: Iterable[Line]) -> str:
    levels = [line.finding.level for line in lines]
    counts = [
        f"{levels.count(level)} {name}{'' if levels.count(level) == 1 else 's'}"
        for level, name in HOW_BAD.items()
        if level in levels
    ]
    return "Found: " + " and ".join(counts) + "." if counts else "All is well."
