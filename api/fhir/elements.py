"""Parts of a resource that was received: each is looked at before it is used. Free of Django."""

from collections.abc import Iterator
from typing import Any

from api.fhir.codes import is_local
from api.fhir.refusals import unprocessable

LONGEST_SYSTEM = 300  # characters, as the tables hold them
LONGEST_VALUE = 200  # characters
LONGEST_TEXT = 400  # characters


def objects(resource: dict[str, Any], name: str, where: str) -> list[dict[str, Any]]:
    """Return a repeated element; raises FhirRefused where it is no list of objects."""
    found = resource.get(name, [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise unprocessable("structure", f"{name} is a list of objects.", f"{where}.{name}")
    return found


def an_object(resource: dict[str, Any], name: str, where: str) -> dict[str, Any]:
    """Return a single element, empty where it is missing; raises FhirRefused where it is no object."""
    found = resource.get(name, {})
    if not isinstance(found, dict):
        raise unprocessable("structure", f"{name} is an object.", f"{where}.{name}")
    return found


def text(resource: dict[str, Any], name: str, where: str) -> str:
    """Return a text, empty where it is missing."""
    found = resource.get(name, "")
    if not isinstance(found, str) or len(found) > LONGEST_TEXT:
        raise unprocessable("value", f"{name} is a text of at most {LONGEST_TEXT} characters.", f"{where}.{name}")
    return found


def codings(concept: dict[str, Any], where: str) -> list[tuple[str, str]]:
    """Return system and code of every coding of a CodeableConcept."""
    return [(text(each, "system", where), text(each, "code", where)) for each in objects(concept, "coding", where)]


def local_codes(concept: dict[str, Any], where: str) -> list[str]:
    """Return the codes of our own system in a CodeableConcept."""
    return [code for system, code in codings(concept, where) if is_local(system)]


def identifiers(resource: dict[str, Any], where: str) -> list[tuple[str, str]]:
    """Return system and value of every identifier; raises FhirRefused where one of them is missing or too long."""
    found = []
    for place, each in enumerate(objects(resource, "identifier", where)):
        expression = f"{where}.identifier[{place}]"
        system, value = text(each, "system", expression), text(each, "value", expression)
        if not system or not value or len(system) > LONGEST_SYSTEM or len(value) > LONGEST_VALUE:
            raise unprocessable("required", "An identifier needs a system and a value.", expression)
        found.append((system, value))
    return found


def required(resource: dict[str, Any], names: tuple[str, ...], where: str) -> None:
    """Refuse a resource in which one of these is missing or empty."""
    for name in names:
        if resource.get(name) in (None, "", [], {}):
            raise unprocessable("required", f"{name} is missing.", f"{where}.{name}")


def components(resource: dict[str, Any], where: str) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Give our own code, the component and its place, for each component that carries one."""
    for place, each in enumerate(objects(resource, "component", where)):
        expression = f"{where}.component[{place}]"
        for code in local_codes(an_object(each, "code", expression), expression):
            yield code, each, expression
