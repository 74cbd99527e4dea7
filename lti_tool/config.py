"""Settings, read once from LTI_TOOL_* variables. A bad one stops the start with one line."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

PREFIX = "LTI_TOOL_"
ORIGIN = re.compile(r"https?://([a-z0-9.-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?/?", re.IGNORECASE)


class BadSetting(Exception):
    """A setting is missing, unknown or malformed. The text is for the operator."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the operator decides; the README's table says the same in prose."""

    database_url: str
    public_url: str
    secret_key: str
    trusted_origins: tuple[str, ...] = ()
    proxies: int = 0
    session_hours: int = 12
    worker_threads: int = 8
    engine: str = "embedded"
    broker_url: str | None = None
    queue_prefix: str = "pmo_bridge"
    platform_calls: int = 4
    lease_seconds: int = 30
    rate_limits: bool = True
    keep_outbox_days: int = 30
    keep_launches_days: int = 30
    stuck_minutes: int = 10
    metrics_token: str | None = None
    log_level: str = "INFO"


def _origin(text: str) -> str:
    if not ORIGIN.fullmatch(text):
        raise ValueError("must be an origin such as https://lms.example.org")
    return text.rstrip("/").lower()


def _database_url(text: str) -> str:
    if text.startswith("sqlite:///"):
        return text
    scheme, separator, rest = text.partition("://")
    if separator and scheme in ("postgresql", "postgres", "postgresql+psycopg"):
        return f"postgresql+psycopg://{rest}"
    raise ValueError("must begin with sqlite:/// or postgresql://")


def _secret(text: str) -> str:
    if len(text) < 32:
        raise ValueError("must have at least 32 characters")
    return text


def _token(text: str) -> str:
    if not 16 <= len(text) <= 200 or not text.isascii():
        raise ValueError("must have 16 to 200 ASCII characters")
    return text


def _origins(text: str) -> tuple[str, ...]:
    return tuple(_origin(part) for part in text.replace(",", " ").split())


def _whole(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isdecimal() or not low <= int(text) <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return int(text)

    return parse


def _engine(text: str) -> str:
    if text not in ("embedded", "celery"):
        raise ValueError("must be embedded or celery")
    return text


def _broker_url(text: str) -> str:
    scheme, separator, rest = text.partition("://")
    if not (separator and rest) or scheme not in ("amqp", "amqps", "redis", "rediss"):
        raise ValueError("must begin with amqp://, amqps://, redis:// or rediss://")
    return text


def _queue_prefix(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9_-]{1,40}", text):
        raise ValueError("must be 1 to 40 of the characters a-z, 0-9, _ and -")
    return text


def _switch(text: str) -> bool:
    if text not in ("on", "off"):
        raise ValueError("must be on or off")
    return text == "on"


def _log_level(text: str) -> str:
    if text.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
    return text.upper()


PARSERS: dict[str, Callable[[str], Any]] = {
    "database_url": _database_url,
    "public_url": _origin,
    "secret_key": _secret,
    "trusted_origins": _origins,
    "proxies": _whole(0, 10),
    "session_hours": _whole(1, 168),
    "worker_threads": _whole(1, 64),
    "engine": _engine,
    "broker_url": _broker_url,
    "queue_prefix": _queue_prefix,
    "platform_calls": _whole(1, 64),
    "lease_seconds": _whole(3, 600),
    "rate_limits": _switch,
    "keep_outbox_days": _whole(1, 3650),
    "keep_launches_days": _whole(8, 3650),
    "stuck_minutes": _whole(1, 10_000),
    "metrics_token": _token,
    "log_level": _log_level,
}
REQUIRED = ("database_url", "public_url", "secret_key")


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Build the settings from environment variables; raises `BadSetting` with one clear line."""
    given = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environ.items()
        if name.startswith(PREFIX)
    }
    for name in sorted(given.keys() - PARSERS.keys()):
        raise BadSetting(f"{PREFIX}{name.upper()} is not a setting; see the table in README.md.")
    for name in REQUIRED:
        if not given.get(name):
            raise BadSetting(f"{PREFIX}{name.upper()} must be set; see the table in README.md.")
    values = {}
    for name, text in given.items():
        try:
            values[name] = PARSERS[name](text.strip())
        except ValueError as error:
            raise BadSetting(f"{PREFIX}{name.upper()} {error}.") from None
    settings = Settings(**values)
    _check_together(settings)
    return settings


def _check_together(settings: Settings) -> None:
    """Celery's workers may stand on many machines, so they need a database that does, too."""
    if settings.engine != "celery":
        return
    if settings.broker_url is None:
        raise BadSetting(f"{PREFIX}BROKER_URL must be set where {PREFIX}ENGINE is celery.")
    if settings.database_url.startswith("sqlite"):
        raise BadSetting(
            f"{PREFIX}DATABASE_URL must begin with postgresql:// where {PREFIX}ENGINE is celery."
        )
