"""Canonical JSON: the one byte string of a value (FORMATS §1; RFC 8785 restricted).

Objects, arrays, strings, booleans, null and integers of magnitude below 2^53; member names match
`^[A-Za-z][A-Za-z0-9_]{0,63}$`. What `parse` accepts is exactly what `serialise` produces.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias

import orjson

from ledger.errors import MalformedError

JsonValue: TypeAlias = "bool | int | str | list[JsonValue] | dict[str, JsonValue] | None"
"""What `parse` returns."""

JsonInput: TypeAlias = "bool | int | str | Sequence[JsonInput] | Mapping[str, JsonInput] | None"
"""What `serialise` takes, typed so that a `list[str]` fits; at run time lists, tuples and dicts."""

MAX_DEPTH = 16
"""Nested containers of an entry or a leaf; the outermost counts 1."""


_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}", re.ASCII)

# Member names are ASCII, so UTF-8 order is UTF-16 order, and orjson's fast output is RFC 8785's.
_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER | orjson.OPT_PASSTHROUGH_SUBCLASS


def serialise(value: JsonInput, *, max_depth: int = MAX_DEPTH) -> bytes:
    """The canonical bytes of `value`.

    Raises:
        MalformedError: a float, an integer of magnitude 2^53 or more, a member name out of pattern,
            a lone surrogate, another type, or nesting deeper than `max_depth`.
    """
    _check(value, max_depth)
    try:
        return orjson.dumps(value, option=_OPTIONS)
    except TypeError as error:
        raise MalformedError(f"no canonical JSON: {error}") from error


def parse(data: bytes, *, max_depth: int = MAX_DEPTH) -> JsonValue:
    """The value whose canonical bytes are exactly `data`.

    Raises:
        MalformedError: anything else.
    """
    try:
        value: JsonValue = orjson.loads(data)
    except (ValueError, TypeError) as error:
        raise MalformedError(f"not JSON: {error}") from error
    if serialise(value, max_depth=max_depth) != data:
        raise MalformedError("JSON that is not canonical")
    return value


def is_name(text: str) -> bool:
    """Whether `text` may be a member name."""
    return _NAME.fullmatch(text) is not None


def _check(value: object, depth: int) -> None:
    """Refuse what orjson would write though it has no canonical form; `depth` levels are left."""
    kind = type(value)
    items: Iterable[object]
    if kind is dict:
        assert isinstance(value, dict)
        for name in value:
            _check_name(name)
        items = value.values()
    elif kind is list or kind is tuple:
        assert isinstance(value, list | tuple)
        items = value
    elif kind is str or kind is int or kind is bool or value is None:
        return
    else:
        raise MalformedError(f"no canonical JSON for {kind.__name__}")
    if depth == 0:
        raise MalformedError("JSON nested too deep")
    for item in items:
        kind = type(item)
        if kind is not str and kind is not int:
            _check(item, depth - 1)


@lru_cache(maxsize=4096)
def _check_name(name: object) -> None:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise MalformedError(f"member name out of pattern: {name!r:.80}")
