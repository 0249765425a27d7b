"""Shared: the correction of any record; nothing is ever edited (EVIDENCE §2)."""

from typing import Final, Literal

from ledger.evidence.definition import ANY_TYPE, EvidenceType
from ledger.evidence.examples import shared as examples
from ledger.evidence.fields import Text
from ledger.evidence.model import Measured


class Correction(Measured):
    """An issuer takes a record back: it did not occur, or its data were wrong (更正).

    Wrong data are corrected in one atomic batch with the right record, which `replaces` the other.
    """

    reason_code: Literal["did-not-occur", "incorrect-data"]
    reason: Text


TYPES: Final = (
    EvidenceType(
        name="correction",
        family="shared",
        model=Correction,
        rule_en="Its issuer corrects a record, the owner that of a device; the first record stays.",
        rule_zh="只有原提交方（设备数据由其所有者）可以更正，原记录永久保留。",
        posters=frozenset({"anyone"}),
        links={"corrects": (ANY_TYPE,)},
        required_links=frozenset({"corrects"}),
        known={},
        example=examples.CORRECTION,
        refused=examples.CORRECTION_REFUSED,
    ),
)
"""The shared types of this version."""
