"""Forms of bridging: the samples measured by both assays, and the judgement."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from monitoring.domain.bridging import Pair
from monitoring.domain.typed_numbers import TypedNumberRefused, parse_percentage
from monitoring.queries.bridging import BridgeSample, SuggestedPair
from monitoring.wording.typed_numbers import refusal

COLUMNS = 3  # sample, level by the first assay, level by the second
_BETWEEN = re.compile(r"\t|;| +")
JUDGEMENTS = [
    ("yes", _("Comparable: both keys become one in every series")),
    ("no", _("Not comparable: the keys stay apart")),
]


class TypedPairsField(forms.CharField):
    """One sample a line: its code, the level by the first assay, the level by the second, in % of ABL1."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"rows": 6, "spellcheck": "false", "autocomplete": "off"}
        super().__init__(widget=forms.Textarea(attrs=attrs), required=False, **kwargs)

    def to_python(self, value: Any) -> Any:
        """Return the samples; raises ValidationError naming the line."""
        lines = [line.strip() for line in str(value or "").splitlines()]
        return [_sample(number, line) for number, line in enumerate(lines, start=1) if line]


def _sample(number: int, line: str) -> BridgeSample:
    cells = [cell for cell in _BETWEEN.split(line) if cell]
    if len(cells) != COLUMNS:
        sentence = _now("Line %(number)s: a code and two levels, apart by a tab, a semicolon or a space.")
        raise forms.ValidationError(sentence % {"number": number})
    code, first, second = cells
    return BridgeSample(code, Pair(_level(number, first), _level(number, second)))


def _level(number: int, text: str) -> Decimal:
    try:
        return parse_percentage(text)
    except TypedNumberRefused as refused:
        sentence = _now("Line %(number)s: %(problem)s") % {"number": number, "problem": refusal(refused)}
        raise forms.ValidationError(sentence) from refused


class BridgeForm(forms.Form):
    """The samples: those on record by both assays, and those typed."""

    use_required_attribute = False

    suggested = forms.MultipleChoiceField(
        label=_("Samples on record by both"), required=False, widget=forms.CheckboxSelectMultiple
    )
    typed = TypedPairsField(
        label=_("Further samples"),
        help_text=_("One a line: code, first assay, second assay, in % of ABL1. Can be pasted from a spreadsheet."),
    )

    def __init__(self, *args: Any, suggested: Sequence[SuggestedPair], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self._suggested = {each.sample: each for each in suggested}
        field = self.fields["suggested"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [(each.sample, each.sample) for each in suggested]

    def samples(self) -> list[BridgeSample]:
        """Return every sample, each once."""
        chosen = [self._suggested[code] for code in self.cleaned_data["suggested"]]
        found = [BridgeSample(each.sample, Pair(each.first, each.second)) for each in chosen]
        known = {each.sample for each in found}
        return [*found, *(each for each in self.cleaned_data["typed"] if each.sample not in known)]


class JudgementForm(forms.Form):
    """What the second person says of a bridge."""

    use_required_attribute = False

    comparable = forms.ChoiceField(label=_("Judgement"), choices=JUDGEMENTS, widget=forms.RadioSelect)
    judgement = forms.CharField(
        label=_("What the judgement rests on"),
        max_length=500,
        error_messages={"required": _("Say what the judgement rests on.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""

    @property
    def is_comparable(self) -> bool:
        """Whether the keys become one."""
        return bool(self.cleaned_data["comparable"] == "yes")
