"""The forms of a line of treatment: the whole line, and the day on which it ended."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from monitoring.domain.treatment_lines import Line, LineKind
from monitoring.forms.record_form import RecordForm, choice, seen_field, words
from monitoring.forms.typed_fields import IsoDayField
from monitoring.models.choices import TreatmentKindChoice

CYCLE_2_HELP = _("Day 1 of the second cycle of the first line: blood is due after it.")


class LineForm(RecordForm):
    """What was given, for what, from when to when. The kind of a line that holds cycles cannot be chosen."""

    COLUMNS: ClassVar[tuple[str, ...]] = ("kind", "regimen", "starts_on", "cycle_2_on", "ends_on", "stopped_because")

    kind = choice(_("Kind of line"), TreatmentKindChoice.choices, required=True)
    regimen = words(_("What is given"), 200)
    starts_on = IsoDayField(label=_("Begins on"))
    cycle_2_on = IsoDayField(label=_("Cycle 2 began on"), required=False, help_text=CYCLE_2_HELP)
    ends_on = IsoDayField(label=_("Ended on"), required=False, help_text=_("Empty while it runs."))
    stopped_because = words(_("Stopped early because"), 200)

    def __init__(self, *args: Any, cycles: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cycles = cycles
        self.fields["kind"].disabled = bool(cycles)
        self.fields["regimen"].required = True
        self.fields["regimen"].error_messages["required"] = _("Say what is given.")

    @property
    def line(self) -> Line | None:
        """The line as it is typed; None while it is no line yet."""
        given = self.cleaned_data if self.is_valid() else {}
        if not given:
            return None
        return Line(LineKind(given["kind"]), given["starts_on"], given["ends_on"], self.cycles)


class StepForm(RecordForm):
    """What happened to a line that is on record; no correction, but of the line as it was seen."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"] = seen_field()


class LineEndForm(StepForm):
    """On which day a line ended, and why where it was stopped early."""

    ends_on = IsoDayField(label=_("Ended on"))
    stopped_because = words(_("Stopped early because"), 200)


class Cycle2Form(StepForm):
    """On which day the second cycle of a first line began."""

    cycle_2_on = IsoDayField(label=_("Cycle 2 began on"))
