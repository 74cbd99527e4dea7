"""The gradebook: students by columns, each cell with its grade and every post it received."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, jsonify, make_response, render_template, request

from demo.course import find_link
from demo.line_items import LineItem, line_item_of, line_items, plain_number
from demo.people import STUDENTS, Link, Person
from demo.scores import Grade, ScorePost, grade_of, score_posts
from demo.signing_in import signed_in, someone_signed_in
from demo.state import state
from demo.storage import Storage

gradebook = Blueprint("gradebook", __name__)


@dataclass(frozen=True)
class Cell:
    """One student in one column; `posts` are all scores that arrived for it, oldest first."""

    student: Person
    column: LineItem
    grade: Grade | None
    posts: list[ScorePost]

    @property
    def shown(self) -> str:
        if self.grade is None:
            return ""
        return f"{plain_number(self.grade.score)} / {plain_number(self.grade.maximum)}"


class Gradebook:
    """Reads what the platform holds; for the pages here and for tests."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def grade(self, student: Person, link: Link) -> Grade | None:
        """The grade in the link's own column, or None."""
        return grade_of(self._storage, self._column(link), student.id)

    def posts(self, student: Person, link: Link) -> list[ScorePost]:
        """Every score post for the link's own column, also refused ones, oldest first."""
        return score_posts(self._storage, self._column(link), student.id)

    def columns(self) -> list[LineItem]:
        return line_items(self._storage)

    def row(self, student: Person, columns: Sequence[LineItem]) -> list[Cell]:
        return [self.cell(student, column) for column in columns]

    def cell(self, student: Person, column: LineItem) -> Cell:
        posts = score_posts(self._storage, column, student.id)
        return Cell(student, column, grade_of(self._storage, column, student.id), posts)

    def _column(self, link: Link) -> LineItem:
        column = line_item_of(self._storage, link.id)
        if column is None:
            raise LookupError(f"{link.title} has no column of its own")
        return column


@gradebook.get("/gradebook")
def gradebook_page() -> str:
    someone_signed_in()
    return render_template("gradebook.html", table=_table())


@gradebook.get("/gradebook/table")
def table_part() -> Response:
    """The table alone, for the script that keeps the page fresh."""
    return _part(_table)


@gradebook.get("/course/links/<link_id>/grade")
def grade_part(link_id: str) -> Response:
    """The signed-in student's grade for one link, for the page with the frame."""
    return _part(lambda: own_grade(find_link(link_id)))


@gradebook.get("/gradebook.json")
def gradebook_json() -> Response:
    """All that the signed-in person may see, for scripts."""
    book, people = Gradebook(state().storage), _visible_to(someone_signed_in())
    cells = [cell for student in people for cell in book.row(student, book.columns())]
    return jsonify([_cell_json(cell) for cell in cells])


@gradebook.app_template_global()
def own_grade(link: Link) -> str:
    """The line with a student's grade under the frame; nothing for the teacher."""
    person, column = someone_signed_in(), line_item_of(state().storage, link.id)
    if person.is_teacher or column is None:
        return ""
    return render_template("_own_grade.html", cell=Gradebook(state().storage).cell(person, column))


@gradebook.app_template_global()
def version_of(html: str) -> str:
    """Names a state of a part of a page, so that the script asks only for a newer one."""
    return hashlib.sha256(html.encode()).hexdigest()[:16]


def _table() -> str:
    person, book = someone_signed_in(), Gradebook(state().storage)
    columns = book.columns()
    rows = [(student, book.row(student, columns)) for student in _visible_to(person)]
    empty = not any(cell.posts for _, cells in rows for cell in cells)
    return render_template("_gradebook.html", columns=columns, rows=rows, empty=empty)


def _visible_to(person: Person) -> Sequence[Person]:
    return STUDENTS if person.is_teacher else [person]


def _part(render: Any) -> Response:
    """A part of a page: 204 when the browser has this state, 401 when nobody is signed in."""
    if signed_in() is None:
        abort(401)
    html = render()
    version = version_of(html)
    if request.args.get("seen") == version:
        return make_response("", 204)
    response = make_response(html)
    response.headers["X-Version"] = version
    return response


def _cell_json(cell: Cell) -> dict[str, Any]:
    return {
        "user_id": cell.student.id,
        "student": cell.student.name,
        "line_item_id": cell.column.id,
        "label": cell.column.label,
        "resource_link_id": cell.column.resource_link_id,
        "score": cell.grade.score if cell.grade else None,
        "maximum": cell.column.score_maximum,
        "comment": cell.grade.comment if cell.grade else None,
        "received_at": cell.grade.received_at.isoformat() if cell.grade else None,
        "posts": [
            {
                "received_at": post.received_at.isoformat(),
                "status": post.status,
                "note": post.note,
                "body": post.body,
            }
            for post in cell.posts
        ],
    }
