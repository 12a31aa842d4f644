"""What the description says beyond the shapes: so precise that a program can tell a wrong form from a right one."""

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
        pattern = f"{WRITTEN}|^$" if self.target.allow_null else WRITTEN
        return {"type": ["string", "number"], "pattern": pattern, **told}


def make_precise(result: dict[str, Any], **_told: Any) -> dict[str, Any]:
    """Say what shapes do not: reasons that are needed, days that are not empty, and rows narrowed by `fields`."""
    forms = result["components"]["schemas"]
    for name, form in forms.items():
        if name.startswith("Patched") and "reason" in form.get("properties", {}):
            form["required"] = ["reason"]
        for field in form.get("properties", {}).values():
            if field.get("format") == "date":
                field["minLength"] = LENGTH_OF_DAY
    for operations in result["paths"].values():
        if any(each["name"] == "fields" for each in operations.get("get", {}).get("parameters", [])):
            _needs_number_only(forms, operations["get"]["responses"]["200"]["content"]["application/json"]["schema"])
    return result


def _needs_number_only(forms: dict[str, Any], answer: dict[str, Any]) -> None:
    """Of what may be narrowed only the number is always there."""
    form = forms[answer["$ref"].rpartition("/")[2]]
    row = form["properties"].get("results", {}).get("items", {}).get("$ref")
    narrowed = forms[row.rpartition("/")[2]] if row else form
    narrowed["required"] = [name for name in narrowed.get("required", []) if name == ALWAYS]
