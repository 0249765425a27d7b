"""Hooks for Schemathesis: how a batch is written."""

import json
from typing import Any, Final
from urllib.parse import urlencode

import schemathesis

LONGEST_QUERY: Final = 32_768


@schemathesis.serializer("application/x-ndjson")
def write_lines(_: Any, value: Any) -> bytes:
    """One line for a generated record; bytes that were generated as such stay what they are."""
    if isinstance(value, bytes):
        return value
    return json.dumps(value).encode() + b"\n"


@schemathesis.hook
def filter_query(_: Any, query: dict[str, Any] | None) -> bool:
    """A request line of 64 KiB is refused by the HTTP parser, in words that are not the API's."""
    return len(urlencode(query or {})) < LONGEST_QUERY
