"""The course's pages: its links, and each link open in a frame."""

from flask import Blueprint, abort, render_template, request

from demo.people import COURSE, LINKS, Link
from demo.settings import STORAGE_FRAME
from demo.signing_in import someone_signed_in
from demo.state import state

course = Blueprint("course", __name__)


@course.get("/course")
def course_page() -> str:
    someone_signed_in()
    return render_template("course.html", course=COURSE, links=LINKS.values())


@course.get("/course/links/<link_id>")
def link_page(link_id: str) -> str:
    """A link with the tool in a frame of our page."""
    someone_signed_in()
    frame = STORAGE_FRAME if state().settings.keeps_storage else None
    return render_template("link.html", course=COURSE, link=find_link(link_id), storage_frame=frame)


@course.get("/course/return")
def return_page() -> str:
    """Where the tool sends people back to, in whichever frame they are (`return_url`)."""
    return render_template(
        "message.html",
        title="Back from the tool",
        bad=bool(request.args.get("lti_errormsg")),
        text=request.args.get("lti_errormsg") or request.args.get("lti_msg") or "You have left it.",
    )


def find_link(link_id: str) -> Link:
    link = LINKS.get(link_id)
    if link is None:
        abort(404, "There is no such link in this course.")
    return link
