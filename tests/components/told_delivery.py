"""An order and what becomes of it, told to the family `completeness`."""

from typing import Any

from components.told_canteen import DAY, ToldCanteen, utc
from ledger.evidence.catalogue import TYPES
from ledger.oversight.completeness import Completeness
from ledger.oversight.seen import Seen

ORDER = "order:2105020001~B-1"


class Delivery(ToldCanteen):
    """An order of pork by weight and of eggs by the box, due on Monday by seven."""

    def __init__(self, *kinds: str, **rules: Any) -> None:
        super().__init__(Completeness(), policies={"completeness": {"kinds": list(kinds), **rules}})
        self.counter = 100

    def order(self, **changes: Any) -> Seen:
        times: dict[str, Any] = {
            "deliver_from": utc(f"{DAY} 05:00"),
            "deliver_until": utc(f"{DAY} 07:00"),
        }
        return self.say("order", order_no="B-1", **times, **changes)

    def respond(self, response: str, *confirmed: int) -> Seen:
        lines = [
            {
                "order_line_no": number,
                "item_code": "pork-leg" if number == 1 else "egg-box",
                "ordered_quantity": 10,
                "confirmed_quantity": quantity,
                "unit": "g",
                **({} if quantity == 10 else {"reason_code": "out-of-stock"}),
            }
            for number, quantity in enumerate(confirmed, 1)
        ]
        times: dict[str, Any] = {
            "deliver_from": utc(f"{DAY} 06:00"),
            "deliver_until": utc(f"{DAY} 09:00"),
        }
        return self.say(
            "order-response",
            order=ORDER,
            response=response,
            lines=lines,
            without=("deliver_from", "deliver_until") if response == "declined" else (),
            **({} if response == "declined" else times),
        )

    def paper(self, kind: str = "animal-quarantine", **changes: Any) -> Seen:
        """A paper of the lot of pork that the examples name."""
        self.counter += 1
        return self.say(
            "lot-document", document_kind=kind, document_no=f"P-{self.counter}", **changes
        )

    def dispatch(self, number: str, *items: str) -> Seen:
        line = TYPES["dispatch"].example["payload"]["lines"][0]
        lines = [{**line, "line_no": n, "item_code": item} for n, item in enumerate(items, 1)]
        return self.say("dispatch", dispatch_no=number, order=ORDER, lines=lines)

    def weigh(self, line: int | None = 1, item: str = "pork-leg", **changes: Any) -> Seen:
        self.counter += 1
        without = changes.pop("without", ())
        given = {"order": ORDER, "order_line_no": line, "item_code": item, **changes}
        if line is None:
            without = (*without, "order_line_no")
            del given["order_line_no"]
        for name in without:
            given.pop(name, None)
        return self.say("weigh-in", counter=self.counter, without=without, **given)

    def accept(self, *taken: tuple[int, str, int], accepts: tuple[str, ...] = ()) -> Seen:
        self.counter += 1
        line = TYPES["acceptance"].example["payload"]["lines"][0]
        lines = [
            {**line, "order_line_no": number, "item_code": item, "accepted_quantity": quantity}
            for number, item, quantity in taken
        ]
        return self.say(
            "acceptance",
            acceptance_no=f"Y-{self.counter}",
            order=ORDER,
            lines=lines,
            links=[{"rel": "accepts", "id": one} for one in accepts],
        )

    def reject(self, *refused: tuple[int, str], rejects: tuple[str, ...] = ()) -> Seen:
        self.counter += 1
        line = TYPES["rejection"].example["payload"]["lines"][0]
        lines = [{**line, "order_line_no": number, "item_code": item} for number, item in refused]
        return self.say(
            "rejection",
            rejection_no=f"J-{self.counter}",
            order=ORDER,
            lines=lines,
            links=[{"rel": "rejects", "id": one} for one in rejects],
        )
