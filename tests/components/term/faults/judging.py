"""What was found, and which fault explains it.

A finding is explained where a fault says that it must be there or may follow, or where it rests on
one that is explained: the work order for it, the entry in a supplier's account, the response.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from components.term.faults.fault import Finding, Planted, Shown
from components.term.play import Stage
from ledger import entry as entries
from ledger import timestamp
from ledger.oversight import civil
from ledger.oversight.family import Row
from ledger.oversight.seen import Seen
from storage.oversight import WantedRows

_CODES = {
    "missing-evidence": "obligation_kind",
    "suspicion": "suspicion_kind",
    "expiry-warning": "lead_days",
    "reconciliation": "result",
    "work-order": "task_kind",
    "risk-response": "response",
    "credit-entry": "entry_kind",
    "admission": "decision",
}
"""Of each type that says that something is wrong: what it says."""

_FINE = {
    ("reconciliation", "matched"),
    ("credit-entry", "delivered"),
    ("credit-entry", "expired"),
    ("credit-entry", "rectified"),
}
_FIRST_SAID = {"suspicion": "first_at", "missing-evidence": "due_at"}
_FIRST_DAY = {"expiry-warning": "checked_on", "reconciliation": "period_from"}
_MOST = 500


@dataclass(frozen=True, slots=True)
class Found:
    """A finding of the log.

    Attributes:
        seen: the record.
        code: what it says is wrong.
        day: civil day that it is about.
        rests_on: ids of records that it cites or opens on.
    """

    seen: Seen
    code: str
    day: str
    rests_on: frozenset[str]

    @property
    def is_wrong(self) -> bool:
        """Whether it says that anything is."""
        return (self.seen.type, self.code) not in _FINE

    def matches(self, expected: Finding) -> bool:
        return (
            (self.seen.type, self.code) == (expected.type, expected.code)
            and (not expected.about or expected.about in self.seen.subjects)
            and (not expected.day or expected.day == self.day)
            and self.rests_on.issuperset(expected.cites)
        )

    def __str__(self) -> str:
        names = [name for name in self.seen.subjects if not name.startswith("person:")]
        return f"{self.seen.type} {self.code} {self.day} {' '.join(names)}"


def read(stage: Stage) -> list[Found]:
    """All findings of the log that say whether something is wrong, in its order."""
    store = stage.opened.store
    found = []
    for data in store.entries(0, store.head().size):
        said = entries.parse(data).statement
        if said.type in _CODES and said.issuer.endswith("~engine"):
            seen = store.oversight.record(said.id)
            assert seen is not None
            found.append(_found(seen, stage.opened.genesis.time_zone))
    return found


def unexplained(found: Iterable[Found], planted: Mapping[str, Planted]) -> list[Found]:
    """What is wrong by no fault."""
    expected = [one for of in planted.values() for one in (*of.findings, *of.follows)]
    explained: set[str] = set()
    left = []
    for one in found:
        if any(one.matches(finding) for finding in expected) or one.rests_on & explained:
            explained.add(one.seen.id)
        elif one.is_wrong:
            left.append(one)
    return left


def rows(stage: Stage, family: str, **wanted: Any) -> list[Row]:
    """Rows as people are shown them."""
    found: list[Row] = []
    after = None
    while True:
        page = stage.opened.store.oversight.rows(
            WantedRows(family, after=after, limit=_MOST, **wanted)
        )
        found += page
        if len(page) < _MOST:
            return found
        after = (page[-1].day, page[-1].name)


def shows(row: Row, expected: Shown) -> bool:
    """Whether a row says what is expected of it."""
    text = str(row.detail)
    return (
        (row.family, row.kind, row.status) == (expected.family, expected.kind, expected.status)
        and (row.scope, row.day) == (expected.scope, expected.day)
        and all(word in text for word in expected.says)
    )


def _found(seen: Seen, zone: str) -> Found:
    fields = seen.fields
    code = str(fields[_CODES[seen.type]])
    if seen.type == "work-order" and "follows" in fields["ext"]:
        code = "escalated"
    if seen.type in _FIRST_DAY:
        day = str(fields[_FIRST_DAY[seen.type]])
    else:
        at = fields[_FIRST_SAID[seen.type]] if seen.type in _FIRST_SAID else seen.occurred_at
        day = civil.day_of(timestamp.format(timestamp.parse(at)), zone)
    rests_on = frozenset(seen.linked("cites") + seen.linked("opens"))
    return Found(seen, code, day, rests_on)
