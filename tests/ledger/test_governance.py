"""Governance payloads: exact members, one spelling each, and the messages that keys sign."""

from collections.abc import Callable
from typing import Any

import pytest
from own_vectors import load

from ledger import ed25519, governance, jwk, note
from ledger.encoding import unb64url
from ledger.errors import MalformedError, VerificationError
from ledger.governance import (
    AuditReport,
    DeviceRegistration,
    Erasure,
    Genesis,
    KeyRegistration,
    KeyRevocation,
    LogKey,
    Mandate,
)

LOG = {item["name"]: item["payload"] for item in load("statement-entry.json")["log"]}
LEDGER = bytes.fromhex(load("statement-entry.json")["log"][0]["leaf_hash_hex"])
KEYS = {item["name"]: item for item in load("statement-entry.json")["keys"]}

PARSERS: dict[str, Callable[[object], object]] = {
    "genesis": Genesis.of_json,
    "key scale 1": KeyRegistration.of_json,
    "revocation scale 1": KeyRevocation.of_json,
    "mandate": Mandate.of_json,
    "log-key": LogKey.of_json,
    "erasure": Erasure.of_json,
    "erasure of a field": Erasure.of_json,
    "audit-report": AuditReport.of_json,
}
DEVICE = {
    "device": "device:scale-7",
    "owner": "school:2105020001",
    "gateway": None,
    "kind": "scale",
    "model": "XK3190",
    "serial": "1",
}


@pytest.mark.parametrize("name", PARSERS)
def test_takes_the_payloads_of_the_log_and_no_other_members(name: str) -> None:
    good, parse = LOG[name], PARSERS[name]
    parse(good)

    for bad in (None, [], {**good, "note": ""}):
        with pytest.raises(MalformedError):
            parse(bad)
    for member in good:
        with pytest.raises(MalformedError):
            parse({k: v for k, v in good.items() if k != member})
        with pytest.raises(MalformedError):
            parse({**good, member: 0})


VKEY = LOG["genesis"]["vkeys"][0]
WITNESS = note.format_vkey(
    note.VerifierKey(
        LOG["genesis"]["origin"], note.COSIGNATURE, jwk.parse(LOG["key scale 1"]["jwk"])
    )
)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("genesis", {"entries": "secret"}),
        ("genesis", {"vkeys": []}),
        ("genesis", {"vkeys": [VKEY, VKEY]}),
        ("genesis", {"vkeys": [1]}),
        ("genesis", {"vkeys": [WITNESS]}),
        ("log-key", {"new_vkey": WITNESS}),
        ("genesis", {"origin": "log.example/another"}),
        ("genesis", {"authorities": LOG["genesis"]["authorities"] * 2}),
        ("genesis", {"authorities": [{"party": "bureau:a"}]}),
        ("genesis", {"created_at": "2026-11-23T06:00:00Z"}),
        ("genesis", {"successor_of": "no note"}),
        ("genesis", {"name": ""}),
        ("genesis", {"anchor_target": {**LOG["genesis"]["anchor_target"], "log_id": "0x"}}),
        ("key scale 1", {"party": "scale"}),
        ("key scale 1", {"jwk": {**LOG["key scale 1"]["jwk"], "use": "sig"}}),
        ("key scale 1", {"possession": LOG["key scale 1"]["possession"] + "=="}),
        ("key scale 1", {"possession": "AAAA"}),
        ("revocation scale 1", {"kid": LOG["revocation scale 1"]["kid"] + "="}),
        ("revocation scale 1", {"reason": ""}),
        ("mandate", {"types": ["Dispatch"]}),
        ("mandate", {"types": ["dispatch\n"]}),
        ("mandate", {"types": "dispatch"}),
        ("mandate", {"from": "2026-11-01T00:00:00.000+08:00"}),
        ("mandate", {"submitter": "nobody"}),
        ("log-key", {"new_vkey": LOG["log-key"]["old_vkey"]}),
        ("log-key", {"new_signature": "AAAA"}),
        ("erasure", {"scope": "field"}),
        ("erasure", {"fields": ["retained_by"]}),
        ("erasure of a field", {"fields": []}),
        ("erasure of a field", {"fields": [1]}),
        ("audit-report", {"result": "yes"}),
        ("audit-report", {"size": True}),
        ("audit-report", {"size": 0}),
    ],
)
def test_refuses(name: str, change: dict[str, Any]) -> None:
    with pytest.raises(MalformedError):
        PARSERS[name]({**LOG[name], **change})


