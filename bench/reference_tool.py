"""For orientation: the smallest tool on pylti1p3next's own Flask integration, its keys cached.

Served by gunicorn as `bench.reference_tool:app`. It checks a launch, keeps the launch data in
memory and shows one line; it has no database, no course and no module.
"""

from __future__ import annotations

import os
from typing import Any

from flask import Flask, redirect
from flask.typing import ResponseReturnValue
from pylti1p3.contrib.flask import (
    FlaskCacheDataStorage,
    FlaskMessageLaunch,
    FlaskOIDCLogin,
    FlaskRequest,
)
from pylti1p3.tool_config import ToolConfDict

ISSUER = os.environ["BENCH_ISSUER"]
CONFIG = ToolConfDict(
    {
        ISSUER: {
            "client_id": os.environ["BENCH_CLIENT_ID"],
            "auth_login_url": f"{ISSUER}/auth",
            "auth_token_url": f"{ISSUER}/token",
            "key_set_url": f"{ISSUER}/jwks",
            "deployment_ids": [os.environ["BENCH_DEPLOYMENT_ID"]],
        }
    }
)


class Memory:
    """A cache with the two methods that the library asks for."""

    def __init__(self) -> None:
        self._kept: dict[str, Any] = {}

    def get(self, key: str) -> Any:
        return self._kept.get(key)

    def set(self, key: str, value: Any, _seconds: int | None = None) -> None:
        self._kept[key] = value


MEMORY = Memory()
app = Flask(__name__)


@app.get("/healthz")
def healthz() -> str:
    return "ok"


@app.post("/lti/login")
def login() -> ResponseReturnValue:
    storage = FlaskCacheDataStorage(MEMORY)
    flow = FlaskOIDCLogin(FlaskRequest(), CONFIG, launch_data_storage=storage)
    answer: ResponseReturnValue = flow.redirect("http://127.0.0.1/lti/launch")
    return answer


@app.post("/lti/launch")
def launch() -> ResponseReturnValue:
    return redirect(f"/l/{_message().validate().get_launch_id()}/", 303)


@app.get("/l/<launch_id>/")
def page(launch_id: str) -> str:
    storage = FlaskCacheDataStorage(MEMORY)
    found = FlaskMessageLaunch.from_cache(
        launch_id, FlaskRequest(), CONFIG, launch_data_storage=storage
    )
    return f"<!doctype html><title>Module</title><p>{found.get_launch_data()['sub']}</p>"


def _message() -> Any:
    storage = FlaskCacheDataStorage(MEMORY)
    message = FlaskMessageLaunch(FlaskRequest(), CONFIG, launch_data_storage=storage)
    keys = FlaskCacheDataStorage(MEMORY)
    keys.set_request(FlaskRequest())
    message.set_public_key_caching(keys)
    return message
