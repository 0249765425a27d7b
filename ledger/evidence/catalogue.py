"""The record types of this version, by name (EVIDENCE §2)."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Final

from ledger.errors import NotFoundError
from ledger.evidence import (
    admission,
    billing,
    cold_chain,
    cooking,
    credit,
    device_life,
    devices,
    figures,
    findings,
    goods,
    governance_types,
    incidents,
    inspections,
    kitchen,
    menus,
    money,
    nutrition,
    opinions,
    ordering,
    oversight,
    procurement,
    recall,
    receiving,
    reference_price,
    risk,
    selection,
    serving,
    shared,
    staff,
    supply,
    workforce,
)
from ledger.evidence.definition import EvidenceType

_FAMILIES: Final[tuple[tuple[EvidenceType, ...], ...]] = (
    procurement.TYPES,
    reference_price.TYPES,
    admission.TYPES,
    selection.TYPES,
    supply.TYPES,
    ordering.TYPES,
    receiving.TYPES,
    goods.TYPES,
    recall.TYPES,
    money.TYPES,
    billing.TYPES,
    staff.TYPES,
    workforce.TYPES,
    kitchen.TYPES,
    menus.TYPES,
    cooking.TYPES,
    serving.TYPES,
    cold_chain.TYPES,
    opinions.TYPES,
    nutrition.TYPES,
    devices.TYPES,
    device_life.TYPES,
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
        NotFoundError: there is none; the message says what comes near.
    """
    found = TYPES.get(name)
    if found is None:
        like = near(name)
        meant = f"did you mean {' or '.join(like)}? " if like else ""
        raise NotFoundError(f"no type {name!r:.70}; {meant}GET /v1/types lists all")
    if found.version != version:
        raise NotFoundError(f"{name} has version {found.version} only")
    return found


def near(name: str) -> list[str]:
    """Names of types that `name` may have been meant for, the likeliest first; at most three."""
    return get_close_matches(name[:64].lower().replace("_", "-"), TYPES, n=3)
