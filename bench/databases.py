"""Databases that are thrown away: SQLite in a folder, PostgreSQL on this machine."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

POSTGRES = "postgresql://postgres@127.0.0.1:5432"
KINDS = ("SQLite", "PostgreSQL")


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """The address of a new, empty database of that kind."""
    if kind == "SQLite":
        yield f"sqlite:///{folder / 'tool.sqlite'}"
        return
    name = f"pmo_bridge_bench_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"'.encode())
    try:
        yield f"{POSTGRES}/{name}"
    finally:
        with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True) as admin:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def why_absent(kind: str) -> str:
    """Why databases of that kind cannot be had here; "" when they can."""
    return "" if kind == "SQLite" or postgres_version() else f"nothing answers at {POSTGRES}"


def postgres_version() -> str:
    """The server's version, or "" when there is none."""
    try:
        with psycopg.connect(f"{POSTGRES}/postgres", connect_timeout=3) as connection:
            row = connection.execute("SHOW server_version").fetchone()
    except psycopg.OperationalError:
        return ""
    return str(row[0]) if row else ""


def server_pids(url: str) -> list[int]:
    """The server's processes that serve this database, on this machine; none for SQLite."""
    if url.startswith("sqlite"):
        return []
    query = "SELECT pid FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
    with psycopg.connect(f"{POSTGRES}/postgres") as connection:
        return [row[0] for row in connection.execute(query, [url.rpartition("/")[2]])]
