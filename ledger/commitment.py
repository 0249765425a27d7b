"""Salted commitment to a payload: what the log holds in its stead (FORMATS §1).

    salt(name) = HMAC-SHA256(seed, "mealtrace/salt@v1" ‖ 00 ‖ record id ‖ 00 ‖ name)
    leaf 0     = canonical [salt(""), "", [name, …]]        all names ascending
    leaf k     = canonical [salt(name_k), name_k, value]
    root       = RFC 6962 tree over the leaves

Erasing values and seed leaves a root that reveals nothing.
"""

import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import orjson

from ledger.errors import MalformedError
from ledger.keyed_hash import KeyedHash
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

    Every record appended passes here: about 2 µs a field.

    Raises:
        MalformedError: a seed that is not 32 bytes.
    """
    hashes = [sha256(b"\x00" + leaf).digest() for leaf in leaves(payload, seed, record_id)]
    return Commitment(tree_root(hashes), len(hashes))


def leaves(payload: Mapping[str, Any], seed: bytes, record_id: str) -> list[bytes]:
    """The leaves' canonical bytes, leaf 0 first.

    Raises:
        MalformedError: a seed that is not 32 bytes.
    """
    names = sorted(payload)
    salts = _salts(seed, record_id, ["", *names])
    dumps, sort = orjson.dumps, orjson.OPT_SORT_KEYS
    result = [b'["%b","",%b]' % (salts[0], dumps(names))]
    result += [
        b'["%b","%b",%b]' % (salt_, name.encode(), dumps(payload[name], option=sort))
        for salt_, name in zip(salts[1:], names, strict=True)
    ]
    return result


def salt(seed: bytes, record_id: str, name: str) -> str:
    """The salt of one field, 43 characters of base64url.

    Raises:
        MalformedError: a seed that is not 32 bytes.
    """
    return _salts(seed, record_id, [name])[0].decode("ascii")


def _salts(seed: bytes, record_id: str, names: Sequence[str]) -> list[bytes]:
    """The salts of fields, 43 characters each.

    A zero byte behind each 32 makes its base64 44 characters long, of which the first 43 are its
    own: all are encoded in one go.
    """
    if len(seed) != SEED_SIZE:
        raise MalformedError(f"a seed of {len(seed)} bytes where {SEED_SIZE} belong")
    salted = KeyedHash(seed, _TAG + record_id.encode() + b"\x00")
    inner, outer = salted.inner.copy, salted.outer.copy
    digests = []
    for name in names:
        message, result = inner(), outer()
        message.update(name.encode())
        result.update(message.digest())
        digests.append(result.digest())
    digests.append(b"")
    encoded = binascii.b2a_base64(b"\x00".join(digests), newline=False).translate(_URL)
    return [encoded[at : at + 43] for at in range(0, 44 * len(names), 44)]
