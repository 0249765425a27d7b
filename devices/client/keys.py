"""The private key an issuer signs with, and the file it lives in.

Files: PKCS #8 PEM (RFC 8410 §7: what `openssl genpkey -algorithm ed25519` writes), or a private JWK
(RFC 8037 §2). Whoever may read the file can speak for the party, so a file that anyone but its
owner may open is refused, as ssh does.
"""

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol, Self

from devices.client import files
from ledger import jwk, jws, strict_json
from ledger.canonical import JsonValue, serialise
from ledger.ed25519 import SEED_SIZE, Signer
from ledger.encoding import b64, b64url, unb64, unb64url
from ledger.errors import ConflictError, LedgerError, MalformedError, NotFoundError

_BEGIN: Final = "-----BEGIN PRIVATE KEY-----"
_END: Final = "-----END PRIVATE KEY-----"
#: DER of `SEQUENCE { 0, { id-Ed25519 }, OCTET STRING { OCTET STRING (32) } }` up to the seed.
_PKCS8: Final = bytes.fromhex("302e020100300506032b657004220420")
_LARGEST_FILE: Final = 4096


class IssuerKey(Protocol):
    """Whatever signs for an issuer: a `SigningKey`, or hardware that keeps its key to itself."""

    @property
    def kid(self) -> str:
        """RFC 7638 thumbprint of the key."""
        ...

    def sign(self, statement: bytes) -> str:
        """The detached JWS over a statement's canonical bytes (`ledger.jws`)."""
        ...


class UnsafeKeyError(LedgerError):
    """A key file that others may read or write; `chmod 600` it, and ask who has read it."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An Ed25519 key; its `repr` shows the kid and nothing secret.

    Attributes:
        kid: RFC 7638 thumbprint, as records and registrations name the key.
    """

    _seed: bytes = field(repr=False)
    _signer: Signer = field(init=False, repr=False, compare=False)
    kid: str = field(init=False)

    def __post_init__(self) -> None:
        """Raises MalformedError for a seed that is not 32 bytes."""
        signer = Signer.from_seed(self._seed)
        object.__setattr__(self, "_signer", signer)
        object.__setattr__(self, "kid", jwk.thumbprint(signer.public_key))

    @classmethod
    def generate(cls) -> Self:
        """A new key from the operating system's randomness."""
        return cls(os.urandom(SEED_SIZE))

    @classmethod
    def from_pem(cls, text: str) -> Self:
        """The key of a PKCS #8 PEM text.

        Raises:
            MalformedError: anything but one unencrypted Ed25519 private key.
        """
        lines = text.strip().splitlines()
        if len(lines) < 3 or lines[0] != _BEGIN or lines[-1] != _END:
            raise MalformedError("not a PEM private key")
        der = unb64("".join(lines[1:-1]))
        if len(der) != len(_PKCS8) + SEED_SIZE or not der.startswith(_PKCS8):
            raise MalformedError("not an unencrypted Ed25519 private key")
        return cls(der[len(_PKCS8) :])

    def to_pem(self) -> str:
        """PKCS #8 PEM; whoever writes it to a file guards that file."""
        return f"{_BEGIN}\n{b64(_PKCS8 + self._seed)}\n{_END}\n"

    @classmethod
    def from_jwk(cls, data: bytes) -> Self:
        """The key of a private JWK.

        Raises:
            MalformedError: not exactly `crv`, `d`, `kty`, `x`, or an `x` of another key.
        """
        value = strict_json.parse(data, max_depth=1)
        if not isinstance(value, dict) or not isinstance(value.get("d"), str):
            raise MalformedError("not a private JWK")
        public = {name: member for name, member in value.items() if name != "d"}
        key = cls(unb64url(str(value["d"]), SEED_SIZE))
        if jwk.parse(public) != key.public_key:
            raise MalformedError("a JWK whose x does not belong to its d")
        return key

    def to_jwk(self) -> bytes:
        """The private JWK; whoever writes it to a file guards that file."""
        private: dict[str, JsonValue] = {**self.public_jwk, "d": b64url(self._seed)}
        return serialise(private)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """The key of a file, PEM or JWK by its first character.

        Raises:
            NotFoundError: no such file.
            UnsafeKeyError: group or others have any right to it, or it belongs to somebody else.
            MalformedError: it holds no such key.
        """
        try:
            # Rights are asked of the opened file: a name may be exchanged in between.
            with Path(path).open("rb") as file:
                _require_private(os.fstat(file.fileno()), path)
                data = file.read(_LARGEST_FILE + 1)
        except FileNotFoundError as error:
            raise NotFoundError(f"no key file {os.fspath(path)}") from error
        except OSError as error:
            raise UnsafeKeyError(
                f"key file {os.fspath(path)} cannot be read: {error.strerror}"
            ) from error
        if len(data) > _LARGEST_FILE:
            raise MalformedError("larger than any key file")
        if data.lstrip().startswith(b"{"):
            return cls.from_jwk(data)
        try:
            return cls.from_pem(data.decode("ascii"))
        except UnicodeDecodeError as error:
            raise MalformedError("not a key file") from error

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a new file only its owner may read: JWK where it ends in `.jwk`, else PEM.

        Whole or not at all, and durable on return: a key that is registered and then lost cannot be
        had again.

        Raises:
            ConflictError: something is there already; a key is never overwritten.
            UnavailableError: the file system refuses.
        """
        name = Path(path)
        data = self.to_jwk() if name.suffix == ".jwk" else self.to_pem().encode("ascii")
        if not files.keep_new(name, data):
            raise ConflictError(f"{name} exists; a key is never overwritten")

    @property
    def public_key(self) -> bytes:
        """32 bytes."""
        return self._signer.public_key

    @property
    def public_jwk(self) -> dict[str, JsonValue]:
        """The public JWK, as a key registration holds it."""
        return jwk.format(self.public_key)

    def sign(self, statement: bytes) -> str:
        """The detached JWS over a statement's canonical bytes."""
        return jws.sign(statement, self._signer)

    def possession(self, ledger: bytes, party: str) -> str:
        """The proof, for a key registration, that `party` holds this key (EVIDENCE.md §2).

        Args:
            ledger: leaf hash of the log's genesis.
            party: the party that the key shall speak for.
        """
        message: list[JsonValue] = [
            "mealtrace/possession@v1",
            ledger.hex(),
            party,
            self.public_jwk,
        ]
        return b64url(self._signer.sign(serialise(message)))


def _require_private(status: os.stat_result, path: str | os.PathLike[str]) -> None:
    rights = stat.S_IMODE(status.st_mode)
    if rights & 0o077:
        raise UnsafeKeyError(
            f"key file {os.fspath(path)} has rights {rights:04o}: only its owner may have any"
        )
    if hasattr(os, "geteuid") and status.st_uid not in {os.geteuid(), 0}:
        raise UnsafeKeyError(f"key file {os.fspath(path)} belongs to another user")
