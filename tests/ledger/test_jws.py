"""Keys as JWK and detached signatures over statements, against the vectors."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import ed25519, jwk, jws
from ledger.encoding import b64url
from ledger.errors import LedgerError, MalformedError, VerificationError

SIGNER = ed25519.Signer.from_seed(bytes(range(32)))
STATEMENT = b'{"a":1}'


@pytest.fixture(scope="module")
def log(vectors: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((vectors / "statement-entry.json").read_bytes())
    return data


def test_keys_have_the_jwk_and_kid_of_the_vectors(log: dict[str, Any]) -> None:
    for key in log["keys"]:
        public_key = ed25519.Signer.from_seed(bytes.fromhex(key["seed_hex"])).public_key
        assert key["public_key_hex"] == public_key.hex()
        assert key["jwk"] == jwk.format(public_key)
        assert public_key == jwk.parse(key["jwk"])
        assert key["kid"] == jwk.thumbprint(public_key)


def test_signing_again_gives_the_signatures_of_the_log(log: dict[str, Any]) -> None:
    signers = {
        key["kid"]: ed25519.Signer.from_seed(bytes.fromhex(key["seed_hex"])) for key in log["keys"]
    }
    signed = 0
    for item in log["log"]:
        text = json.loads(base64.b64decode(item["entry_base64"]))["signature"]
        if text is None:
            continue
        signed += 1
        statement = base64.b64decode(item["statement_base64"])
        parsed = jws.parse(text)
        signer = signers[item["kid"]]
        assert item["kid"] == parsed.kid
        assert item["jws_header_utf8"].encode() == parsed.header
        assert text == jws.format(parsed)
        assert text == jws.sign(statement, signer, alg=parsed.alg)
        jws.verify(text, statement, signer.public_key)
    assert signed == 16


def test_refuses_every_signature_of_the_vectors(log: dict[str, Any]) -> None:
    accepted = []
    for case in log["refuse_signatures"]:
        statement = base64.b64decode(case["statement_base64"])
        try:
            jws.verify(case["signature"], statement, jwk.parse(case["jwk"]))
        except LedgerError:
            continue
        accepted.append(case["name"])
    assert log["refuse_signatures"]
    assert accepted == []


@pytest.mark.parametrize("alg", ["Ed25519", "EdDSA"])
def test_both_names_of_the_algorithm_are_kept_as_signed(alg: str) -> None:
    text = jws.sign(STATEMENT, SIGNER, alg=alg)

    jws.verify(text, STATEMENT, SIGNER.public_key)
    assert alg == jws.parse(text).alg
    assert text == jws.format(jws.parse(text))


def test_another_key_is_named_before_its_signature_is_tried() -> None:
    other = ed25519.Signer.from_seed(bytes(32))
    with pytest.raises(VerificationError, match="kid"):
        jws.verify(jws.sign(STATEMENT, other), STATEMENT, SIGNER.public_key)


def test_another_statement_is_refused() -> None:
    with pytest.raises(VerificationError):
        jws.verify(jws.sign(STATEMENT, SIGNER), b'{"a":2}', SIGNER.public_key)


def compact(header: bytes, payload: str = "") -> str:
    signature = SIGNER.sign(b64url(header).encode() + b"." + STATEMENT)
    return f"{b64url(header)}.{payload}.{b64url(signature)}"


@pytest.mark.parametrize(
    "header",
    [
        b'{"alg":"ES256","b64":false,"crit":["b64"],"kid":"%b"}',
        b'{"alg":"none","b64":false,"crit":["b64"],"kid":"%b"}',
        b'{"alg":"Ed25519","b64":true,"crit":["b64"],"kid":"%b"}',
        b'{"alg":"Ed25519","b64":false,"kid":"%b"}',
        b'{"alg":"Ed25519","b64":false,"crit":["b64"],"kid":"%b","x":1}',
        b'{"kid":"%b","alg":"Ed25519","b64":false,"crit":["b64"]}',
        b'{"alg":"Ed25519", "b64":false,"crit":["b64"],"kid":"%b"}',
        b'{"alg":"Ed25519","b64":false,"crit":["b64"],"kid":"%b="}',
        b'{"alg":"Ed25519","b64":false,"crit":["b64"],"kid":"\xc3\xa9%b"}',
        b'{"alg":"Ed25519","b64":false,"crit":["b64"],"kid":"x","kid":"%b"}',
    ],
)
def test_the_header_is_one_of_two(header: bytes) -> None:
    kid = jwk.thumbprint(SIGNER.public_key).encode()
    with pytest.raises(MalformedError):
        jws.parse(compact(header % kid))


@given(st.text("abAB01-_.=", max_size=30) | st.text(max_size=10))
def test_any_text_is_parsed_or_malformed(text: str) -> None:
    try:
        parsed = jws.parse(text)
    except MalformedError:
        return

    assert text == jws.format(parsed)


def test_a_signature_with_a_payload_is_not_detached() -> None:
    header, _, signature = jws.sign(STATEMENT, SIGNER).split(".")
    for text in (f"{header}.{b64url(STATEMENT)}.{signature}", f"{header}.{signature}", header):
        with pytest.raises(MalformedError):
            jws.verify(text, STATEMENT, SIGNER.public_key)


def test_a_signature_of_another_algorithm_is_not_made() -> None:
    with pytest.raises(MalformedError):
        jws.sign(STATEMENT, SIGNER, alg="ES256")


GOOD = jwk.format(SIGNER.public_key)


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        "x",
        {},
        {**GOOD, "alg": "EdDSA"},
        {**GOOD, "crv": "X25519"},
        {**GOOD, "kty": "EC"},
        {**GOOD, "x": None},
        {**GOOD, "x": b64url(SIGNER.public_key) + "="},
        {**GOOD, "x": b64url(SIGNER.public_key[:31])},
        {**GOOD, "x": b64url(b"\x01" + bytes(31))},
        {**GOOD, "x": b64url(b"\xff" * 32)},
        {**GOOD, "x": b64url(SIGNER.public_key)[:-1] + "\u212a"},
        {"crv": "Ed25519", "kty": "OKP"},
    ],
)
def test_a_jwk_has_exactly_three_members_and_a_usable_key(value: Any) -> None:
    with pytest.raises(MalformedError):
        jwk.parse(value)
