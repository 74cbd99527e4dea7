"""What an instructor should look at, in words: pure rules over the figures of a question.

Each rule states its bound. A rule speaks only when the whole 95 % interval is on the wrong side,
so that chance alone rarely accuses a question; with too few answers none speaks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lti_tool.analytics.chosen import Named, PartGroup, part_groups
from lti_tool.analytics.intervals import share
from lti_tool.analytics.item_statistics import Choice, ItemStatistics
from lti_tool.curriculum.items import Item, MultipleResponse, SituationalJudgement

WEAK = 0.2
EASY = 0.95
HARD = 0.3
OFTEN = 0.1
SURE_LEAST = 10
SURE_RIGHT = 0.5
OMITTED = 0.2
RARELY = 0.05
ORDER = ("key", "against", "lure", "sure", "hard", "omitted", "weak", "unused", "easy")


@dataclass(frozen=True)
class Finding:
    """One thing to look at: `kind` ranks it (`ORDER`), `advice` says what to do about it."""

    kind: str
    text: str
    advice: str

    @property
    def is_urgent(self) -> bool:
        """Whether learners may be losing points that they have earned."""
        return self.kind in ("key", "against", "lure")


def findings(item: Item, statistics: ItemStatistics) -> tuple[Finding, ...]:
    """What to look at, the gravest first; () while there are too few answers, or all is well."""
    if not statistics.is_enough:
        return ()
    found = [finding for rule in RULES for finding in rule(item, statistics)]
    kinds = {finding.kind for finding in found}
    if kinds & {"key", "against"}:
        found = [finding for finding in found if finding.kind not in ("weak", "lure")]
    return tuple(sorted(found, key=lambda finding: ORDER.index(finding.kind)))


def attention(found: tuple[Finding, ...]) -> int:
    """The rank of a question by its gravest finding; larger is calmer."""
    return ORDER.index(found[0].kind) if found else len(ORDER)


def _against(item: Item, statistics: ItemStatistics) -> Iterator[Finding]:
    """Discrimination below 0 for sure: stronger learners do worse."""
    index = statistics.discrimination
    if index is None or index.high >= 0:
        return
    rival = _strongest_rival(item, statistics)
    if rival is not None:
        yield Finding(
            "key",
            f"It may have a wrong key: stronger learners choose {rival}.",
            "Check which answer is right. If the key is wrong, repair the question: grades follow.",
        )
        return
    yield Finding(
        "against",
        "Stronger learners do worse on it than weaker ones.",
        "Check the key, and whether the wording can be read in two ways.",
    )


def _strongest_rival(item: Item, statistics: ItemStatistics) -> str | None:
    """The wrong option that pulls the strong most, among options of which one is chosen."""
    if isinstance(item, MultipleResponse):
        return None
    wrong = [
        (choice.pull.value, named.name or named.text)
        for choice, named in _chosen(item, statistics)
        if not named.right and choice.share >= OFTEN and choice.pull and choice.pull.value > 0
    ]
    return max(wrong)[1] if wrong else None


def _lure(item: Item, statistics: ItemStatistics) -> Iterator[Finding]:
    """A wrong option, chosen by a tenth or more, that draws the strong for sure."""
    if isinstance(item, SituationalJudgement):
        return
    for choice, named in _chosen(item, statistics):
        if named.right or choice.share < OFTEN or choice.pull is None or choice.pull.low <= 0:
            continue
        yield Finding(
            "lure",
            f"{named.name or named.text} is wrong, yet it draws stronger learners.",
            "Check whether it can be defended as right.",
        )


def _chosen(item: Item, statistics: ItemStatistics) -> Iterator[tuple[Choice, Named]]:
    for group in part_groups(item):
        for named in group.parts:
            choice = statistics.choice(named.part)
            if choice is not None:
                yield choice, named


def _sure(_item: Item, statistics: ItemStatistics) -> Iterator[Finding]:
    """Ten or more were sure, and for sure fewer than half of their points were earned."""
    sure = statistics.confidence.get("sure")
    if sure is not None and sure.n >= SURE_LEAST and sure.high < SURE_RIGHT:
        yield Finding(
            "sure",
            f"Of {sure.n} learners who were sure, most were wrong.",
            "Either many share a misconception, worth an hour in class, or the question misleads.",
        )


def _hard(_item: Item, statistics: ItemStatistics) -> Iterator[Finding]:
    if statistics.facility and statistics.facility.high < HARD:
        yield Finding(
            "hard",
            f"Learners earn only {statistics.facility.value:.0%} of its points.",
            "Check the key and the wording; if both are right, teach this part again.",
        )


def _easy(_item: Item, statistics: ItemStatistics) -> Iterator[Finding]:
    if statistics.facility and statistics.facility.low > EASY:
        yield Finding(
            "easy",
            "Nearly everybody has it right, so that it tells little about anybody.",
            "It may stay as a warm-up; a harder one would say more.",
        )


def _omitted(_item: Item, statistics: ItemStatistics) -> Iterator[Finding]:
    left = statistics.n - statistics.answered
    if left >= OMITTED * statistics.n:
        yield Finding(
            "omitted",
            f"{left} of {statistics.n} left it open.",
            "Check whether it is too long, unclear, or comes when time runs out.",
        )


def _weak(_item: Item, statistics: ItemStatistics) -> Iterator[Finding]:
    index = statistics.discrimination
    if index is not None and index.high < WEAK:
        yield Finding(
            "weak",
            "It hardly tells stronger learners from weaker ones.",
            "Check the wording, and whether it tests what the other questions test.",
        )


def _unused(item: Item, statistics: ItemStatistics) -> Iterator[Finding]:
    """Wrong options that nobody chose, and for sure not one learner in twenty would."""
    nobody = share(0, statistics.n)
    if nobody is None or nobody.high >= RARELY:
        return
    names = [
        named.name
        for group in _option_groups(item)
        for named in group.parts
        if not named.right and statistics.choice(named.part) is None
    ]
    if names:
        words = "option is" if len(names) == 1 else "options are"
        yield Finding(
            "unused",
            f"{len(names)} wrong {words} never chosen: {', '.join(names)}.",
            "They fool nobody; mistakes that learners really make would serve better.",
        )


def _option_groups(item: Item) -> list[PartGroup]:
    """The groups whose parts are lettered options."""
    return [group for group in part_groups(item) if group.parts[0].name == "A"]


Rule = Callable[[Item, ItemStatistics], Iterator[Finding]]
RULES: tuple[Rule, ...] = (_against, _lure, _sure, _hard, _omitted, _weak, _unused, _easy)
