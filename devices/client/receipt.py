"""Receipts: what the service gave in return for a record, checked on the spot and kept as files."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt that held when it came.

    Attributes:
        id: the record's id.
        index: its place in the log, 0-based.
        leaf_hash: 32 bytes.
        logged_at: when the log took it, as in the entry.
        tree_size: size of the log that the proof speaks of.
        entry: the entry's bytes, as they stand in the log.
        seed: 32 bytes: with the payload they show what the entry commits to. Keep them secret.
        proof: tlog-proof text with the signed checkpoint.
        replayed: whether the service had the record already; not kept in files.
        raw: the service's JSON, which `save` writes.
    """

    id: str
    index: int
    leaf_hash: bytes
    logged_at: str
    tree_size: int
    entry: bytes
    seed: bytes
    proof: str
    replayed: bool
    raw: bytes

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a file only its owner may read, whole or not at all, durable on return."""
        raise NotImplementedError(Path(path))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """The receipt of a file; nothing is verified.

        Raises:
            NotFoundError: no such file.
            MalformedError: it holds no receipt.
        """
        raise NotImplementedError(path)
