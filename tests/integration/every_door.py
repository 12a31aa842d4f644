"""What each interface says of an alert: asked of the hospital record, FHIR, REST and the pages, and compared."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import uuid4

from django.test import Client
from knox.models import AuthToken

from api.fhir.issue_states import OVER
from monitoring import scope
from monitoring.actions import clients
from monitoring.actions.alerts import RETRACTION
from monitoring.domain.urgency import EPISODE
from monitoring.models import Alert, CdsCard, Patient
from monitoring.models.choices import ClientKindChoice as Kind
from tests.machines import ISSUER, MRN, Machine, machine
from tests.world import World

SERVICE = "/cds-services/aml-mrd-alert"
WAITS, IN_HAND = "RAISED", ("RAISED", "ACKNOWLEDGED")
GONE = {"cancelled", "entered-in-error"}
REPORT_OF_EVERY = 8  # patients that are looked at closely: a report takes a fifth of a second
OF_NO_VERDICT = {RETRACTION, "NO_RESPONSE", "SAMPLE_OVERDUE", "RULESETS_DISAGREE"}  # of alerts, cycles, days, two


@dataclass
class Doors:
    """Somebody at each door of one centre; `wrong` says what was not as it should be."""

    world: World
    wrong: list[str] = field(default_factory=list)
    asked: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    evidence: set[str] = field(default_factory=set)
    read: set[tuple[str, ...]] = field(default_factory=set)
    cards: dict[int, list[tuple[Any, ...]]] = field(default_factory=dict)
    page: Client = field(default_factory=lambda: Client(raise_request_exception=False))
    machines: Client = field(default_factory=lambda: Client(raise_request_exception=False))
    tokens: dict[datetime, dict[str, str]] = field(default_factory=dict)

    @cached_property
    def token(self) -> dict[str, str]:
        """The clinician's token."""
        return {"authorization": f"Bearer {AuthToken.objects.create(user=self.world.clinician)[1]}"}

    @cached_property
    def record(self) -> Machine:
        """The hospital's record."""
        return machine(self.world, Kind.RECORD)

    @cached_property
    def reader(self) -> Machine:
        """The hospital's system that reads FHIR."""
        return machine(self.world, Kind.HOSPITAL)

    @property
    def hospital(self) -> dict[str, str]:
        """Its token of five minutes."""
        return self.tokens[self.world.now]

    def ask(self, closely: int = 1) -> "Doors":
        """Ask for every alert of every patient; pages and single reads for `closely` of each kind and state."""
        self.wrong, self.asked, self.evidence, self.read = [], defaultdict(int), set(), set()
        self.page.force_login(self.world.clinician)
        _ = self.record, self.reader, self.token
        scopes = self.reader.client.scopes
        token = clients.issue_token(client=self.reader.client, scope=scopes, now=self.world.now)
        self.tokens = {self.world.now: {"authorization": f"Bearer {token}"}}
        scope.enter_all_centres()
        alerts = list(Alert.objects.select_related("series").order_by("pk"))
        of_patient: dict[int, list[Alert]] = defaultdict(list)
        for alert in alerts:
            of_patient[alert.patient_id].append(alert)
        patients = Patient.objects.in_bulk(of_patient)
        for pk, those in of_patient.items():
            stands = [(alert.pk, alert.state, alert.changed_at) for alert in those]
            if self.cards.get(pk) != stands:  # what did not change since was asked before
                self.cards[pk] = stands
                self._cards(patients[pk], those)
        self._lists(alerts)
        self._searches()
        for series in sorted({alert.series_id for alert in alerts}):
            self._verdicts(series, [alert for alert in alerts if alert.series_id == series])
        for number, pk in enumerate(_cover(of_patient, closely)):
            self._closely(patients[pk], of_patient[pk], with_report=number % REPORT_OF_EVERY == 0)
        return self

    def got(self, path: str, headers: Mapping[str, str], what: str, **query: str) -> Any:
        """Return the answer to a GET of this interface; anything but 200 is wrong."""
        self.asked[what] += 1
        client = self.machines if "authorization" in headers else self.page
        answer = client.get(path, query, headers=headers)
        self.check(answer.status_code == 200, f"{what} {path} {query or ''}: {answer.status_code}")
        return answer

    def json(self, path: str, headers: Mapping[str, str], what: str, **query: str) -> Any:
        """The same, read as JSON; nothing where it was refused."""
        answer = self.got(path, headers, what, **query)
        return answer.json() if answer.status_code == 200 else {}

    def check(self, holds: bool, said: str) -> None:
        """Keep what does not hold, and go on."""
        if not holds:
            self.wrong.append(said)

    def _closely(self, patient: Patient, alerts: list[Alert], *, with_report: bool) -> None:
        """One patient by the pages, and each alert for itself."""
        page = self.got(f"/patients/{patient.pk}/", {}, "the patient page").content.decode()
        for alert in alerts:
            self.check(f'id="alert-{alert.pk}"' in page, f"the patient page does not tell {told(alert)}")
            if kind_of(alert) not in self.read:
                self.read.add(kind_of(alert))
                self._read(alert)
        for series in sorted({alert.series_id for alert in alerts}):
            self.got(f"/api/v1/series/{series}/figure/", self.token, "REST figure")
            self.got(f"/api/v1/series/{series}/schedule/", self.token, "REST schedule")
            row = self.got(f"/worklist/series/{series}/", {"HX-Request": "true"}, "the worklist's row")
            waiting = [each for each in alerts if each.series_id == series and each.state == WAITS]
            for alert in waiting:
                self.check(f"/alerts/{alert.pk}/" in row.content.decode(), f"the row does not tell {told(alert)}")
        if with_report:
            report = self.got(f"/patients/{patient.pk}/report.pdf", {}, "the report")
            self.check(report.content.startswith(b"%PDF"), f"no report of {patient.pk}")

    def _cards(self, patient: Patient, alerts: list[Alert]) -> None:
        """Each alert that waits has a card, and nothing else has."""
        self.asked["the record"] += 1
        shown = {
            "resourceType": "Patient", "id": "1", "birthDate": patient.born_on.isoformat(),
            "identifier": [{"system": MRN, "value": patient.hospital_number}],
        }  # fmt: skip
        call = {
            "hookInstance": str(uuid4()), "hook": "patient-view", "fhirServer": "https://ehr.example.org/fhir",
            "context": {"userId": "Practitioner/1", "patientId": "1"}, "prefetch": {"patient": shown},
        }  # fmt: skip
        statement = self.record.statement(f"http://testserver{SERVICE}", self.world.now, iss=ISSUER, sub=None)
        answer = self.machines.post(
            SERVICE, json.dumps(call), content_type="application/json", headers={"authorization": f"Bearer {statement}"}
        )
        self.check(answer.status_code == 200, f"the record {patient.pk}: {answer.status_code} {answer.content[:200]!r}")
        cards = answer.json()["cards"] if answer.status_code == 200 else []
        scope.enter_all_centres()
        of_cards = CdsCard.objects.filter(card__in=[card["uuid"] for card in cards]).values_list("alert_id", flat=True)
        waiting = {alert.pk for alert in alerts if alert.state == WAITS}
        self.check(set(of_cards) == waiting, f"cards of {patient.pk} tell {sorted(of_cards)}, {sorted(waiting)} wait")
        for card in cards:
            self.check(0 < len(card["summary"]) < 140 and bool(card["detail"].strip("* \n")), f"an empty card: {card}")

    def _lists(self, alerts: list[Alert]) -> None:
        """Every alert is a DetectedIssue, a Flag and a row of REST, that say the same as the alert."""
        issues, flags = self._all("/fhir/DetectedIssue"), self._all("/fhir/Flag")
        rows = self._rows()
        wanted, issued = ({str(each.pk) for each in those} for those in (alerts, filter(is_issued, alerts)))
        for name, found, expected in (("issues", issues, issued), ("flags", flags, issued), ("rows", rows, wanted)):
            self.check(set(found) == expected, f"{name}: {sorted(set(found) ^ expected)[:5]}")
        for alert in alerts:
            pk = str(alert.pk)
            if pk in issues and pk in flags:
                self._issue(alert, issues[pk], flags[pk])
            self._row(alert, rows.get(pk, {}))
        for chunk in batched(sorted(self.evidence), 100):
            numbers = {each.removeprefix("Observation/") for each in chunk}
            found = self._all("/fhir/Observation", _id=",".join(sorted(numbers)))
            self.check(set(found) == numbers, f"evidence that is not there: {sorted(numbers - set(found))}")

    def _rows(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        after = "0"
        while after:
            page = self.json("/api/v1/alerts/", self.token, "REST list", limit="200", after=after)
            found |= {str(row["id"]): row for row in page.get("results", [])}
            after = str(page.get("next_after") or "")
        return found

    def _issue(self, alert: Alert, issue: Mapping[str, Any], flag: Mapping[str, Any]) -> None:
        gone = alert.state == "RETRACTED" or (alert.code == EPISODE and issue["status"] in GONE)
        self.check((issue["status"] in GONE) == gone, f"{issue['status']}: {told(alert)}")
        over = alert.code == EPISODE and alert.detail.get("status") in OVER
        self.check(
            (flag["status"] == "active") == (alert.state in IN_HAND and not over), f"{flag['status']}: {told(alert)}"
        )
        self.check(flag["code"]["coding"] == issue["code"]["coding"], f"Flag and issue differ: {told(alert)}")
        named = [each["detail"][0]["reference"] for each in issue.get("evidence", [])]
        self.check(bool(named) == bool(alert.index_result_id), f"no evidence: {told(alert)}")
        self.evidence.update(named)

    def _read(self, alert: Alert) -> None:
        """What is read alone says the same as the list, and its history ends with it."""
        self._row(alert, self.json(f"/api/v1/alerts/{alert.pk}/", self.token, "REST alert"))
        path = f"/fhir/DetectedIssue/{alert.pk}"
        if is_issued(alert):
            one = self.json(path, self.hospital, "FHIR read")
            past = resources(self.json(f"{path}/_history", self.hospital, "FHIR history"))
            self.check(past.get(str(alert.pk), {}) == one, f"the history ends otherwise: {told(alert)}")
            self.got(f"/fhir/Flag/{alert.pk}/_history", self.hospital, "FHIR history")

    def _row(self, alert: Alert, shown: Mapping[str, Any]) -> None:
        found = tuple(shown.get(name) for name in ("code", "state", "urgency", "ruleset", "series"))
        wanted = (alert.code, alert.state, alert.urgency, alert.ruleset, alert.series_id)
        self.check(found == wanted, f"{found}: {told(alert)}")

    def _verdicts(self, series: int, alerts: list[Alert]) -> None:
        verdicts = self.json(f"/api/v1/series/{series}/verdicts/", self.token, "REST verdicts").get("verdicts", {})
        for alert in alerts:
            if alert.state in IN_HAND and alert.code not in OF_NO_VERDICT:
                self._verdict(alert, verdicts.get(alert.ruleset, {}))

    def _verdict(self, alert: Alert, verdict: Mapping[str, Any]) -> None:
        """What an alert in force follows stands in the verdict of its rule set."""
        index = str(alert.index_result_id)
        if alert.code == EPISODE:
            found = {each["status"] for each in verdict.get("episodes", []) if each["index"] == index}
            self.check(alert.detail.get("status") in found, f"the verdict says {found}: {told(alert)}")
        else:
            codes = {each["code"] for each in verdict.get("flags", [])}
            self.check(alert.code in codes, f"the verdict flags {codes}: {told(alert)}")

    def _searches(self) -> None:
        """A search by what alerts say finds those that say so: every one, and none else."""
        everything = self._all("/fhir/DetectedIssue")
        by: dict[tuple[str, str], set[str]] = defaultdict(set)
        for pk, issue in everything.items():
            status = {"amended": "final"}.get(issue["status"], issue["status"])  # final asks for both
            by["status", status].add(pk)
            by["code", issue["code"]["coding"][0]["code"]].add(pk)
        for (name, value), wanted in by.items():
            found = set(self._all("/fhir/DetectedIssue", **{name: value}))
            self.check(found == wanted, f"{name}={value}: {sorted(found ^ wanted)[:5]} of {len(wanted)}")

    def _all(self, path: str, **query: str) -> dict[str, Any]:
        return dict(self._pages(path, {"_count": "200", **query}))

    def _pages(self, path: str, query: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
        page = self.json(path, self.hospital, "FHIR search", **query)
        while page:
            yield from resources(page).items()
            following = [link["url"] for link in page["link"] if link["relation"] == "next"]
            following = [each.removeprefix("http://testserver") for each in following]
            page = self.json(following[0], self.hospital, "FHIR search") if following else {}


def _cover(of_patient: Mapping[int, list[Alert]], closely: int) -> list[int]:
    """So many patients that each kind and state of an alert is seen so often, where there are so many."""
    missing = {kind_of(alert): closely for alerts in of_patient.values() for alert in alerts}
    chosen = []
    for pk, alerts in sorted(of_patient.items(), key=lambda each: -len({kind_of(alert) for alert in each[1]})):
        kinds = {kind_of(alert) for alert in alerts}
        if any(missing[kind] > 0 for kind in kinds):
            chosen.append(pk)
            for kind in kinds:
                missing[kind] -= 1
    return chosen


def is_issued(alert: Alert) -> bool:
    """That an alert was taken back is told in FHIR by its own resource, not by another."""
    return alert.code != RETRACTION


def kind_of(alert: Alert) -> tuple[str, ...]:
    """What may make a difference to what is said of an alert."""
    status = str(alert.detail.get("status") or "") if alert.state in IN_HAND else ""
    return alert.code, status, alert.state


def batched(names: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """The names, so many at a time."""
    return (names[at : at + size] for at in range(0, len(names), size))


def resources(bundle: Mapping[str, Any]) -> dict[str, Any]:
    """The first of each number: of a history, the version of now."""
    found: dict[str, Any] = {}
    for each in bundle.get("entry", []):
        found.setdefault(each["resource"]["id"], each["resource"])
    return found


def told(alert: Alert) -> str:
    """An alert in short."""
    what = f"{alert.code} {alert.detail.get('status') or ''} {alert.state} {alert.ruleset}"
    return f"alert {alert.pk} of patient {alert.patient_id} ({what}, index {alert.index_on})"