@pytest.mark.parametrize(
    "change", [{"device": "scale-7"}, {"owner": None}, {"gateway": ""}, {"gateway": 1}]
)
def test_refuses_a_device(change: dict[str, Any]) -> None:
    DeviceRegistration.of_json(DEVICE)
    with pytest.raises(MalformedError):
        DeviceRegistration.of_json({**DEVICE, **change})


@pytest.mark.parametrize("kind", ["policy", "access-denied", "backup-receipt", "role-grant"])
def test_other_types_have_exactly_their_members(kind: str) -> None:
    good = {
        "policy": {"name": "credit", "version": 1, "rules": {}},
        "access-denied": {"party": "a", "type": "order", "hour": "", "count": 1},
        "backup-receipt": {"size": 1, "root": "", "custodian": ""},
        "role-grant": {"party": "a", "role": "school", "granted": True},
    }[kind]
    governance.check_members(kind, good)

    with pytest.raises(MalformedError):
        governance.check_members(kind, {**good, "note": ""})
    with pytest.raises(MalformedError):
        governance.check_members("weigh-in", good)


def test_possession_is_over_this_ledger_this_party_and_this_key() -> None:
    payload = LOG["key scale 1"]
    registration = KeyRegistration.of_json(payload)

    registration.verify_possession(LEDGER)
    with pytest.raises(VerificationError, match="possession"):
        registration.verify_possession(bytes(32))
    for change in ({"party": "device:scale-8"}, {"jwk": LOG["key school 1"]["jwk"]}):
        with pytest.raises(VerificationError, match="possession"):
            KeyRegistration.of_json({**payload, **change}).verify_possession(LEDGER)
    assert KEYS["scale 1"]["kid"] == registration.kid


def test_possession_signs_the_bytes_that_the_vectors_fix() -> None:
    """Written out here: what another implementation would sign."""
    payload = LOG["key scale 1"]
    message = (
        '["mealtrace/possession@v1","' + LEDGER.hex() + '","device:scale-7",'
        '{"crv":"Ed25519","kty":"OKP","x":"' + payload["jwk"]["x"] + '"}]'
    ).encode()
    public_key = jwk.parse(payload["jwk"])

    assert message == governance.possession_message(LEDGER, "device:scale-7", public_key)
    seed = bytes.fromhex(KEYS["scale 1"]["seed_hex"])
    assert unb64url(payload["possession"], 64) == ed25519.sign(seed, message)


def test_a_log_key_is_signed_by_old_and_new_over_the_same_bytes() -> None:
    payload = LOG["log-key"]
    message = (
        f'["mealtrace/log-key@v1","{LEDGER.hex()}","{payload["old_vkey"]}","{payload["new_vkey"]}"]'
    ).encode()
    for which, name in (("old", "log 1"), ("new", "log 2")):
        seed = bytes.fromhex(KEYS[name]["seed_hex"])
        assert unb64url(payload[f"{which}_signature"], 64) == ed25519.sign(seed, message)

    LogKey.of_json(payload).verify(LEDGER)
    with pytest.raises(VerificationError, match="old key's signature"):
        LogKey.of_json(payload).verify(bytes(32))
    swapped = {
        **payload,
        "old_signature": payload["new_signature"],
        "new_signature": payload["old_signature"],
    }
    with pytest.raises(VerificationError, match="old key's signature"):
        LogKey.of_json(swapped).verify(LEDGER)


def test_a_mandate_covers_its_parties_types_and_time() -> None:
    mandate = Mandate.of_json(LOG["mandate"])
    good = (mandate.principal, mandate.submitter, "dispatch", mandate.from_)

    assert mandate.covers(*good)
    assert not mandate.covers(*good[:3], mandate.until)
    assert not mandate.covers(*good[:3], "2026-10-31T23:59:59.999Z")
    assert not mandate.covers(*good[:2], "certificate", mandate.from_)
    assert not mandate.covers(mandate.submitter, mandate.principal, *good[2:])
