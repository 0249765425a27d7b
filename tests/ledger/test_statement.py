"""Statements: what an issuer signs is one byte string, strictly parsed."""

import base64
import dataclasses
import json
from collections.abc import Callable
from typing import Any

import pytest
from own_vectors import cases, load

from ledger import canonical, jwk, jws, statement, subject
from ledger.errors import LedgerError, MalformedError
from ledger.statement import Link, Statement

SAID = base64.b64decode(load("statement-entry.json")["log"][13]["statement_base64"])
TARGET = "01a20706-8f38-7215-86cd-5fcebcc82071"


def parts(**changes: Any) -> dict[str, Any]:
    return {
        "id": "01a20706-8f38-7215-86cd-5fcebcc82071",
        "issuer": "school:2105020001",
        "ledger": bytes(32),
        "links": (),
        "occurred_at": "2026-11-23T06:12:11.120Z",
        "payload_root": bytes(32),
        "payload_fields": 1,
        "subjects": ("school:2105020001",),
        "type": "waste-log",
        **changes,
    }


@cases("statement-entry.json", "refuse_signatures")
def test_refuses_a_signature(case: dict[str, Any]) -> None:
    said = base64.b64decode(case["statement_base64"])

    with pytest.raises(LedgerError):
        jws.verify(case["signature"], said, jwk.parse(case["jwk"]))


@cases("statement-entry.json", "keys")
def test_keys_have_the_ids_of_the_vectors(case: dict[str, Any]) -> None:
    public_key = bytes.fromhex(case["public_key_hex"])

    assert public_key == jwk.parse(case["jwk"])
    assert case["kid"] == jwk.thumbprint(public_key)


@cases("statement-entry.json", "log")
def test_builds_the_statements_of_the_vectors(case: dict[str, Any]) -> None:
    said = base64.b64decode(case["statement_base64"])
    parsed = statement.parse(said)

    built = statement.build(
        id=parsed.id,
        issuer=parsed.issuer,
        ledger=parsed.ledger,
        links=reversed(parsed.links),
        occurred_at=parsed.occurred_at,
        payload_root=parsed.payload_root,
        payload_fields=parsed.payload_fields,
        subjects=[*parsed.subjects[::-1], *parsed.subjects],
        type=parsed.type,
        type_version=parsed.type_version,
    )

    assert parsed == built
    assert said == built.to_bytes()
    assert case["statement_sha256_hex"] == built.sha256.hex()


def test_links_are_sorted_by_their_canonical_bytes() -> None:
    links = [
        Link("cites", subject="order:a"),
        Link("cites", id=TARGET),
        Link("accepts", subject="order:b"),
        Link("cites", id=TARGET, sha256=bytes(32)),
        Link("accepts", subject="order:b"),
    ]

    built = statement.build(**parts(links=links))

    encoded = [canonical.serialise(link.to_json()) for link in built.links]
    assert sorted(set(encoded)) == encoded
    assert len(encoded) == 4
    assert built == statement.parse(built.to_bytes())


def test_subjects_are_sorted_by_bytes() -> None:
    subjects = ("lot:a~", "lot:a-", "lot:aA", "lot-x:a", "lot:a")

    built = statement.build(**parts(subjects=subjects))

    assert tuple(sorted(subjects, key=str.encode)) == built.subjects


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": TARGET.upper()}, "id"),
        ({"id": TARGET + "\n"}, "id"),
        ({"issuer": "school"}, "issuer"),
        ({"issuer": "school:2105020001\n"}, "issuer"),
        ({"ledger": None}, "ledger"),
        ({"ledger": bytes(31)}, "ledger"),
        ({"type": "genesis"}, "ledger"),
        ({"type": "Order"}, "type"),
        ({"type": "a" * 65}, "type"),
        ({"type": "order\n"}, "type"),
        ({"type_version": 0}, "type_version"),
        ({"occurred_at": "2026-11-23T14:12:11.120+08:00"}, "time"),
        ({"occurred_at": "2026-11-23T24:00:00.000Z"}, "time"),
        ({"payload_root": bytes(31)}, "root"),
        ({"payload_fields": 0}, "fields"),
        ({"subjects": [f"lot:{at}" for at in range(65)]}, "subjects"),
        ({"subjects": ["child:1 2"]}, "subject"),
        ({"links": [Link("cites", subject=f"lot:{at}") for at in range(513)]}, "links"),
        ({"links": [Link("corrects", id=TARGET)]}, "sha256"),
        ({"links": [Link("erases", subject="order:a")]}, "id"),
        ({"links": [Link("rules-on", id=TARGET, sha256=bytes(32))]}, f"record:{TARGET}"),
    ],
)
def test_builds_nothing_that_would_not_parse(change: dict[str, Any], message: str) -> None:
    with pytest.raises(MalformedError, match=message):
        statement.build(**parts(**change))


