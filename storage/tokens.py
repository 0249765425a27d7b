"""Tokens by their digests, and the one-time codes of enrolment."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Engine, func, insert, select, update

from ledger import timestamp
from ledger.errors import NotFoundError
from storage.database import now_ms, reading, writing
from storage.tables import EnrolmentRow, TokenRow
from storage.values import Token

TOKEN = TokenRow.__table__.c  # type: ignore[attr-defined]
ENROLMENT = EnrolmentRow.__table__.c  # type: ignore[attr-defined]
TOKEN_PREFIX = "mt_"  # noqa: S105 - how a token begins, no token


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A key that waits for an authority's signature; `jwk` and `possession` once it was sent."""

    party: str
    expires_at: str
    jwk: str | None
    possession: str | None


class Tokens:
    """Tokens of one log. A token's text is seen once, by whoever had it made."""

    def __init__(self, engine: Engine) -> None:
        """Args as `store.Store`."""
        self._engine = engine

    def issue(
        self,
        party: str,
        scopes: Collection[str],
        *,
        label: str = "",
        expires_at: str | None = None,
        requests_per_s: int | None = None,
    ) -> tuple[str, Token]:
        """A new token's text and its standing. `expires_at` is in normal form."""
        text = TOKEN_PREFIX + secrets.token_urlsafe(32)
        with writing(self._engine) as connection:
            token = Token(
                id=secrets.token_hex(6),
                party=party,
                scopes=frozenset(scopes),
                label=label,
                created_at=timestamp.format(now_ms(connection)),
                expires_at=expires_at,
                revoked_at=None,
                requests_per_s=requests_per_s,
            )
            connection.execute(
                insert(TokenRow.__table__).values(  # type: ignore[attr-defined]
                    id=token.id,
                    digest=sha256(text.encode()).digest(),
                    party=party,
                    scopes=" ".join(sorted(scopes)),
                    label=label,
                    created_at=token.created_at,
                    expires_at=expires_at,
                    requests_per_s=requests_per_s,
                )
            )
        return text, token

    def find(self, digest: bytes) -> Token | None:
        """The token of that SHA-256, expired and revoked ones too."""
        with reading(self._engine) as connection:
            row = connection.execute(select(TOKEN).where(TOKEN.digest == digest)).first()
        return None if row is None else _token(row)

    def issued(self, party: str | None = None) -> list[Token]:
        """All tokens, or those of one party, oldest first."""
        query = select(TOKEN).order_by(TOKEN.created_at, TOKEN.id)
        if party is not None:
            query = query.where(TOKEN.party == party)
        with reading(self._engine) as connection:
            return [_token(row) for row in connection.execute(query)]

    def revoke(self, token_id: str) -> None:
        """End a token; one that was revoked already keeps its time.

        Raises:
            NotFoundError: there is none of that id.
        """
        with writing(self._engine) as connection:
            changed = connection.execute(
                update(TokenRow.__table__)  # type: ignore[attr-defined]
                .where(TOKEN.id == token_id)
                .values(
                    revoked_at=func.coalesce(TOKEN.revoked_at, timestamp.format(now_ms(connection)))
                )
            )
            if changed.rowcount == 0:
                raise NotFoundError(f"there is no token {token_id}")

    def open_enrolment(self, party: str, ttl_s: int) -> str:
        """A one-time code with which `party` sends a key; it lasts `ttl_s` seconds."""
        code = secrets.token_urlsafe(16)
        with writing(self._engine) as connection:
            now = now_ms(connection)
            connection.execute(
                insert(EnrolmentRow.__table__).values(  # type: ignore[attr-defined]
                    digest=sha256(code.encode()).digest(),
                    party=party,
                    created_at=timestamp.format(now),
                    expires_at=timestamp.format(now + ttl_s * 1000),
                )
            )
        return code

    def enrolment(self, code: str) -> Enrolment:
        """What a code stands for.

        Raises:
            NotFoundError: unknown, used or expired.
        """
        with writing(self._engine) as connection:
            now = timestamp.format(now_ms(connection))
            row = connection.execute(
                select(ENROLMENT).where(ENROLMENT.digest == sha256(code.encode()).digest())
            ).first()
        if row is None or row.jwk is not None or row.expires_at <= now:
            raise NotFoundError("the enrolment code is unknown, used or expired")
        return Enrolment(row.party, row.expires_at, row.jwk, row.possession)

    def use_enrolment(self, code: str, jwk: str, possession: str) -> None:
        """Keep the key that came with a code; each code is used once.

        Raises:
            NotFoundError: unknown, used or expired.
        """
        with writing(self._engine) as connection:
            now = timestamp.format(now_ms(connection))
            changed = connection.execute(
                update(EnrolmentRow.__table__)  # type: ignore[attr-defined]
                .where(
                    ENROLMENT.digest == sha256(code.encode()).digest(),
                    ENROLMENT.jwk.is_(None),
                    ENROLMENT.expires_at > now,
                )
                .values(jwk=jwk, possession=possession, enrolled_at=now)
            )
            if changed.rowcount == 0:
                raise NotFoundError("the enrolment code is unknown, used or expired")

    def waiting_enrolments(self) -> list[Enrolment]:
        """Keys that came and wait for an authority, oldest first."""
        query = select(ENROLMENT).where(ENROLMENT.jwk.is_not(None))
        with reading(self._engine) as connection:
            return [
                Enrolment(row.party, row.expires_at, row.jwk, row.possession)
                for row in connection.execute(query.order_by(ENROLMENT.enrolled_at))
            ]


def _token(row: object) -> Token:
    values = row._mapping  # type: ignore[attr-defined]  # noqa: SLF001 - SQLAlchemy's public name
    return Token(
        id=values["id"],
        party=values["party"],
        scopes=frozenset(values["scopes"].split()),
        label=values["label"],
        created_at=values["created_at"],
        expires_at=values["expires_at"],
        revoked_at=values["revoked_at"],
        requests_per_s=values["requests_per_s"],
    )
