"""Which addresses the tool calls: https at public ones, or an origin that the operator trusts.

A name is resolved once, every address that it has is checked, and one of just these is connected
to: a name that answers differently the second time (DNS rebinding) gains nothing. TLS still
verifies the name.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util import connection as urllib3_connection

from lti_tool.lti.bounded_answers import BoundedAnswer
from lti_tool.lti.registrations import is_trusted, origin_of

ADDRESSES_TRIED = 4
HTTPS_PORT = 443
GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
"""All that the internet routes (RFC 4291, 2.4); site-local addresses and NAT64 lie elsewhere."""


class AddressRefused(requests.exceptions.InvalidURL):
    """The address is not one that the tool may call."""


class PrivateNetwork(Exception):
    """A name leads into a private network. No OSError: urllib3 would take it for a lost line."""


def check_address(url: str) -> None:
    """Raises `AddressRefused` unless `url` is https or lies on a trusted origin."""
    origin = origin_of(url)
    if not is_trusted(origin) and not origin.startswith("https://"):
        raise AddressRefused(f"{origin or 'the address'} is not https")


def public_addresses(host: str, port: int) -> list[str]:
    """All addresses of a name, the preferred first; raises `PrivateNetwork`, `socket.gaierror`."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(_is_public(each) for each in addresses):
        raise PrivateNetwork(f"{host} lies in a private network")
    return addresses


def _is_public(address: str) -> bool:
    """Also of the IPv6 addresses that stand for one of IPv4: relays would lead back inside."""
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return _is_public(str(parsed.ipv4_mapped))
        if parsed not in GLOBAL_UNICAST or parsed.sixtofour is not None:
            return False
    return parsed.is_global and not parsed.is_multicast


class PlainConnection(HTTPConnection):
    """Without TLS; `check_address` lets it go to trusted origins alone."""

    response_class = BoundedAnswer


class CheckedConnection(HTTPSConnection):
    """Connects to an address that was checked, unless the operator trusts the origin."""

    response_class = BoundedAnswer

    def _new_conn(self) -> socket.socket:
        port = self.port or HTTPS_PORT
        host = f"[{self.host}]" if ":" in self.host else self.host
        if is_trusted(origin_of(f"https://{host}:{port}")):
            return super()._new_conn()
        try:
            addresses = public_addresses(self.host, port)
        except (socket.gaierror, UnicodeError) as error:
            reason = error if isinstance(error, socket.gaierror) else socket.gaierror(str(error))
            raise NameResolutionError(self.host, self, reason) from error
        return self._connect_to_first(addresses[:ADDRESSES_TRIED], port)

    def _connect_to_first(self, addresses: list[str], port: int) -> socket.socket:
        failure: Exception | None = None
        for address in addresses:
            try:
                return urllib3_connection.create_connection(
                    (address, port), self.timeout, socket_options=self.socket_options
                )
            except TimeoutError as error:
                failure = ConnectTimeoutError(self, f"{self.host} did not answer")
                failure.__cause__ = error
            except OSError as error:
                failure = NewConnectionError(self, f"{self.host} could not be reached")
                failure.__cause__ = error
        raise failure or NewConnectionError(self, "no address")


class PlainPool(HTTPConnectionPool):
    ConnectionCls = PlainConnection


class CheckedPool(HTTPSConnectionPool):
    ConnectionCls = CheckedConnection


class CheckedAdapter(HTTPAdapter):
    """Refuses private addresses; plain http goes to trusted origins alone, see `check_address`."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": CheckedPool}

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> Any:
        check_address(request.url or "")
        try:
            return super().send(request, *args, **kwargs)
        except PrivateNetwork as error:
            raise AddressRefused(str(error)) from None
