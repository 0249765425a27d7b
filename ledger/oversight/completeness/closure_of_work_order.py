"""复核销号: a review that closes every work order, by its deadline.

Owed by who is responsible for the work order. What was done last counts, by the time the review says:
one that reopens it sets a new deadline. Closed is closed, whoever opened it.

One page for each work order, by its subject.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from ledger.evidence import subjects
from ledger.oversight import civil
from ledger.oversight.completeness import rules
from ledger.oversight.completeness.obligation import Answer, Obligation
from ledger.oversight.completeness.page import Fact, Page, first, ref
from ledger.oversight.completeness.rule import Items, Owed, Quiet
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

PREFIX: Final = "work-order"


class ClosureRule(Quiet):
    """The rule of these pages (`rule.Rule`)."""

    prefixes = (PREFIX,)
    kinds = (rules.CLOSURE,)
    reads: Mapping[str, frozenset[str]] = {
        "work-order": frozenset({"work_order_no", "responsible", "canteen", "due_at"}),
        "rectification-review": frozenset({"work_order", "reviewed_at", "decision", "new_due_at"}),
    }
    sources: Mapping[str, Items] = {"work-order": ""}

    def entries(self, seen: Seen, zone: str) -> Iterable[tuple[str, Fact]]:  # noqa: ARG002 - as every rule
        """The work order's page."""
        said = seen.fields
        if seen.type == "work-order":
            fact = [seen.logged_at, said["responsible"], said["canteen"], said["due_at"]]
            return [(subjects.work_order(said["work_order_no"]), fact)]
        due_at = said.get("new_due_at")
        return [(said["work_order"], [said["reviewed_at"], said["decision"] == "closed", due_at])]

    def candidates(self, seen: Seen, zone: str) -> Iterable[str]:  # noqa: ARG002 - as every rule
        """The work order is a subject."""
        return [name for name in seen.subjects if name.startswith(f"{PREFIX}:")]

    def owed(self, page: Page, context: Context, told: tuple[str, Fact] | None) -> Owed:  # noqa: ARG002 - as every rule
        """One, once the work order is known."""
        orders = page.of("work-order")
        if not orders:
            return {}
        source = first(orders)
        order = orders[source]
        reviews = sorted(
            page.of("rectification-review").items(), key=lambda one: (one[1][3], one[1][0])
        )
        due_at = next((one[5] for _, one in reversed(reviews) if one[5] is not None), order[6])
        last = reviews[-1] if reviews else None
        closed = last is not None and last[1][4]
        obligation = Obligation(
            kind=rules.CLOSURE,
            source=ref(source, order),
            known_at=order[3],
            expected_type="rectification-review",
            expected_for=page.key,
            responsible=order[4],
            school=civil.school_of(order[5]),
            canteen=order[5],
            day=civil.day_of(due_at, context.zone),
            due_at=due_at,
            answers=(Answer(last[1][1], last[1][0], last[0]),) if last and closed else (),
        )
        return {"closure": obligation}
