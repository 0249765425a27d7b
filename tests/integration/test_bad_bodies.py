"""Bodies that no honest client sends: each is refused by its right name, and nothing is stored."""

import http.client
import json
import os
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from components.posting import introduce, payment
from components.signing import ledger_of, record, registration, signed
from components.stage import ADMISSION, Stage

from devices.client import SigningKey
from ledger.encoding import b64url, unb64url

pytestmark = pytest.mark.xdist_group("bad_bodies")

SUPPLIER = "supplier:91210500MA0UTC1A0P"
PERSON = "person:k2vt6yqj4zrm7xbc5hdwonpeas"
NO_BLOB = "ab" * 32
PREFIX = "urn:mealtrace:problem:"


@dataclass(frozen=True, slots=True)
class Table:
    """The stage, and on it a supplier with a key; what is posted goes through here."""

    stage: Stage
    supplier: str
    bureau: str
    key: SigningKey
    ledger: bytes

    def send(
        self, body: bytes, *, token: str | None = None, path: str = "/v1/records", **headers: str
    ) -> tuple[int, dict[str, Any]]:
        named = {
            "authorization": f"Bearer {token or self.stage.bank}",
            "content-type": "application/json",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        connection = http.client.HTTPConnection("127.0.0.1", self.stage.service.port, timeout=30)
        try:
            connection.request("POST", path, body, named)
            answer = connection.getresponse()
            if answer.status >= 400:
                assert answer.headers["content-type"] == "application/problem+json"
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def refused(self, request: Any, code: str, pointer: str, *, token: str | None = None) -> None:
        body = request if isinstance(request, bytes) else json.dumps(request).encode()
        check(*self.send(body, token=token), code, pointer)


def check(status: int, problem: dict[str, Any], code: str, pointer: str) -> None:
    assert problem["type"] == PREFIX + code, problem
    assert problem["status"] == status
    assert 400 <= status < 500
    assert problem["retry"] is False
    assert problem["request_id"]
    assert pointer in [fault["pointer"] for fault in problem["errors"]], problem
    for fault in problem["errors"]:
        assert fault["code"]
        assert fault["message_en"].isascii() or fault["message_en"]
        assert any("\u4e00" <= sign <= "\u9fff" for sign in fault["message_zh"]), fault


@pytest.fixture(scope="module")
def table(stage: Stage) -> Table:
    key = SigningKey.generate()
    supplier = introduce(stage.service, SUPPLIER, "supplier")
    bureau = stage.service.token(ADMISSION)
    status, answer = stage.service.call(
        "POST", "/v1/records", token=bureau, body=registration(stage, SUPPLIER, key)
    )
    assert status == 201, answer
    return Table(stage, supplier, bureau, key, ledger_of(stage))


@pytest.fixture(autouse=True)
def nothing_is_stored(table: Table) -> Iterator[None]:
    before = table.stage.service.text("/checkpoint")
    yield
    assert table.stage.service.text("/checkpoint") == before


def certificate(number: int) -> dict[str, Any]:
    payload = {
        "holder": SUPPLIER,
        "certificate_kind": "other",
        "certificate_no": f"C-{number}",
        "number_scheme": "none",
        "issuing_authority": "示例局",
        "issued_on": "2026-01-05",
        "valid_until": None,
        "scope": ["vegetables"],
        "read_by": "manual",
        "accountable": PERSON,
    }
    return record("certificate", SUPPLIER, payload)


GOOD = json.dumps(payment("good")).encode()
NOT_JSON = {
    "empty": b"",
    "truncated": GOOD[: len(GOOD) // 2],
    "truncated-by-one": GOOD[:-1],
    "trailing": GOOD + b"x",
    "two-values": GOOD + GOOD,
    "duplicate-key": b'{"id":"a",' + GOOD[1:],
    "duplicate-key-deep": GOOD.replace(b'"payments": 640', b'"payments": 640, "payments": 641'),
    "duplicate-key-escaped": GOOD.replace(
        b'"payments": 640', b'"payments": 640, "p\\u0061yments": 1'
    ),
    "deep-array": b'{"payload":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep-object": b'{"payload":' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"}",
    "nan": GOOD.replace(b"640", b"NaN"),
    "infinity": GOOD.replace(b"640", b"-Infinity"),
    "invalid-utf-8": GOOD.replace(b"bank-app", b"bank\xff\xfeapp"),
    "overlong-utf-8": GOOD.replace(b"bank-app", b"bank\xc0\xafapp"),
    "utf-16": GOOD.decode().encode("utf-16"),
    "byte-order-mark": b"\xef\xbb\xbf" + GOOD,
    "lone-surrogate": GOOD.replace(b"bank-app", b"\\ud800"),
    "single-quotes": GOOD.replace(b'"', b"'"),
    "array": b"[" + GOOD + b"]",
    "number": b"1",
}


@pytest.mark.parametrize("name", NOT_JSON)
def test_what_is_no_strict_json_is_malformed(table: Table, name: str) -> None:
    table.refused(NOT_JSON[name], "malformed", "")


def test_a_body_that_ends_before_its_announced_length_is_never_acted_on(table: Table) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", table.stage.service.port, timeout=30)
    connection.putrequest("POST", "/v1/records")
    for name, value in (
        ("authorization", f"Bearer {table.stage.bank}"),
        ("content-type", "application/json"),
        ("content-length", str(len(GOOD) + 10)),
    ):
        connection.putheader(name, value)
    connection.endheaders(GOOD)
    connection.close()


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_over_a_mebibyte_is_too_large(table: Table, announced: bool) -> None:
    body = b'{"id":"' + b"x" * 1024 * 1024 + b'"}'
    if announced:
        table.refused(body, "too-large", "")
        return
    connection = http.client.HTTPConnection("127.0.0.1", table.stage.service.port, timeout=30)
    connection.request(
        "POST",
        "/v1/records",
        iter([body[:600_000], body[600_000:]]),
        {"authorization": f"Bearer {table.stage.bank}", "content-type": "application/json"},
        encode_chunked=True,
    )
    answer = connection.getresponse()
    check(answer.status, json.loads(answer.read()), "too-large", "")
    assert answer.status == 413
    connection.close()


def test_a_body_of_another_media_type_is_not_read(table: Table) -> None:
    status, problem = table.send(GOOD, content_type="text/plain")

    check(status, problem, "media-type", "")


WRONG: dict[str, tuple[str, Any]] = {
    "/payload/payments": ("payments", "640"),
    "/payload/amount_fen": ("amount_fen", 7680.5),
    "/payload/refunds_fen": ("refunds_fen", 0.0),
    "/payload/fees_fen": ("fees_fen", True),
    "/payload/school": ("school", ["school:2105020001"]),
    "/payload/channel": ("channel", None),
    "/payload/lines_root": ("lines_root", "3C" * 32),
    "/payload/business_on": ("business_on", "2026-02-30"),
    "/payload/batch_no": ("batch_no", {}),
    "/payload/ext": ("ext", "text"),
}


@pytest.mark.parametrize("pointer", WRONG)
def test_a_field_of_the_wrong_type_is_named(table: Table, pointer: str) -> None:
    request = payment("wrong")
    member, value = WRONG[pointer]
    request["payload"][member] = value

    table.refused(request, "schema", pointer)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("id", 7), ("id", "NOT-A-UUID"), ("type", ["meal-payment"]), ("type_version", "1"),
        ("type_version", 99), ("occurred_at", "2026-11-23T06:12:11"), ("payload", []),
        ("links", {}), ("subjects", "school:2105020001"), ("seed", "short"), ("signature", "x.y"),
        ("nobody-knows-this", 1), ("issuer", "bank"),
    ],
)  # fmt: skip
def test_a_member_of_the_wrong_type_is_named(table: Table, member: str, value: Any) -> None:
    table.refused({**payment("wrong"), member: value}, "schema", f"/{member}")


def test_every_fault_is_told_at_once(table: Table) -> None:
    request = payment("wrong")
    for member, value in WRONG.values():
        request["payload"][member] = value
    status, problem = table.send(json.dumps(request).encode())

    check(status, problem, "schema", "/payload/payments")
    assert set(WRONG) - {"/payload/ext"} <= {fault["pointer"] for fault in problem["errors"]}


def test_a_payload_over_its_limit_is_refused(table: Table) -> None:
    request = payment("large")
    request["payload"]["ext"] = {f"note{n}": "x" * 1000 for n in range(300)}
    status, problem = table.send(json.dumps(request).encode())

    assert 400 <= status < 500
    assert problem["type"] in {PREFIX + "schema", PREFIX + "too-large"}


def unsorted_links(request: dict[str, Any]) -> str:
    request["links"] = request["links"][::-1]
    return "/links"


def unsorted_subjects(request: dict[str, Any]) -> str:
    request["subjects"] = request["subjects"][::-1]
    return "/subjects"


def doubled_subject(request: dict[str, Any]) -> str:
    request["subjects"] = [request["subjects"][0], *request["subjects"]]
    return "/subjects"


def another_offset(request: dict[str, Any]) -> str:
    request["occurred_at"] = "2026-11-23T14:12:11.120+08:00"
    return "/occurred_at"


def left_out(request: dict[str, Any]) -> str:
    del request["subjects"]
    return "/subjects"


@pytest.mark.parametrize(
    "spoil", [unsorted_links, unsorted_subjects, doubled_subject, another_offset, left_out]
)
def test_a_signed_request_is_taken_in_normal_form_only(
    table: Table, spoil: Callable[[dict[str, Any]], str]
) -> None:
    request = certificate(1)
    request["links"] = [
        {"rel": "uses", "subject": "lot:2105020001~a"},
        {"rel": "uses", "subject": "lot:2105020001~b"},
    ]
    request["subjects"] = ["lot:2105020001~a", "lot:2105020001~b"]
    request = signed(request, table.key, table.ledger)
    pointer = spoil(request)

    table.refused(request, "schema", pointer, token=table.supplier)


def test_a_digest_that_is_none_is_named(table: Table) -> None:
    request = certificate(2)
    for digest in ("AB" * 32, "ab" * 31, "zz" * 32, 7):
        request["blobs"] = [{"role": "scan", "sha256": digest}]
        table.refused(request, "schema", "/blobs/0/sha256", token=table.supplier)


def test_a_digest_of_what_was_never_uploaded_is_a_missing_blob(table: Table) -> None:
    request = certificate(3)
    request["blobs"] = [{"role": "scan", "sha256": NO_BLOB}]

    table.refused(request, "missing-blob", "/blobs/0/sha256", token=table.supplier)


def test_a_blob_that_is_not_what_its_digest_says_is_refused(table: Table) -> None:
    digest = f"sha-256=:{b64encode(bytes(32)).decode()}:"
    status, problem = table.send(
        b"a file", path="/v1/blobs", content_type="image/jpeg", repr_digest=digest
    )

    check(status, problem, "malformed", "")


def altered(signature: str) -> str:
    head, _, tail = signature.rpartition(".")
    return f"{head}.{'B' if tail[0] == 'A' else 'A'}{tail[1:]}"


def test_a_signature_that_does_not_hold_is_refused(table: Table) -> None:
    request = signed(certificate(4), table.key, table.ledger)
    request["signature"] = altered(request["signature"])

    table.refused(request, "signature", "/signature", token=table.supplier)


def test_a_signature_over_another_payload_is_refused(table: Table) -> None:
    request = signed(certificate(5), table.key, table.ledger)
    request["payload"]["certificate_no"] = "C-5000"

    table.refused(request, "signature", "/signature", token=table.supplier)


def test_a_signature_with_a_scalar_beyond_the_order_is_refused(table: Table) -> None:
    """The same signature a second time, malleated: S + L (RFC 8032 §5.1.7)."""
    request = signed(certificate(6), table.key, table.ledger)
    head, _, tail = request["signature"].rpartition(".")
    raw = unb64url(tail, 64)
    order = 2**252 + 27742317777372353535851937790883648493
    scalar = int.from_bytes(raw[32:], "little") + order
    request["signature"] = f"{head}.{b64url(raw[:32] + scalar.to_bytes(32, 'little'))}"

    table.refused(request, "signature", "/signature", token=table.supplier)


SMALL_ORDER = {
    "identity": bytes([1]) + bytes(31),
    "order-2": bytes.fromhex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    "order-4": bytes(32),
    "order-8": bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
    "not-canonical": b"\xee" + b"\xff" * 30 + b"\x7f",
}


@pytest.mark.parametrize("name", SMALL_ORDER)
def test_a_key_of_small_order_is_never_registered(table: Table, name: str) -> None:
    """Such a key signs everything: its owner could deny, and others could speak in its name."""
    payload = {
        "party": SUPPLIER,
        "jwk": {"crv": "Ed25519", "kty": "OKP", "x": b64url(SMALL_ORDER[name])},
        "possession": b64url(bytes([1]) + bytes(63)),
    }
    request = record("key-registration", ADMISSION, payload)
    request["seed"] = b64url(os.urandom(32))
    status, problem = table.send(json.dumps(request).encode(), token=table.bureau)

    assert status == 422
    assert problem["type"] == PREFIX + "schema"
    assert any(fault["pointer"].startswith("/payload") for fault in problem["errors"])
    assert all(fault["message_zh"] for fault in problem["errors"])


def test_possession_of_a_key_cannot_be_claimed_with_another(table: Table) -> None:
    mine, theirs = SigningKey.generate(), SigningKey.generate()
    payload = {
        "party": SUPPLIER,
        "jwk": theirs.public_jwk,
        "possession": mine.possession(table.ledger, SUPPLIER),
    }
    request = signed(
        record("key-registration", ADMISSION, payload), table.stage.authority, table.ledger
    )

    table.refused(request, "signature", "/payload", token=table.bureau)
