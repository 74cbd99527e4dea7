"""The demo's people, its course and the links in it. Plain data: nothing here is stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field

MEMBERSHIP_ROLE = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
INSTITUTION_ROLE = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"


@dataclass(frozen=True)
class Person:
    """Someone with an account; `id` is the opaque LTI user id (`sub`)."""

    id: str
    given_name: str
    family_name: str
    role: str  # Instructor or Learner
    about: str

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    @property
    def initials(self) -> str:
        return self.given_name[0] + self.family_name[0]

    @property
    def email(self) -> str:
        return f"{self.given_name}.{self.family_name}@academy.example".lower()

    @property
    def is_teacher(self) -> bool:
        return self.role == "Instructor"

    @property
    def roles(self) -> list[str]:
        """Roles as in the id_token: the one in the course first, then that of the institution."""
        institution = "Faculty" if self.is_teacher else "Student"
        return [MEMBERSHIP_ROLE + self.role, INSTITUTION_ROLE + institution]


@dataclass(frozen=True)
class Link:
    """A resource link: an activity of the course that opens in the tool."""

    id: str
    title: str
    description: str
    custom: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Course:
    """The LTI context."""

    id: str
    label: str
    title: str


DANA = Person("1001", "Dana", "Whitfield", "Instructor", "Teacher: sets up the modules")
RAVI = Person("1002", "Ravi", "Menon", "Learner", "Student")
SOFIA = Person("1003", "Sofia", "Lindqvist", "Learner", "Student")
TOM = Person("1004", "Tom", "Achterberg", "Learner", "Student")

PEOPLE = {person.id: person for person in (DANA, RAVI, SOFIA, TOM)}
STUDENTS = tuple(person for person in PEOPLE.values() if not person.is_teacher)

COURSE = Course("course-101", "PMO-101", "PMO Academy, autumn term")

# A platform leaves a variable that it does not know as it is: the tool must bear the literal text.
_CUSTOM = {"available_until": "$ResourceLink.available.endDateTime"}
MODULE_1 = Link("link-1", "Module 1", "The first step from project manager to PMO leader.", _CUSTOM)
MODULE_3 = Link("link-2", "Module 3", "A later module of the same curriculum.", _CUSTOM)
NEW_ACTIVITY = Link("link-3", "New activity", "Just added; nothing has been chosen for it yet.")

LINKS = {link.id: link for link in (MODULE_1, MODULE_3, NEW_ACTIVITY)}
