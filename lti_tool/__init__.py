"""PMO Bridge: an LTI 1.3 Advantage tool; `create_app()` alone joins its parts."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from pathlib import Path
from wsgiref.headers import Headers

from flask import Flask
from flask_bootstrap import Bootstrap5
from sqlalchemy.orm import configure_mappers
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from lti_tool import db, errors, events, health, metrics, outbox, rate_limits, web
from lti_tool.analytics.act_views import blueprint as acts
from lti_tool.analytics.course_views import blueprint as course
from lti_tool.analytics.export_views import blueprint as exports
from lti_tool.analytics.item_views import blueprint as items
from lti_tool.analytics.roster_views import blueprint as roster
from lti_tool.analytics.views import blueprint as analytics
from lti_tool.commands import add_commands
from lti_tool.config import Settings, read_settings
from lti_tool.curriculum.copying_views import blueprint as copying
from lti_tool.curriculum.course_settings_views import blueprint as course_settings
from lti_tool.curriculum.history_views import blueprint as history
from lti_tool.curriculum.update_views import blueprint as updates
from lti_tool.curriculum.views import blueprint as curriculum
from lti_tool.doctor.views import blueprint as doctor
from lti_tool.grades.delivery_views import blueprint as deliveries
from lti_tool.grades.views import blueprint as grades
from lti_tool.grades.views import checks
from lti_tool.launch.notice_views import blueprint as notices
from lti_tool.launch.picking_views import blueprint as picking
from lti_tool.launch.views import blueprint as launch
from lti_tool.lessons.again_views import blueprint as again
from lti_tool.lessons.views import blueprint as lessons
from lti_tool.privacy.views import blueprint as privacy
from lti_tool.quiz.accommodation_views import blueprint as accommodation
from lti_tool.quiz.marking_views import blueprint as marking
from lti_tool.quiz.practice_views import blueprint as practice
from lti_tool.quiz.repair_views import blueprint as repairs
from lti_tool.quiz.views import blueprint as quiz
from lti_tool.reactions import LANE_OF, REACTIONS
from lti_tool.registering.stating_views import blueprint as stating
from lti_tool.registering.views import blueprint as registering

ROOT = Path(__file__).parent.parent
STATIC_SECONDS = 3600


def create_app(environ: Mapping[str, str] | None = None) -> Flask:
    """Build the application from LTI_TOOL_* variables (`environ`, or the process's own)."""
    settings = read_settings(os.environ if environ is None else environ)
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("lti_tool").setLevel(settings.log_level)
    app = Flask(__name__, template_folder=str(ROOT / "templates"))
    app.config["LTI_TOOL"] = settings
    app.config["BOOTSTRAP_SERVE_LOCAL"] = True
    app.config["PREFERRED_URL_SCHEME"] = settings.public_url.split(":", 1)[0]
    db.init_app(app, settings.database_url)
    Bootstrap5(app)
    errors.init_app(app)
    events.init_app(app, REACTIONS)
    outbox.init_app(app, LANE_OF, _announcer(settings))
    web.init_app(app)
    rate_limits.init_app(app)
    add_commands(app)
    pages = (
        launch,
        notices,
        registering,
        stating,
        picking,
        copying,
        curriculum,
        updates,
        history,
        course_settings,
        lessons,
        again,
        quiz,
        repairs,
        marking,
        practice,
        accommodation,
        grades,
        checks,
        deliveries,
        analytics,
        acts,
        roster,
        course,
        items,
        exports,
        privacy,
        doctor,
    )
    for blueprint in (health.blueprint, metrics.blueprint, *pages):
        app.register_blueprint(blueprint)
    configure_mappers()  # now, for objects are read past the session, too (`rows.objects_in`)
    _serve(app, settings.proxies)
    return app


def _announcer(settings: Settings) -> outbox.Announce | None:
    """What tells the broker of new messages; without a broker, Celery is not even imported."""
    if settings.engine != "celery":
        return None
    from lti_tool.broker import Announcer

    return Announcer(settings)


def _keep_from_sniffing(headers: Headers, _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"


def _serve(app: Flask, proxies: int) -> None:
    """What stands between the server and Flask: static files, and trusted proxies' headers."""
    static = WhiteNoise(
        app.wsgi_app, max_age=STATIC_SECONDS, add_headers_function=_keep_from_sniffing
    )
    static.add_files(str(Path(__file__).parent / "static"), prefix="static/")
    app.wsgi_app = static  # type: ignore[method-assign]
    if proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies
        )
