"""Serving the platform from a thread, on this machine only."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from demo.gradebook import Gradebook
from demo.lms import close_lms, create_lms
from demo.settings import LOOPBACK_HOSTS, LmsSettings
from demo.state import EXTENSION


class PortTaken(Exception):
    """Something listens on the port already."""


@dataclass(frozen=True)
class RunningLms:
    """A platform that answers at `settings.issuer`."""

    settings: LmsSettings
    app: Flask
    gradebook: Gradebook

    @property
    def url(self) -> str:
        return self.settings.issuer


class _QuietHandler(WSGIRequestHandler):
    """Without a line for each request: the gradebook asks every second."""

    def log_request(self, code: Any = "-", size: Any = "-") -> None:
        pass


@contextmanager
def serve_lms(
    tool_url: str = "http://127.0.0.1:8700",
    port: int = 0,
    host: str = "localhost",
    database: str | Path = ":memory:",
    keeps_storage: bool = False,
) -> Iterator[RunningLms]:
    """Serve the platform while the block runs; port 0 takes a free one.

    Raises PortTaken, and ValueError for a host that is not this machine's own.
    """
    with listen(host, port) as listener:
        address = f"[{host}]" if ":" in host else host
        issuer = f"http://{address}:{listener.getsockname()[1]}"
        settings = LmsSettings(issuer, tool_url, keeps_storage=keeps_storage)
        app = create_lms(settings, database)
        server = make_server(
            host,
            listener.getsockname()[1],
            app,
            threaded=True,
            request_handler=_QuietHandler,
            fd=listener.fileno(),
        )
        thread = threading.Thread(
            target=server.serve_forever, args=(0.05,), name="demo-lms", daemon=True
        )
        thread.start()
        try:
            yield RunningLms(settings, app, Gradebook(app.extensions[EXTENSION].storage))
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            close_lms(app)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises PortTaken, or ValueError for a host that others can reach."""
    if host not in LOOPBACK_HOSTS:
        raise ValueError(f"{host} is not this machine's own address: the demo has no passwords")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as problem:
        listener.close()
        raise PortTaken(f"port {port} cannot be used: {problem.strerror}") from problem
    return listener
