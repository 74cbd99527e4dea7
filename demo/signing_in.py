"""Who sits at the browser: chosen on the first page, without a password."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from demo.people import PEOPLE, Person

signing_in = Blueprint("signing_in", __name__)

# A name of its own: cookies are shared by all ports of a host.
COOKIE = "demo_platform_person"


def signed_in() -> Person | None:
    return PEOPLE.get(request.cookies.get(COOKIE, ""))


def someone_signed_in() -> Person:
    """The person, or the way to the first page."""
    person = signed_in()
    if person is None:
        abort(redirect(url_for("signing_in.first_page")))
    return person


@signing_in.get("/")
def first_page() -> str:
    return render_template("first.html", people=PEOPLE.values())


@signing_in.post("/sign-in")
def sign_in() -> Response:
    person = PEOPLE.get(request.form.get("person", ""))
    if person is None:
        abort(400, "There is no such person. Choose one on the first page.")
    response = redirect(url_for("course.course_page"), 303)
    response.set_cookie(COOKIE, person.id, httponly=True, samesite="Lax")
    return response


@signing_in.post("/sign-out")
def sign_out() -> Response:
    response = redirect(url_for("signing_in.first_page"), 303)
    response.delete_cookie(COOKIE, httponly=True, samesite="Lax")
    return response
