"""One order of a school and what became of it, on one page: answered, sent, weighed, taken in, refused.

    order ─→ a weigh-in or a rejection of each line     dispatch, weigh-in ─→ an acceptance of each delivery

The page's key is the order's subject: whatever comes of it names it. A weigh-in that names no order,
for the scale had not heard of it yet, waits in `loose_weigh_ins`.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from ledger.evidence import subjects
from ledger.oversight import civil
from ledger.oversight.completeness import (
    acceptance_of_delivery,
    loose_weigh_ins,
    rules,
    weigh_in_of_order,
)
from ledger.oversight.completeness.obligation import Obligation, later
from ledger.oversight.completeness.page import Fact, Page
from ledger.oversight.completeness.rule import Items, Owed, Quiet
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

PREFIX: Final = "order"


class DeliveryRule(Quiet):
    """The rule of order pages (`rule.Rule`)."""

    prefixes = (PREFIX,)
    kinds = (rules.WEIGH_IN, rules.ACCEPTANCE)
    stands_in = True
    reads: Mapping[str, frozenset[str]] = {
        "order": frozenset({"order_no", "school", "canteen", "supplier", "deliver_until", "lines"}),
        "order-response": frozenset({"order", "response", "deliver_until", "lines"}),
        "dispatch": frozenset({"dispatch_no", "supplier", "order", "lines"}),
        "weigh-in": frozenset({"canteen", "order", "order_line_no", "item_code", "direction"}),
        "acceptance": frozenset({"order", "lines"}),
        "rejection": frozenset({"order", "lines"}),
    }
    sources: Mapping[str, Items] = {
        "order": "",
        "order-response": "line",
        "dispatch": ("delivery", "weighed"),
    }

    _COME = ("weigh-in", "acceptance", "rejection")

    def entries(self, seen: Seen, zone: str) -> Iterable[tuple[str, Fact]]:
        """The page of the order."""
        said = seen.fields
        at = civil.credible(seen.occurred_at, seen.logged_at, rules.CREDIBLE_DAYS)
        if seen.type == "weigh-in":
            key = weigh_in_of_order.order_of(seen)
            if key is None or said["direction"] != "inbound":
                return []
            day = civil.day_of(at, zone)
            line = said.get("order_line_no")
            return [(key, [at, line, said["item_code"], day, said["canteen"]])]
        if seen.type == "order":
            lines = [[one["line_no"], one["item_code"], one["unit"]] for one in said["lines"]]
            key = subjects.order(said["school"], said["order_no"])
            fact = [seen.logged_at, said["canteen"], said["deliver_until"], lines, said["supplier"]]
            return [(key, fact)]
        key = said["order"]
        if seen.type == "order-response":
            declined = said["response"] == "declined"
            answered = {
                str(one["order_line_no"]): [
                    one["confirmed_quantity"],
                    one.get("substitute_item_code"),
                ]
                for one in said["lines"]
            }
            return [(key, [declined, said.get("deliver_until"), answered])]
        if seen.type == "dispatch":
            delivery = subjects.delivery(said["supplier"], said["dispatch_no"])
            items = [one["item_code"] for one in said["lines"]]
            return [(key, [seen.logged_at, at, delivery, items])]
        names = [link.id or link.subject or "" for link in seen.links]
        if seen.type == "acceptance":
            lines = [
                [one["order_line_no"], one["item_code"], one["accepted_quantity"]]
                for one in said["lines"]
            ]
        else:
            lines = [[one["order_line_no"], one["item_code"], 0] for one in said["lines"]]
        return [(key, [at, names, lines])]

    def keys(self, seen: Seen, zone: str) -> Iterable[str]:
        """The order is a subject of all of them."""
        return self.candidates(seen, zone)

    def candidates(self, seen: Seen, zone: str) -> Iterable[str]:  # noqa: ARG002 - as every rule
        """The order's."""
        return [name for name in seen.subjects if name.startswith(f"{PREFIX}:")]

    def owed(self, page: Page, context: Context, told: tuple[str, Fact] | None) -> Owed:
        """A weigh-in of every line, an acceptance of every delivery."""
        kind = None if told is None else told[0]
        if kind == "dispatch":
            return acceptance_of_delivery.owed(page, context)
        lines = weigh_in_of_order.owed(page, context, told)
        if kind == "order-response":
            return lines
        if told is not None and kind == "weigh-in":
            return lines | acceptance_of_delivery.weighed(page, context, told[1][6])
        return lines | acceptance_of_delivery.owed(page, context)

    def opens(self, page: Page, kind: str, more: Fact, context: Context) -> tuple[str, str] | None:
        """An order that nothing came of yet, its first answer, and what was first sent for it."""
        if kind == "order":
            if not page.new:
                return None
            until = more[2]
        else:
            orders = page.of("order")
            if len(orders) != 1 or page.knows((kind, *self._COME)):
                return None
            (order,) = orders.values()
            until = order[5]
            if kind == "order-response" and (more[1] or "") > until:
                return None
        weighed_s = rules.of_kind(context, "due_after_s", rules.WEIGH_IN)
        accepted_s = rules.of_kind(context, "due_after_s", rules.ACCEPTANCE)
        return later(until, min(weighed_s, accepted_s)), later(until, max(weighed_s, accepted_s))

    def only_answers(self, page: Page, kind: str) -> bool:
        """What comes of a known order; a weigh-in makes an acceptance due where nothing was sent."""
        if kind == "weigh-in" and not page.of("dispatch"):
            return False
        return kind not in self.sources and bool(page.of("order"))

    def stand_in(self, page: Page, item: str, missed: Obligation, context: Context) -> bool:
        """A weigh-in of the line's item that named no order."""
        return missed.kind == rules.WEIGH_IN and loose_weigh_ins.claim(page, item, missed, context)
