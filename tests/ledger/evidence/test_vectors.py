"""The vectors' records, made by another implementation, derived again from their payloads."""

import base64
import json
from typing import Any

import pytest
from own_vectors import load

from ledger import jws
from ledger.encoding import b64url
from ledger.evidence import catalogue, draft
from ledger.statement import parse

LOG = load("statement-entry.json")["log"]

ABBREVIATED = {
    "morning-check": "lacks accountable, which a school that types it in must give",
    "sample-retained": "lacks its photo, and cabinet and dish as subjects",
    "waste-log": "is no type of this version",
    "dispute": "is no type of this version",
}
"""Vectors whose payload is not a full record of its type: they are about bytes."""


def request(item: dict[str, Any], *, signed: bool) -> dict[str, Any]:
    """What would have to be posted to get this entry."""
    says = parse(base64.b64decode(item["statement_base64"]))
    made: dict[str, Any] = {
        "id": says.id,
        "issuer": says.issuer,
        "links": [link.to_json() for link in says.links],
        "occurred_at": says.occurred_at,
        "payload": dict(item["payload"]),
        "seed": item["seed_base64url"],
        "type": says.type,
        "type_version": says.type_version,
    }
    entry = json.loads(base64.b64decode(item["entry_base64"]))
    if signed and entry["signature"] is not None:
        made["signature"] = entry["signature"]
        made["subjects"] = list(says.subjects)
    elif "blobs" in made["payload"]:
        made["blobs"] = made["payload"].pop("blobs")
    return made


def derive(item: dict[str, Any], *, signed: bool = False) -> draft.Draft:
    says = parse(base64.b64decode(item["statement_base64"]))
    return draft.prepare(
        request(item, signed=signed),
        submitter=json.loads(base64.b64decode(item["entry_base64"]))["submitter"],
        ledger=says.ledger,
        new_seed=bytes(32),
    )


def without_lots(subjects: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in subjects if not name.startswith("lot:"))


def each(items: list[dict[str, Any]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "item", [pytest.param(item, id=f"{item['index']}-{item['name']}") for item in items]
    )


FULL = [
    item
    for item in LOG
    if parse(base64.b64decode(item["statement_base64"])).type not in ABBREVIATED
]
LOTLESS = [item for item in FULL if "lot_no" not in json.dumps(item["payload"])]


@each(FULL)
def test_subjects_are_derived_as_they_stand_in_the_statement(item: dict[str, Any]) -> None:
    """The vectors leave out the lots of a delivery's lines, which EVIDENCE §1 derives."""
    says = parse(base64.b64decode(item["statement_base64"]))

    made = derive(item)

    assert without_lots(made.statement.subjects) == says.subjects


@each(LOTLESS)
def test_the_statement_is_derived_to_the_byte(item: dict[str, Any]) -> None:
    made = derive(item)

    assert made.statement_bytes == base64.b64decode(item["statement_base64"])
    assert b64url(made.seed) == item["seed_base64url"]
    assert made.explicit_seed


@each([item for item in LOTLESS if item["kid"] is not None])
def test_what_was_signed_is_taken_as_it_was_signed(item: dict[str, Any]) -> None:
    made = derive(item, signed=True)

    assert made.signature is not None
    assert jws.parse(made.signature).kid == item["kid"]
    assert made.statement_bytes == base64.b64decode(item["statement_base64"])


def test_the_vectors_cover_what_is_said_here() -> None:
    types = {parse(base64.b64decode(item["statement_base64"])).type for item in LOG}

    assert ABBREVIATED.keys() <= types
    assert types - ABBREVIATED.keys() <= catalogue.TYPES.keys()
    assert len(types - ABBREVIATED.keys()) > 10
