"""The form of an adverse event by CTCAE 5.0."""

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from monitoring.domain.ctcae import FebrileCriterion, Grade, febrile_criterion
from monitoring.domain.typed_numbers import TypedNumberProblem, TypedNumberRefused, parse_decimal
from monitoring.forms.record_form import YES_NO, RecordForm, choice, words
from monitoring.forms.typed_fields import IsoDayField, TypedNumberField
from monitoring.models.choices import AdverseEventChoice

LOWEST_C, HIGHEST_C = Decimal(30), Decimal(45)  # degrees Celsius, as the database accepts them
GRADES = [(str(grade), str(grade)) for grade in range(1, 6)]


def parse_temperature(text: str) -> Decimal:
    """Read a temperature in degrees Celsius; raises TypedNumberRefused."""
    value = parse_decimal(text)
    if not LOWEST_C <= value <= HIGHEST_C:
        raise TypedNumberRefused(TypedNumberProblem.OUT_OF_RANGE, text)
    return value


class AdverseEventForm(RecordForm):
    """What happened, its grade and its days; of a febrile neutropenia also the temperature.

    `neutrophils_near` answers with the neutrophils (10^9/L) near a day, None where nothing was counted.
    """

    COLUMNS: ClassVar[tuple[str, ...]] = (
        "kind", "term", "grade", "starts_on", "ends_on", "temperature_c", "sustained_over_an_hour",
    )  # fmt: skip
    BOOLEANS: ClassVar[tuple[str, ...]] = ("sustained_over_an_hour",)

    kind = forms.ChoiceField(label=_("Kind"), choices=AdverseEventChoice.choices, required=False)
    term = words(_("Term"), 100, _("As CTCAE calls it; may stay empty where the kind says it."))
    grade = choice(_("Grade"), [("", _("choose")), *GRADES])
    starts_on = IsoDayField(label=_("First day"))
    ends_on = IsoDayField(label=_("Last day"), required=False)
    temperature_c = TypedNumberField(parse_temperature, whole=False, label=_("Highest temperature"))
    sustained_over_an_hour = forms.ChoiceField(label=_("38.0 °C for an hour"), choices=YES_NO, required=False)

    def __init__(self, data: Any = None, *, neutrophils_near: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.neutrophils_near = neutrophils_near

    @property
    def neutrophils(self) -> Decimal | None:
        """The neutrophils near the first day."""
        on = self.cleaned_data.get("starts_on")
        found: Decimal | None = self.neutrophils_near(on) if on and self.neutrophils_near else None
        return found

    @property
    def is_febrile(self) -> bool:
        """Whether the form speaks of a febrile neutropenia."""
        return bool(self.cleaned_data.get("kind") == AdverseEventChoice.FEBRILE_NEUTROPENIA)

    @property
    def criterion(self) -> FebrileCriterion:
        """What count and temperature say."""
        sustained = {"yes": True, "no": False}.get(self.cleaned_data.get("sustained_over_an_hour") or "")
        return febrile_criterion(self.neutrophils, self.cleaned_data.get("temperature_c"), sustained)

    def clean(self) -> dict[str, Any]:
        """Take the grade that count and temperature give where none was typed; ask for it where they give none."""
        given = super().clean() or {}
        typed = given.get("grade")
        if typed:
            given["grade"] = int(typed)
        elif "grade" not in self.errors:
            if self.is_febrile and self.criterion is FebrileCriterion.MET:
                given["grade"] = int(Grade.SEVERE)
            else:
                self.add_error("grade", ValidationError(_now("Choose the grade."), code="required"))
        return given
