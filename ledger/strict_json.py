"""JSON from outside: strict about meaning, free about member order and white space.

For bundles and request bodies (FORMATS §2, API.md). RFC 8259 without its freedoms: no duplicate
member names, no byte order mark, no lone surrogates, nothing but UTF-8, limited depth.
"""

import json
import re
from typing import Any, Literal, TypeAlias, overload

import orjson

from ledger.canonical import JsonValue
from ledger.errors import MalformedError

MAX_DEPTH = 32
"""Nested containers of a bundle file; the outermost counts 1."""

MAX_INTEGER = 2**53 - 1
"""Largest magnitude of an integer."""

LooseValue: TypeAlias = "bool | int | float | str | list[LooseValue] | dict[str, LooseValue] | None"
"""What `parse(fractions=True)` returns."""


@overload
def parse(
    data: bytes, *, max_depth: int = MAX_DEPTH, fractions: Literal[False] = False
) -> JsonValue: ...
@overload
def parse(data: bytes, *, max_depth: int = MAX_DEPTH, fractions: Literal[True]) -> LooseValue: ...
def parse(data: bytes, *, max_depth: int = MAX_DEPTH, fractions: bool = False) -> Any:
    """The value of `data`.

    With `fractions`, a number that is not an integer of magnitude below 2^53 (`1.5`, `1e3`, `-0`,
    2^53) comes out as a float, so that a schema can name the field that holds it.

    Raises:
        MalformedError: not strict JSON; without `fractions`, such a number.
    """
    if data.count(b"{") + data.count(b"[") > max_depth:
        # Before the decoder, which recurses: another library may have raised Python's own limit.
        _check_depth(data, max_depth)
    if fractions:
        value = _compact(data)
        if value is not None:
            return value
    try:
        text = data.decode("utf-8")
        if "\\u" in text:
            orjson.loads(data)  # refuses lone surrogates, which the decoder below lets pass
        value = (_LOOSE if fractions else _STRICT).decode(text)
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"not strict JSON: {error}") from error
    return value


def _compact(data: bytes) -> Any:
    """The value of JSON that is written back byte for byte, None of any other.

    So most clients write it, and so it has no member twice, no integer beyond 2^53, no `-0`: the
    fast decoder, which lets such things pass, reads it as the slow one does.
    """
    try:
        value = orjson.loads(data)
        return value if orjson.dumps(value, option=orjson.OPT_STRICT_INTEGER) == data else None
    except (ValueError, TypeError):
        return None


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise MalformedError("a member name stands twice in one object")
    return members


def _integer(text: str) -> int:
    if len(text) > 17 or text == "-0":
        raise MalformedError(f"not an integer of magnitude below 2^53: {text:.20}")
    value = int(text)
    if abs(value) > MAX_INTEGER:
        raise MalformedError(f"not an integer of magnitude below 2^53: {text}")
    return value


def _fraction(text: str) -> float:
    raise MalformedError(f"a fraction or an exponent: {text:.20}")


def _constant(text: str) -> float:
    raise MalformedError(f"not a JSON number: {text}")


def _loose_integer(text: str) -> int | float:
    if len(text) > 17 or text == "-0":
        return float(text)
    value = int(text)
    return value if abs(value) <= MAX_INTEGER else float(text)


_STRICT = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_integer,
    parse_float=_fraction,
    parse_constant=_constant,
)
_LOOSE = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_loose_integer,
    parse_constant=_constant,
)


_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)
"""Strings, so that brackets inside them are passed over, and brackets."""


def _check_depth(data: bytes, max_depth: int) -> None:
    depth = 0
    for match in _BRACKETS.finditer(data):
        token = match[0]
        if token in (b"{", b"["):
            depth += 1
            if depth > max_depth:
                raise MalformedError("JSON nested too deep")
        elif token in (b"}", b"]"):
            depth -= 1
