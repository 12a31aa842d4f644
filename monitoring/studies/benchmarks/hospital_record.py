"""A hospital record that asks for the alerts of patients in view (CDS Hooks), when the product is measured."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from joserfc import jwk, jwt

from monitoring import scope
from monitoring.actions import clients, recompute
from monitoring.models import Alert, ApiClient, Centre, MrdSeries, Patient, User
from monitoring.models.choices import AlertStateChoice, ClientKindChoice
from monitoring.studies.benchmarks.load import request

ISSUER, NUMBERS = "https://bench-record.example.org", "https://bench-record.example.org/ids/mrn"
SERVICE, ALGORITHM = "/cds-services/aml-mrd-alert", "ES384"
AUDIENCE = f"http://localhost{SERVICE}"  # as the requests of the generator name the host
LIFE = timedelta(minutes=4)
LOOKED_AT = 300  # series


@dataclass(frozen=True, slots=True)
class HospitalRecord:
    """The key that signs the calls, and the hospital numbers and days of birth of patients whose alerts wait."""

    key: jwk.ECKey
    patients: Sequence[tuple[str, str]]


def write(centre: Centre, keeper: User, now: datetime) -> HospitalRecord:
    """Register the record, and give a hospital number to those of the first patients whose alerts wait."""
    key = jwk.ECKey.generate_key("P-384", parameters={"kid": str(uuid4()), "use": "sig"})
    client = ApiClient(
        name="bench record", kind=ClientKindChoice.RECORD, centre=centre, issuer=ISSUER, patient_system=NUMBERS,
        jwks={"keys": [key.as_dict(private=False)]},
    )  # fmt: skip
    clients.register(by=keeper, client=client, now=now)
    scope.enter_all_centres()
    first = MrdSeries.objects.filter(patient__centre=centre).order_by("pk")[:LOOKED_AT]
    recompute.recompute_series([each.pk for each in first], now=now)
    waiting = Alert.objects.filter(series__in=[each.pk for each in first], state=AlertStateChoice.RAISED)
    chosen = list(Patient.objects.filter(pk__in=waiting.values("patient_id")).order_by("pk"))
    for number, patient in enumerate(chosen):
        patient.hospital_number = f"BENCH-{number}"
    Patient.objects.bulk_update(chosen, ["hospital_number"])
    return HospitalRecord(key, [(each.hospital_number, each.born_on.isoformat()) for each in chosen])


def views(record: HospitalRecord, count: int, now: datetime) -> list[bytes]:
    """Open the chart of one patient after another, each call signed for itself."""
    return [
        request("POST", SERVICE, (f"Authorization: Bearer {_statement(record, now)}",), _call(*patient))
        for patient in (record.patients[number % len(record.patients)] for number in range(count))
    ]


def _statement(record: HospitalRecord, now: datetime) -> str:
    claims = {
        "iss": ISSUER, "aud": AUDIENCE, "jti": str(uuid4()),
        "iat": int(now.timestamp()), "exp": int((now + LIFE).timestamp()),
    }  # fmt: skip
    header = {"alg": ALGORITHM, "kid": record.key.kid or "", "typ": "JWT"}
    return jwt.encode(header, claims, record.key, algorithms=[ALGORITHM])


def _call(hospital_number: str, born_on: str) -> bytes:
    patient = {
        "resourceType": "Patient", "id": hospital_number, "birthDate": born_on,
        "identifier": [{"system": NUMBERS, "value": hospital_number}],
    }  # fmt: skip
    call = {
        "hookInstance": str(uuid4()), "hook": "patient-view", "prefetch": {"patient": patient},
        "context": {"userId": "Practitioner/bench", "patientId": hospital_number},
    }  # fmt: skip
    return json.dumps(call).encode()
