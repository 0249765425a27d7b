"""The record types of this version, by name (EVIDENCE §2)."""

from collections.abc import Mapping
from typing import Final

from ledger.errors import NotFoundError
from ledger.evidence import (
    credit,
    devices,
    figures,
    findings,
    governance_types,
    incidents,
    inspections,
    kitchen,
    money,
    oversight,
    receiving,
    risk,
    shared,
    staff,
    supply,
)
from ledger.evidence.definition import EvidenceType

_FAMILIES: Final[tuple[tuple[EvidenceType, ...], ...]] = (
    supply.TYPES,
    receiving.TYPES,
    money.TYPES,
    staff.TYPES,
    kitchen.TYPES,
    devices.TYPES,
    oversight.TYPES,
    inspections.TYPES,
    incidents.TYPES,
    findings.TYPES,
    risk.TYPES,
    credit.TYPES,
    figures.TYPES,
    shared.TYPES,
    governance_types.TYPES,
)

TYPES: Final[Mapping[str, EvidenceType]] = {
    found.name: found for family in _FAMILIES for found in family
}
"""Every type, by name; of each its newest version."""


def get(name: str, version: int = 1) -> EvidenceType:
    """The type of that name and version.

    Raises:
        NotFoundError: there is none; the message lists what there is.
    """
    found = TYPES.get(name)
    if found is None:
        raise NotFoundError(f"no type {name!r:.70}; there are {', '.join(sorted(TYPES))}")
    if found.version != version:
        raise NotFoundError(f"{name} has version {found.version} only")
    return found
