"""How many alerts wait for somebody, and a token that changes with every step of one: asked by open pages."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from monitoring.domain.terms import FlagCode
from monitoring.models import Alert, AlertChange, CareRelation
from monitoring.models.choices import AlertStateChoice, AlertStepChoice
from monitoring.models.periods import holds_now
from monitoring.permissions import CARING


@dataclass(frozen=True, slots=True)
class Standing:
    """What waits at some centres; two standings with the same token are the same."""

    waiting: int
    token: str


def read(centres: Collection[int]) -> Standing:
    """Return what waits at these centres; a sample that is merely overdue has its place on the list, not here.

    The number stands in the token beside the newest step, because steps become visible when they are committed, which
    need not be the order of their numbers.
    """
    cared_for = Exists(
        CareRelation.objects.filter(
            holds_now(), patient_id=OuterRef("patient_id"), centre_id__in=centres, role__in=CARING
        )
    )  # fmt: skip
    raised = Alert.objects.filter(cared_for, state=AlertStateChoice.RAISED)
    waiting = raised.exclude(code=FlagCode.SAMPLE_OVERDUE.value).count()
    # that somebody has seen an alert changes no list
    told = AlertChange.objects.exclude(kind=AlertStepChoice.SEEN)
    newest = told.filter(cared_for).order_by("-pk").values_list("pk", flat=True).first()
    return Standing(waiting, f"{newest or 0}.{waiting}")
