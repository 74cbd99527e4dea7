"""What the platform keeps, in one SQLite database (a file, or memory).

One connection and one lock: every reading and writing happens under the lock, so that "look, then
write" is one step for all threads. Slow under load, which a demo never sees.
"""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS message_hint (
    hint TEXT PRIMARY KEY, person_id TEXT NOT NULL, link_id TEXT NOT NULL,
    document_target TEXT NOT NULL, made_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS used_assertion (jti TEXT PRIMARY KEY, expires_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS line_item (
    id INTEGER PRIMARY KEY AUTOINCREMENT, label TEXT NOT NULL, score_maximum REAL NOT NULL,
    resource_id TEXT, tag TEXT, resource_link_id TEXT
);
CREATE TABLE IF NOT EXISTS score_post (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    line_item_id INTEGER NOT NULL REFERENCES line_item (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL, received_at TEXT NOT NULL, status INTEGER NOT NULL, note TEXT NOT NULL,
    body TEXT NOT NULL
);
"""


class Storage:
    """The database; `path` ":memory:" keeps it in memory until `close()`."""

    def __init__(self, path: str | Path = ":memory:") -> None:
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.executescript(f"PRAGMA foreign_keys = ON; {SCHEMA}")

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, and no other thread meanwhile. Not to be nested."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def all(self, query: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        with self._lock:
            return self._connection.execute(query, values).fetchall()

    def setting(self, name: str) -> str | None:
        rows = self.all("SELECT value FROM setting WHERE name = ?", [name])
        return str(rows[0]["value"]) if rows else None

    def keep_setting(self, name: str, value: str) -> None:
        with self.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", [name, value])

    def close(self) -> None:
        with self._lock:
            self._connection.close()
