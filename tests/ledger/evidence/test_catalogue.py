"""The catalogue: every example posts, every refused one is refused where it says, and why."""

import copy
import json
import re
from typing import Any

import jsonschema
import pytest

from ledger import canonical, statement
from ledger.entry import OPEN_TYPES
from ledger.errors import NotFoundError, RefusedError
from ledger.evidence import catalogue, draft
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
