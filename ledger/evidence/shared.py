"""Shared: the correction of any record, and a second signature on one; nothing is ever edited."""

from collections.abc import Iterator
from typing import Final, Literal

from ledger.errors import Fault
from ledger.evidence.definition import ANY_TYPE, EvidenceType
from ledger.evidence.examples import shared as examples
from ledger.evidence.fields import Code, Hex32, Maybe, Party, Person, RecordId, Text, Time
from ledger.evidence.model import Measured, Said, breach, same_as_linked
from ledger.evidence.roles import ROLES
from ledger.evidence.subjects import speaks_for


class Correction(Measured):
    """An issuer takes a record back: it did not occur, or its data were wrong (更正).

    Wrong data are corrected in one atomic batch with the right record, which `replaces` the other.
    """

    reason_code: Literal["did-not-occur", "incorrect-data"]
    reason: Text


class Confirmation(Measured):
    """Another party signs for a record (会签确认): the school for a delivery, the bank for a file.

    Who confirms one's own record confirms nothing.
    """

    record: RecordId
    record_sha256: Hex32
    issued_by: Party
    aspect: Code
    role: Code
    confirmed_by: Maybe[Person] = None
    confirmed_at: Time
    method: Code

    def rules(self, said: Said) -> Iterator[Fault]:
        """It is another party's record, and a person confirms where no machine does."""
        yield from super().rules(said)
        yield from same_as_linked(self, said, "record", "confirms")
        if speaks_for(said.issuer, self.issued_by):
            yield breach(
                ["issued_by"],
                "own-record",
                "nobody is a second to its own record; another party confirms it",
                "不得会签自己的记录，须由另一方确认",
            )
        if self.confirmed_by is None and not said.by_machine:
            yield breach(
                ["confirmed_by"],
                "missing",
                "confirmed_by is required; only a machine confirms without a person",
                "缺少必填项 confirmed_by；仅设备可以不填",
            )
        if self.role not in ROLES:
            listed = sorted(ROLES)
            yield breach(
                ["role"],
                "not-listed",
                f"a role is one of {', '.join(listed)}",
                f"角色应为其中之一：{'、'.join(listed)}",
            )

    def posters(self) -> frozenset[str]:
        """Whoever holds the role in which it confirms."""
        return frozenset({self.role})


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
    EvidenceType(
        name="confirmation",
        family="shared",
        model=Confirmation,
        rule_en="A second party signs for a record, which it pins down by id and hash.",
        rule_zh="另一方对一条记录会签确认，以编号和哈希锁定该记录。",
        posters=frozenset({"anyone"}),
        links={"confirms": (ANY_TYPE,)},
        required_links=frozenset({"confirms"}),
        known={
            "aspect": ("content", "receipt", "quantity", "quality", "handover", "alarm-seen"),
            "role": tuple(sorted(ROLES)),
            "method": ("pin", "face", "card", "signature", "seal"),
        },
        example=examples.CONFIRMATION,
        refused=examples.CONFIRMATION_REFUSED,
    ),
)
"""The shared types of this version."""
