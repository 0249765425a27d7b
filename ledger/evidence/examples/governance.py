"""Examples of governance. Keys and signatures are real, made for a log that exists only here."""

from typing import Any, Final

from ledger.evidence.definition import Refused
from ledger.evidence.examples.school_day import (
    ADMISSION,
    AUDITOR,
    FUNDS,
    GATEWAY,
    INTEGRATOR,
    OPERATOR,
    SCALE,
    SCHOOL,
    SUPPLIER,
    record,
)

_VKEY: Final = "log.example/benxi+7bed5a38+AXSeeHMkvyzYsUOgtqnUORGc16uEyhmhGZ5eBbupFsIW"
_NEXT_VKEY: Final = "log.example/benxi+a3a25d15+AVwkHTZs2SQCqkuoXn+8sOPlSkBNBo7srsD0gnc/Q940"
_KID: Final = "xKaElYq4D-fmijtt9fdaUtjDINgAzHst6jxelS-PfDE"
_TARGET: Final = {
    "chain_id": 424242,
    "genesis_hash": "0x73608da40b320bad9fd3550fa389467bbd53065e05725e875a60f266543ce446",
    "contract": "0xb949ac8b108881a27ece8c881aaf49c178db319f",
    "code_sha256": "b418d47ae4055f66e440edec3e088970a587592d619a6257c5b3273f1627e725",
    "registrant": "0x51953dc0ead810afaeb1a1a85b6401c07ebacc70",
}
_ROOT: Final = "9f4c8f34c98b4bf9472da1976c24d7c9d129451af6befe093930e65b8d150eed"
_STATEMENT: Final = "6cdc643fd4fc58238120754a73f3d4a43fc41cb8d222ff804fd2f83b9dc5bc2f"


def _request(
    number: int, kind: str, payload: dict[str, Any], issuer: str = OPERATOR, **more: Any
) -> dict[str, Any]:
    return {
        "id": record(0x700 + number),
        "type": kind,
        "occurred_at": "2026-08-18T08:00:00+08:00",
        "issuer": issuer,
        "payload": payload,
        **more,
    }


def _jwk(x: str) -> dict[str, str]:
    return {"crv": "Ed25519", "kty": "OKP", "x": x}


GENESIS: Final = _request(
    0,
    "genesis",
    {
        "name": "本溪市学校供餐存证账本（示例）",
        "origin": "log.example/benxi",
        "time_zone": "Asia/Shanghai",
        "entries": "restricted",
        "successor_of": None,
        "vkeys": [_VKEY],
        "authorities": [
            {"party": ADMISSION, "jwk": _jwk("NzEIQKt7J8VABEKslr8FjQ5RV_JfBgVqDWcrCJiKRcU")}
        ],
        "created_at": "2026-08-18T08:00:00+08:00",
        "anchor_target": _TARGET,
    },
)
GENESIS_REFUSED: Final = (
    Refused(
        "a key that is not one",
        {"/payload/vkeys": ["log.example/benxi"]},
        "/payload",
        "malformed",
    ),
    Refused("no key at all", {"/payload/vkeys": []}, "/payload/vkeys", "too-few"),
    Refused(
        "entries for some",
        {"/payload/entries": "friends"},
        "/payload/entries",
        "not-listed",
    ),
)

ANCHOR_TARGET: Final = _request(1, "anchor-target", dict(_TARGET), ADMISSION)
ANCHOR_TARGET_REFUSED: Final = (
    Refused(
        "an address in upper case",
        {"/payload/contract": _TARGET["contract"].upper()},  # type: ignore[attr-defined]
        "/payload/contract",
        "pattern",
    ),
)

LOG_KEY: Final = _request(
    2,
    "log-key",
    {
        "old_vkey": _VKEY,
        "new_vkey": _NEXT_VKEY,
        "old_signature": "NhNWc5RiRFgt8kTHu0VGaeaBTGsHKqqM16pkIbsEY0MqWBgcQGIHuLA_86tQzQU4fMaFcX9SuU67s"
        "tvsJU62CA",
        "new_signature": "ruFsQ0w92Hvh3QvDeuZkd1mPeN2F8tamRvZtP43o2pWeK99F17ijdOWGBSKxaK7sIxrNw3NhP0zhn"
        "e6Ip7rrAw",
    },
)
LOG_KEY_REFUSED: Final = (
    Refused("a key without hash", {"/payload/new_vkey": "log"}, "/payload", "malformed"),
)

PARTY_REGISTRATION: Final = _request(
    3, "party-registration", {"party": SUPPLIER, "name": "本溪青山肉业有限公司"}
)
PARTY_REGISTRATION_REFUSED: Final = (
    Refused(
        "a sole trader by its credit code",
        {"/payload/party": "supplier:92210500MA0UTC1A0P"},
        "/payload/party",
        "sole-trader",
    ),
    Refused(
        "a telephone number in the open",
        {"/payload/phone": "024-00000000"},
        "/payload/phone",
        "unknown-field",
    ),
)

ROLE_GRANT: Final = _request(
    4, "role-grant", {"party": FUNDS, "role": "bureau-funds", "granted": True}
)
ROLE_GRANT_REFUSED: Final = (
    Refused("a role nobody knows", {"/payload/role": "cook"}, "/payload/role", "not-listed"),
)

