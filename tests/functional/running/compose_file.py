"""Reads docker-compose.yml: as much of YAML as that file uses, and loud about anything else.

Understood: blocks of maps and lists, flow lists, double-quoted and plain scalars, comments, anchors and merge keys.
"""

import json
import re
from pathlib import Path
from typing import Any

ENTRY = re.compile(r"(?P<key><<|[A-Za-z0-9_.-]+):(?:\s+(?P<value>.*))?$")
ANCHOR = re.compile(r"&(?P<name>\w+)$")
QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
FLOW_ITEM = re.compile(rf'\s*({QUOTED.pattern}|[^,"\s\[\]][^,"\[\]]*)(?:,|$)')
SPECIAL = "{}[]&*!|>%@`\"'"
CONSTANTS: dict[str, Any] = {"true": True, "false": False, "": None, "{}": {}}


class NotUnderstood(Exception):
    """The file uses more of YAML than this reader knows."""


class ComposeFile:
    """The lines of a file, read from the top."""

    def __init__(self, text: str) -> None:
        self.anchors: dict[str, Any] = {}
        self.lines = [
            (len(line) - len(line.lstrip()), line.strip())
            for line in text.splitlines()
            if line.strip() and not line.lstrip().startswith("#")
        ]
        if any("\t" in line for _, line in self.lines):
            raise NotUnderstood("a tab")

    def block(self, indent: int) -> Any:
        """Return the map or list whose lines begin at this column."""
        return self._list(indent) if self.lines[0][1].startswith("- ") else self._map(indent)

    def _list(self, indent: int) -> list[Any]:
        items = []
        while self.lines and self.lines[0][0] == indent and self.lines[0][1].startswith("- "):
            items.append(scalar(self.lines.pop(0)[1].removeprefix("- ")))
        return items

    def _map(self, indent: int) -> dict[str, Any]:
        merged: dict[str, Any] = {}
        own: dict[str, Any] = {}
        while self.lines and self.lines[0][0] >= indent:
            column, line = self.lines.pop(0)
            entry = ENTRY.match(line)
            if entry is None or column != indent or entry["key"] in own:
                raise NotUnderstood(line)
            if entry["key"] == "<<":
                merged |= self.anchors[entry["value"].removeprefix("*")]
            else:
                own[entry["key"]] = self._value(entry["value"] or "", indent)
        return merged | own

    def _value(self, text: str, indent: int) -> Any:
        anchor = ANCHOR.match(text)
        if (anchor or not text) and self.lines and self.lines[0][0] > indent:
            value = self.block(self.lines[0][0])
        else:
            value = scalar(text)
        if anchor:
            self.anchors[anchor["name"]] = value
        return value


def scalar(text: str) -> Any:
    """Return a value that stands on one line."""
    if text.startswith("[") and text.endswith("]"):
        inside = text[1:-1]
        if FLOW_ITEM.sub("", inside).strip():
            raise NotUnderstood(text)
        return [scalar(item) for item in FLOW_ITEM.findall(inside)]
    if QUOTED.fullmatch(text):
        return json.loads(text)
    if text in CONSTANTS:
        return CONSTANTS[text]
    if text[0] in SPECIAL or " #" in text or ": " in text:
        raise NotUnderstood(text)
    return int(text) if text.isdecimal() else text


def read(path: Path) -> dict[str, Any]:
    """Return the content of a compose file."""
    file = ComposeFile(path.read_text(encoding="utf-8"))
    content = file.block(0)
    if not isinstance(content, dict):
        raise NotUnderstood("no map at the top")
    return content
