"""Periodic upkeep: what is past its use is deleted by age, in batches that hold up nobody."""

from __future__ import annotations

from datetime import timedelta

from flask import current_app

from lti_tool import outbox
from lti_tool.config import Settings
from lti_tool.db import unit_of_work
from lti_tool.launch.pruning import prune_launches
from lti_tool.lti import access_tokens

PRUNE = "prune"
PRUNE_SECONDS = 3600
MEND_CLOCK = "mend_clock"
MEND_CLOCK_SECONDS = 300


def prune(_: int) -> None:
    """Delete what the settings say is old enough."""
    settings: Settings = current_app.config["LTI_TOOL"]
    outbox.prune_done(timedelta(days=settings.keep_outbox_days))
    prune_launches(timedelta(days=settings.keep_launches_days))
    with unit_of_work():
        access_tokens.forget_expired()


def mend_clock(_: int) -> None:
    """Free what a clock that was set back has locked away in the future."""
    outbox.mend_clock()
