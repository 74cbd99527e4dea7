"""What hundreds of applications in one process need not each work out anew.

Each test gets an application of its own, so that nothing remembered leaks from one to the next.
Half of what that cost went into compiling the same routes and templates over and over.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule


class _Memory(BytecodeCache):
    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


_templates = _Memory()


def share_templates(app: Flask) -> None:
    """Compiled templates are kept for the next application."""
    app.jinja_env.bytecode_cache = _templates


def remember_routes() -> None:
    """What builds a route's addresses is compiled once, not in each application again."""
    compile_builder: Callable[..., Any] = Rule._compile_builder
    made: dict[Any, Any] = {}

    def remembered(rule: Rule, append_unknown: bool = True) -> Any:
        key = (tuple(rule._trace), repr(rule.defaults), append_unknown)
        if key not in made:
            made[key] = compile_builder(rule, append_unknown)
        return made[key]

    Rule._compile_builder = remembered  # type: ignore[assignment, method-assign]
