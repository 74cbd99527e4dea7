"""The gradebook of a FakePlatform: columns that a tool may list, make and change, and results."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/"
SCORE_SCOPE = SCOPE + "score"
RESULT_SCOPE = SCOPE + "result.readonly"
LINE_ITEM_SCOPE = SCOPE + "lineitem"
READ_SCOPE = SCOPE + "lineitem.readonly"
ALL_SCOPES = [SCORE_SCOPE, RESULT_SCOPE, LINE_ITEM_SCOPE, READ_SCOPE]
ITEM_TYPE = "application/vnd.ims.lis.v2.lineitem+json"
CONTAINER_TYPE = "application/vnd.ims.lis.v2.lineitemcontainer+json"
RESULT_TYPE = "application/vnd.ims.lis.v2.resultcontainer+json"

Said = tuple[int, dict[str, str], bytes]


def said(status: int, body: Any = None, **headers: str) -> Said:
    return status, headers, b"" if body is None else json.dumps(body).encode()


@dataclass
class Gradebook:
    """`columns` by name, `results` by column and learner: points of the column's maximum.

    `protected` holds what teachers entered by hand: scores do not change it. It filters nothing
    where `filters` is off, leaves zero out of results where `omits_zero`, and gives `page_size`
    columns in an answer. A column in `gone` was deleted; `maximum` is that of a link's own.
    """

    url: str
    columns: dict[str, dict[str, Any]] = field(default_factory=dict)
    results: dict[tuple[str, str], float] = field(default_factory=dict)
    protected: set[tuple[str, str]] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    filters: bool = True
    omits_zero: bool = False
    page_size: int = 2
    maximum: float = 10

    def keep(self, column: str, score: dict[str, Any]) -> None:
        """What a good score does: it is scaled to the column; without points the result goes."""
        key = (column, score["userId"])
        if key in self.protected:
            return
        if "scoreGiven" not in score or score["gradingProgress"] != "FullyGraded":
            self.results.pop(key, None)
            return
        maximum = self.columns.get(column, {}).get("scoreMaximum", self.maximum)
        self.results[key] = score["scoreGiven"] / score["scoreMaximum"] * maximum

    def override(self, column: str, user: str, points: float) -> None:
        """A teacher enters a grade by hand."""
        self.results[column, user] = points
        self.protected.add((column, user))

    def answer(self, method: str, path: str, headers: Any, body: bytes, scopes: str) -> Said:
        """Whatever is asked below /lineitems, scores aside."""
        parts = urlsplit(path)
        names = parts.path.strip("/").split("/")[1:]
        needs = [LINE_ITEM_SCOPE] if method != "GET" else [LINE_ITEM_SCOPE, READ_SCOPE]
        if names[1:] == ["results"]:
            needs = [RESULT_SCOPE]
        if not set(needs) & set(scopes.split()):
            return said(401)
        if names and names[0] in self.gone:
            return said(404)
        if method == "GET":
            return self._read(names, parts.query, headers)
        if headers.get("Content-Type") != ITEM_TYPE:
            return said(400)
        if method == "PUT":
            self.columns[names[0]] = json.loads(body)
            return said(200, self.columns[names[0]])
        return self._make(json.loads(body))

    def _read(self, names: list[str], query: str, headers: Any) -> Said:
        if not names:
            return self._list(query, headers)
        return self._list_results(names[0], headers) if names[1:] else self._one(names[0])

    def _one(self, name: str) -> Said:
        column = self.columns.get(name)
        own = {"id": f"{self.url}/{name}?type_id=2", "label": "Own", "scoreMaximum": self.maximum}
        return said(200, column or own)

    def _make(self, column: dict[str, Any]) -> Said:
        name = f"made-{len(self.columns) + 1}"
        self.columns[name] = column | {"id": f"{self.url}/{name}?type_id=2"}
        return said(201, self.columns[name])

    def _list(self, query: str, headers: Any) -> Said:
        if headers.get("Accept") != CONTAINER_TYPE:
            return said(400)
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        if asked.get("type_id") != "2":
            return said(400)
        found = [self.columns[name] for name in self.columns if name not in self.gone]
        names = {"resource_id": "resourceId", "tag": "tag", "resource_link_id": "resourceLinkId"}
        for name, member in names.items():
            if self.filters and name in asked:
                found = [each for each in found if each.get(member) == asked[name]]
        first = int(asked.get("from", "0"))
        more = urlencode(asked | {"from": str(first + self.page_size)})
        is_last = first + self.page_size >= len(found)
        link = {} if is_last else {"Link": f'<{self.url}?{more}>; rel="next"'}
        return said(200, found[first : first + self.page_size], **link)

    def _list_results(self, name: str, headers: Any) -> Said:
        if headers.get("Accept") != RESULT_TYPE:
            return said(400)
        maximum = self.columns.get(name, {}).get("scoreMaximum", self.maximum)
        results = [
            {"userId": user, "resultScore": points, "resultMaximum": maximum}
            for (column, user), points in self.results.items()
            if column == name and (points or not self.omits_zero)
        ]
        return said(200, results)
