"""What this server defines by itself, open to everybody: its code systems, and a search parameter that R4 lacks."""

from collections.abc import Mapping
from typing import Any

from api.cds_hooks.reasons import REASONS, SYSTEM_PATH
from api.fhir import codes

STATUS_PARAMETER = "DetectedIssue-status"


def code_system(base: str, name: str) -> dict[str, Any]:
    """Return a code system of ours by its id: `mrd` or `override`."""
    if name == "override":
        return codes.code_system(base + SYSTEM_PATH, name, "CdsHooksOverrideReasons", REASONS)
    return codes.code_system(codes.local(base), name, "MrdCodes", codes.LOCAL_CODES)


def search_parameter(base: str) -> dict[str, Any]:
    """Return the search parameter `status` of DetectedIssue, which base R4 does not have."""
    return {
        "resourceType": "SearchParameter",
        "id": STATUS_PARAMETER,
        "url": f"{base}/fhir/SearchParameter/{STATUS_PARAMETER}",
        "version": "1",
        "name": "DetectedIssueStatus",
        "status": "active",
        "description": "The status of the issue: preliminary, final, amended, cancelled, entered-in-error.",
        "code": "status",
        "base": ["DetectedIssue"],
        "type": "token",
        "expression": "DetectedIssue.status",
        "xpathUsage": "normal",
        "multipleOr": True,
        "multipleAnd": True,
    }


def definitions(base: str) -> Mapping[str, Mapping[str, Any]]:
    """Return every definition by its path below the base."""
    return {
        "CodeSystem/mrd": code_system(base, "mrd"),
        "CodeSystem/override": code_system(base, "override"),
        f"SearchParameter/{STATUS_PARAMETER}": search_parameter(base),
    }
