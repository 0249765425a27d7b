"""Canonical JSON: the one byte string of a value (FORMATS §1; RFC 8785 restricted).

Objects, arrays, strings, booleans, null and integers of magnitude below 2^53; member names match
`^[A-Za-z][A-Za-z0-9_]{0,63}$`. What `parse` accepts is exactly what `serialise` produces.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

JsonValue: TypeAlias = "bool | int | str | list[JsonValue] | dict[str, JsonValue] | None"
"""What `parse` returns."""

JsonInput: TypeAlias = "bool | int | str | Sequence[JsonInput] | Mapping[str, JsonInput] | None"
"""What `serialise` takes, typed so that a `list[str]` fits; at run time lists, tuples and dicts."""

MAX_DEPTH = 16
"""Nested containers of an entry or a leaf; the outermost counts 1."""


def serialise(value: JsonInput, *, max_depth: int = MAX_DEPTH) -> bytes:
    """The canonical bytes of `value`.

    Raises:
        MalformedError: a float, an integer of magnitude 2^53 or more, a member name out of pattern,
            a lone surrogate, another type, or nesting deeper than `max_depth`.
    """
    raise NotImplementedError


def parse(data: bytes, *, max_depth: int = MAX_DEPTH) -> JsonValue:
    """The value whose canonical bytes are exactly `data`.

    Raises:
        MalformedError: anything else.
    """
    raise NotImplementedError
