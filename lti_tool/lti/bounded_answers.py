"""Answers of a platform are whole within some seconds and up to a size, or they are given up.

The read limit of a connection counts from byte to byte: a platform that sends one now and then
would never reach it, and would keep a thread for hours.
"""

from __future__ import annotations

import io
import socket
import time
from http.client import HTTPResponse
from typing import Any

import requests
from urllib3.exceptions import ReadTimeoutError

WHOLE_ANSWER_SECONDS = 20
ANSWER_BYTES = 1024 * 1024
CHUNK_BYTES = 64 * 1024


class _Until(io.RawIOBase):
    """What a socket receives, up to a moment; from then on reading raises `TimeoutError`."""

    def __init__(self, sock: socket.socket, received: io.RawIOBase) -> None:
        self._sock, self._received = sock, received
        self._patience_seconds = sock.gettimeout()
        self._end = time.monotonic() + WHOLE_ANSWER_SECONDS

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer takes too long")
        self._sock.settimeout(min(left, self._patience_seconds or left))
        return self._received.readinto(buffer)

    def close(self) -> None:
        self._received.close()
        super().close()


class BoundedAnswer(HTTPResponse):
    """An answer whose head and body must be there in time."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_Until(sock, self.fp.detach()))


def read_whole(response: requests.Response) -> None:
    """Read the body at once; raises `requests.exceptions.RequestException` beyond the bounds."""
    chunks, size = [], 0
    try:
        for chunk in response.iter_content(CHUNK_BYTES):
            chunks.append(chunk)
            size += len(chunk)
            if size > ANSWER_BYTES:
                raise requests.exceptions.ContentDecodingError("the answer is too large")
    except requests.exceptions.ConnectionError as error:
        if error.args and isinstance(error.args[0], ReadTimeoutError):
            raise requests.exceptions.ReadTimeout("the answer takes too long") from error
        raise
    finally:
        response.close()
    response._content = b"".join(chunks)
