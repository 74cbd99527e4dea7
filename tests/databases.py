"""What tests see and change in the tool's database behind its back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import pytest
from flask import Flask
from sqlalchemy import select, update

from lti_tool.db import Base, db, unit_of_work

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""For tests in which the database does not matter: the cheap one only."""

T = TypeVar("T", bound=Base)


def rows(app: Flask, model: type[T], **filters: Any) -> Sequence[T]:
    """The rows of a table as they stand now, the oldest first; usable after the session."""
    with app.app_context():
        query = select(model).filter_by(**filters).order_by(*model.__table__.primary_key)
        return db.session.scalars(query).all()


def change(app: Flask, model: type[Base], **values: Any) -> None:
    """Set columns in every row of a table: moves the clock of what is stored, for instance."""
    with app.app_context(), unit_of_work():
        db.session.execute(update(model).values(**values))
