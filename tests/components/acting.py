"""Records told to the act rules of this version, in memory, and acts asked about; times are yours."""

from typing import Any

from ledger import canonical, statement
from ledger.canonical import JsonValue
from ledger.errors import Fault
from ledger.governance import Erasure
from ledger.oversight.act_rules import RULES
from ledger.oversight.acts import Act, Told
from ledger.statement import Link

ZONE = "Asia/Shanghai"
NOON = "2026-11-23T12:00:00.000Z"
IDS = [f"0190f3a4-0000-7000-8000-{number:012}" for number in range(32)]
_ASKED = 31


def told(number: int, kind: str, *subjects: str, links: Any = (), **payload: Any) -> Told:
    """A record, its id the one of that number: of these parts, whatever its type demands."""
    said = statement.build(
        id=IDS[number],
        issuer="regulator:11210500MB0A1203X6~market",
        ledger=bytes(32),
        links=links,
        occurred_at="2026-11-23T06:12:11.120Z",
        payload_root=bytes(32),
        payload_fields=1,
        subjects=subjects,
        type=kind,
    )
    return Told(said, canonical.serialise(payload))


class Log:
    """The state after some records."""

    def __init__(self, *records: Told) -> None:
        self.state: dict[str, Any] = {}
        for record in records:
            self.tell(record)

    def tell(self, record: Told) -> None:
        self._change(RULES.fold(record, self.state))

    def take_back(self, record: Told, *erased: str) -> None:
        """The record is corrected; where fields are given, these of it are erased."""
        erasure = Erasure("fields", erased, "court-order") if erased else None
        self._change(RULES.take_back(record.said, erasure, self.state))

    def _change(self, changes: dict[str, JsonValue]) -> None:
        for key, value in changes.items():
            self.state[key] = canonical.parse(canonical.serialise(value))  # as it is stored

    def fault(self, kind: str, *subjects: str, at: str = NOON, **payload: Any) -> Fault | None:
        """Why an act logged at that time is blocked."""
        asked = told(_ASKED, kind, *subjects, **payload)
        act = Act.of(asked.said, asked.data, at, ZONE)
        assert act is not None
        keys = set(RULES.keys(asked.said))  # what else is stored, the transaction does not read
        return RULES.check(act, {key: self.state[key] for key in keys & self.state.keys()})


def replaces(number: int) -> list[Link]:
    """The link of the right record to the wrong one."""
    return [Link("replaces", id=IDS[number])]
