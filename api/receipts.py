"""Receipts as bytes (API.md, Receipt), quickly: one is made for every record.

A receipt is checkable on the spot: the entry, its inclusion proof and a checkpoint that the log
signed. The seed opens the record's commitment and goes to its poster only.
"""

from binascii import b2a_base64
from collections.abc import Sequence
from typing import Any, Final

import orjson

from ledger.encoding import b64url
from storage.values import Appended

_FIRST_LINE: Final = "c2sp.org/tlog-proof@v1\nindex "


def to_json(appended: Appended, *, compact: bool = False) -> dict[str, Any]:
    """The receipt's members; a compact one lacks `proof`, which may be fetched at any time."""
    shown: dict[str, Any] = {
        "id": appended.id,
        "index": appended.index,
        "leaf_hash": appended.leaf_hash.hex(),
        "logged_at": appended.logged_at,
        "tree_size": appended.size,
        "entry": b2a_base64(appended.entry, newline=False).decode("ascii"),
        "seed": b64url(appended.seed),
        "links": links(appended.id),
    }
    if not compact:
        shown["proof"] = proof_text(appended.index, appended.proof, appended.checkpoint)
    return shown


def to_bytes(appended: Appended) -> bytes:
    """The receipt as an answer's body."""
    return orjson.dumps(to_json(appended))


def links(record_id: str) -> dict[str, str]:
    """Where the record and its bundle are found on this service."""
    return {"self": f"/v1/records/{record_id}", "bundle": f"/v1/records/{record_id}/bundle"}


def proof_text(index: int, path: Sequence[bytes], checkpoint: str) -> str:
    """The tlog-proof of `ledger.tlog_proof.format`, whose values need no second look here."""
    hashes = "".join(b2a_base64(node).decode("ascii") for node in path)
    return f"{_FIRST_LINE}{index}\n{hashes}\n{checkpoint}"
