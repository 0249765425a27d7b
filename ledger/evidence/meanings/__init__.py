"""What each field means, in English and Chinese, for those who have to fill it in.

A module a family holds `FIELDS`: from a field's name, or its dotted path with or without the type
before it, to one short sentence in each language. The most specific one counts:

    tender-award.lines.discount_bp   →   lines.discount_bp   →   discount_bp
"""

from collections.abc import Mapping
from types import ModuleType
from typing import Final

from ledger.evidence.meanings import (
    admission,
    billing,
    cold_chain,
    computed,
    cooking,
    credit,
    device_life,
    devices,
    everywhere,
    figures,
    findings,
    goods,
    governance,
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

MODULES: Final[tuple[ModuleType, ...]] = (
    everywhere,
    procurement,
    reference_price,
    admission,
    selection,
    supply,
    ordering,
    receiving,
    goods,
    recall,
    money,
    billing,
    staff,
    workforce,
    kitchen,
    menus,
    cooking,
    serving,
    cold_chain,
    opinions,
    nutrition,
    devices,
    device_life,
    oversight,
    inspections,
    incidents,
    computed,
    findings,
    risk,
    credit,
    figures,
    shared,
    governance,
)
"""The families' modules; no key stands in two of them."""

FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    key: words for module in MODULES for key, words in module.FIELDS.items()
}
"""Every key with its sentence in English and in Chinese."""


def of(path: str) -> tuple[str, str] | None:
    """What a field means, by its dotted path below the type's name; None where nobody wrote it."""
    while path:
        if path in FIELDS:
            return FIELDS[path]
        path = path.partition(".")[2]
    return None
