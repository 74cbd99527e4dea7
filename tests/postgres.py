"""A PostgreSQL database for one test after another, put back after each to what it was before.

Making a database anew for each test takes ten times as long as emptying one.
"""

from __future__ import annotations

import psycopg
from psycopg import sql

_TABLES = """
    SELECT array_agg(relname::text ORDER BY relname) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"""

_KEEP = """
CREATE SCHEMA kept;
CREATE TABLE kept.sequences AS
    SELECT schemaname, sequencename, last_value FROM pg_sequences WHERE schemaname = 'public';
CREATE FUNCTION kept.digest(name text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE found text;
BEGIN
    EXECUTE format('SELECT md5(string_agg(t::text, '','' ORDER BY t::text)) FROM %I.%I t',
                   'public', name) INTO found;
    RETURN found;
END $$;
DO $$
DECLARE name text; full_of text[] = '{}'; found boolean;
BEGIN
    FOR name IN SELECT relname FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', name) INTO found;
        IF found THEN
            EXECUTE format('CREATE TABLE kept.%I AS TABLE public.%I', 'of_' || name, name);
            full_of = full_of || name;
        END IF;
    END LOOP;
    CREATE TABLE kept.tables AS SELECT t AS name, kept.digest(t) FROM unnest(full_of) t;
END $$"""

_PUT_BACK = """
SET session_replication_role = replica; -- references are not looked at on the way
DO $$
DECLARE name text;
BEGIN
    FOR name IN SELECT relname FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
            AND relname NOT IN (SELECT t.name FROM kept.tables t)
    LOOP EXECUTE format('DELETE FROM public.%I', name); END LOOP;
    FOR name IN SELECT t.name FROM kept.tables t
        WHERE kept.digest(t.name) IS DISTINCT FROM t.digest
    LOOP
        EXECUTE format('DELETE FROM public.%I', name);
        EXECUTE format('INSERT INTO public.%I SELECT * FROM kept.%I', name, 'of_' || name);
    END LOOP;
    PERFORM setval(format('%I.%I', schemaname, sequencename), coalesce(last_value, 1),
                   last_value IS NOT NULL) FROM kept.sequences;
END $$"""

_CUT_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""


class PostgresDatabase:
    """A database made from `template`, both on `server` (an address without a name)."""

    def __init__(self, server: str, template: str, name: str) -> None:
        self.url = f"{server}/{name}"
        self._server, self._template, self._name = server, template, name
        self._make()

    def _make(self) -> None:
        names = {"name": sql.Identifier(self._name), "template": sql.Identifier(self._template)}
        with psycopg.connect(f"{self._server}/postgres", autocommit=True) as admin:
            admin.execute(sql.SQL("CREATE DATABASE {name} TEMPLATE {template}").format(**names))
        with psycopg.connect(self.url) as connection:
            connection.execute(_KEEP)
            self._tables = connection.execute(_TABLES).fetchone()

    def put_back(self) -> None:
        """As it was made: rows and counters; made anew where a test changed the tables."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(_CUT_OTHERS)
            same = connection.execute(_TABLES).fetchone() == self._tables
            if same:
                connection.execute(_PUT_BACK)
        if not same:
            self.drop()
            self._make()

    def drop(self) -> None:
        name = sql.Identifier(self._name)
        with psycopg.connect(f"{self._server}/postgres", autocommit=True) as admin:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
