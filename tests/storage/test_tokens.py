from hashlib import sha256
from pathlib import Path

import logs
import pytest
from sqlalchemy import text

from ledger.errors import NotFoundError
from storage.store import Store

PARTY = "school:2105020001"


def digest(token: str) -> bytes:
    return sha256(token.encode()).digest()


def test_a_token_is_found_by_its_digest_with_all_that_was_said_of_it(store: Store) -> None:
    secret, token = store.tokens.issue(
        PARTY,
        {"read", "post"},
        label="scale",
        expires_at="2099-01-01T00:00:00.000Z",
        requests_per_s=7,
    )

    assert store.tokens.find(digest(secret)) == token
    assert (token.party, token.scopes, token.label) == (PARTY, {"read", "post"}, "scale")
    assert (token.expires_at, token.requests_per_s) == ("2099-01-01T00:00:00.000Z", 7)
    assert token.revoked_at is None
    assert secret.startswith("mt_")
    assert store.tokens.find(digest(secret + "x")) is None


def test_a_tokens_text_is_stored_nowhere(tmp_path: Path) -> None:
    store = logs.open_store(f"sqlite:///{tmp_path / 'log.db'}", tmp_path)
    logs.migrate(store.engine)
    secret, token = store.tokens.issue(PARTY, {"read"})
    code = store.tokens.open_enrolment(PARTY, 60)
    store.close()

    stored = (tmp_path / "log.db").read_bytes()
    assert token.id.encode() in stored
    assert secret.removeprefix("mt_").encode() not in stored
    assert code.encode() not in stored


def test_a_revoked_token_says_when(store: Store) -> None:
    secret, token = store.tokens.issue(PARTY, {"read"})
    store.tokens.revoke(token.id)
    found = store.tokens.find(digest(secret))

    assert found is not None
    assert found.revoked_at is not None
    assert found.revoked_at >= token.created_at
    with pytest.raises(NotFoundError):
        store.tokens.revoke("no such token")


def test_a_token_revoked_twice_was_revoked_the_first_time(store: Store) -> None:
    secret, token = store.tokens.issue(PARTY, {"read"})
    store.tokens.revoke(token.id)
    first = store.tokens.find(digest(secret))
    store.tokens.revoke(token.id)

    assert store.tokens.find(digest(secret)) == first


def test_tokens_are_listed_by_party(store: Store) -> None:
    issued = [store.tokens.issue(party, {"read"})[1] for party in (PARTY, "bank:x", PARTY)]

    assert {token.id for token in store.tokens.issued()} == {token.id for token in issued}
    assert {token.id for token in store.tokens.issued(PARTY)} == {issued[0].id, issued[2].id}


def test_an_enrolment_code_brings_one_key_once(store: Store) -> None:
    code = store.tokens.open_enrolment("device:scale-7", 60)
    assert store.tokens.enrolment(code).party == "device:scale-7"
    assert store.tokens.waiting_enrolments() == []
    store.tokens.use_enrolment(code, '{"kty":"OKP"}', "possession")

    [waiting] = store.tokens.waiting_enrolments()
    assert (waiting.party, waiting.jwk, waiting.possession) == (
        "device:scale-7",
        '{"kty":"OKP"}',
        "possession",
    )
    for call in (
        lambda: store.tokens.enrolment(code),
        lambda: store.tokens.use_enrolment(code, "{}", "again"),
        lambda: store.tokens.use_enrolment("guessed", "{}", "x"),
        lambda: store.tokens.enrolment("guessed"),
    ):
        with pytest.raises(NotFoundError, match="unknown, used or expired"):
            call()


def test_an_expired_enrolment_code_brings_nothing(store: Store) -> None:
    code = store.tokens.open_enrolment("device:scale-7", 60)
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE enrolments SET expires_at = '2020-01-01T00:00:00.000Z'"))

    for call in (
        lambda: store.tokens.enrolment(code),
        lambda: store.tokens.use_enrolment(code, "{}", "late"),
    ):
        with pytest.raises(NotFoundError):
            call()
    assert store.tokens.waiting_enrolments() == []
