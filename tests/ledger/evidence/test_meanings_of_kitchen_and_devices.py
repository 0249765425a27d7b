"""Every field of staff, kitchen and devices says what it means, in both languages, once."""

import importlib
import re
from collections.abc import Iterator
from typing import Any

import pytest

from ledger.evidence import catalogue

FAMILIES = (
    "workforce", "menus", "cooking", "serving", "opinions", "nutrition", "cold_chain",
    "device_life",
)  # fmt: skip
MEANINGS: dict[str, dict[str, tuple[str, str]]] = {
    family: importlib.import_module(f"ledger.evidence.meanings.{family}").FIELDS
    for family in FAMILIES
}
TYPES = {
    kind.name: kind
    for family in FAMILIES
    for kind in importlib.import_module(f"ledger.evidence.{family}").TYPES
}


def paths(name: str) -> set[str]:
    """Every field's dotted path, the type before it."""
    schema = catalogue.get(name).json_schema()
    return set(_paths(schema, schema.get("$defs", {}), name))


def _paths(schema: dict[str, Any], parts: dict[str, Any], at: str) -> Iterator[str]:
    if "$ref" in schema:
        schema = parts[schema["$ref"].rpartition("/")[2]]
    if "items" in schema:
        yield from _paths(schema["items"], parts, at)
    for part in schema.get("anyOf", ()):
        yield from _paths(part, parts, at)
    for name, field in schema.get("properties", {}).items():
        yield f"{at}.{name}"
        yield from _paths(field, parts, f"{at}.{name}")


SHARED = {
    path.rpartition(".")[2]
    for name, kind in catalogue.TYPES.items()
    if name not in TYPES and not kind.open
    for path in paths(name)
} | {"source_ref", "ext", "accountable"}
"""Names that types of other families have too, and that are explained there."""


@pytest.mark.parametrize("name", TYPES)
def test_every_field_is_explained(name: str) -> None:
    keys = {key for fields in MEANINGS.values() for key in fields}

    for path in paths(name):
        steps = path.split(".")
        assert steps[-1] in SHARED or any(
            ".".join(steps[start:]) in keys for start in range(len(steps))
        ), path


@pytest.mark.parametrize("family", FAMILIES)
def test_an_explanation_is_a_sentence_in_each_language(family: str) -> None:
    for key, (english, chinese) in MEANINGS[family].items():
        assert re.fullmatch("[A-Z][^\u4e00-\u9fff|]*[.]", english), key
        assert re.search("[\u4e00-\u9fff]", chinese), key
        assert chinese.endswith("。"), key


def test_no_explanation_is_of_nothing_or_given_twice() -> None:
    keys = [key for fields in MEANINGS.values() for key in fields]
    known = [path for name in TYPES for path in paths(name)]

    assert len(keys) == len(set(keys))
    for key in keys:
        assert any(path == key or path.endswith(f".{key}") for path in known), key
