"""JSON from outside: strict about meaning, free about member order and white space.

For bundles and request bodies (FORMATS §2, API.md). RFC 8259 without its freedoms: no duplicate
member names, no byte order mark, no lone surrogates, nothing but UTF-8, limited depth.
"""

from typing import Literal, TypeAlias, overload

from ledger.canonical import JsonValue

MAX_DEPTH = 32
"""Nested containers of a bundle file; the outermost counts 1."""

LooseValue: TypeAlias = "bool | int | float | str | list[LooseValue] | dict[str, LooseValue] | None"
"""What `parse(fractions=True)` returns."""


@overload
def parse(
    data: bytes, *, max_depth: int = MAX_DEPTH, fractions: Literal[False] = False
) -> JsonValue: ...
@overload
def parse(data: bytes, *, max_depth: int = MAX_DEPTH, fractions: Literal[True]) -> LooseValue: ...
def parse(
    data: bytes, *, max_depth: int = MAX_DEPTH, fractions: bool = False
) -> JsonValue | LooseValue:
    """The value of `data`.

    With `fractions`, a number that is not an integer of magnitude below 2^53 (`1.5`, `1e3`, `-0`,
    2^53) comes out as a float, so that a schema can name the field that holds it.

    Raises:
        MalformedError: not strict JSON; without `fractions`, such a number.
    """
    raise NotImplementedError
