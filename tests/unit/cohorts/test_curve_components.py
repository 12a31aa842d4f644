"""The components of response, survival, incidence and transplant as the page includes them."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from monitoring.views import cohort_parts
from tests.cohort_patients import cohort_patient
from tests.simulated_cohort import asked, simulated

ADDRESS = "/cohorts/3/parts/SURVIVAL/"


def shown(part: str, patients: list[Any], **options: Any) -> str:
    question, answer = asked(part, patients, **options)
    drawn = cohort_parts.draw(question, answer)
    each = SimpleNamespace(part=question.part, address=ADDRESS, figure=drawn.context)
    return render_to_string(drawn.template, {"figure": drawn.context, "each": each})


def test_every_option_is_a_link_that_needs_no_script_and_the_chosen_one_says_so() -> None:
    page = shown("SURVIVAL", simulated(), endpoint="RFS", grouping="SIGNALLING")
    chosen = re.findall(r'<a href="([^"]+)"[^>]*aria-current="true">(.*?)</a>', page)
    assert [words for _, words in chosen] == ["RFS", "Molecular relapse", "By co-mutation", "Own centre"]
    assert all(address.startswith(f"{ADDRESS}?endpoint=") for address, _ in chosen)
    assert "RFS<sub>MRD</sub>" in page


def test_both_sizes_and_the_tables_stand_on_the_page() -> None:
    page = shown("SURVIVAL", simulated(), grouping="SIGNALLING")
    assert page.count("<svg viewBox") == 2
    assert page.count('<table class="curve-numbers') == 2
    assert "<details" in page
    assert "style=" not in page


def test_the_warning_stands_before_the_naive_curves() -> None:
    page = shown("TRANSPLANT", simulated(), comparison="NAIVE")
    assert page.index("immortal time") < page.index("<figure")
    assert 'class="immortal"' not in shown("TRANSPLANT", simulated())


@pytest.mark.parametrize(
    ("part", "patients", "said"),
    [
        ("SURVIVAL", [], "No patient can be counted from this origin."),
        ("INCIDENCE", [], "No patient can be counted from this origin."),
        ("INCIDENCE", [cohort_patient()], "No event has happened yet"),
        ("TRANSPLANT", [], "Nobody is left to compare."),
        ("RESPONSE", [], "none evaluated"),
    ],
)
def test_where_there_is_nothing_to_show_it_says_so(part: str, patients: list[Any], said: str) -> None:
    page = shown(part, patients)
    assert said in page
    assert "<svg viewBox" not in page


def test_the_response_table_has_a_head_for_every_column_and_row() -> None:
    page = shown("RESPONSE", simulated())
    assert page.count('scope="colgroup"') == 5 + 1
    assert page.index("Blood") < page.index("Marrow")
    assert page.count('<tr class="sum">') == 4


def test_a_reader_in_french_sees_no_decimal_point() -> None:
    with translation.override("fr"):
        page = shown("SURVIVAL", simulated())
    texts = re.findall(r"<text[^>]*>([^<]+)</text>", page)
    assert not any(re.search(r"\d\.\d", text) for text in texts)
    assert any(re.search(r"\d,\d", text) for text in texts)


def test_what_a_centre_is_called_is_text_and_never_markup() -> None:
    patients = [cohort_patient(centre='<b onclick="x">&'), cohort_patient(centre="Northfield")]
    page = shown("SURVIVAL", patients, grouping="CENTRE")
    assert "<b onclick" not in page
    assert "&lt;b onclick" in page
