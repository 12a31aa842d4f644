"""Texts that a database can hold. Free of Django."""

from typing import Any, TypeGuard


def is_text(told: Any) -> TypeGuard[str]:
    """Whether this is a text in which every character is one: neither NUL nor half of a surrogate pair."""
    return isinstance(told, str) and "\x00" not in told and not any("\ud800" <= letter <= "\udfff" for letter in told)


def holds_only_texts(told: Any) -> bool:
    """Whether every text of a JSON document, its names as well, is one."""
    waiting = [told]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            waiting += [*each.keys(), *each.values()]
        elif isinstance(each, list):
            waiting += each
        elif isinstance(each, str) and not is_text(each):
            return False
    return True
