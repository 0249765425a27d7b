"""Sealed at rest (FORMATS §4): a data key for each record, wrapped by a key kept elsewhere.

AES-256-GCM. A data key seals one plaintext only, so its nonce is zero; the record's id is the
associated data. A record's plaintext is

    00 ‖ seed ‖ payload                                          as it was posted
    01 ‖ canonical {"opening","payload"}                         once fields of it were erased

Data keys are wrapped under the key-encryption key with a random nonce, their owner as associated
data. What must be found again without being readable (document keys, the poster's own numbers, blob
digests) is stored as HMAC-SHA256 under the index key.
"""

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger import canonical
from ledger.commitment import SEED_SIZE
from ledger.disclosure import Opening
from ledger.errors import MalformedError, VerificationError
from ledger.keyed_hash import KeyedHash
from storage.entropy import Entropy

KEY_SIZE: Final = 32
NONCE_SIZE: Final = 12
WRAPPED_SIZE: Final = NONCE_SIZE + KEY_SIZE + 16
_ZERO_NONCE: Final = bytes(NONCE_SIZE)
_WHOLE: Final = b"\x00"
_REST: Final = b"\x01"
_REQUEST: Final = b"mealtrace/request@v1\x00"


@dataclass(frozen=True, slots=True, repr=False)
class SealingKeys:
    """The two keys kept outside database, data folder and backups; 32 bytes each."""

    key_encryption_key: bytes
    index_key: bytes

    def __post_init__(self) -> None:
        if len(self.key_encryption_key) != KEY_SIZE or len(self.index_key) != KEY_SIZE:
            raise MalformedError("sealing keys are 32 bytes each")


class Unsealed(NamedTuple):
    """A record's payload (canonical JSON), and its seed or, once fields were erased, its opening."""

    payload: bytes
    seed: bytes | None
    opening: Opening | None


class Sealer:
    """Seals and opens under one pair of keys."""

    def __init__(self, keys: SealingKeys) -> None:
        """The keys stay in this object."""
        self._wrapper = AESGCM(keys.key_encryption_key)
        self._index = KeyedHash(keys.index_key)
        self._entropy = Entropy()

    def seal_record(self, record_id: str, seed: bytes, payload: bytes) -> tuple[bytes, bytes]:
        """Sealed seed and payload, and the wrapped data key."""
        return self._seal(f"r:{record_id}", b"".join((_WHOLE, seed, payload)), record_id)

    def seal_rest(
        self, record_id: str, opening: Opening, values: dict[str, Any]
    ) -> tuple[bytes, bytes]:
        """What is left of a payload, sealed under a new data key, and that key wrapped."""
        rest = canonical.serialise({"opening": opening.to_json(), "payload": values})
        return self._seal(f"r:{record_id}", _REST + rest, record_id)

    def open_record(self, record_id: str, sealed: bytes, wrapped: bytes) -> Unsealed:
        """Payload and seed, or payload and opening.

        Raises:
            VerificationError: the ciphertext, or its key, was altered.
        """
        plain = self._open(f"r:{record_id}", sealed, wrapped, record_id)
        if plain.startswith(_WHOLE):
            return Unsealed(plain[1 + SEED_SIZE :], plain[1 : 1 + SEED_SIZE], None)
        rest = canonical.parse(plain[1:])
        assert isinstance(rest, dict)
        return Unsealed(
            canonical.serialise(rest["payload"]), None, Opening.of_json(rest["opening"])
        )

    def _seal(self, owner: str, plain: bytes, about: str) -> tuple[bytes, bytes]:
        """Ciphertext under a new data key, and that key wrapped."""
        data_key = self._entropy.take(KEY_SIZE)
        sealed = AESGCM(data_key).encrypt(_ZERO_NONCE, plain, about.encode())
        return sealed, self.wrap(owner, data_key)

    def _open(self, owner: str, sealed: bytes, wrapped: bytes, about: str) -> bytes:
        data_key = self.unwrap(owner, wrapped)
        try:
            return AESGCM(data_key).decrypt(_ZERO_NONCE, sealed, about.encode())
        except InvalidTag as error:
            raise VerificationError(f"what is sealed as {owner} was altered") from error

    def wrap(self, owner: str, data_key: bytes) -> bytes:
        """A data key under the key-encryption key: nonce ‖ ciphertext."""
        nonce = self._entropy.take(NONCE_SIZE)
        return nonce + self._wrapper.encrypt(nonce, data_key, owner.encode())

    def unwrap(self, owner: str, wrapped: bytes) -> bytes:
        """The data key.

        Raises:
            VerificationError: altered, another owner's, or wrapped under another key.
        """
        nonce, sealed = wrapped[:NONCE_SIZE], wrapped[NONCE_SIZE:]
        try:
            return self._wrapper.decrypt(nonce, sealed, owner.encode())
        except (InvalidTag, ValueError) as error:
            raise VerificationError(f"the wrapped key of {owner} does not open") from error

    def seal_text(self, owner: str, text: str) -> tuple[bytes, bytes]:
        """A short text under a data key of its own, and that key wrapped."""
        return self._seal(owner, text.encode(), owner)

    def open_text(self, owner: str, sealed: bytes, wrapped: bytes) -> str:
        """The text that `seal_text` sealed.

        Raises:
            VerificationError: the ciphertext, or its key, was altered.
        """
        return self._open(owner, sealed, wrapped, owner).decode()

    def seal_note(self, owner: str, text: str) -> bytes:
        """A text that is dropped with its row: the wrapped key stands before the ciphertext."""
        sealed, wrapped = self._seal(owner, text.encode(), owner)
        return wrapped + sealed

    def open_note(self, owner: str, sealed: bytes) -> str:
        """The text that `seal_note` sealed.

        Raises:
            VerificationError: it was altered.
        """
        return self._open(owner, sealed[WRAPPED_SIZE:], sealed[:WRAPPED_SIZE], owner).decode()

    def mac(self, domain: str, value: str) -> bytes:
        """What stands in the database for a value that must be found, exact match only."""
        return self._index.digest(f"{domain}\x00{value}".encode())


def content_mac(seed: bytes, content: bytes) -> bytes:
    """What a retry's content is compared by (API.md, Rules)."""
    return KeyedHash(seed, _REQUEST).digest(content)
