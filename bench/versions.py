"""What the figures were measured with."""

from __future__ import annotations

import os
import platform
import sqlite3
from importlib.metadata import version
from pathlib import Path

from bench.databases import postgres_version

PACKAGES = ("Flask", "SQLAlchemy", "pylti1p3next", "gunicorn")


def lines() -> list[str]:
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    postgres = postgres_version() or "absent"
    load = os.getloadavg()[0]
    return [
        f"Python {platform.python_version()}, {packages}",
        f"SQLite {sqlite3.sqlite_version}, PostgreSQL {postgres}",
        f"{_cpu_model()}, {os.cpu_count()} cores, load {load:.1f} before the start",
    ]


def _cpu_model() -> str:
    text = Path("/proc/cpuinfo").read_text()
    models = (line.partition(":")[2] for line in text.splitlines() if line.startswith("model name"))
    return next(models, platform.machine()).strip()
