"""Record ids inside payloads, wherever a type's schema says that one stands (`fields.RecordId`)."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from ledger.statement import ID

_PATTERN: Final = f"^{ID.pattern}$"

Path = tuple[str, ...]
"""Member names from the payload down; lists on the way are gone through."""


@cache
def paths(kind: str) -> tuple[Path, ...]:
    """Where payloads of a type hold record ids; nowhere where the type is not known."""
    from ledger.evidence.catalogue import TYPES  # noqa: PLC0415 - heavy; a verifier does without

    found = TYPES.get(kind)
    if found is None:
        return ()
    schema = found.model.model_json_schema()
    return tuple(_paths(schema, schema.get("$defs", {}), ()))


def named(kind: str, payload: Mapping[str, Any]) -> dict[str, str]:
    """Record id → the field that names it, dots between its names; the first of several."""
    ids: dict[str, str] = {}
    for path in paths(kind):
        for value in values_at(payload, path):
            if isinstance(value, str) and ID.fullmatch(value):
                ids.setdefault(value, ".".join(path))
    return ids


def values_at(value: Any, path: Path) -> Iterator[Any]:
    """Everything that stands at a path of a payload; nothing where it leads nowhere."""
    if isinstance(value, list):
        for item in value:
            yield from values_at(item, path)
    elif not path:
        yield value
    elif isinstance(value, Mapping) and path[0] in value:
        yield from values_at(value[path[0]], path[1:])


def _paths(schema: Mapping[str, Any], parts: Mapping[str, Any], at: Path) -> Iterator[Path]:
    if "$ref" in schema:
        schema = parts[schema["$ref"].rpartition("/")[2]]
    if schema.get("pattern") == _PATTERN:
        yield at
    for branch in schema.get("anyOf", ()):
        yield from _paths(branch, parts, at)
    if isinstance(schema.get("items"), dict):
        yield from _paths(schema["items"], parts, at)
    for name, member in schema.get("properties", {}).items():
        yield from _paths(member, parts, (*at, name))
