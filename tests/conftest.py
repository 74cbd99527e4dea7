"""Fixtures: the application on each database, platforms, people."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask_migrate import upgrade

from lti_tool import create_app, migrating
from lti_tool.curriculum import publishing
from lti_tool.curriculum.checking import check
from lti_tool.db import db, unit_of_work, utcnow
from lti_tool.lti.registrations import NewRegistration, add_registration
from lti_tool.worker import Worker
from tests.browsers import TOOL, Browser
from tests.chromium import chromium
from tests.platforms import FakePlatform
from tests.postgres import PostgresDatabase
from tests.warmth import remember_routes, share_templates

__all__ = ["chromium"]

ROOT = Path(__file__).parent.parent
CONTENT = ROOT / "lti_tool/curriculum/content/pm-to-pmo"
POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432")
SECRET = "a secret key for tests that is long enough"

remember_routes()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgresql"), help="run on this one only")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each test runs on both databases, unless it names its own (`tests.databases`)."""
    named = {mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")}
    if "database" in metafunc.fixturenames and "database" not in named:
        only = metafunc.config.getoption("--database")
        names = [only] if only else ["sqlite", "postgresql"]
        metafunc.parametrize("database", names, indirect=True)


def environ_for(database_url: str, **more: str) -> dict[str, str]:
    return {
        "LTI_TOOL_DATABASE_URL": database_url,
        "LTI_TOOL_PUBLIC_URL": TOOL,
        "LTI_TOOL_SECRET_KEY": SECRET,
        "LTI_TOOL_LOG_LEVEL": "ERROR",
    } | more


def prepare(database_url: str) -> None:
    """Migrate a database, make the tool's key, and publish the curriculum."""
    app = create_app(environ_for(database_url))
    migrating.init_app(app)
    with app.app_context():
        upgrade(str(ROOT / "migrations"))
        with unit_of_work():
            publishing.publish(check(CONTENT, utcnow().date()))
            from lti_tool.lti import keys

            keys.ensure_key()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.db"
    prepare(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template() -> Iterator[str]:
    name = f"pmo_bridge_template_{uuid.uuid4().hex[:12]}"
    try:
        admin = psycopg.connect(f"{POSTGRES}/postgres", autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"no PostgreSQL at {POSTGRES}: {error}")
    with admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        prepare(f"{POSTGRES}/{name}")
        yield name
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def postgres_database(postgres_template: str) -> Iterator[PostgresDatabase]:
    made = PostgresDatabase(POSTGRES, postgres_template, f"pmo_bridge_{uuid.uuid4().hex[:12]}")
    yield made
    made.drop()


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated database with a published curriculum and nothing else."""
    if request.param == "sqlite":
        path = tmp_path / "tool.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    postgres: PostgresDatabase = request.getfixturevalue("postgres_database")
    yield postgres.url
    postgres.put_back()


@pytest.fixture
def make_app(database: str) -> Iterator[Callable[..., Flask]]:
    """Builds the application on the test's database; more than one share it like processes."""
    made: list[Flask] = []

    def make(**settings: str) -> Flask:
        app = create_app(environ_for(database, **settings))
        share_templates(app)
        made.append(app)
        return app

    yield make
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def platform() -> Iterator[FakePlatform]:
    fake = FakePlatform()
    yield fake
    fake.close()


def register(app: Flask, fake: FakePlatform) -> None:
    with app.app_context(), unit_of_work():
        add_registration(NewRegistration(**fake.registration()))


@pytest.fixture
def app(make_app: Callable[..., Flask], platform: FakePlatform) -> Flask:
    """The application, with the fake platform registered."""
    app = make_app(LTI_TOOL_TRUSTED_ORIGINS=platform.url)
    register(app, platform)
    return app


@pytest.fixture
def new_browser(app: Flask, platform: FakePlatform) -> Callable[[], Browser]:
    return lambda: Browser(app, platform)


@pytest.fixture
def browser(new_browser: Callable[[], Browser]) -> Browser:
    return new_browser()


@pytest.fixture
def work(app: Flask) -> Callable[[], None]:
    """Carry out the outbox until nothing is due."""

    def until_idle() -> None:
        Worker(app).run(until_idle=True)

    return until_idle
