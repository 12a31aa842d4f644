"""A centre on a Monday morning: 300 patients who are on schedule or dealt with, five of whom need somebody today."""

from datetime import date, timedelta

from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from monitoring import scope
from monitoring.actions import events, recompute, treatments
from monitoring.models import Alert, Assay, Centre, ClinicalEvent, Laboratory, Membership, MrdSeries, User
from monitoring.models.choices import EventKindChoice, TreatmentKindChoice
from tests.world import World, detected, not_detected

OTHERS = 295
CONFIRMED, PROGRESSION, AFTER_HSCT, OVERDUE, POOR = (f"P-000{n}" for n in range(1, 6))
IN_ORDER = [CONFIRMED, PROGRESSION, AFTER_HSCT, OVERDUE, POOR]  # as the list has to show them


class Monday:
    """The synthetic registry as the centre of the world's people, with five planted cases."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.now = timezone.now()
        world.now = self.now
        call_command("load_study", "synthetic", patients=OTHERS, samples=8, verbosity=0)
        self._move_in()
        self._deal_with_everything()
        for plant in (self._confirmed, self._progression, self._after_hsct, self._overdue, self._poor):
            plant()
        world.as_person(world.clinician)

    def _move_in(self) -> None:
        world = self.world
        world.centre = Centre.objects.get(code="SYNTHETIC")
        world.laboratory = Laboratory.objects.get(code="SYNTHETIC")
        world.assay = Assay.objects.get(laboratory=world.laboratory, marker="NPM1", mutation_type="A")
        colleague = User.objects.create(username="okafor", full_name="Dr B. Okafor")
        Membership.objects.exclude(user=world.stranger).filter(centre__code="NF").update(centre=world.centre)
        Membership.objects.create(user=colleague, centre=world.centre, role="CLINICIAN", starts_on="2020-01-01")
        world.as_person(world.clinician)

    def _deal_with_everything(self) -> None:
        """Whatever waited before the weekend was acknowledged."""
        with transaction.atomic():
            scope.enter_all_centres()
            recompute.recompute_series(MrdSeries.objects.values_list("pk", flat=True), now=self.now)
        self._deal_with_everything_but()

    def _at(self, **ago: int) -> None:
        self.world.now = self.now - timedelta(**ago)

    def _case(self, pseudonym: str) -> MrdSeries:
        """Patients are numbered as they are planted."""
        series = self.world.patient()
        assert series.patient.pseudonym == pseudonym
        return series

    def _confirmed(self) -> None:
        """Confirmed molecular relapse, and nobody has acknowledged it."""
        series = self._case(CONFIRMED)
        self._at(hours=30)
        for days, reading in ((120, not_detected()), (23, detected("0.02")), (4, detected("0.093"))):
            self.world.authorised(series, self._day(days), reading)

    def _progression(self) -> None:
        """Ten times the level before venetoclax, on venetoclax."""
        series, world = self._case(PROGRESSION), self.world
        self._at(days=60)
        for days, reading in ((200, not_detected()), (95, detected("0.02")), (75, detected("0.05"))):
            world.authorised(series, self._day(days), reading)
        self._deal_with_everything_but(CONFIRMED)
        world.as_person(world.clinician)
        treatments.start(
            by=world.clinician, patient=series.patient, kind=TreatmentKindChoice.PRE_EMPTIVE, regimen="VEN-AZA",
            starts_on=self._day(62), ends_on=None, now=self.now,
        )  # fmt: skip
        self._at(hours=20)
        world.authorised(series, self._day(5), detected("0.6"))

    def _after_hsct(self) -> None:
        """First detected after a transplant, without a negative before."""
        series, world = self._case(AFTER_HSCT), self.world
        self._at(days=70)
        world.authorised(series, self._day(90), detected("0.5"))
        self._deal_with_everything_but(CONFIRMED, PROGRESSION)
        world.as_person(world.clinician)
        transplant = ClinicalEvent(kind=EventKindChoice.HSCT, happened_on=self._day(60))
        events.record(by=world.clinician, patient=series.patient, event=transplant, now=self.now)
        self._at(hours=10)
        world.authorised(series, self._day(6), detected("0.02"))

    def _overdue(self) -> None:
        """Suspected 33 days ago, a second sample ordered and never taken."""
        series, world = self._case(OVERDUE), self.world
        self._at(days=31)
        for days, reading in ((120, not_detected()), (33, detected("0.02"))):
            world.authorised(series, self._day(days), reading)
        self._deal_with_everything_but(CONFIRMED, PROGRESSION, AFTER_HSCT)
        with transaction.atomic():
            scope.enter_all_centres()
            recompute.recompute_series([series.pk], now=self.now - timedelta(hours=8))

    def _poor(self) -> None:
        """The target was seen in a sample with too little RNA to judge."""
        series = self._case(POOR)
        self._at(hours=6)
        self.world.authorised(series, self._day(100), not_detected())
        self.world.authorised(series, self._day(5), detected("0.3", abl1_copies=800))

    def _deal_with_everything_but(self, *pseudonyms: str) -> None:
        with transaction.atomic():
            scope.enter_all_centres()
            Alert.objects.filter(state="RAISED").exclude(patient__pseudonym__in=pseudonyms).update(
                state="ACKNOWLEDGED", acknowledged_at=self.world.now, acknowledged_by=self.world.clinician
            )

    def _day(self, days: int) -> date:
        return (self.now - timedelta(days=days)).date()
