"""Entry point for WSGI servers and for `flask --app wsgi`."""

import os
import sys

from lti_tool import create_app
from lti_tool.config import BadSetting

try:
    app = create_app()
except BadSetting as error:
    sys.exit(f"PMO Bridge cannot start: {error}")

if os.environ.get("FLASK_RUN_FROM_CLI"):
    from lti_tool import migrating

    migrating.init_app(app)
