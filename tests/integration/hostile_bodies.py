"""Bodies that no honest sender sends, from a seed: each is refused by every form of REST v1."""

import json
from collections.abc import Iterator
from random import Random
from typing import Any

DEEP = 3_000

# What stands in the place of a needed value: none of these is a number, a day, a word or a sentence that is asked for.
VALUES: list[Any] = [
    "\x00", "a\x00b", "\ud800", "x" * 5_000, "NaN", "-Infinity", "1e400", "0x10", "2026-02-30", "0000-00-00",
    "99999-01-01", "'; DROP TABLE monitoring_mrdresult; --", "{{7*7}}", "<script>", "", " ", "\u202e", None,
    True, False, [], {}, [[]], {"a": {}}, [None], -1, 0, -0.0, 10**40, -(10**40), 1e300, 5e-324, 2**63, 2**64, "١٢٣٤",
]  # fmt: skip
# For a sentence or a number of a tube nearly every text is one: these are none.
NO_TEXT: list[Any] = [
    "\x00",
    "a\x00b",
    "\ud800",
    "x" * 5_000,
    "",
    " ",
    None,
    True,
    False,
    [],
    {},
    [[]],
    {"a": {}},
    [None],
]
TEXT, OPTIONAL = "~", "?"  # before a path: any text is allowed there; it may be left out
RAW = [
    "", " ", "{", "}", "[", '"', "null", "true", "NaN", "Infinity", "-", "1", '"text"', "[]", "[1]", "[{}]", "{}",
    '{"a":}', '{"a":NaN}', '{"a":1e999999999}', "{'a':1}", '{"a":1,}', "[" * DEEP, '{"a":' * DEEP,
    "[" * DEEP + "]" * DEEP, "\ufeff{}", '{"a":"\\ud800"}', '{"a":"\\u0000"}', "9" * 5_000, "1." + "1" * 5_000,
    "<xml/>", "a=b&c=d", "\x00", "%00", "---\n- a", "MSH|^~\\&|",
]  # fmt: skip
BYTES = [b"\xff\xfe", b"\x80", b'{"a":"\xed\xa0\x80"}', b"\x1f\x8b\x08\x00", b'{"\xc3": 1}', b"\x00" * 100]
SPELLED = [
    '{"@": NaN}',
    '{"@": Infinity}',
    '{"@": -Infinity}',
    '{"@": 1e400}',
    '{"@": 1E+999999}',
    '{"@": %s}' % ("9" * 5_000),
]


def bodies(rng: Random, good: dict[str, Any], needed: list[str], count: int) -> Iterator[str | bytes]:
    """Yield so many bodies: raw ones, and the good one with something wrong at a path that is needed."""
    there = [path.lstrip(TEXT + OPTIONAL) for path in needed]
    texts = {path.lstrip(TEXT) for path in needed if path.startswith(TEXT)}
    must = [path.lstrip(TEXT) for path in needed if not path.startswith(OPTIONAL)]
    for _ in range(count):
        kind = rng.random()
        if kind < 0.15:
            yield rng.choice(RAW)
        elif kind < 0.2:
            yield rng.choice(BYTES)
        elif kind < 0.3:
            yield rng.choice(SPELLED).replace("@", rng.choice(must).split(".")[0])
        elif kind < 0.4:
            yield json.dumps(_without(good, rng.choice(must)))
        else:
            path = rng.choice(there)
            yield json.dumps(_with(good, path, rng.choice(NO_TEXT if path in texts else VALUES)))


def _with(good: dict[str, Any], path: str, value: Any) -> Any:
    copy = json.loads(json.dumps(good))
    place, name = _place(copy, path)
    place[name] = value
    return copy


def _without(good: dict[str, Any], path: str) -> Any:
    copy = json.loads(json.dumps(good))
    place, name = _place(copy, path)
    del place[name]
    return copy


def _place(body: Any, path: str) -> tuple[Any, Any]:
    *way, last = path.split(".")
    for step in way:
        body = body[int(step) if step.isdigit() else step]
    return body, int(last) if last.isdigit() else last
