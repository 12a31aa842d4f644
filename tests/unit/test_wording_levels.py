"""What was measured, or why there is no value; not detected is a state with its limit."""

from decimal import Decimal

import pytest
from django.utils import translation

from monitoring.domain.terms import Call
from monitoring.wording.levels import ValueContradictsCall, level


@pytest.mark.parametrize(
    ("call", "value", "limit", "english", "french"),
    [
        ("DETECTED", "0.018", "0.0022", "0.018\u00a0%", "0,018\u202f%"),
        ("DETECTED", None, None, "detected, below quantification", "détecté, sous la limite de quantification"),
        ("NOT_DETECTED", None, "0.0032", "not detected, limit 0.0032\u00a0%", "non détecté, limite 0,0032\u202f%"),
        ("NOT_DETECTED", None, None, "not detected, limit not known", "non détecté, limite inconnue"),
        ("INDETERMINATE", None, None, "indeterminate, no value", "indéterminé, sans valeur"),
        ("NOT_EVALUABLE", None, None, "not evaluable, no value", "non évaluable, sans valeur"),
        ("UNKNOWN", None, None, "not interpreted, no value", "non interprété, sans valeur"),
    ],
)
def test_every_call_is_told(call: str, value: str | None, limit: str | None, english: str, french: str) -> None:
    measured = (call, Decimal(value) if value else None, Decimal(limit) if limit else None)
    with translation.override("en"):
        assert level(*measured) == english
    with translation.override("fr"):
        assert level(*measured) == french


@pytest.mark.parametrize("call", [call for call in Call if call is not Call.DETECTED])
def test_a_value_without_detection_is_refused(call: Call) -> None:
    with pytest.raises(ValueContradictsCall):
        level(call, Decimal("0.018"))
