"""The record types of this version, by name (EVIDENCE §2)."""

from collections.abc import Mapping
from typing import Final

from ledger.evidence.definition import EvidenceType

TYPES: Final[Mapping[str, EvidenceType]] = {}
"""Every type, by name; of each its newest version."""


def get(name: str, version: int = 1) -> EvidenceType:
    """The type of that name and version.

    Raises:
        NotFoundError: there is none; the message lists what there is.
    """
    raise NotImplementedError
