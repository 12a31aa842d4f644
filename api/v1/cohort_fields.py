"""How a cohort is sent: the criteria of its definition, each checked at its field."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from api.v1.exact_text import TextField
from monitoring.domain.cohorts import definition_json
from monitoring.domain.cohorts.definition import CohortDefinition, CriteriaContradict, Regimen, Transplanted
from monitoring.domain.cohorts.definition_json import NotADefinition
from monitoring.domain.cohorts.patient import FailureKind
from monitoring.domain.response import FirstLineResponse
from monitoring.domain.terms import Marker, RuleSetId

MOST = 100  # names in one criterion
OLDEST = 150  # years
LARGEST_NUMBER = 10**18 - 1
CONTRADICTS = "No patient could ever meet this together with the rest."


class AnswerField(serializers.BooleanField):
    """Yes or no, as true and false alone."""

    def to_internal_value(self, data: Any) -> bool:
        """Return the answer; raises ValidationError for what only looks like one."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


def _codes(words: Any) -> serializers.ListField:
    return serializers.ListField(
        child=serializers.ChoiceField([each.value for each in words]), required=False, max_length=MOST
    )


def _names() -> serializers.ListField:
    return serializers.ListField(child=TextField(max_length=40), required=False, max_length=MOST)


class DefinitionFields(serializers.Serializer[Any]):
    """Criteria; one that is left out asks for nothing. Ages in whole years at the failure."""

    ruleset = serializers.ChoiceField([each.value for each in RuleSetId], required=False)
    markers = _codes(Marker)
    failures = _codes(FailureKind)
    failed_from = serializers.DateField(required=False)
    failed_until = serializers.DateField(required=False)
    regimens = _codes(Regimen)
    first_treatment_only = AnswerField(required=False)
    started_from = serializers.DateField(required=False)
    started_until = serializers.DateField(required=False)
    no_hsct_before = AnswerField(required=False)
    first_line = _codes(FirstLineResponse)
    age_from = serializers.IntegerField(required=False, min_value=0, max_value=OLDEST)
    age_until = serializers.IntegerField(required=False, min_value=0, max_value=OLDEST)
    genes = _names()
    genes_any = _names()
    genes_without = _names()
    transplanted = serializers.ChoiceField([each.value for each in Transplanted], required=False)
    centres = _names()


class CohortFields(serializers.Serializer[Any]):
    """A cohort of a centre: its name and its first definition."""

    centre = serializers.IntegerField(min_value=1, max_value=LARGEST_NUMBER)
    name = TextField(max_length=120)
    definition = DefinitionFields()


class VersionFields(serializers.Serializer[Any]):
    """The next version; `seen_version` is the number of the one that it follows."""

    seen_version = serializers.IntegerField(min_value=1, max_value=LARGEST_NUMBER)
    because = TextField(max_length=300, required=False, allow_blank=True, default="")
    definition = DefinitionFields()


def definition_of(sent: Any) -> CohortDefinition:
    """Return the definition of a body that is checked field by field; raises ValidationError at the criterion."""
    written: Mapping[str, Any] = sent["definition"]
    try:
        return definition_json.from_json(written)
    except NotADefinition as error:
        raise ValidationError({f"definition.{error.field}": "This is not known here."}) from error
    except CriteriaContradict as error:
        raise ValidationError({f"definition.{error.field}": CONTRADICTS}) from error
