"""The form of a venetoclax cycle: what was planned, what was given, and with what."""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from monitoring.domain.dosing import ChildPugh, DosingWarning, Partner, Prescription, Severity
from monitoring.domain.interactions import Cyp3a4Class, class_of
from monitoring.domain.typed_numbers import parse_decimal
from monitoring.domain.venetoclax_days import CycleDays, HeldDays
from monitoring.forms.record_form import AS_BOOLEAN, AS_WORD, YES_NO, whole, words
from monitoring.forms.typed_fields import IsoDayField, TypedNumberField
from monitoring.models import VenetoclaxCycle
from monitoring.models.choices import ChildPughChoice, Cyp3a4Choice, PartnerDrugChoice, SettingChoice
from monitoring.queries.cycles_on_record import CycleFacts
from monitoring.queries.next_cycle import ProposedCycle
from monitoring.wording.numbers import exact
from monitoring.wording.timeline_words import span_words

BOOLEANS = ("ramp_up", "tls_prophylaxis", "g_csf")
LONGEST_CYCLE_DAYS = 120  # [DESIGN]; a cycle with a long recovery; beyond, the year or month is a slip
MIN_DOSE_MG, MAX_DOSE_MG = 10, 1200  # mg a day, as the database accepts them
# mg/m² a day, [DESIGN]: azacitidine 75, cytarabine 20, with room for reductions
MIN_PARTNER_DOSE, MAX_PARTNER_DOSE = Decimal(5), Decimal(200)
MAX_PLANNED_DAYS = 42  # days, as the database accepts them
COLUMNS = (
    "number", "starts_on", "ends_on", "planned_days", "given_days", "dose_mg", "ramp_up", "tls_prophylaxis",
    "partner_drug", "partner_dose_mg_m2", "partner_days", "cyp3a4", "cyp3a4_drug", "liver", "g_csf",
    "setting", "stopped_because",
)  # fmt: skip


