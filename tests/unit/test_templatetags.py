"""Tags and filters as templates use them, and the components that they draw."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.utils import timezone, translation


def drawn(source: str, **context: Any) -> str:
    return " ".join(Template("{% load mrd %}" + source).render(Context(context)).split())


class Form(forms.Form):
    collected_on = forms.CharField(label="Collected on", help_text="year-month-day")
    value = forms.CharField(label="Level")
    comment = forms.CharField(label="Comment", required=False)
    action = forms.ChoiceField(label="Action taken", widget=forms.RadioSelect, choices=[("a", "Order"), ("b", "Watch")])
    checked = forms.BooleanField(label="Controls checked")


@pytest.mark.parametrize(
    ("source", "value", "shown"),
    [
        ("{{ x|pct }}", Decimal("1.996"), "1.996 %"),
        ("{{ x|level_number }}", Decimal("0.018"), "0.018"),
        ("{{ x|pct_of_abl1 }}", Decimal("0.018"), "0.018 % of ABL1"),
        ("{{ x|copies }}", Decimal(29495), "29,495"),
        ("{{ x|exact }}", Decimal("14.1264"), "14.1264"),
        ("{{ x|fold }}", Decimal("3.22"), "3.2-fold"),
        ("{{ x|log10_of_fold }}", Decimal("3.2222"), "+0.51 log"),
        ("{{ x|log10_change }}", Decimal("-0.82"), "−0.82 log"),
        ("{{ x|log10_reduction }}", Decimal("4.041"), "4.04 log"),
        ("{{ x|day }}", date(2026, 10, 22), "22 Oct 2026"),
        ("{{ x|short_day }}", date(2026, 10, 22), "22 Oct"),
        ("{{ x|long_day }}", date(2026, 10, 22), "Thursday 22 October 2026"),
        ("{{ x|weekday }}", date(2026, 10, 22), "Thu"),
        ("{{ x|date_echo }}", "2026-10-22", "Thu 22 Oct 2026"),
        ("{{ x|duration }}", timedelta(minutes=15), "15 minutes"),
        ("{{ x|tissue }}", "BM", "marrow"),
        ('{{ x|words:"flag" }}', "SAMPLE_OVERDUE", "Sample overdue"),
        ('{{ x|words:"ruleset" }}', "ELN2021", "ELN 2021"),
        ('{{ x|meaning:"rule" }}', "R1", "Detected after a negative."),
    ],
)
def test_filters(source: str, value: object, shown: str) -> None:
    assert drawn(source, x=value) == shown


def test_spans_between_two_days() -> None:
    days = {"now": date(2026, 11, 20), "due": date(2026, 11, 26), "start": date(2026, 7, 12)}
    assert drawn("{{ due|countdown:now }}", **days) == "6 days left"
    assert drawn("{{ now|months_since:start }}", **days) == "4.3 months"


def test_moments_are_told_in_the_active_time_zone() -> None:
    late = datetime(2026, 11, 18, 23, 30, tzinfo=UTC)
    with timezone.override("Europe/Paris"):
        assert drawn("{{ x|moment }}", x=late) == "19 Nov 2026, 00:30"
        assert drawn("{{ x|clock }}", x=late) == "00:30"


def test_a_level_is_told_with_its_limit() -> None:
    assert drawn('{% level "NOT_DETECTED" None limit %}', limit=Decimal("0.0032")) == "not detected, limit 0.0032 %"


def test_a_long_marker_may_break_after_its_colons() -> None:
    assert drawn("{{ x|marker }}", x="RUNX1::RUNX1T1") == (
        '<span class="nb">RUNX1::</span><wbr><span class="nb">RUNX1T1</span>'
    )


def test_a_state_is_icon_and_words_and_colour() -> None:
    shown = drawn('{% state "SUSPECTED" %}')
    assert '<use href="#i-suspected"/>' in shown
    assert '<span class="nb">Suspected</span>' in shown
    assert 'class="st c-suspected"' in shown


def test_an_episode_is_told_with_its_kind() -> None:
    with translation.override("fr"):
        assert "Progression moléculaire confirmée" in drawn('{% episode_state "CONFIRMED" "MOLECULAR_PROGRESSION" %}')


def test_a_tissue_has_the_mark_of_its_series() -> None:
    shown = drawn('{% tissue_mark "PB" %}')
    assert "#i-blood" in shown
    assert "c-pb" in shown
    assert "blood" in shown


def test_a_field_is_tied_to_hint_unit_and_error() -> None:
    shown = drawn(
        '{% include "components/field.html" with field=form.value unit="% of ABL1" hint="One separator." %}',
        form=Form({}, label_suffix=""),
    )
    assert 'aria-describedby="id_value_unit id_value_error id_value_helptext"' in shown
    for part in ("unit", "error", "helptext"):
        assert f'id="id_value_{part}"' in shown
    assert 'aria-invalid="true"' in shown
    assert "This field is required." in shown


def test_a_typed_date_is_echoed_also_without_javascript() -> None:
    form = Form(initial={"collected_on": "2026-12-03"}, label_suffix="")
    shown = drawn('{% include "components/field.html" with field=form.collected_on echo=True %}', form=form)
    assert ">Thu 3 Dec 2026</output>" in shown
    assert 'aria-describedby="id_collected_on_echo id_collected_on_helptext"' in shown


def test_only_optional_fields_are_marked() -> None:
    form = Form(label_suffix="")
    assert "(optional)" in drawn('{% include "components/field.html" with field=form.comment %}', form=form)
    assert "(optional)" not in drawn('{% include "components/field.html" with field=form.value %}', form=form)


def test_choices_are_a_group_with_nothing_preselected() -> None:
    shown = drawn('{% include "components/field.html" with field=form.action %}', form=Form(label_suffix=""))
    assert "<legend>Action taken</legend>" in shown
    assert "checked" not in shown


def test_the_summary_leads_to_every_field() -> None:
    form = Form({"value": "1"}, label_suffix="")
    form.add_error(None, "The curve failed.")
    shown = drawn('{% include "components/errors.html" with forms=form %}', form=form)
    assert "4 things to correct" in shown
    assert 'href="#id_collected_on"' in shown
    assert 'href="#id_action_0"' in shown
    assert "The curve failed." in shown


def test_a_form_without_problems_has_no_summary() -> None:
    assert drawn('{% include "components/errors.html" with forms=form %}', form=Form()) == ""


@pytest.mark.parametrize(
    ("pending", "shown"), [(1, "1 series is being recomputed"), (3, "3 series are being recomputed")]
)
def test_the_pending_banner_counts(pending: int, shown: str) -> None:
    assert shown in drawn('{% include "components/pending.html" with where="/" %}', pending=pending)


def test_no_banner_when_nothing_is_pending() -> None:
    assert drawn('{% include "components/pending.html" with where="/" %}', pending=0) == ""


def test_what_a_person_typed_is_escaped() -> None:
    shown = drawn('{% include "components/empty.html" with title=title %}', title="<script>")
    assert "<script>" not in shown
