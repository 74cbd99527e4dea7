"""An LTI platform made of Open edX's own code, on loopback, in a process of its own.

Run by the Python of `.venv-xblock`, never imported by the tests. It writes its address as one line
of JSON and serves until it is ended.

Theirs, from `lti-consumer-xblock`: the Django app with its tables, migrations, URLs, views,
permissions, serializers and signals; the LTI component (`LtiConsumerXBlock`) with the page that
learners see; so each message, key, token and check of LTI 1.3 and AGS. Of a client assertion their
code checks signature and expiry alone: that its audience is right, these tests cannot show.

Glue: these settings and the server; and in `xblock_site` what the component asks of the Open edX
LMS around it (people, course, storage, gradebook), which is no part of the package. For that, four
functions of the package's `plugin.compat` are replaced. Nobody signs in: pages name the person.
"""

from __future__ import annotations

import json
import sys
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import django  # type: ignore[import-not-found]
from django.conf import settings  # type: ignore[import-not-found]
from django.core.management import call_command  # type: ignore[import-not-found]
from django.core.wsgi import get_wsgi_application  # type: ignore[import-not-found]

HOST = "127.0.0.1"


class QuietHandler(WSGIRequestHandler):
    """Without a line for each request."""

    def log_message(self, *args: Any) -> None:
        pass


def configure(url: str) -> None:
    """Django settings as the LMS has them, as far as the LTI component reads them."""
    settings.configure(
        SECRET_KEY="a key for tests",
        ALLOWED_HOSTS=[HOST],
        USE_TZ=True,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "waffle",
            "lti_consumer",
        ],
        MIDDLEWARE=["edx_django_utils.cache.middleware.RequestCacheMiddleware"],
        TEMPLATES=[
            {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}
        ],
        LOGGING={
            "version": 1,
            "disable_existing_loggers": False,
            "handlers": {"stderr": {"class": "logging.StreamHandler"}},
            "root": {"handlers": ["stderr"], "level": "WARNING"},
        },
        ROOT_URLCONF="xblock_site",
        LMS_ROOT_URL=url,
        OPENEDX_TELEMETRY=[],
        PLATFORM_NAME="Open edX for tests",
        SERVICE_VARIANT="lms",
        USAGE_ID_PATTERN=r"(?P<usage_id>(?:i4x://?[^/]+/[^/]+/[^/]+/[^@]+(?:@[^/]+)?)|(?:[^/]+))",
    )
    django.setup()
    call_command("migrate", verbosity=0)


def main() -> None:
    """Serve one request after the other: the database lives in this thread's memory."""
    with WSGIServer((HOST, 0), QuietHandler) as server:
        url = f"http://{HOST}:{server.server_port}"
        configure(url)
        server.set_app(get_wsgi_application())
        sys.stdout.write(json.dumps({"url": url}) + "\n")
        sys.stdout.flush()
        server.serve_forever()


if __name__ == "__main__":
    main()
