"""The catalogue: every example posts, every refused one is refused where it says, and why."""

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from ledger import canonical, statement
from ledger.entry import OPEN_TYPES
from ledger.errors import NotFoundError, RefusedError
from ledger.evidence import catalogue, draft, meanings
from ledger.evidence.definition import ANY_TYPE, EvidenceType, Refused
from ledger.evidence.roles import ROLES

SEED = bytes(range(32))
LEDGER = bytes(32)
OFFICES = {"operator", "authority", "principal", "key-holder", "anyone"}

every_type = pytest.mark.parametrize("kind", catalogue.TYPES.values(), ids=lambda kind: kind.name)


def prepare(kind: EvidenceType, request: Any) -> draft.Draft:
    return draft.prepare(
        request,
        submitter=request["issuer"],
        ledger=None if kind.name == "genesis" else LEDGER,
        new_seed=SEED,
    )


def changed(request: dict[str, Any], refused: Refused) -> dict[str, Any]:
    """The example with its members replaced, put in, or taken out (`...`)."""
    result = copy.deepcopy(request)
    for pointer, value in refused.changes.items():
        *path, last = pointer.split("/")[1:]
        place: Any = result
        for step in path:
            place = place[int(step) if isinstance(place, list) else step]
        if isinstance(place, list):
            place[int(last)] = value
        elif value is ...:
            place.pop(last, None)
        else:
            place[last] = value
    return result


@every_type
def test_the_example_is_accepted(kind: EvidenceType) -> None:
    made = prepare(kind, kind.example)

    assert made.statement.type == kind.name
    statement.parse(made.statement.to_bytes())
    assert json.loads(made.content)["payload"] == json.loads(made.payload)


@pytest.mark.parametrize(
    ("kind", "refused"),
    [
        pytest.param(kind, refused, id=f"{kind.name}: {refused.rule}")
        for kind in catalogue.TYPES.values()
        for refused in kind.refused
    ],
)
def test_what_a_rule_refuses_is_refused_at_its_place(kind: EvidenceType, refused: Refused) -> None:
    with pytest.raises(RefusedError) as refusal:
        prepare(kind, changed(dict(kind.example), refused))

    assert (refused.pointer, refused.code) in {(f.pointer, f.code) for f in refusal.value.faults}
    for fault in refusal.value.faults:
        assert re.search("[a-z]", fault.message_en)
        assert re.search("[\u4e00-\u9fff]", fault.message_zh)


@every_type
def test_every_type_has_refused_examples(kind: EvidenceType) -> None:
    assert kind.refused


@every_type
def test_the_schema_takes_the_example(kind: EvidenceType) -> None:
    schema = kind.json_schema()
    payload = canonical.parse(prepare(kind, kind.example).payload)
    assert isinstance(payload, dict)
    payload.pop("blobs", None)

    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(payload, schema)
    assert schema["additionalProperties"] is False
    assert not [part for part in _objects(schema) if "default" in part], "left out, never null"


@every_type
def test_every_required_field_is_missed(kind: EvidenceType) -> None:
    for name in kind.json_schema().get("required", ()):
        request = copy.deepcopy(dict(kind.example))
        del request["payload"][name]

        with pytest.raises(RefusedError) as refusal:
            prepare(kind, request)

        assert (f"/payload/{name}", "missing") in {
            (fault.pointer, fault.code) for fault in refusal.value.faults
        }


@every_type
def test_its_description_is_whole_and_plain_json(kind: EvidenceType) -> None:
    told = json.loads(json.dumps(kind.describe()))

    fields = told["schema"]["properties"]
    assert set(told["posters"]) <= ROLES | OFFICES
    assert told["posters"]
    assert set(told["document_key"]) <= fields.keys()
    assert set(told["personal"]) <= fields.keys()
    assert set(told["known_values"]) <= _names(told["schema"])
    assert told["bound_field"] is None or told["bound_field"] in fields
    for link in told["links"]:
        assert link["rel"] in statement.RELS
        assert all(name == ANY_TYPE or statement.TYPE.fullmatch(name) for name in link["to"])


@every_type
def test_every_field_has_a_meaning_in_both_languages(kind: EvidenceType) -> None:
    schema = kind.json_schema()

    assert "$ref" not in json.dumps(schema)
    for path, field in _fields(schema, kind.name):
        assert re.search(r"[a-z].*\.$", field.get("description", "")), path
        assert re.search("[\u4e00-\u9fff].*。$", field.get("x-description-zh", "")), path


def test_the_most_specific_meaning_counts() -> None:
    fields = dict(_fields(catalogue.get("order").json_schema(), "order"))

    assert "whole order" in fields["order.amount_fen"]["description"]
    assert "rounded up" in fields["order.line_prices.amount_fen"]["description"]
    assert (
        "小写"
        in dict(
            _fields(catalogue.get("genesis").json_schema(), "genesis"),
        )["genesis.anchor_target.contract"]["x-description-zh"]
    )


