"""The forms of a followed marker: begun, and corrected."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from monitoring.forms.record_form import RecordForm, choice, words
from monitoring.models import MrdSeries
from monitoring.models.choices import MarkerChoice

BETWEEN = "|"  # in the hidden field between marker and mutation type as they were seen


class MarkerForm(RecordForm):
    """Which marker, and of which mutation or transcript type; one that was measured keeps its marker."""

    COLUMNS: ClassVar[tuple[str, ...]] = ("marker", "mutation_type")

    marker = choice(_("Marker"), MarkerChoice.choices, required=True)
    mutation_type = words(
        _("Mutation or transcript type"), 20, _("As the laboratory names it, for example A; empty where it has none.")
    )

    def __init__(self, *args: Any, taken: Iterable[str] = (), is_measured: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [each for each in MarkerChoice.choices if each[0] not in set(taken)]
        field = self.fields["marker"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("choose")), *offered]
        field.disabled = is_measured

    @classmethod
    def initial_of(cls, row: Any) -> dict[str, Any]:
        """Return what the fields start from: the marker on record."""
        series: MrdSeries = row
        seen = BETWEEN.join((series.marker, series.mutation_type))
        return {"marker": series.marker, "mutation_type": series.mutation_type, "seen": seen}

    def clean_mutation_type(self) -> str:
        """Types are written in capitals, as assays name them."""
        return str(self.cleaned_data["mutation_type"]).upper()

    @property
    def seen_marker(self) -> tuple[str, str] | None:
        """Marker and type that the person saw; None where the form does not say."""
        marker, between, mutation_type = str(self.cleaned_data.get("seen") or "").partition(BETWEEN)
        return (marker, mutation_type) if between else None
