"""Texts within an SVG: what people typed is text, and what XML cannot hold is shown as a sign of its own.

Source: XML 1.0, section 2.2, characters.
"""

import re
from xml.sax import saxutils

# A character pasted from elsewhere (a record separator, a vertical tab) would make the whole picture unreadable.
NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
IN_ITS_PLACE = "\ufffd"


def escape(text: str) -> str:
    """Return a text as the content of an element."""
    return saxutils.escape(NO_XML.sub(IN_ITS_PLACE, text))


def quoteattr(text: str) -> str:
    """Return a text as the value of an attribute, with its quotes."""
    return saxutils.quoteattr(NO_XML.sub(IN_ITS_PLACE, text))