def changed(change: Callable[[dict[str, Any]], object]) -> bytes:
    value = json.loads(SAID)
    change(value)
    return canonical.serialise(value)


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s.pop("v"),
        lambda s: s.update(v=True),
        lambda s: s.update(v="1"),
        lambda s: s.update(id=None),
        lambda s: s.update(type=[]),
        lambda s: s.update(occurred_at=0),
        lambda s: s.update(payload=None),
        lambda s: s.update(links=None),
        lambda s: s.update(subjects={}),
        lambda s: s.update(subjects=list(reversed(s["subjects"]))),
        lambda s: s["links"].append({}),
        lambda s: s["links"].append(s["links"][0]),
        lambda s: s["links"][0].update(rel=None),
        lambda s: s["links"][0].update(subject="order:a"),
        lambda s: s["links"][0].update(sha256="AB" * 32),
        lambda s: s["links"][0].update(sha256=None),
    ],
)
def test_refuses_a_statement(change: Callable[[dict[str, Any]], object]) -> None:
    statement.parse(changed(lambda _: None))
    with pytest.raises(MalformedError):
        statement.parse(changed(change))


@pytest.mark.parametrize("data", [b"", b"[]", SAID + b"\n", b" " + SAID, SAID[:-1]])
def test_refuses_bytes_that_are_no_statement(data: bytes) -> None:
    with pytest.raises(MalformedError):
        statement.parse(data)


def test_a_copy_with_a_change_has_its_own_bytes() -> None:
    """The bytes are remembered; a changed copy must not remember those of its model."""
    said = statement.parse(SAID)
    other: Statement = dataclasses.replace(said, type="dispute")

    assert b'"dispute"' in other.to_bytes()
    assert said.sha256 != other.sha256


@pytest.mark.parametrize(
    "text",
    [
        "ab:c",
        "a" * 32 + ":" + "~" * 128,
        "order:2105020001~A-17",
        "key:vCaMixcH_l3rhwy57nyiWMqgjjKVtG79hKRPsic9Uyc",
    ],
)
def test_accepts_a_subject(text: str) -> None:
    assert text == subject.check(text)
    assert text.split(":", maxsplit=1)[0] == subject.kind(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "ab", "ab:", ":c", "a:c", "1b:c", "Ab:c", "ab:c\n", "ab:c d", "ab:c/d", "ab:\u00e9",
        "a" * 33 + ":c", "ab:" + "c" * 129, "\u0430b:c", "ab:\uff11", None, 1, b"ab:c",
    ],
)  # fmt: skip
def test_refuses_a_subject(text: object) -> None:
    with pytest.raises(MalformedError, match="issuer"):
        subject.check(text, "issuer")


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"rel": "likes", "subject": "order:a"}, "no such link"),
        ({"rel": "cites"}, "exactly one"),
        ({"rel": "cites", "id": TARGET, "subject": "order:a"}, "exactly one"),
        ({"rel": "cites", "id": "1"}, "UUID"),
        ({"rel": "cites", "id": "{" + TARGET + "}"}, "UUID"),
        ({"rel": "cites", "subject": "order"}, "subject of a link"),
        ({"rel": "cites", "subject": "order:a", "sha256": bytes(32)}, "beside an id"),
        ({"rel": "cites", "id": TARGET, "sha256": bytes(31)}, "32 bytes"),
    ],
)
def test_a_link_is_right_from_the_start(members: dict[str, Any], message: str) -> None:
    with pytest.raises(MalformedError, match=message):
        Link(**members)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "an object of"),
        ({"rel": "cites", "id": TARGET, "note": ""}, "an object of"),
        ({"rel": "cites", "id": 1}, "id of a link is not text"),
        ({"rel": None, "id": TARGET}, "rel of a link is not text"),
        ({"rel": "cites", "id": TARGET, "sha256": "00"}, "hex"),
        ({"id": TARGET}, "no such link"),
    ],
)
def test_a_link_is_parsed_strictly(value: object, message: str) -> None:
    with pytest.raises(MalformedError, match=message):
        Link.of_json(value)
