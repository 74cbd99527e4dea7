"""What an SVG picture may hold: an allow list, so that it can neither act nor load anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

MAX_BYTES = 64 * 1024
WIDTH = 400
LEAST_TEXT = 13
"""Units of the viewBox: on a narrow page they come out as CSS pixels."""

_MAX_HEIGHT = 1200
_NAMESPACE = "http://www.w3.org/2000/svg"
_ELEMENTS = """
svg title desc metadata g defs path rect circle ellipse line polyline polygon text tspan marker
linearGradient radialGradient stop pattern clipPath use
"""
_ATTRIBUTES = """
viewBox width height x y x1 y1 x2 y2 cx cy r rx ry fx fy d dx dy points pathLength transform
preserveAspectRatio fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-linecap
stroke-linejoin stroke-miterlimit stroke-dasharray stroke-dashoffset color opacity vector-effect
paint-order display visibility overflow shape-rendering text-rendering font-family font-size
font-style font-weight font-variant font-stretch letter-spacing word-spacing text-anchor
text-decoration dominant-baseline alignment-baseline baseline-shift textLength lengthAdjust rotate
marker-start marker-mid marker-end markerWidth markerHeight markerUnits refX refY orient offset
stop-color stop-opacity gradientUnits gradientTransform spreadMethod patternUnits
patternContentUnits patternTransform clip-path clip-rule clipPathUnits
"""
_WORDED_ATTRIBUTES = """
id role aria-label aria-labelledby aria-describedby aria-hidden focusable lang xml:lang xml:space
version
"""
_ELEMENT_NAMES = frozenset(_ELEMENTS.split())
_ATTRIBUTE_NAMES = frozenset(_ATTRIBUTES.split())
_WORDED_NAMES = frozenset(_WORDED_ATTRIBUTES.split())
_HINTS = {
    "style": "write attributes such as fill and font-size in its place",
    "class": "write attributes such as fill and font-size in its place",
}
_FRAGMENT = re.compile(r"#[A-Za-z][\w.-]*")
_LOCAL_URL = re.compile(r"url\(#[A-Za-z][\w.-]*\)")
_REACHES_OUT = re.compile(r"url|[\\@;:]|/[/*]", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?")


@dataclass(frozen=True)
class Figure:
    """A picture as pages show it; `name` is unique in the curriculum, the width is `WIDTH`."""

    name: str
    svg: str
    height: int


@dataclass
class SvgReading:
    """The height of a picture, and its faults as (line, message)."""

    height: int = 0
    faults: list[tuple[int, str]] = field(default_factory=list)


def read_svg(text: str) -> SvgReading:
    """Judge the text of an SVG file; never raises for bad text."""
    if len(text.encode()) > MAX_BYTES:
        return SvgReading(faults=[(1, "is larger than 64 KiB: simplify the picture")])
    return _Reader().read(text)


class _Refused(Exception):
    """Ends the reading at once: what follows must not even be parsed."""


class _Reader:
    def __init__(self) -> None:
        self.reading = SvgReading()
        self._open: list[tuple[str, bool]] = []  # elements with whether they have an id
        self._parser = expat.ParserCreate("UTF-8")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.ProcessingInstructionHandler = self._instruction

    def read(self, text: str) -> SvgReading:
        try:
            self._parser.Parse(text.encode(), True)
        except expat.ExpatError as error:
            self.reading.faults.append(
                (error.lineno, f"is not XML: {expat.ErrorString(error.code)}")
            )
        except _Refused as refusal:
            self._fault(str(refusal))
        return self.reading

    def _fault(self, message: str) -> None:
        self.reading.faults.append((self._parser.CurrentLineNumber, message))

    def _doctype(self, *_: object) -> None:
        raise _Refused("a document type is refused, and entities with it: remove it")

    def _instruction(self, *_: object) -> None:
        self._fault("a processing instruction is refused: remove it")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._open:
            self._root(name, attributes)
        elif name == "svg":
            self._fault("an svg within the svg is refused")
        if name not in _ELEMENT_NAMES:
            self._fault(f"the element {name} is refused")
        if name == "use" and any(has_id for _, has_id in self._open[1:]):
            self._fault("a use within an element with an id is refused: it could repeat itself")
        for attribute, value in attributes.items():
            for message in _attribute_faults(attribute, value):
                self._fault(message)
        self._open.append((name, "id" in attributes))

    def _end(self, _: str) -> None:
        self._open.pop()

    def _root(self, name: str, attributes: dict[str, str]) -> None:
        if name != "svg":
            raise _Refused("must be an svg")
        if attributes.get("xmlns") != _NAMESPACE:
            self._fault(f'the svg must have xmlns="{_NAMESPACE}"')
        numbers = re.split(r"[\s,]+", attributes.get("viewBox", "").strip())
        if len(numbers) != 4 or not all(_NUMBER.fullmatch(number) for number in numbers):
            self._fault(f'the svg must have a viewBox such as "0 0 {WIDTH} 240"')
            return
        width, height = float(numbers[2]), float(numbers[3])
        if width != WIDTH or not 0 < height <= _MAX_HEIGHT:
            self._fault(f"the viewBox must be {WIDTH} wide and at most {_MAX_HEIGHT} high")
            return
        self.reading.height = max(1, round(height))


def _attribute_faults(name: str, value: str) -> Iterator[str]:
    if name == "xmlns":
        if value != _NAMESPACE:
            yield f"the namespace {value} is refused"
    elif name == "href":
        if not _FRAGMENT.fullmatch(value):
            yield "href must name a part of the same picture, such as #arrow"
    elif name in _ATTRIBUTE_NAMES:
        yield from _value_faults(name, value)
    elif name not in _WORDED_NAMES:
        yield f"the attribute {name} is refused: {_HINTS.get(name, 'remove it')}"


def _value_faults(name: str, value: str) -> Iterator[str]:
    if _REACHES_OUT.search(_LOCAL_URL.sub("", value)):
        yield f'{name}="{value[:40]}" is refused: it may only point to a part of the picture'
    if name == "font-size":
        number = value.strip().removesuffix("px")
        if not _NUMBER.fullmatch(number) or float(number) < LEAST_TEXT:
            yield f"font-size must be at least {LEAST_TEXT} units, so that it can be read"
