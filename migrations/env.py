"""Runs migrations within the application's context, so that its settings name the database."""

from alembic import context
from flask import current_app

from lti_tool.db import UTCDateTime

database = current_app.extensions["migrate"].db
context.config.set_main_option(
    "sqlalchemy.url", database.engine.url.render_as_string(hide_password=False).replace("%", "%%")
)


def render_item(kind, item, autogen_context):
    """Migrations stand alone: our own column types appear as what they are in the database."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def compare_type(_context, _inspected, _column, _type, metadata_type):
    """SQLite keeps no zones, so our moments would always seem to differ there."""
    return False if isinstance(metadata_type, UTCDateTime) else None


with database.engine.connect().execution_options(lti_tool_write=True) as connection:
    if connection.dialect.name == "sqlite":
        # A table that is altered is made anew, and what points at it would forbid that. The
        # connection is thrown away afterwards, for the switch does nothing within a transaction.
        connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")
        connection.detach()
    context.configure(
        connection=connection,
        target_metadata=database.metadata,
        render_item=render_item,
        compare_type=compare_type,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()
