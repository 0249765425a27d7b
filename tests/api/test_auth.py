"""Tokens: what is refused, what is remembered, and for how long."""

import asyncio
from dataclasses import dataclass, field, replace
from hashlib import sha256

import pytest

from api.auth import Authenticator, Principal
from api.errors import ProblemError

LATER, NOW = "2026-11-23T06:00:00.005Z", "2026-11-23T06:00:00.004Z"
GOOD = sha256(b"mt_good").digest()
PRINCIPAL = Principal("t1", "school:1", frozenset({"post"}), 1000.0, None)


@dataclass
class Tokens:
    held: dict[bytes, Principal] = field(default_factory=lambda: {GOOD: PRINCIPAL})
    asked: int = 0

    def principal(self, digest: bytes) -> Principal | None:
        self.asked += 1
        return self.held.get(digest)


class Clock:
    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def request(authorization: str | None) -> dict[str, object]:
    headers = [] if authorization is None else [(b"authorization", authorization.encode())]
    return {"type": "http", "headers": headers, "client": ("192.0.2.1", 5)}


def make(tokens: Tokens, clock: Clock | None = None, now: str = LATER) -> Authenticator:
    return Authenticator(
        tokens,
        cache_s=2,
        open_requests_per_s=5,
        clock=clock or Clock(),
        now=lambda: now,
    )


def code(auth: Authenticator, authorization: str | None, scope: str = "post") -> str:
    try:
        asyncio.run(auth.require(request(authorization), scope))
    except ProblemError as error:
        return error.code
    return "ok"


@pytest.mark.parametrize(
    ("authorization", "expected"),
    [
        ("Bearer mt_good", "ok"),
        ("bearer mt_good", "ok"),
        (None, "token"),
        ("", "token"),
        ("Bearer", "token"),
        ("Bearer mt_goo", "token"),
        ("Bearer mt_good2", "token"),
        ("Basic mt_good", "token"),
        ("mt_good", "token"),
    ],
)
def test_only_a_known_bearer_token_gets_in(authorization: str | None, expected: str) -> None:
    assert code(make(Tokens()), authorization) == expected


def test_a_token_without_the_scope_is_told_which_it_lacks() -> None:
    assert code(make(Tokens()), "Bearer mt_good", "admin") == "scope"


def test_an_expired_token_ends_even_while_it_is_remembered() -> None:
    tokens = Tokens({GOOD: replace(PRINCIPAL, expires_at=LATER)})

    assert code(make(tokens, now=NOW), "Bearer mt_good") == "ok"
    assert code(make(tokens, now=LATER), "Bearer mt_good") == "token"


def test_a_found_token_is_remembered_for_a_moment_only() -> None:
    tokens, clock = Tokens(), Clock()
    auth = make(tokens, clock)
    for _ in range(3):
        assert code(auth, "Bearer mt_good") == "ok"
    assert tokens.asked == 1

    tokens.held.clear()  # revoked in another process
    clock.now_s += 1
    assert code(auth, "Bearer mt_good") == "ok"
    clock.now_s += 1.1
    assert code(auth, "Bearer mt_good") == "token"


def test_a_token_revoked_here_ends_at_once() -> None:
    tokens = Tokens()
    auth = make(tokens)
    assert code(auth, "Bearer mt_good") == "ok"

    tokens.held.clear()
    auth.forget()

    assert code(auth, "Bearer mt_good") == "token"


def test_a_token_has_its_own_rate() -> None:
    tokens = Tokens({GOOD: replace(PRINCIPAL, requests_per_s=2.0)})
    auth = make(tokens)

    assert [code(auth, "Bearer mt_good") for _ in range(3)] == ["ok", "ok", "too-many-requests"]


def test_guessing_is_slowed_down_before_the_database_is_asked() -> None:
    tokens = Tokens()
    auth = make(tokens)

    codes = [code(auth, f"Bearer mt_guess{i}") for i in range(50)]

    assert codes[:5] == ["token"] * 5
    assert set(codes[5:]) == {"too-many-requests"}
    assert tokens.asked == 5


def test_nothing_secret_is_in_what_is_refused() -> None:
    with pytest.raises(ProblemError) as refused:
        asyncio.run(make(Tokens()).require(request("Bearer mt_s3cret"), "post"))

    assert "s3cret" not in str(refused.value)
