"""How often one network address may ask for what needs no visit: logins, launches, registrations.

Each process counts on its own, in memory: enough to keep one address from filling the tables of
logins or trying invitations, and it costs some microseconds. Visits are not limited: they prove a
launch. Loopback is not limited either: there it would be a proxy whose headers are not trusted
(`LTI_TOOL_PROXIES`), and so everybody at once.
"""

from __future__ import annotations

import ipaddress
import threading
import time
from dataclasses import dataclass, field

from flask import Flask, g, request

from lti_tool.errors import ToolError

ADDRESSES = 20_000
IPV6_NETWORK = 64
"""One subscriber has at least as many addresses as this prefix leaves."""


class TooManyRequests(ToolError):
    status = 429
    title = "Too many requests came from your network"
    advice = "Wait a minute, then open the activity again from your course. Nothing is lost."


@dataclass
class Limit:
    """A bucket for each address: full at first, refilled evenly, each request takes one out."""

    per_minute: int
    left: dict[str, tuple[float, float]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, address: str) -> bool:
        """Whether the address may go on."""
        now = time.monotonic()
        with self.lock:
            if len(self.left) >= ADDRESSES:
                self.left.clear()  # who has that many addresses is not held by any count
            left, since = self.left.get(address, (float(self.per_minute), now))
            left = min(left + (now - since) * self.per_minute / 60, float(self.per_minute))
            may = left >= 1
            self.left[address] = (left - may, now)
        return may


def limits_by_endpoint() -> dict[str, Limit]:
    """A whole school may stand behind one address, and begin a lecture together."""
    launches, notices, registrations = Limit(3000), Limit(600), Limit(60)
    checks = Limit(120)
    return {
        "launch.login": launches,
        "launch.probe": launches,
        "launch.go_on_in_window": launches,
        "launch.begin_in_window": launches,
        "launch.launch": launches,
        "notices.receive": notices,
        "checks.check": checks,
        "registering.confirm": registrations,
        "registering.register": registrations,
        "registering.invited_setup": registrations,
        "doctor.show": registrations,
        "doctor.check": registrations,
        "stating.enter": registrations,
        "stating.add": registrations,
    }


def network_of(address: str) -> str:
    """What is counted as one: an IPv4 address, or an IPv6 network; "" where nothing is counted."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    if parsed.is_loopback:
        return ""
    if parsed.version == 6:
        return str(ipaddress.ip_network((parsed, IPV6_NETWORK), strict=False))
    return str(parsed)


def init_app(app: Flask) -> None:
    """Limit the endpoints, unless the operator does that elsewhere (`LTI_TOOL_RATE_LIMITS`)."""
    if not app.config["LTI_TOOL"].rate_limits:
        return
    limits = limits_by_endpoint()

    @app.before_request
    def limit() -> None:
        found = limits.get(request.endpoint or "")
        network = network_of(request.remote_addr or "") if found else ""
        if found and network and not found.take(network):
            g.frame_ancestors = "*"  # readable wherever it is framed
            raise TooManyRequests()
