"""What moves the episodes of a simulated registry: answers, corrections, events, time, and another rule set."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from monitoring import scope
from monitoring.actions import acknowledging, bulk_recompute, events, resolving, results
from monitoring.actions.acknowledging import ActionTaken, Decision, NextSampleTissue
from monitoring.actions.alert_turns import SeenAlert
from monitoring.actions.bulk_recompute import BulkOrder
from monitoring.actions.refusals import ActionRefused
from monitoring.domain.readings import Reading
from monitoring.models import Alert, ClinicalEvent, MrdResult, Patient, StoredEpisode
from monitoring.models.choices import RoleChoice
from monitoring.studies import synthetic_loading
from monitoring.studies.registry import Registry, synthetic_registry
from monitoring.studies.synthetic_loading import Wish
from tests.world import NOW, World, _person, detected, not_detected

SAMPLES = 20  # of a patient, on the average
DECISION = Decision(ActionTaken.WATCH, "Discussed", None, NextSampleTissue.NONE)


def _tell_nothing(_said: str) -> None:
    """A load says how far it is."""


@dataclass
class MovedRegistry:
    """A registry of simulated patients, with somebody of each role who changes what episodes rest on."""

    world: World
    registry: Registry
    moved: dict[str, int] = field(default_factory=dict)

    @classmethod
    def load(cls, patients: int, seed: int) -> "MovedRegistry":
        """Load so many patients of a seed, with hospital numbers, and compute everything."""
        wish = Wish(patients=patients, seed=seed, mean=SAMPLES)
        synthetic_loading.load(wish, today=NOW.date(), now=NOW, tell=_tell_nothing)
        scope.enter_all_centres()
        Patient.objects.update(hospital_number=F("pseudonym"))
        registry = synthetic_registry()
        own, elsewhere = registry.places
        clinician = _person(f"clinician-{seed}", RoleChoice.CLINICIAN, registry.centre)
        world = World(
            registry.centre, elsewhere.laboratory.centre, own.laboratory, next(iter(own.assays.values())), clinician,
            own.staff.technician, own.staff.authoriser, elsewhere.staff.authoriser, own.staff.data_manager,
            elsewhere.staff.technician,
        )  # fmt: skip
        made = cls(world, registry)
        made.compute()
        return made

    def compute(self) -> None:
        """Compute what is stale, as the worker does."""
        bulk_recompute.recompute_shard(BulkOrder(0, 1), now=self.world.now)
        scope.enter_all_centres()

    def answer(self) -> None:
        """Acknowledge every third alert, and resolve every second of these."""
        for number, alert in enumerate(Alert.objects.filter(state="RAISED").order_by("pk")):
            if number % 3 == 0:
                self._try("acknowledged", lambda alert=alert: self._acknowledge(alert))  # type: ignore[misc]
            if number % 6 == 0:
                self._try("resolved", lambda alert=alert: self._resolve(alert))  # type: ignore[misc]

    def correct(self) -> None:
        """Let something happen to each episode that raised an alert, one thing after the other in turn."""
        scope.enter_all_centres()
        moves: list[tuple[str, Callable[[StoredEpisode], None]]] = [
            ("confirming withdrawn", lambda each: self._withdraw(each.confirming_result)),
            ("index withdrawn", lambda each: self._withdraw(each.index_result)),
            ("index amended to a negative", lambda each: self._amend(each.index_result, not_detected())),
            ("index amended to a trace", lambda each: self._amend(each.index_result, detected("0.0005"))),
            ("confirming amended to a high level", lambda each: self._amend(each.confirming_result, detected("25"))),
            ("confirming amended to a negative", lambda each: self._amend(each.confirming_result, not_detected())),
            *((kind, lambda each, kind=kind: self._event(each, kind)) for kind in
              ("HSCT", "HAEMATOLOGICAL_RELAPSE", "DEATH")),
        ]  # fmt: skip
        for number, episode in enumerate(list(self._followed())):
            name, move = moves[number % len(moves)]
            self._try(name, lambda move=move, episode=episode: move(episode))  # type: ignore[misc]
        self.compute()

    def let_pass(self, time: timedelta) -> datetime:
        """Let time pass, and compute for the new day; return the moment."""
        self.world.now += time
        self.compute()
        return self.world.now

    @staticmethod
    def enter() -> None:
        """See every patient, as whoever looks into the database afterwards."""
        scope.enter_all_centres()

    def alert_by(self, ruleset: str) -> None:
        """Let another rule set raise the alerts, as a signed comparison does."""
        self.registry.centre.refresh_from_db()
        self.registry.centre.alerting_ruleset = ruleset
        self.registry.centre.save(update_fields=["alerting_ruleset"])
        self.compute()

    def _followed(self) -> Iterator[StoredEpisode]:
        """The episodes that alerts follow."""
        rows = StoredEpisode.objects.select_related("index_result", "confirming_result", "series__patient")
        found = {(each.series_id, each.ruleset, each.index_result_id): each for each in rows.order_by("pk")}
        for alert in Alert.objects.filter(code="EPISODE").order_by("pk"):
            episode = found.get((alert.series_id, alert.ruleset, alert.index_result_id or 0))
            if episode is not None:
                yield episode

    def _try(self, name: str, move: Callable[[], None]) -> None:
        """Do it and count it; what the product refuses, because something else is there, is left."""
        try:
            with transaction.atomic():
                scope.enter_all_centres()
                move()
        except ActionRefused:
            return
        finally:
            scope.enter_all_centres()
        self.moved[name] = self.moved.get(name, 0) + 1

    def _acknowledge(self, alert: Alert) -> None:
        self.world.as_person(self.world.clinician)
        acknowledging.acknowledge(
            by=self.world.clinician, alert=alert, seen=self._seen(alert), decision=DECISION, now=self.world.now
        )

    def _resolve(self, alert: Alert) -> None:
        self.world.as_person(self.world.clinician)
        resolving.resolve(
            by=self.world.clinician, alert=alert, seen=self._seen(alert), comment="Over", now=self.world.now
        )

    @staticmethod
    def _seen(alert: Alert) -> SeenAlert:
        now = Alert.objects.select_related("series").get(pk=alert.pk)
        return SeenAlert(now.series.revision, now.changed_at)

    def _place(self, result: MrdResult | None) -> MrdResult:
        """The version of a result that counts now; nothing to do where there is none."""
        if result is None:
            raise ActionRefused("There is none.")
        rows = MrdResult.objects.select_related("assay__laboratory", "sample", "series")
        found = rows.filter(sample=result.sample_id, assay=result.assay_id, state="AUTHORISED").first()
        if found is None:
            raise ActionRefused("It does not count any more.")
        return found

    def _withdraw(self, result: MrdResult | None) -> None:
        found = self._place(result)
        staff = self._staff(found)
        results.withdraw(by=staff.authoriser, result=found, reason="Tubes were swapped", now=self.world.now)

    def _amend(self, result: MrdResult | None, reading: Reading) -> None:
        found = self._place(result)
        staff = self._staff(found)
        draft = results.amend(by=staff.technician, result=found, reading=reading, reason="Read again")
        sent = results.submit(by=staff.technician, result=draft, now=self.world.now)
        seen = results.Seen(sent.version, sent.submitted_at)
        scope.enter_all_centres(staff.authoriser)
        results.authorise(by=staff.authoriser, result=sent, seen=seen, now=self.world.now)

    def _staff(self, result: MrdResult):  # type: ignore[no-untyped-def]
        return next(each.staff for each in self.registry.places if each.laboratory.pk == result.assay.laboratory_id)

    def _event(self, episode: StoredEpisode, kind: str) -> None:
        self.world.as_person(self.world.clinician)
        day = episode.confirmed_on or episode.relapse_on or NOW.date()
        on = min(day + timedelta(days=10), NOW.date() - timedelta(days=1))
        event = ClinicalEvent(kind=kind, happened_on=on)
        events.record(by=self.world.clinician, patient=episode.series.patient, event=event, now=self.world.now)
