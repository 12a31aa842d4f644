"""Whatever people typed, a picture stays readable for every program that reads XML."""

from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from monitoring.charts.xml_text import IN_ITS_PLACE, escape, quoteattr


@given(st.text())
def test_every_text_stands_in_an_element_and_in_an_attribute(typed: str) -> None:
    read = ET.fromstring(f"<text said={quoteattr(typed)}>{escape(typed)}</text>")
    assert len(read.attrib["said"]) == len(typed)
    assert (read.text or "").count(IN_ITS_PLACE) >= sum(letter < "\t" for letter in typed)


def test_what_xml_cannot_hold_is_seen_as_a_sign_of_its_own() -> None:
    assert escape("HAM\x1e & <2>\x0b") == f"HAM{IN_ITS_PLACE} &amp; &lt;2&gt;{IN_ITS_PLACE}"
