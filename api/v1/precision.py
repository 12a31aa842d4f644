"""What the description says beyond the shapes: so precise that a program can tell a wrong form from a right one."""

import json
import re
from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension

from api.v1.narrowing import ALWAYS

LARGEST_NUMBER = 10**18 - 1  # of a row: 18 digits
NUMBER = {"type": "integer", "minimum": 0, "maximum": LARGEST_NUMBER}
LENGTH_OF_DAY = 10  # of 2026-11-20
WRITTEN = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,6})?$"  # a number, where it is text
PAGE = {"type": "integer", "minimum": 1, "maximum": LARGEST_NUMBER}


class ExactNumber(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call] # the library has no types here
    """An exact number comes as text or as a JSON number."""

    target_class = "api.v1.exact_numbers.ExactNumberField"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        """Return its form, which bounds a number; a text is bounded by its field all the same."""
        bounds = {"minimum": self.target.min_value, "maximum": self.target.max_value}
        told = {name: float(value) for name, value in bounds.items() if value is not None}
        if self.target.above_zero:
            told["exclusiveMinimum"] = 0
        pattern = f"{WRITTEN}|^$" if self.target.allow_null and not self.target.above_zero else WRITTEN
        return {"type": ["string", "number"], "pattern": pattern, **told}


ONE_FORM = [{"required": ["copies"]}, {"required": ["reported"]}]
REFERENCE = re.compile(r"#/components/schemas/(\w+)")
WITHOUT_NULL = r"^[^\u0000]*$"  # PostgreSQL keeps no character 0
SAYS_SOMETHING = r"^[^\u0000]*[^\s\u0000][^\u0000]*$"


def make_precise(result: dict[str, Any], **_told: Any) -> dict[str, Any]:
    """Say what shapes do not: what goes with what, reasons that are needed, days, and rows narrowed by `fields`."""
    forms = result["components"]["schemas"]
    for name, form in forms.items():
        if name.startswith("Patched") and "reason" in form.get("properties", {}):
            form["required"] = ["reason"]
        _say_what_goes_with_what(form)
        for field in form.get("properties", {}).values():
            if field.get("format") == "date":
                field["minLength"] = LENGTH_OF_DAY
    for name in _sent(result):
        _say_what_text_is(forms[name])
    for operations in result["paths"].values():
        if any(each["name"] == "fields" for each in operations.get("get", {}).get("parameters", [])):
            _needs_number_only(forms, operations["get"]["responses"]["200"]["content"]["application/json"]["schema"])
    return result


def _sent(result: dict[str, Any]) -> set[str]:
    """The forms that bodies are made of, and those in them."""
    found: set[str] = set()
    asked = [
        set(REFERENCE.findall(json.dumps(operation["requestBody"])))
        for operations in result["paths"].values()
        for operation in operations.values()
        if "requestBody" in operation
    ]
    waiting = set().union(*asked)
    while waiting - found:
        name = (waiting - found).pop()
        found.add(name)
        waiting |= set(REFERENCE.findall(json.dumps(result["components"]["schemas"][name])))
    return found


def _say_what_text_is(form: dict[str, Any]) -> None:
    for field in form.get("properties", {}).values():
        if field.get("type") == "string" and not {"format", "enum", "pattern"} & set(field):
            field["pattern"] = SAYS_SOMETHING if field.get("minLength") else WITHOUT_NULL


def _say_what_goes_with_what(form: dict[str, Any]) -> None:
    """A measurement has one form, and no number goes without its scale."""
    names = set(form.get("properties", {}))
    if {"copies", "reported"} <= names:
        form["oneOf"] = ONE_FORM
    if {"value", "scale"} <= names and "call" in names:
        form["dependentRequired"] = {"value": ["scale"]}


def _needs_number_only(forms: dict[str, Any], answer: dict[str, Any]) -> None:
    """Of what may be narrowed only the number is always there."""
    form = forms[answer["$ref"].rpartition("/")[2]]
    row = form["properties"].get("results", {}).get("items", {}).get("$ref")
    narrowed = forms[row.rpartition("/")[2]] if row else form
    narrowed["required"] = [name for name in narrowed.get("required", []) if name == ALWAYS]
