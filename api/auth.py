"""Who asks: bearer tokens, their scopes and rates (API.md, Auth).

Of a token's text only the SHA-256 is stored, so that whoever reads
the database can ask nothing. It is looked up by that digest, which a guesser cannot steer: no
comparison here takes longer the more of a token is right.

Found tokens are remembered for a moment, so that the hot path asks no database. A token revoked in
this process ends at once, one revoked in another when the moment (`token_cache_s`) is over.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b, sha256
from typing import Final, Protocol

from starlette.types import Scope

from api.body import header
from api.edge import AUTHENTICATED_AS
from api.errors import ProblemError
from api.limits import RateLimit
from ledger import timestamp

SCOPES: Final = ("post", "read", "log:read", "personal", "admin")
_CACHED: Final = 10_000


@dataclass(frozen=True, slots=True)
class Principal:
    """Who makes a request.

    Attributes:
        token_id: names the token in logs and lists; no secret.
        party: for whom the token speaks.
        scopes: what it allows.
        requests_per_s: its rate.
        expires_at: when it ends, in normal form, or None.
    """

    token_id: str
    party: str
    scopes: frozenset[str]
    requests_per_s: float
    expires_at: str | None


class TokenStore(Protocol):
    """Where tokens are kept."""

    def principal(self, digest: bytes) -> Principal | None:
        """Who holds the token of this SHA-256; None where it is unknown or revoked. Blocks."""


class Authenticator:
    """From a request's header to a principal, on the event loop's thread.

    Attributes:
        rates: what was counted of tokens and addresses.
    """

    def __init__(
        self,
        tokens: TokenStore,
        *,
        cache_s: float,
        open_requests_per_s: float,
        address_key: bytes = b"",
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], str] = lambda: timestamp.format(time.time_ns() // 1_000_000),
    ) -> None:
        """Nothing is looked up yet.

        Args:
            tokens: where they are kept.
            cache_s: how long a found token is remembered, in seconds.
            open_requests_per_s: rate of one address without a token.
            address_key: at most 64 bytes; addresses stand under a keyed hash in what processes tell
                one another.
            clock: in seconds, never backwards.
            now: the wall clock that ends tokens.
        """
        self._tokens = tokens
        self._cache_s = cache_s
        self._open_requests_per_s = open_requests_per_s
        self._clock = clock
        self._now = now
        self._address_key = address_key
        self.rates = RateLimit(clock)
        self._known: dict[bytes, tuple[Principal, float]] = {}

    def forget(self) -> None:
        """Look every token up again: one was revoked or changed here."""
        self._known.clear()

    def count_open(self, scope: Scope) -> None:
        """Count a request that needs no token against its address.

        Raises:
            ProblemError: `too-many-requests`.
        """
        address = blake2b(
            _address(scope).encode(), digest_size=9, key=self._address_key
        ).hexdigest()
        self.rates.take(address, self._open_requests_per_s, kind="address")

    async def require(self, scope: Scope, needed: str) -> Principal:
        """The principal of a request that needs the scope `needed`.

        Raises:
            ProblemError: `token` without a valid one, `scope` where it does not allow this,
                `too-many-requests` past its rate.
        """
        principal = await self.authenticate(scope)
        if principal is None:
            raise _no_token(
                "send Authorization: Bearer <token>", "请发送 Authorization: Bearer <令牌>"
            )
        if needed not in principal.scopes:
            raise ProblemError(
                "scope",
                f"the token lacks the scope {needed}; ask the operator for one that has it",
                f"令牌缺少权限 {needed}；请向运营方申请",
            )
        return principal

    async def authenticate(self, scope: Scope) -> Principal | None:
        """The principal of a request, None where it brings no token at all.

        Raises:
            ProblemError: `token` for one that is no good, `too-many-requests` past its rate.
        """
        value = header(scope, b"authorization")
        if value is None:
            return None
        kind, _, token = value.partition(b" ")
        if kind.lower() != b"bearer":
            raise _no_token(
                "send Authorization: Bearer <token>, and no other kind",
                "请发送 Authorization: Bearer <令牌>，不用其他方式",
            )
        digest = sha256(token.strip()).digest()
        known = self._known.get(digest)
        if known is not None and known[1] > self._clock():
            principal = known[0]
        else:
            principal = await self._look_up(scope, digest)
        if principal.expires_at is not None and principal.expires_at <= self._now():
            raise _no_token(
                "the token has expired; ask the operator for a new one",
                "令牌已过期；请向运营方申请新令牌",
            )
        self.rates.take(principal.token_id, principal.requests_per_s)
        scope[AUTHENTICATED_AS] = principal.token_id
        return principal

    async def _look_up(self, scope: Scope, digest: bytes) -> Principal:
        # Guessing is slowed down as any other request without a token; the database is not asked.
        self.count_open(scope)
        principal = await asyncio.to_thread(self._tokens.principal, digest)
        if principal is None:
            self._known.pop(digest, None)
            raise _no_token(
                "the token is unknown or revoked; ask the operator for a new one",
                "令牌无效或已吊销；请向运营方申请新令牌",
            )
        if len(self._known) >= _CACHED:
            self._known.clear()
        self._known[digest] = (principal, self._clock() + self._cache_s)
        return principal


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else "?"


def _no_token(message_en: str, message_zh: str) -> ProblemError:
    return ProblemError("token", message_en, message_zh)
