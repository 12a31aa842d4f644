"""Forms of a run: its files, what its names stand for, a well that is left out, handing it on, discarding it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from monitoring.actions.run_files import MOST_FILES, DroppedFile
from monitoring.actions.run_matching import TargetSaid
from monitoring.domain.plate import WellRole
from monitoring.forms.typed_fields import IsoDayField
from monitoring.models import Laboratory
from monitoring.models.choices import RunTargetChoice
from monitoring.queries.run_targets import AssayToChoose, TargetOfRun
from monitoring.queries.runs import LotToChoose
from monitoring.readers.reading import LARGEST_FILE
from monitoring.wording.run_words import SHORT_ROLES

MATCH_SEPARATOR = "|"
ASSAY_PREFIX = "assay-"
ROLES_TO_CHOOSE = [(str(role), words) for role, words in SHORT_ROLES.items() if role != WellRole.STANDARD]


class RunUploadForm(forms.Form):
    """The files of one run, and the laboratory that measured it."""

    use_required_attribute = False

    laboratory = forms.ChoiceField(
        label=_("Laboratory"), error_messages={"required": _("Say which laboratory measured the run.")}
    )

    def __init__(
        self, *args: Any, laboratories: Sequence[Laboratory], uploaded: MultiValueDict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self._laboratories = {str(each.pk): each for each in laboratories}
        self.uploaded: list[UploadedFile[Any]] = uploaded.getlist("files") if uploaded else []
        named = [(str(each.pk), each.name) for each in laboratories]
        field = self.fields["laboratory"]
        if isinstance(field, forms.ChoiceField):
            field.choices = named if len(named) == 1 else [("", _now("choose")), *named]

    def clean(self) -> dict[str, Any]:
        """Refuse nothing at all, and more than can be read, before a byte is read."""
        cleaned = super().clean() or {}
        if not self.uploaded:
            raise forms.ValidationError(_now("Choose the file that the instrument's software exported."))
        if len(self.uploaded) > MOST_FILES:
            sentence = _now("These are %(count)s files. A run has at most %(most)s, one for each target.")
            raise forms.ValidationError(sentence % {"count": len(self.uploaded), "most": MOST_FILES})
        if sum(each.size or 0 for each in self.uploaded) > LARGEST_FILE:
            sentence = _now("The file is larger than %(limit)s MB. Export the results alone, without raw data.")
            raise forms.ValidationError(sentence % {"limit": LARGEST_FILE // 1024 // 1024})
        return cleaned

    def laboratory_chosen(self) -> Laboratory:
        """Return the laboratory that takes the run in."""
        return self._laboratories[self.cleaned_data["laboratory"]]

    def dropped_files(self) -> list[DroppedFile]:
        """Return the files with their names."""
        return [DroppedFile(each.name or "", each.read()) for each in self.uploaded]


class RevisionForm(forms.Form):
    """The revision of the run that the person saw."""

    use_required_attribute = False
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""


class WellForm(RevisionForm):
    """One reaction that is left out, with the reason, or taken in again."""

    reaction = forms.IntegerField(widget=forms.HiddenInput)
    take_in = forms.BooleanField(required=False, widget=forms.HiddenInput)
    because = forms.CharField(
        label=_("Reason"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "reasons"}),
    )

    def clean(self) -> dict[str, Any]:
        """A well is left out with a reason only."""
        cleaned = super().clean() or {}
        if not cleaned.get("take_in") and not (cleaned.get("because") or "").strip():
            self.add_error("because", _now("Say why the well is left out. The reason stays with the result."))
        return cleaned


class DescribeForm(RevisionForm):
    """The day of the run, the lots that it was made with, a comment."""

    run_on = IsoDayField(label=_("Run on"), required=False)
    lots = forms.MultipleChoiceField(label=_("Lots"), required=False, widget=forms.CheckboxSelectMultiple)
    comment = forms.CharField(
        label=_("Comment"), max_length=500, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args: Any, lots: Iterable[LotToChoose], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["lots"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [(str(lot.lot_id), lot.said) for lot in lots]

    def lot_ids(self) -> list[int]:
        """Return the lots that were ticked."""
        return [int(pk) for pk in self.cleaned_data["lots"]]


class DiscardForm(RevisionForm):
    """Why a run is laid aside."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        error_messages={"required": _("Say why the run is discarded.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class SubmitForm(RevisionForm):
    """Handing a run on; where it failed, that its results are not evaluable; reasons to amend, by row."""

    although_failed = forms.BooleanField(required=False)

    def amend_because(self) -> dict[str, str]:
        """Return the reasons to amend that were given."""
        given = {name: str(value).strip() for name, value in self.data.items() if name.startswith("amend-")}
        return {name.removeprefix("amend-"): reason[:500] for name, reason in given.items() if reason}


class TargetsForm(RevisionForm):
    """What each target of a run is; a field for each, in the order of the file."""

    def __init__(
        self, *args: Any, targets: Sequence[TargetOfRun], assays: Sequence[AssayToChoose], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._targets = targets
        choices = [
            ("", _now("choose")),
            *((f"{ASSAY_PREFIX}{assay.assay_id}", assay.said) for assay in assays),
            (RunTargetChoice.CONTROL_GENE.value, _now("control gene (ABL1)")),
            (RunTargetChoice.NOT_USED.value, _now("not used")),
        ]
        for number, target in enumerate(targets):
            self.fields[f"target_{number}"] = forms.ChoiceField(
                label=target.name, choices=choices, initial=_chosen(target), required=True,
                error_messages={"required": _now("Say what this target is.")},
            )  # fmt: skip

    @property
    def rows(self) -> list[tuple[TargetOfRun, forms.BoundField]]:
        """The targets with their fields."""
        return [(target, self[f"target_{number}"]) for number, target in enumerate(self._targets)]

    def said(self) -> Mapping[str, TargetSaid]:
        """Return what was said of each target."""
        return {
            target.name: _target_said(self.cleaned_data[f"target_{number}"])
            for number, target in enumerate(self._targets)
        }


class NameForm(RevisionForm):
    """What a person says of one name of the tray: set aside with a reason, a control, or back to the tray."""

    run_sample = forms.IntegerField(widget=forms.HiddenInput)
    because = forms.CharField(max_length=200, required=False)
    role = forms.ChoiceField(choices=[("", ""), *ROLES_TO_CHOOSE], required=False)


def chosen_matches(values: Iterable[str]) -> dict[int, int] | None:
    """Return the matches that were ticked, `{name: tube}`; None where one name was ticked for two tubes."""
    found: dict[int, int] = {}
    for value in values:
        name, _separator, tube = value.partition(MATCH_SEPARATOR)
        if not name.isdecimal() or not tube.isdecimal() or int(name) in found:
            return None
        found[int(name)] = int(tube)
    return found


def _chosen(target: TargetOfRun) -> str:
    if target.kind == RunTargetChoice.ASSAY:
        return f"{ASSAY_PREFIX}{target.assay_id}"
    if target.kind:
        return target.kind
    return f"{ASSAY_PREFIX}{target.suggested_id}" if target.suggested_id else ""


def _target_said(value: str) -> TargetSaid:
    if value.startswith(ASSAY_PREFIX):
        return TargetSaid(RunTargetChoice.ASSAY, int(value.removeprefix(ASSAY_PREFIX)))
    return TargetSaid(RunTargetChoice(value))
