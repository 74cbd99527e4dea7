"""The migrations lead, in one line, to just the tables that the models describe."""

from __future__ import annotations

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade
from sqlalchemy import inspect

from lti_tool import migrating
from lti_tool.db import db
from tests.conftest import ROOT

FOLDER = str(ROOT / "migrations")


def test_there_is_one_line_of_migrations() -> None:
    assert len(ScriptDirectory(FOLDER).get_heads()) == 1


def test_a_migrated_database_is_what_the_models_describe(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences: list[Any] = compare_metadata(context, db.metadata)
        assert differences == []


def test_every_migration_can_be_undone(app: Flask) -> None:
    migrating.init_app(app)
    with app.app_context():
        downgrade(FOLDER, revision="base")
        tables = inspect(db.engine).get_table_names()
        db.session.remove()
    assert tables == ["alembic_version"]