@every_type
def test_codes_have_chinese_names_or_none(kind: EvidenceType) -> None:
    """Those of oversight, of governance and of what is shared have all of them."""
    told = json.loads(json.dumps(kind.describe()))
    listed = [
        (known, told["known_values_zh"][name]) for name, known in told["known_values"].items()
    ]
    listed += [
        (schema["enum"], schema["x-enum-zh"])
        for schema in _objects(told["schema"])
        if "enum" in schema
    ]

    for codes, named in listed:
        assert named.keys() <= set(codes)
        if kind.family in {"oversight", "governance", "shared"}:
            assert named.keys() == set(codes)
        assert all(re.search("[\u4e00-\u9fff]", name) for name in named.values())


def test_a_code_is_called_as_its_field_means_it() -> None:
    told = {name: catalogue.get(name).describe() for name in ("ruling", "settlement", "weigh-in")}

    assert told["settlement"]["known_values_zh"]["reason_code"]["rejected"] == "拒收"
    decision = told["ruling"]["schema"]["properties"]["decision"]
    assert decision["x-enum-zh"]["rejected"] == "不成立"
    assert told["weigh-in"]["known_values_zh"]["tare_source"]["none"] == "无皮重"


def _objects(schema: Any) -> Iterator[dict[str, Any]]:
    """Every object in a schema, itself first."""
    if isinstance(schema, dict):
        yield schema
        for part in schema.values():
            yield from _objects(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from _objects(part)


def test_no_meaning_stands_twice_or_for_nothing() -> None:
    """Two families that mean different things by one name write the type before it."""
    keys = [key for module in meanings.MODULES for key in module.FIELDS]
    paths = {
        path
        for kind in catalogue.TYPES.values()
        for path, _ in _fields(kind.json_schema(), kind.name)
    }

    assert len(keys) == len(set(keys)), sorted({key for key in keys if keys.count(key) > 1})
    assert {
        key for key in keys if not any(f".{path}".endswith(f".{key}") for path in paths)
    } == set()


@every_type
def test_the_refused_examples_are_told_as_patches_of_the_example(kind: EvidenceType) -> None:
    told = json.loads(json.dumps(kind.describe()))["refused"]

    assert len(told) == len(kind.refused)
    for shown, refused in zip(told, kind.refused, strict=True):
        assert (shown["rule"], shown["pointer"], shown["code"]) == (
            refused.rule,
            refused.pointer,
            refused.code,
        )
        assert _patched(kind.example, shown["changes"]) == changed(dict(kind.example), refused)


def _patched(request: Any, operations: list[dict[str, Any]]) -> Any:
    """The request after a JSON Patch, as RFC 6902 has it: an operation fits, or this fails."""
    result = copy.deepcopy(request)
    for operation in operations:
        *path, last = operation["path"].split("/")[1:]
        place = result
        for step in path:
            place = place[int(step) if isinstance(place, list) else step]
        key = int(last) if isinstance(place, list) else last
        match operation["op"]:
            case "remove":
                del place[key]
            case "replace":
                place[key]  # it must be there
                place[key] = operation["value"]
            case "add":
                assert isinstance(place, dict)
                assert key not in place
                place[key] = operation["value"]
    return result


def _fields(schema: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every field's dotted path below the type's name, and its schema."""
    if isinstance(schema, list):
        for part in schema:
            yield from _fields(part, path)
    elif isinstance(schema, dict):
        for name, field in schema.get("properties", {}).items():
            yield f"{path}.{name}", field
            yield from _fields(field, f"{path}.{name}")
        for keyword in ("items", "anyOf"):
            yield from _fields(schema.get(keyword), path)


def _names(schema: Any) -> set[str]:
    """Every property's name, nested ones too."""
    found: set[str] = set()
    if isinstance(schema, dict):
        found |= set(schema.get("properties", ()))
        for part in schema.values():
            found |= _names(part)
    elif isinstance(schema, list):
        for part in schema:
            found |= _names(part)
    return found


def test_open_types_are_those_whose_entries_are_open() -> None:
    assert {name for name, kind in catalogue.TYPES.items() if kind.open} == OPEN_TYPES


def test_ids_of_examples_differ() -> None:
    ids = [kind.example["id"] for kind in catalogue.TYPES.values()]

    assert len(set(ids)) == len(ids)


def test_unknown_types_and_versions_are_not_found() -> None:
    with pytest.raises(NotFoundError, match="weigh-in"):
        catalogue.get("weighin")
    with pytest.raises(NotFoundError, match="version 1 only"):
        catalogue.get("weigh-in", 2)
