"""Messages of a laboratory system for tests, in the grammar of HL7 v2.5.1; any part may be told otherwise."""

from collections.abc import Mapping

from monitoring.models import SenderProfile
from monitoring.models.choices import RoleChoice
from tests.world import World, _person

CODES: Mapping[str, object] = {
    "NPM1RATIO^99HAEMLAB": {"meaning": "RATIO", "marker": "NPM1"},
    "NPM1COP^99HAEMLAB": {"meaning": "TARGET_COPIES"},
    "ABL1COP^99HAEMLAB": {"meaning": "ABL1_COPIES"},
    "LOD^99HAEMLAB": {"meaning": "LOD"},
    "COMMENT^99HAEMLAB": {"meaning": "IGNORED"},
}
WORDS = {"nicht nachweisbar": "NOT_DETECTED", "neg.": "NOT_DETECTED", "positiv": "DETECTED"}
UNITS = {"Prozent": "%", "Kopien": "{copies}"}


def msh(control: str = "MSG1", kind: str = "ORU^R01^ORU_R01", **told: str) -> str:
    """Return a header."""
    parts = {"at": "20261120090000+0100", "accept": "", "application": "", "charset": "UNICODE UTF-8",
             "version": "2.5.1", "processing": "P", "sender": "MOLIS", "facility": "HAEMLAB"} | told  # fmt: skip
    return (
        f"MSH|^~\\&|{parts['sender']}|{parts['facility']}|MRDDASH|ONC|{parts['at']}||{kind}|{control}|"
        f"{parts['processing']}|{parts['version']}|||{parts['accept']}|{parts['application']}||{parts['charset']}"
    )


def pid(number: str = "123456", born: str = "19670314", sex: str = "F") -> str:
    """Return the patient."""
    return f"PID|1||{number}^^^HOSP&1.2.276.0.76.3.1.1&ISO^MR||||{born}|{sex}"


def obx(number: int, kind: str, code: str, value: str, unit: str, call: str = "", status: str = "F", at: str = "",
        clock: str = "") -> str:  # fmt: skip
    """Return an observation."""
    return f"OBX|{number}|{kind}|{code}||{value}|{unit}||{call}|||{status}|||{at}|||||{clock}"


def report(
    control: str = "MSG1", *, value: str = "^0.85", call: str = "DET", status: str = "F", day: str = "20261116",
    clock: str = "20261118101500+0100", filler: str = "LAB26-0042", accession: str = "S26-0042", unit: str = "%",
    copies: str = "340", abl1: str = "40000", lod: str = "0.01", specimen: str = "MAR^Marrow^HL70487", kind: str = "SN",
    number: str = "123456", patient: str = "", code: str = "NPM1RATIO^NPM1mut/ABL1^99HAEMLAB", **header: str,
) -> str:  # fmt: skip
    """Return a result of NPM1 with copies and limit."""
    taken = f"{day}093000+0100"
    beside = [
        obx(2, "NM", "NPM1COP^copies^99HAEMLAB", copies, "{copies}", status=status),
        obx(3, "NM", "ABL1COP^copies^99HAEMLAB", abl1, "{copies}", status=status),
        obx(4, "NM", "LOD^limit^99HAEMLAB", lod, "%", status=status),
    ]
    lines = [
        msh(control, **header),
        patient or pid(number),
        f"OBR|1|ORD1|{filler}^MOLIS|MRDNPM1^MRD^99HAEMLAB|||{taken}|||||||||||||||{clock}|||{status}",
        obx(1, kind, code, value, unit, call, status, taken, clock),
        *[line for line, said in zip(beside, (copies, abl1, lod), strict=True) if said],
        "NTE|1|L|duplicate reactions concordant",
        f"SPM|1|{accession}&HAEMLAB||{specimen}|||||||||||||{taken}|",
    ]
    return "\r".join(lines) + "\r"


def sender(world: World, account: str = "molis", **changes: object) -> SenderProfile:
    """Register the sender of these messages at the first laboratory."""
    world.as_person(world.authoriser)
    world.laboratory.responsible_person = "Dr P. Keller"
    world.laboratory.save()
    profile = SenderProfile(
        name="MOLIS", sending_application="MOLIS", sending_facility="HAEMLAB", laboratory=world.laboratory,
        identifier_authority="HOSP", codes=dict(CODES), units=UNITS, words=WORDS, time_zone="Europe/Berlin",
        user=_person(account, RoleChoice.LABORATORY_TECHNICIAN, world.centre),
    )  # fmt: skip
    for name, value in changes.items():
        setattr(profile, name, value)
    world.as_person(world.authoriser)
    profile.save(force_insert=True)
    return profile
