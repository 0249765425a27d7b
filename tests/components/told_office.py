"""What the bureau's finance, the bank and the regulator post, told to the family `completeness`."""

from typing import Any

from components.told_canteen import ToldCanteen, utc
from ledger.evidence.catalogue import TYPES
from ledger.oversight.completeness import Completeness
from ledger.oversight.seen import Seen

WORK_ORDER = "work-order:GD-1"


class Office(ToldCanteen):
    """A log of their records; settlements, entries, work orders and reviews."""

    def __init__(self, *kinds: str, **rules: Any) -> None:
        super().__init__(Completeness(), policies={"completeness": {"kinds": list(kinds), **rules}})

    def accept(self, number: str = "Y-1", **changes: Any) -> Seen:
        return self.say("acceptance", acceptance_no=number, **changes)

    def reckon(self, *acceptances: str, number: str = "JS-2026-09-1", **changes: Any) -> Seen:
        lines = TYPES["settlement"].example["payload"]["lines"]
        named = [
            {**line, "acceptance": acceptances[place % len(acceptances)]}
            for place, line in enumerate(lines)
        ]
        return self.say("settlement", settlement_no=number, lines=named, **changes)

    def pay(self, *settlements: str, **changes: Any) -> Seen:
        links = [{"rel": "pays", "id": one} for one in settlements]
        return self.say("account-entry", links=links, **changes)

    def order(self, due: str, links: Any = ()) -> Seen:
        return self.say("work-order", work_order_no="GD-1", due_at=utc(due), links=links)

    def review(self, decision: str, reviewed: str, new_due: str | None = None) -> Seen:
        rectification = self._id("rectification")
        given = {} if new_due is None else {"new_due_at": utc(new_due)}
        return self.say(
            "rectification-review",
            work_order=WORK_ORDER,
            decision=decision,
            reviewed_at=utc(reviewed),
            rectification=rectification,
            links=[{"rel": "reviews", "id": rectification, "sha256": bytes(32).hex()}],
            without=() if new_due else ("new_due_at",),
            **given,
        )
