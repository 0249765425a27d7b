"""Salted commitment to a payload: what the log holds in its stead (FORMATS §1).

    salt(name) = HMAC-SHA256(seed, "mealtrace/salt@v1" ‖ 00 ‖ record id ‖ 00 ‖ name)
    leaf 0     = canonical [salt(""), "", [name, …]]        all names ascending
    leaf k     = canonical [salt(name_k), name_k, value]
    root       = RFC 6962 tree over the leaves

Erasing values and seed leaves a root that reveals nothing.
"""

import binascii
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import orjson

from ledger.errors import MalformedError
from ledger.merkle import tree_root

SEED_SIZE: Final = 32
_TAG: Final = b"mealtrace/salt@v1\x00"
_URL: Final = bytes.maketrans(b"+/", b"-_")


@dataclass(frozen=True, slots=True)
class Commitment:
    """What a statement says of its payload.

    Attributes:
        root: 32 bytes.
        fields: number of leaves, leaf 0 included; an empty payload has 1.
    """

    root: bytes
    fields: int


def commit(payload: Mapping[str, Any], seed: bytes, record_id: str) -> Commitment:
    """The commitment to `payload`, which `canonical.serialise` takes.

    Raises:
        MalformedError: a seed that is not 32 bytes.
    """
    hashes = [sha256(b"\x00" + leaf).digest() for leaf in leaves(payload, seed, record_id)]
    return Commitment(tree_root(hashes), len(hashes))


def leaves(payload: Mapping[str, Any], seed: bytes, record_id: str) -> list[bytes]:
    """The leaves' canonical bytes, leaf 0 first."""
    if len(seed) != SEED_SIZE:
        raise MalformedError(f"a seed of {len(seed)} bytes where {SEED_SIZE} belong")
    prefix = _TAG + record_id.encode() + b"\x00"
    names = sorted(payload)
    result = [b'["%b","",%b]' % (_salt(seed, prefix), orjson.dumps(names))]
    for name in names:
        encoded = name.encode()
        value = orjson.dumps(payload[name], option=orjson.OPT_SORT_KEYS)
        result.append(b'["%b","%b",%b]' % (_salt(seed, prefix + encoded), encoded, value))
    return result


def salt(seed: bytes, record_id: str, name: str) -> str:
    """The salt of one field, 43 characters of base64url."""
    return _salt(seed, _TAG + record_id.encode() + b"\x00" + name.encode()).decode("ascii")


def _salt(seed: bytes, message: bytes) -> bytes:
    digest = hmac.digest(seed, message, "sha256")
    return binascii.b2a_base64(digest, newline=False).translate(_URL)[:43]
