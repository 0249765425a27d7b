"""Many small values sealed together: one data key for all that one transaction writes.

    wrapped data key (60 bytes) ‖ nonce (12 bytes, counted from 0) ‖ AES-256-GCM ciphertext

Every value carries the wrapped key, so that it is opened alone and its key goes with the last row that
was sealed under it. The owner, its table and name, is the associated data.
"""

from collections import OrderedDict
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.errors import VerificationError
from storage.entropy import Entropy
from storage.sealing import KEY_SIZE, NONCE_SIZE, WRAPPED_SIZE, Sealer

_KEPT: Final = 1024
"""Opened data keys that are remembered."""


class BatchSealer:
    """Seals values under a data key of its own; made anew for each transaction."""

    def __init__(self, sealer: Sealer, owner: str, entropy: Entropy | None = None) -> None:
        """`owner` names the tables whose values it seals."""
        data_key = (entropy or Entropy()).take(KEY_SIZE)
        self._wrapped = sealer.wrap(owner, data_key)
        self._cipher = AESGCM(data_key)
        self._count = 0

    def seal(self, about: str, plain: bytes) -> bytes:
        """A value, bound to what it is about."""
        nonce = self._count.to_bytes(NONCE_SIZE, "big")
        self._count += 1
        return self._wrapped + nonce + self._cipher.encrypt(nonce, plain, about.encode())


class BatchOpener:
    """Opens what `BatchSealer` sealed, many values of one transaction with one unwrapping."""

    def __init__(self, sealer: Sealer, owner: str) -> None:
        """As the sealer's."""
        self._sealer, self._owner = sealer, owner
        self._ciphers: OrderedDict[bytes, AESGCM] = OrderedDict()

    def open(self, about: str, sealed: bytes) -> bytes:
        """The value.

        Raises:
            VerificationError: it was altered, or is about something else.
        """
        wrapped, nonce = sealed[:WRAPPED_SIZE], sealed[WRAPPED_SIZE : WRAPPED_SIZE + NONCE_SIZE]
        cipher = self._ciphers.get(wrapped)
        if cipher is None:
            cipher = AESGCM(self._sealer.unwrap(self._owner, wrapped))
            self._ciphers[wrapped] = cipher
            if len(self._ciphers) > _KEPT:
                self._ciphers.popitem(last=False)
        try:
            return cipher.decrypt(nonce, sealed[WRAPPED_SIZE + NONCE_SIZE :], about.encode())
        except (InvalidTag, ValueError) as error:
            raise VerificationError(f"what is sealed as {about} was altered") from error
