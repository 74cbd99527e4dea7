"""Reading XML from elsewhere: bounded, and without what XML can do to a reader."""

from __future__ import annotations

from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from lti_tool.curriculum.exchange.questions import Unreadable

LARGEST_BYTES = 20 * 1024 * 1024


def read_xml(data: bytes) -> Element:
    """The root; raises `Unreadable` for a file too large, no XML, or one that declares entities."""
    if len(data) > LARGEST_BYTES:
        raise Unreadable(f"The file is larger than {LARGEST_BYTES // 1024 // 1024} MB.")
    try:
        root: Element = fromstring(data, forbid_dtd=True)
    except DefusedXmlException:
        raise Unreadable("The file declares a document type: remove that part.") from None
    except (ParseError, ValueError, LookupError) as error:
        raise Unreadable(f"The file is no XML: {error}.") from None
    return root
