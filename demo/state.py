"""What a running platform is made of, within reach of each view."""

from dataclasses import dataclass

from flask import current_app
from lti1p3platform.registration import Registration

from demo.settings import LmsSettings
from demo.storage import Storage

EXTENSION = "demo_lms"


@dataclass(frozen=True)
class LmsState:
    """Who we are, what we keep, and the tool's registration with its keys."""

    settings: LmsSettings
    storage: Storage
    registration: Registration


def state() -> LmsState:
    """The state of the app that answers the present request."""
    found = current_app.extensions[EXTENSION]
    assert isinstance(found, LmsState)  # noqa: S101 - narrows flask's untyped dict, never false
    return found