class CycleForm(forms.Form):
    """One cycle. `others` are the cycles of the patient that it must not meet."""

    number = whole(_("Cycle"), 1, 99, required=True)
    starts_on = IsoDayField(label=_("Day 1"))
    ends_on = IsoDayField(label=_("Last day of the cycle"))
    dose_mg = whole(_("Venetoclax"), MIN_DOSE_MG, MAX_DOSE_MG)
    planned_days = whole(_("Days planned"), 1, MAX_PLANNED_DAYS)
    given_days = whole(_("Days given"), 0, LONGEST_CYCLE_DAYS)
    ramp_up = forms.ChoiceField(label=_("Ramp-up"), choices=YES_NO, required=False)
    tls_prophylaxis = forms.ChoiceField(label=_("TLS prophylaxis"), choices=YES_NO, required=False)
    partner_drug = forms.ChoiceField(label=_("Partner drug"), choices=PartnerDrugChoice.choices, required=False)
    partner_dose_mg_m2 = TypedNumberField(parse_decimal, whole=False, label=_("Dose of the partner drug"))
    partner_days = whole(_("Days of the partner drug"), 1, LONGEST_CYCLE_DAYS)
    cyp3a4 = forms.ChoiceField(label=_("What it does to CYP3A4"), choices=Cyp3a4Choice.choices, required=False)
    cyp3a4_drug = words(_("CYP3A4 inhibitor or inducer"), 60)
    liver = forms.ChoiceField(label=_("Hepatic function"), choices=ChildPughChoice.choices, required=False)
    g_csf = forms.ChoiceField(label=_("G-CSF"), choices=YES_NO, required=False)
    setting = forms.ChoiceField(label=_("Setting"), choices=SettingChoice.choices, required=False)
    stopped_because = words(_("Stopped early because"), 200)
    regimen = words(_("Regimen"), 200, _("Only where this cycle begins a new course."))
    reason = words(_("Reason for the correction"), 500)
    # what was read back, and for which drug the class was proposed: both travel with the form
    notes_seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20)
    class_proposed_for = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)

    def __init__(
        self, data: Any = None, *, others: Iterable[CycleFacts] = (), is_correction: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(data, label_suffix="", **kwargs)
        self.others = tuple(others)
        self.is_correction = is_correction
        del self.fields["regimen" if is_correction else "reason"]
        if is_correction:
            self.fields["reason"].required = True
            self.fields["reason"].error_messages["required"] = _("Say why the cycle is corrected.")

    @classmethod
    def initial_of(cls, row: VenetoclaxCycle | ProposedCycle) -> dict[str, Any]:
        """Return what the fields start from: a cycle on record, or the proposed one."""
        given = {name: getattr(row, name) for name in COLUMNS if hasattr(row, name)}
        told = {name: AS_WORD[given[name]] if name in BOOLEANS else given[name] for name in given}
        if isinstance(row, ProposedCycle):
            return {**told, "regimen": row.regimen}
        return {**told, "seen": row.recorded_at.isoformat()}

    def clean_partner_dose_mg_m2(self) -> Decimal | None:
        """Refuse a dose that no partner drug has: 1,000 typed for 100 or for 1.0 would be a thousandfold slip."""
        dose: Decimal | None = self.cleaned_data["partner_dose_mg_m2"]
        if dose is not None and not MIN_PARTNER_DOSE <= dose <= MAX_PARTNER_DOSE:
            sentence = _now("A partner drug has %(low)s to %(high)s mg/m²; understood was %(dose)s mg/m².") % {
                "low": exact(MIN_PARTNER_DOSE),
                "high": exact(MAX_PARTNER_DOSE),
                "dose": exact(dose),
            }
            raise ValidationError(sentence, code="out_of_range")
        return dose

    def clean(self) -> dict[str, Any]:
        """Refuse what no cycle can be: an end before its start, days shared with another, more days than it has."""
        given = super().clean() or {}
        starts_on, ends_on = given.get("starts_on"), given.get("ends_on")
        if starts_on and ends_on:
            self._check_span((ends_on - starts_on).days + 1)
            self._check_others(starts_on, ends_on)
        return given

    def _check_span(self, days: int) -> None:
        if days < 1:
            self.add_error("ends_on", ValidationError(_now("The end is before the start."), code="order"))
            return
        if days > LONGEST_CYCLE_DAYS:
            sentence = _now("That is a cycle of %(days)s days. Is the year right?") % {"days": days}
            self.add_error("ends_on", ValidationError(sentence, code="too_long"))
        for name in ("planned_days", "given_days"):
            if (self.cleaned_data.get(name) or 0) > days:
                sentence = _now("The cycle has %(days)s days only.") % {"days": days}
                self.add_error(name, ValidationError(sentence, code="too_many"))

    def _check_others(self, starts_on: date, ends_on: date) -> None:
        for other in self.others:
            if starts_on <= other.ends_on and other.starts_on <= ends_on:
                sentence = _now("This cycle shares days with cycle %(number)s (%(span)s).") % {
                    "number": other.number,
                    "span": span_words(other.starts_on, other.ends_on),
                }
                self.add_error("starts_on", ValidationError(sentence, code="overlap"))

    def propose_class(self) -> None:
        """Choose the class that the name of the drug says, once for each name, where none was chosen."""
        drug = self.data.get("cyp3a4_drug", "").strip()
        proposed = class_of(drug)
        if proposed is Cyp3a4Class.NONE or self.data.get("cyp3a4") or self.data.get("class_proposed_for") == drug:
            return
        typed: Any = self.data
        typed = typed.copy()
        typed["cyp3a4"], typed["class_proposed_for"] = proposed.value, drug
        self.data = typed

    def prescription(self, holds: tuple[HeldDays, ...] | None) -> Prescription:
        """Return what was typed as the rules of dosing see it; `holds` None: not to be compared with the days given."""
        given = self.cleaned_data
        starts_on, ends_on = given.get("starts_on"), given.get("ends_on")
        days = None
        if starts_on and ends_on and starts_on <= ends_on and holds is not None:
            days = CycleDays(starts_on, ends_on, given.get("planned_days"), given.get("given_days"), holds)
        return Prescription(
            dose_mg=given.get("dose_mg"),
            planned_days=given.get("planned_days"),
            partner=Partner(given.get("partner_drug") or ""),
            cyp3a4=Cyp3a4Class(given.get("cyp3a4") or ""),
            cyp3a4_drug=given.get("cyp3a4_drug") or "",
            liver=ChildPugh(given.get("liver") or ""),
            days=days,
        )

    def has_read(self, notes: Iterable[DosingWarning]) -> bool:
        """Whether these warnings stood on the page that was sent; a hint asks for nothing."""
        return self.cleaned_data.get("notes_seen") == fingerprint(notes) or not any(
            note.severity is not Severity.HINT for note in notes
        )

    @property
    def seen_at(self) -> datetime | None:
        """When the cycle was recorded that the person saw; None where the form does not say."""
        try:
            return datetime.fromisoformat(self.cleaned_data.get("seen") or "")
        except ValueError:
            return None

    @property
    def columns(self) -> dict[str, Any]:
        """What goes into the row."""
        given = self.cleaned_data
        return {name: AS_BOOLEAN[given[name]] if name in BOOLEANS else given[name] for name in COLUMNS}


def fingerprint(notes: Iterable[DosingWarning]) -> str:
    """Return what tells these warnings as they were read back from any others."""
    told = [(note.code.value, sorted(note.numbers.items()), note.drug) for note in notes]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]