KEY_REGISTRATION: Final = _request(
    5,
    "key-registration",
    {
        "party": GATEWAY,
        "jwk": _jwk("WMNj4rXmRKtw5AVjmBfrfkUl3EYDouwb6fSTVIdioc8"),
        "possession": "cTu_HAR_fCojpq1HxNjnXW9W9F42Js-OHRCXVR5H0EshYaKAlq7xGaq5YXPhVZeZl-2-w8eQCx4dQvmZ"
        "_4DZAw",
    },
    ADMISSION,
)
KEY_REGISTRATION_REFUSED: Final = (
    Refused("a key with its secret", {"/payload/jwk/d": "AA"}, "/payload/jwk/d", "unknown-field"),
    Refused(
        "a possession cut short",
        {"/payload/possession": "cTu_HAR_"},
        "/payload/possession",
        "pattern",
    ),
)

KEY_REVOCATION: Final = _request(
    6, "key-revocation", {"kid": _KID, "reason": "gateway stolen 网关被盗"}, ADMISSION
)
KEY_REVOCATION_REFUSED: Final = (
    Refused("no reason", {"/payload/reason": ""}, "/payload/reason", "empty"),
)

MANDATE: Final = _request(
    7,
    "mandate",
    {
        "principal": SUPPLIER,
        "submitter": INTEGRATOR,
        "types": ["dispatch", "order-response"],
        "from": "2026-09-01T00:00:00+08:00",
        "until": "2027-09-01T00:00:00+08:00",
    },
    SUPPLIER,
)
MANDATE_REFUSED: Final = (
    Refused(
        "an end before the beginning",
        {"/payload/until": "2026-08-31T00:00:00+08:00"},
        "/payload/until",
        "period",
    ),
    Refused(
        "a mandate for oneself",
        {"/payload/submitter": SUPPLIER},
        "/payload/submitter",
        "same-party",
    ),
    Refused("a mandate for nothing", {"/payload/types": []}, "/payload/types", "too-few"),
)

DEVICE_REGISTRATION: Final = _request(
    8,
    "device-registration",
    {
        "device": SCALE,
        "owner": SCHOOL,
        "gateway": GATEWAY,
        "kind": "scale",
        "model": "XK3190-A12E",
        "serial": "BX-0001-7",
    },
)
DEVICE_REGISTRATION_REFUSED: Final = (
    Refused(
        "a supplier as a device",
        {"/payload/device": SUPPLIER},
        "/payload/device",
        "not-a-subject",
    ),
)

POLICY: Final = _request(
    9,
    "policy",
    {
        "name": "samples",
        "version": 1,
        "rules": {"amount_min_g": 125, "keep_min_h": 48, "temperature_max_mC": 8000},
    },
)
POLICY_REFUSED: Final = (
    Refused(
        "a fraction among the rules",
        {"/payload/rules": {"weight": 0.5}},
        "/payload/rules",
        "not-canonical",
    ),
)

_ERASES: Final = {"rel": "erases", "id": record(0x30), "sha256": _STATEMENT}
ERASURE: Final = _request(
    10, "erasure", {"scope": "record", "reason_code": "data-subject-request"}, links=[_ERASES]
)
ERASURE_REFUSED: Final = (
    Refused("an erasure of nothing", {"/links": []}, "/links", "missing"),
    Refused(
        "some fields, but which",
        {"/payload/scope": "fields"},
        "/payload",
        "malformed",
    ),
    Refused(
        "the whole record, but only some fields",
        {"/payload/fields": ["retained_by"]},
        "/payload",
        "malformed",
    ),
    Refused(
        "a record that is not pinned down",
        {"/links/0": {"rel": "erases", "id": record(0x30)}},
        "/links/0",
        "link",
    ),
)

ACCESS_DENIED: Final = _request(
    11,
    "access-denied",
    {"party": FUNDS, "type": "acceptance", "hour": "2026-11-23T06:00:00Z", "count": 3},
)
ACCESS_DENIED_REFUSED: Final = (
    Refused(
        "an hour with minutes",
        {"/payload/hour": "2026-11-23T06:30:00Z"},
        "/payload/hour",
        "whole-hour",
    ),
)

SUBJECT_INDEX: Final = _request(12, "subject-index", {"count": 19, "root": _ROOT, "size": 17})
SUBJECT_INDEX_REFUSED: Final = (
    Refused("an index of nothing", {"/payload/size": 0}, "/payload/size", "too-small"),
)

AUDIT_REPORT: Final = _request(
    13,
    "audit-report",
    {"result": "reproduced", "size": 17},
    AUDITOR,
    links=[{"rel": "cites", "id": record(0x70C), "sha256": _STATEMENT}],
)
AUDIT_REPORT_REFUSED: Final = (
    Refused("a report on nothing", {"/links": []}, "/links", "missing"),
    Refused("half a result", {"/payload/result": "mostly"}, "/payload/result", "not-listed"),
)

BACKUP_RECEIPT: Final = _request(
    14, "backup-receipt", {"size": 17, "root": _ROOT, "custodian": "本溪市档案馆（示例）"}
)
BACKUP_RECEIPT_REFUSED: Final = (
    Refused("a root in base64", {"/payload/root": "n0yPNMmLS/k="}, "/payload/root", "pattern"),
)
