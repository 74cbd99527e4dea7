"""A curriculum folder as pages for its editors, on this machine only: every key, all feedback.

Pages of learners with nothing to guard: no launch, no database. Like views it stands outside the
order of the domains, since it shows items as the quiz does.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from flask import Flask, abort, current_app, redirect, render_template, url_for
from flask_bootstrap import Bootstrap5
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

from lti_tool import web
from lti_tool.curriculum.checking import Checked, check
from lti_tool.curriculum.documents import Curriculum, Module
from lti_tool.curriculum.editing_notes import notes
from lti_tool.curriculum.item_schemas import POOLS
from lti_tool.curriculum.items import Item
from lti_tool.curriculum.right_answers import right_answer
from lti_tool.quiz.explaining import Explanation, explain
from lti_tool.quiz.marking import mark
from lti_tool.quiz.presenting import Presentation, present

HOST = "127.0.0.1"
_PACKAGE = Path(__file__).parent.parent
_EXTENSION = "lti_tool_preview"
_SEED = "preview"


def serve(folder: Path, port: int) -> None:
    """Serve the folder on loopback until interrupted; ends the process where the port is taken."""
    server = make_server(HOST, port, create_preview(folder), threaded=True)
    with suppress(KeyboardInterrupt):
        server.serve_forever()


def create_preview(folder: Path) -> Flask:
    """The application; it reads the folder anew whenever a file in it has changed."""
    app = Flask(
        "lti_tool.preview",
        template_folder=str(_PACKAGE.parent / "templates"),
        static_folder=str(_PACKAGE / "static"),
        static_url_path="/static",
    )
    app.config["BOOTSTRAP_SERVE_LOCAL"] = True
    app.config["TRUSTED_HOSTS"] = [HOST, "localhost"]  # no foreign name may lead a browser here
    app.extensions[_EXTENSION] = _Folder(folder)
    Bootstrap5(app)
    web.init_app(app)
    app.add_url_rule("/", view_func=_contents)
    app.add_url_rule("/glossary", view_func=_glossary)
    app.add_url_rule("/sources", view_func=_sources)
    app.add_url_rule("/<module_id>/lessons/<slug>", view_func=_lesson)
    app.add_url_rule("/<module_id>/items", view_func=_items)
    app.add_url_rule("/<module_id>/figures/<name>", view_func=_figure)
    return app


class _Folder:
    """The folder with its last check."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stamp: object = None
        self._checked: Checked | None = None

    def checked(self) -> Checked:
        stamp = (date.today(), self._files())
        if self._checked is None or stamp != self._stamp:
            self._checked, self._stamp = check(self._folder, date.today()), stamp
        return self._checked

    def _files(self) -> list[tuple[str, int, int]]:
        paths = sorted(path for path in self._folder.rglob("*") if path.is_file())
        states = [(str(path), path.stat()) for path in paths]
        return [(path, state.st_mtime_ns, state.st_size) for path, state in states]


@dataclass(frozen=True)
class ShownItem:
    """An item as learners are asked, as a right answer is explained, and what editors know."""

    asked: Presentation
    explained: Explanation
    notes: list[tuple[str, str]]


def _checked() -> Checked:
    folder: _Folder = current_app.extensions[_EXTENSION]
    return folder.checked()


def _content() -> Curriculum:
    """The content; where faults leave none, the first page says what is wrong."""
    return _checked().curriculum or abort(redirect(url_for("_contents")))


def _module(content: Curriculum, module_id: str) -> Module:
    return content.module_by_id.get(module_id) or abort(404)


def _contents() -> str:
    checked = _checked()
    return render_template(
        "preview/contents.html", curriculum=checked.curriculum, faults=checked.faults
    )


def _lesson(module_id: str, slug: str) -> str:
    content = _content()
    module = _module(content, module_id)
    lesson = module.lesson(slug) or abort(404)
    return render_template(
        "preview/lesson.html",
        curriculum=content,
        module=module,
        lesson=lesson,
        stale=lesson.stale_claims(date.today()),
        shown=_shown(content.item_by_id[lesson.knowledge_check]),
    )


def _items(module_id: str) -> str:
    content = _content()
    module = _module(content, module_id)
    items = [item for item in content.items if item.module == module.id]
    pools = [(pool, [_shown(item) for item in items if item.pool == pool]) for pool in POOLS]
    return render_template(
        "preview/items.html",
        curriculum=content,
        module=module,
        pools=[(pool, shown) for pool, shown in pools if shown],
    )


def _shown(item: Item) -> ShownItem:
    answer = right_answer(item)
    explained = explain(item, mark(item, answer), answer, _SEED)
    if isinstance(explained.body, tuple):  # nothing is left to be opened
        groups = tuple(replace(group, is_open=True) for group in explained.body)
        explained = replace(explained, body=groups)
    return ShownItem(replace(present(item, _SEED), confidence=None), explained, notes(item))


def _figure(module_id: str, name: str) -> Response:
    return web.picture(_content().figures.get(name) or abort(404))


def _glossary() -> str:
    return render_template("preview/glossary.html", curriculum=_content())


def _sources() -> str:
    return render_template("preview/sources.html", curriculum=_content())
