"""A supplier who delivers to a school, day by day: what the credit tests are told."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from components.told_log import ToldLog

from ledger import timestamp
from ledger.evidence.catalogue import TYPES
from ledger.evidence.examples import school_day as day
from ledger.oversight import civil
from ledger.oversight.credit import Credit
from ledger.oversight.seen import Seen

OTHER = "supplier:91210500MA0R4W7K2A"


class Supplies:
    """Orders and deliveries in a log, each on a day of its own.

    Times are of the log: an order for a day is posted two days before, goods come that day by
    23:00 UTC of the day before (07:00 at the school), and are weighed and accepted then.
    """

    def __init__(self, **rules: Any) -> None:
        self.log = ToldLog(Credit(), policies={"credit": rules}, at="2026-08-20T00:00:00.000Z")

    def order(self, on: str, *, no: str | None = None, supplier: str = day.SUPPLIER,
              at: str | None = None, **changes: Any) -> Seen:  # fmt: skip
        """An order of 10 kg of pork and 3 boxes of eggs, to be there by 07:00 at the school."""
        example = TYPES["order"].example
        lines = [{**example["payload"]["lines"][0], "quantity": 10_000},
                 example["payload"]["lines"][1]]  # fmt: skip
        prices = [
            {
                **example["payload"]["line_prices"][0],
                "unit_price_fen": "2600",
                "amount_fen": 26_000,
            },
            example["payload"]["line_prices"][1],
        ]
        payload = {
            **example["payload"],
            "order_no": no or on,
            "supplier": supplier,
            "deliver_from": f"{on}T05:30:00+08:00",
            "deliver_until": f"{on}T07:00:00+08:00",
            "lines": [{n: v for n, v in line.items() if n != "tolerance_bp"} for line in lines],
            "line_prices": prices,
            "amount_fen": 30_440,
            **changes,
        }
        return self.log.post("order", payload, issuer=day.SCHOOL, at=at)

    def weigh(self, on: str, time: str = "06:10:00", *, no: str | None = None,
              at: str | None = None, **changes: Any) -> Seen:  # fmt: skip
        """Pork on the scale at a time of the school's day."""
        example = TYPES["weigh-in"].example
        payload = {**example["payload"], "order": order_of(no or on), "counter": len(self.log.records),
                   **changes}  # fmt: skip
        return self.log.post(
            "weigh-in", payload, issuer=day.GATEWAY, at=at, blobs=example["blobs"],
            occurred_at=f"{on}T{time}+08:00",
        )  # fmt: skip

    def accept(self, on: str, time: str = "06:30:00", *, no: str | None = None,
               at: str | None = None, quantities: Sequence[int] = (10_000, 3),
        rejected: Sequence[int] = (0, 0),
        units: Sequence[str] = ("g", "box"),
               number: str | None = None, accepts: Sequence[Seen] = (), supplier: str = day.SUPPLIER,
               links: Sequence[Mapping[str, str]] = ()) -> Seen:  # fmt: skip
        """Taken in by two people."""
        example = TYPES["acceptance"].example
        lines = [
            {**line, "accepted_quantity": accepted, "rejected_quantity": refused, "unit": unit,
             "net_g": None}
            for line, accepted, refused, unit in zip(
                example["payload"]["lines"], quantities, rejected, units, strict=False
            )
        ]  # fmt: skip
        payload = {
            **example["payload"],
            "acceptance_no": number or f"Y-{no or on}",
            "order": order_of(no or on),
            "supplier": supplier,
            "lines": lines,
            "acceptors": [
                {**one, "confirmed_at": f"{on}T{time}+08:00"}
                for one in example["payload"]["acceptors"]
            ],
        }
        return self.log.post(
            "acceptance", payload, issuer=day.SCHOOL, at=at, blobs=example["blobs"],
            occurred_at=f"{on}T{time}+08:00",
            links=[*links, *({"rel": "accepts", "id": one.id} for one in accepts)],
        )  # fmt: skip

    def reject(self, on: str, reason: str = "spoiled", *, no: str | None = None,
               at: str | None = None, number: str | None = None, quantity: int = 1,
               **changes: Any) -> Seen:  # fmt: skip
        """Some boxes of eggs refused."""
        example = TYPES["rejection"].example
        payload = {
            **example["payload"],
            "rejection_no": number or f"J-{no or on}",
            "order": order_of(no or on),
            "lines": [{**example["payload"]["lines"][0], "reason_code": reason,
                       "rejected_quantity": quantity}],
            **changes,
        }  # fmt: skip
        return self.log.post(
            "rejection", payload, issuer=day.SCHOOL, at=at, blobs=example["blobs"],
            occurred_at=f"{on}T06:34:00+08:00",
        )  # fmt: skip

    def deliver(self, on: str, *, time: str = "06:10:00", no: str | None = None,
                quantities: Sequence[int] = (10_000, 3), supplier: str = day.SUPPLIER) -> Seen:  # fmt: skip
        """A whole delivery, posted as it happens; the acceptance."""
        self.order(on, no=no, supplier=supplier, at=max(self.log.now, utc(on, "00:30:00")))
        came = max(self.log.now, utc(on, time))
        weighed = self.weigh(on, time, no=no, at=came, supplier=supplier)
        return self.accept(on, time, no=no, quantities=quantities, accepts=[weighed],
                           supplier=supplier)  # fmt: skip

    def settle(self, on: str) -> None:
        """The deliveries of a day are judged: two days and a little later."""
        self.log.until(max(self.log.now, utc(following(on, 2), "07:00:01")))

    def entries(self, supplier: str = day.SUPPLIER) -> list[tuple[str, int, int]]:
        """Kind, change and balance after of a supplier's entries; numbers and balances chain."""
        found = [one for one in self.log.of("credit-entry") if one["supplier"] == supplier]
        balance = 100
        for number, one in enumerate(found, 1):
            assert one["entry_no"] == number
            assert one["balance_before_points"] == balance
            balance = one["balance_after_points"]
        return [
            (one["entry_kind"], one["change_points"], one["balance_after_points"]) for one in found
        ]

    def row(self, number: int, supplier: str = day.SUPPLIER) -> Any:
        """The row of an entry."""
        return self.log.rows["credit", f"entry {supplier} {number}"]

    def score(self, supplier: str = day.SUPPLIER) -> Any:
        """The row of an account."""
        return self.log.rows["credit", f"score {supplier}"]


def order_of(no: str) -> str:
    return f"order:2105020001~{no}"


def utc(on: str, time: str) -> str:
    """A time of the school's day (UTC+8) in normal form."""
    return timestamp.normalise(f"{on}T{time}+08:00")


def following(on: str, days: int) -> str:
    return civil.days_later(on, days)


@pytest.fixture
def supplies() -> Callable[..., Supplies]:
    return Supplies
