"""Workforce: who works in a kitchen under which pseudonym, and who is on shift (EVIDENCE §2).

A roster is what morning checks and health certificates are held against: whom it names must have
both. Names stay off the log; the mapping from a pseudonym to a person is sealed and erasable.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Annotated, Final, Literal

from pydantic import Field

from ledger import timestamp
from ledger.errors import Fault
from ledger.evidence.definition import SCANS, BlobRule, EvidenceType
from ledger.evidence.examples import workforce as examples
from ledger.evidence.fields import (
    Canteen,
    Code,
    Date,
    Hex32,
    Kind,
    Maybe,
    Person,
    RecordId,
    Text,
    Time,
)
from ledger.evidence.model import Accounted, Part, Said, breach, in_order
from ledger.evidence.repeats import once

Employer = Annotated[str, Kind("labour", "school")]

_DUTIES: Final = (
    "head-cook", "cook", "kitchen-hand", "server", "dishwasher", "storekeeper", "driver",
    "food-safety-officer", "food-safety-director", "canteen-manager",
)  # fmt: skip
_DAY_MS: Final = 86_400_000
MAX_ON_SHIFT: Final = 60
"""People of one roster: each is a subject, and a document has at most 64."""


class StaffRegistration(Accounted):
    """One of the staff under the pseudonym of a school year (电子身份 ID): one person, one ID.

    The identity itself never comes here: only its HMAC, under a key that the bureau gives to
    employers, so that one person registered twice is seen and nobody can guess whom it is about.
    There is no link to the pseudonym of the year before: it would undo the change of pseudonyms.
    """

    staff: Person
    employer: Employer
    canteen: Canteen
    duty: Code
    school_year: Annotated[int, Field(ge=2000, le=2200)]
    works_from: Date
    works_until: Date
    identity_document: Code
    identity_scheme: Literal["hmac-sha256"]
    identity_key: Code
    identity_hash: Hex32
    trained_on: Maybe[Date] = None

    def rules(self, said: Said) -> Iterator[Fault]:
        """The days of work lie in the school year that the pseudonym is for."""
        yield from super().rules(said)
        yield from in_order(self, "works_from", "works_until")
        begins, ends = f"{self.school_year}-09-01", f"{self.school_year + 1}-08-31"
        for name in ("works_from", "works_until"):
            if not begins <= getattr(self, name) <= ends:
                yield breach(
                    [name],
                    "school-year",
                    f"{name} lies outside school year {self.school_year}, {begins} to {ends}; a "
                    "person has a new pseudonym every school year",
                    f"{name} 不在 {self.school_year} 学年（{begins} 至 {ends}）内；人员假名每学年更换",
                )


class OnShift(Part):
    """One person on a shift, and what for."""

    staff: Person
    duty: Code
    health_certificate: Maybe[RecordId] = None


class ShiftRoster(Accounted):
    """Who works a shift (班次表): everyone on it owes a morning check before it begins."""

    employer: Employer
    canteen: Canteen
    shift_on: Date
    shift: Code
    roster_no: Text
    starts_at: Time
    ends_at: Time
    people: Annotated[list[OnShift], Field(min_length=1, max_length=MAX_ON_SHIFT)]

    def rules(self, said: Said) -> Iterator[Fault]:
        """It is of its day, ends within a day after it begins, and names everyone once."""
        yield from super().rules(said)
        yield from in_order(self, "starts_at", "ends_at")
        if timestamp.parse(self.ends_at) - timestamp.parse(self.starts_at) > _DAY_MS:
            yield breach(
                ["ends_at"],
                "too-long",
                "a shift lasts at most 24 hours; post a roster for each",
                "一个班次最长 24 小时；请按班次分别提交",
            )
        if abs(_day(self.starts_at[:10]) - _day(self.shift_on)) > 1:
            yield breach(
                ["starts_at"],
                "other-day",
                f"starts_at {self.starts_at} is no time of the shift's day {self.shift_on}",
                f"starts_at（{self.starts_at}）不在班次日期 {self.shift_on}",
            )
        yield from once(
            ["people"],
            [one.staff for one in self.people],
            en="the same person stands here twice; a roster names everyone once",
            zh="同一人出现两次；班次表中每人只列一次",
            member="staff",
            code="same-person",
        )

    def own_subjects(self) -> Iterable[str]:
        """Everyone on the shift: who works when is part of a person's own history."""
        return (one.staff for one in self.people)


def _day(text: str) -> int:
    # A civil day differs from the UTC day of a time by at most one, whatever the time zone.
    return date.fromisoformat(text).toordinal()


TYPES: Final = (
    EvidenceType(
        name="staff-registration",
        family="staff",
        model=StaffRegistration,
        rule_en="One person has one ID: staff are registered by their employer under a pseudonym, "
        "with a keyed hash of their identity and nothing else of it.",
        rule_zh="一人一证：用人单位以假名登记从业人员，仅留存身份的带密钥摘要。",
        posters=frozenset({"labour", "school"}),
        bound_field="employer",
        document_key=("staff", "employer", "canteen", "works_from"),
        blobs=(BlobRule(role="contract", media_types=SCANS, many=True, personal=True),),
        links={"under": ("contract",)},
        personal=frozenset(
            {"identity_document", "identity_scheme", "identity_key", "identity_hash"}
        ),
        known={
            "duty": _DUTIES,
            "identity_document": ("resident-id", "passport", "residence-permit"),
        },
        example=examples.STAFF_REGISTRATION,
        refused=examples.STAFF_REGISTRATION_REFUSED,
    ),
    EvidenceType(
        name="shift-roster",
        family="staff",
        model=ShiftRoster,
        rule_en="The employer names everyone who works a shift; each of them owes a health "
        "certificate in force and a morning check before it.",
        rule_zh="用人单位按班次列明当班人员，每人须持有效健康证并在上岗前完成晨检。",
        posters=frozenset({"labour", "school"}),
        bound_field="employer",
        document_key=("employer", "canteen", "shift_on", "shift", "roster_no"),
        links={"under": ("contract",), "supersedes": ("shift-roster",)},
        known={"duty": _DUTIES, "shift": ("early", "day", "late", "night")},
        example=examples.SHIFT_ROSTER,
        refused=examples.SHIFT_ROSTER_REFUSED,
    ),
)
"""The workforce types of this version."""
