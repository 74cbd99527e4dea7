"""Lets `flask db` find the database. Web processes do without it: Alembic costs them 10 MiB."""

from __future__ import annotations

from flask import Flask
from flask_migrate import Migrate

from lti_tool.db import db


def init_app(app: Flask) -> None:
    Migrate(app, db)
