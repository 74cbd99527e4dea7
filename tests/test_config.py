"""Settings: a good one is read, a bad one stops the start with one clear line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lti_tool.config import BadSetting, Settings, read_settings
from tests.conftest import ROOT

GOOD = {
    "LTI_TOOL_DATABASE_URL": "sqlite:////var/lib/tool.db",
    "LTI_TOOL_PUBLIC_URL": "https://tool.example",
    "LTI_TOOL_SECRET_KEY": "x" * 32,
}
BAD = {
    "LTI_TOOL_DATABASE_URL": ["", "mysql://db/x", "/var/lib/tool.db", "postgresql:/x", "sqlite://"],
    "LTI_TOOL_PUBLIC_URL": [
        "",
        "tool.example",
        "ftp://tool.example",
        "https://",
        "https://tool.example/path",
        "https://tool.example/?a=b",
        "https://tool.example#x",
        "https://me:secret@tool.example",
        "https://tool.example:port",
        "https://tool example",
        "https://[::1",
    ],
    "LTI_TOOL_SECRET_KEY": ["", "short", " " * 40],
    "LTI_TOOL_TRUSTED_ORIGINS": ["lms.example", "https://a.example, nonsense", "https://a/b"],
    "LTI_TOOL_PROXIES": ["", "-1", "11", "one", "1.0", "9" * 5000],
    "LTI_TOOL_SESSION_HOURS": ["0", "169", "²"],
    "LTI_TOOL_WORKER_THREADS": ["0", "65"],
    "LTI_TOOL_ENGINE": ["", "Celery", "threads"],
    "LTI_TOOL_BROKER_URL": ["", "amqp:/x", "amqp://", "http://broker", "sqs://x"],
    "LTI_TOOL_QUEUE_PREFIX": ["", "pmo bridge", "Ä"],
    "LTI_TOOL_PLATFORM_CALLS": ["0", "65"],
    "LTI_TOOL_LEASE_SECONDS": ["2", "601"],
    "LTI_TOOL_RATE_LIMITS": ["", "true", "ON"],
    "LTI_TOOL_KEEP_OUTBOX_DAYS": ["0"],
    "LTI_TOOL_KEEP_LAUNCHES_DAYS": ["7"],
    "LTI_TOOL_STUCK_MINUTES": ["0"],
    "LTI_TOOL_METRICS_TOKEN": ["", "short", "Ä" * 20],
    "LTI_TOOL_LOG_LEVEL": ["", "LOUD"],
    "LTI_TOOL_PUBLIC_ULR": ["https://tool.example"],
    "LTI_TOOL_": ["x"],
}


def test_the_defaults() -> None:
    settings = read_settings(GOOD | {"PATH": "/bin", "FLASK_DEBUG": "0"})
    assert settings == Settings(
        database_url="sqlite:////var/lib/tool.db",
        public_url="https://tool.example",
        secret_key="x" * 32,
    )
    assert (settings.proxies, settings.trusted_origins) == (0, ())


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("postgres://u:p@db:5432/x", "postgresql+psycopg://u:p@db:5432/x"),
        ("postgresql://db/x", "postgresql+psycopg://db/x"),
        ("postgresql+psycopg://db/x", "postgresql+psycopg://db/x"),
        ("sqlite:///tool.db", "sqlite:///tool.db"),
    ],
)
def test_database_addresses(given: str, read: str) -> None:
    assert read_settings(GOOD | {"LTI_TOOL_DATABASE_URL": given}).database_url == read


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("https://Tool.Example/", "https://tool.example"),
        ("http://127.0.0.1:5000", "http://127.0.0.1:5000"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
    ],
)
def test_public_addresses(given: str, read: str) -> None:
    assert read_settings(GOOD | {"LTI_TOOL_PUBLIC_URL": given}).public_url == read


def test_several_trusted_origins() -> None:
    given = " https://a.example,http://127.0.0.1:8000  http://lms:80/ "
    settings = read_settings(GOOD | {"LTI_TOOL_TRUSTED_ORIGINS": given})
    assert settings.trusted_origins == (
        "https://a.example",
        "http://127.0.0.1:8000",
        "http://lms:80",
    )
    assert read_settings(GOOD | {"LTI_TOOL_TRUSTED_ORIGINS": ""}).trusted_origins == ()


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in BAD.items() for value in values]
)
def test_a_bad_setting_is_named_in_one_line(name: str, value: str) -> None:
    with pytest.raises(BadSetting) as caught:
        read_settings(GOOD | {name: value})
    line = str(caught.value)
    assert name in line and "\n" not in line and len(line) < 200 and line.endswith(".")


@pytest.mark.parametrize("name", GOOD)
def test_a_setting_that_is_needed_and_missing(name: str) -> None:
    with pytest.raises(BadSetting, match=f"^{name} must be set"):
        read_settings({key: value for key, value in GOOD.items() if key != name})


def test_celery_needs_a_broker_and_a_database_for_many_machines() -> None:
    celery = {"LTI_TOOL_ENGINE": "celery", "LTI_TOOL_DATABASE_URL": "postgresql://db/x"}
    broker = {"LTI_TOOL_BROKER_URL": "amqp://broker"}
    assert read_settings(GOOD | celery | broker).engine == "celery"
    with pytest.raises(BadSetting, match=r"^LTI_TOOL_BROKER_URL must be set"):
        read_settings(GOOD | celery)
    with pytest.raises(BadSetting, match=r"^LTI_TOOL_DATABASE_URL must begin with postgresql"):
        read_settings(GOOD | broker | {"LTI_TOOL_ENGINE": "celery"})


def test_no_value_of_a_secret_is_repeated() -> None:
    for name in ("LTI_TOOL_SECRET_KEY", "LTI_TOOL_DATABASE_URL", "LTI_TOOL_BROKER_URL"):
        with pytest.raises(BadSetting) as caught:
            read_settings(GOOD | {name: "mysql://u:hunter2@"})
        assert "hunter2" not in str(caught.value)


def run(environ: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("LTI_TOOL_")}
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *command],
        cwd=ROOT,
        env=clean | environ,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_tool_does_not_start_with_a_bad_setting(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/tool.db"
    done = run(GOOD | {"LTI_TOOL_DATABASE_URL": database, "LTI_TOOL_PROXIES": "x"}, "keys", "list")
    assert done.returncode != 0
    assert done.stderr.splitlines() == [
        "PMO Bridge cannot start: LTI_TOOL_PROXIES must be a whole number from 0 to 10."
    ]


def test_a_database_that_is_not_migrated_is_said_in_one_line(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/tool.db"
    done = run(GOOD | {"LTI_TOOL_DATABASE_URL": database}, "registrations", "list")
    assert done.returncode != 0
    assert "flask --app wsgi db upgrade" in done.stderr
    assert len(done.stderr.splitlines()) == 1 and "Traceback" not in done.stderr
