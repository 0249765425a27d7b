"""Point 7: every finding is what its policy and the entries before it give, and none is held back.

The rule families are told the whole log again, from entry 0. What they find must be what the engine
posted, field by field; what they find and nobody posted was suppressed, or the engine is behind.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from ledger import timestamp
from ledger.audit.findings import Finding
from ledger.evidence.catalogue import TYPES
from ledger.oversight import policies
from ledger.oversight.engine import Engine, Lookup
from ledger.oversight.family import Family
from ledger.oversight.seen import Seen

_POSTED: Final = frozenset(name for name, one in TYPES.items() if "engine" in one.posters) | {
    "admission"
}

_NO_FINDINGS: Final = frozenset({"demand-plan", "stock-move"})
"""Of these: what the engine's party may keep the books with, and no rule gives."""

POSTED_WITHIN_MS: Final = 86_400_000
"""How long after it could be found a finding may be on its way."""


class OversightAudit:
    """Told every record of a log in order.

    Attributes:
        reproduced: findings of the log that came out the same.
        unknown: findings under policies of the log that no family here has, and what is no finding:
            they are not computed again.
        excused: findings that touch what was erased since: they cannot be computed again.
    """

    def __init__(
        self, families: Sequence[Family], *, engine: str, ledger: str, zone: str, lookup: Lookup
    ) -> None:
        """Args as `Engine`; `engine` is the party that posts findings."""
        self._engine = Engine(families, ledger=ledger, zone=zone, lookup=lookup)
        self._names = {family.name for family in families}
        self._policies: set[str] = set()
        self._party = engine
        self._expected: dict[str, Mapping[str, Any]] = {}
        self._erased: set[str] = set()
        self.reproduced = self.unknown = self.excused = 0

    @property
    def size(self) -> int:
        """Records told."""
        return self._engine.size

    @property
    def reads(self) -> frozenset[str]:
        """The types whose payloads are needed: those that families read, and all that it posts."""
        return self._engine.reads | _POSTED

    def add(self, seen: Seen) -> Iterator[Finding]:
        """The next record, with its payload."""
        self._engine.step(seen)
        for found in self._engine.take_changes().findings:
            self._expected.setdefault(found.id, found.request)
        if seen.type == policies.TYPE:
            self._policies.add(seen.fields["name"])
        if seen.payload is None or seen.erased:
            self._erased.update((seen.id, *seen.subjects))
        if seen.issuer == self._party:
            yield from self._compare(seen)

    def finish(self) -> Iterator[Finding]:
        """After the last record: what was found long ago must stand in the log by now."""
        if not self._expected:
            return
        latest = timestamp.parse(self._engine.now) - POSTED_WITHIN_MS
        for record_id, request in self._expected.items():
            if timestamp.parse(request["occurred_at"]) < latest:
                yield Finding(
                    7,
                    f"{request['type']} {record_id}",
                    f"the log gives this finding as of {request['occurred_at']}, and nobody posted "
                    "it",
                    f"按账本应于 {request['occurred_at']} 得出该结论，但无人提交",
                )

    def _compare(self, seen: Seen) -> Iterator[Finding]:
        expected = self._expected.pop(seen.id, None)
        if expected is None:
            if not self._is_of_these_rules(seen):
                self.unknown += 1
            elif self._touches_erased(seen):
                self.excused += 1
            else:
                yield Finding(
                    7,
                    f"entry {seen.index}",
                    f"nothing in the entries before it gives this {seen.type}",
                    f"此前的条目得不出该 {seen.type} 结论",
                )
            return
        differing = list(_differences(expected, seen))
        if not differing:
            self.reproduced += 1
        elif self._touches_erased(seen):
            self.excused += 1
        else:
            name, wanted, there = differing[0]
            yield Finding(
                7,
                f"entry {seen.index}",
                f"{name} of this {seen.type} is not what the entries before it give",
                f"该 {seen.type} 的 {name} 与此前条目得出的不一致",
                wanted,
                there,
            )

    def _is_of_these_rules(self, seen: Seen) -> bool:
        """Whether it would have been found here: one that names no policy of the log is made up."""
        if seen.type not in _POSTED - _NO_FINDINGS:
            return False
        policy = seen.fields.get("policy_name") or seen.fields.get("ext", {}).get("policy_name")
        return policy in self._names or policy not in self._policies

    def _touches_erased(self, seen: Seen) -> bool:
        named = {*seen.subjects, *(link.id or link.subject or "" for link in seen.links)}
        return seen.payload is None or not self._erased.isdisjoint(named)


def _differences(expected: Mapping[str, Any], seen: Seen) -> Iterator[tuple[str, str, str]]:
    """Which member differs, what was expected, what is there."""
    links = [
        {"rel": link.rel, "id" if link.id else "subject": link.id or link.subject}
        for link in seen.links
    ]
    if sorted(map(str, expected["links"])) != sorted(map(str, links)):
        yield "links", str(expected["links"])[:500], str(links)[:500]
    if expected["occurred_at"] != seen.occurred_at:
        yield "occurred_at", expected["occurred_at"], seen.occurred_at
    payload = expected["payload"]
    for name in sorted(payload.keys() | seen.fields.keys()):
        if payload.get(name) != seen.fields.get(name):
            yield name, str(payload.get(name))[:500], str(seen.fields.get(name))[:500]
