"""The platform as a Flask app: the only place where its parts are joined."""

from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask, Response, abort, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from demo.course import course
from demo.gradebook import gradebook
from demo.launching import launching
from demo.line_items import plain_number, seed_line_items
from demo.lti_platform import register_tool
from demo.services import services
from demo.settings import LOOPBACK_HOSTS, LmsSettings
from demo.signing_in import signed_in, signing_in
from demo.state import EXTENSION, LmsState, state
from demo.storage import Storage


def create_lms(settings: LmsSettings | None = None, database: str | Path = ":memory:") -> Flask:
    """Make the platform; `database` is a SQLite file's path, or ":memory:".

    The storage stays open until `close_lms(app)`.
    """
    settings, storage = settings or LmsSettings(), Storage(database)
    seed_line_items(storage)
    app = Flask(__name__)
    app.extensions[EXTENSION] = LmsState(settings, storage, register_tool(settings, storage))
    for blueprint in (signing_in, course, launching, gradebook, services):
        app.register_blueprint(blueprint)
    app.before_request(_refuse_other_hosts)
    app.after_request(_add_headers)
    app.register_error_handler(HTTPException, _show_error)
    app.add_template_filter(plain_number)
    app.add_template_filter(_clock_time, "clock_time")
    app.context_processor(lambda: {"person": signed_in()})
    return app


def close_lms(app: Flask) -> None:
    """Close the database."""
    kept = app.extensions[EXTENSION]
    kept.storage.close()


def _refuse_other_hosts() -> None:
    """Without passwords, the platform must not answer under a name that others can reach."""
    if urlsplit(f"//{request.host}").hostname not in LOOPBACK_HOSTS:
        abort(400, "This demo answers on this machine only.")


def _add_headers(response: Response) -> Response:
    policy = f"default-src 'self'; frame-src 'self' {state().settings.tool_url}"
    response.headers["Content-Security-Policy"] = f"{policy}; frame-ancestors 'self'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response


def _show_error(error: HTTPException) -> ResponseReturnValue:
    """A page for people, JSON for the tool's server. A redirect stays what it is."""
    if error.response is not None:
        return error
    text = error.description or "This did not work."
    if request.path.startswith(("/services/", "/token", "/jwks")):
        return jsonify(error=text), error.code or 500
    title = {404: "Not found", 405: "Not found"}.get(error.code or 0, "This did not work")
    return render_template("message.html", title=title, text=text, bad=True), error.code or 500


def _clock_time(moment: datetime) -> str:
    """In the machine's own zone, where the browser is too."""
    return moment.astimezone().strftime("%d %b, %H:%M:%S").lstrip("0")
