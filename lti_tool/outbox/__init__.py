"""Work to be done after the commit: messages written in the transaction that causes them.

A message names a handler and the id of what it concerns; it carries no data, for a handler reads
the current state when it runs. So equal messages that wait merge into one, and order cannot go
wrong. A message is claimed under a lease that its worker prolongs; when a worker dies, another
takes the message up.

Here: asking for work, claiming it, settling it, and the lanes that keep a platform in trouble
from being hammered. What a message does, and who runs it, belongs elsewhere.
"""

from lti_tool.outbox.asking import Announce, add, announce, hurry, init_app
from lti_tool.outbox.claiming import (
    claim,
    claim_message,
    claim_next,
    find_due,
    find_next,
    prolong,
    something_is_due,
    take_back,
)
from lti_tool.outbox.models import Lane, OutboxMessage, Status
from lti_tool.outbox.retrying import drop_dead, retry_dead
from lti_tool.outbox.settling import back_off_seconds, fail, finish, postpone
from lti_tool.outbox.taking import Claimed
from lti_tool.outbox.tidying import mend_clock, prune_done
from lti_tool.outbox.watching import count_by_status

__all__ = [
    "Announce",
    "Claimed",
    "Lane",
    "OutboxMessage",
    "Status",
    "add",
    "announce",
    "back_off_seconds",
    "claim",
    "claim_message",
    "claim_next",
    "count_by_status",
    "drop_dead",
    "fail",
    "find_due",
    "find_next",
    "finish",
    "hurry",
    "init_app",
    "mend_clock",
    "postpone",
    "prolong",
    "prune_done",
    "retry_dead",
    "something_is_due",
    "take_back",
]
