"""What this server does, as a CapabilityStatement. Free of Django."""

from collections.abc import Mapping, Sequence
from typing import Any

from api.fhir.codes import coding

DATE = "2026-11-21"
SECURITY = "http://terminology.hl7.org/CodeSystem/restful-security-service"
BACKPORT = "http://hl7.org/fhir/uv/subscriptions-backport"
TOPICS = "capabilitystatement-subscriptiontopic-canonical"
TOPIC_PATH = "/fhir/SubscriptionTopic/mrd-alert"
DEFINED = ("CodeSystem", "SearchParameter")  # what this server defines by itself: docs/methods/fhir.md
Parameters = Mapping[str, Mapping[str, str]]


def statement(
    base: str, kinds: Parameters, written: Sequence[str], versioned: Sequence[str], included: Parameters
) -> dict[str, Any]:
    """Return the statement; `kinds` gives the type of each search parameter by resource type."""
    resources = [
        _resource(base, name, kinds[name], written, versioned, sorted(included.get(name, {}))) for name in sorted(kinds)
    ]
    resources += [{"type": name, "interaction": [{"code": "read"}]} for name in DEFINED]
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": DATE,
        "kind": "instance",
        "software": {"name": "MRD review"},
        "implementation": {"description": "AML MRD: results, specimens and alerts", "url": f"{base}/fhir"},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "application/json"],
        "rest": [
            {
                "mode": "server",
                "security": {"service": [{"coding": [coding(SECURITY, "SMART-on-FHIR")]}]},
                "resource": resources,
                "interaction": [{"code": "transaction"}, {"code": "batch"}],
            }
        ],
    }


def _resource(
    base: str, name: str, parameters: Mapping[str, str], written: Sequence[str], versioned: Sequence[str],
    included: Sequence[str],
) -> dict[str, Any]:  # fmt: skip
    does = ["read", "search-type"]
    does += ["vread", "history-instance"] if name in versioned else []
    does += ["create", "update"] if name in written else []
    found: dict[str, Any] = {
        "type": name,
        "interaction": [{"code": each} for each in does],
        "versioning": "versioned" if name in versioned else "no-version",
        "readHistory": name in versioned,
        "conditionalCreate": name in written,
        "conditionalUpdate": name in written,
        "searchParam": [_parameter(base, name, each, kind) for each, kind in sorted(parameters.items())],
    }
    for element, start in {"searchInclude": name, "searchRevInclude": "Provenance"}.items():
        words = [each for each in included if each.startswith(f"{start}:")]
        found |= {element: words} if words else {}
    return found | (_subscribed(base) if name == "Subscription" else {})


def _subscribed(base: str) -> dict[str, Any]:
    """What is different for subscriptions: the topic, deleting, and the operations by which a gap is repaired."""
    return {
        "extension": [{"url": f"{BACKPORT}/StructureDefinition/{TOPICS}", "valueCanonical": base + TOPIC_PATH}],
        "supportedProfile": [f"{BACKPORT}/StructureDefinition/backport-subscription"],
        "interaction": [{"code": each} for each in ("read", "search-type", "create", "update", "delete")],
        "versioning": "versioned",
        "conditionalDelete": "not-supported",
        "operation": [
            {"name": each, "definition": f"{BACKPORT}/OperationDefinition/backport-subscription-{each}"}
            for each in ("status", "events")
        ],
    }


def _parameter(base: str, resource: str, name: str, kind: str) -> dict[str, str]:
    told = {"name": name, "type": kind}
    if (resource, name) == ("DetectedIssue", "status"):  # base R4 has none
        told["definition"] = f"{base}/fhir/SearchParameter/DetectedIssue-status"
    return told
