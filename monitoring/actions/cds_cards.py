"""Cards that were shown in a hospital record, and what was done with them there. Feedback acknowledges nothing."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from monitoring.actions import reading
from monitoring.models import ApiClient, CdsCard, CdsFeedback, Patient


@transaction.atomic
def show(*, client: ApiClient, patient: Patient, alert_ids: Iterable[int], now: datetime) -> dict[int, UUID]:
    """Write down which cards are shown, one for each alert, and that the patient was looked at."""
    cards = [CdsCard(card=uuid4(), client=client, patient=patient, alert_id=pk, shown_at=now) for pk in alert_ids]
    CdsCard.objects.bulk_create(cards)
    reading.note(by=client.user, patient=patient, channel="cds-hooks", now=now)
    return {card.alert_id: card.card for card in cards}


@transaction.atomic
def take_feedback(*, client: ApiClient, card: UUID, outcome: str, at: datetime, reason_code: str, comment: str) -> bool:
    """Keep what was done with a card, once; return whether the card is known."""
    shown = CdsCard.objects.filter(card=card, client=client).first()
    if shown is None:
        return False
    CdsFeedback.objects.bulk_create(
        [
            CdsFeedback(
                card=shown, patient_id=shown.patient_id, outcome=outcome, outcome_at=at, reason_code=reason_code,
                comment=comment,
            )
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    return True
