"""A delivery of a term, to be changed from its order to its settlement; and one that nobody wanted."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from components.term import money, papers, supply, world
from components.term.faults import accounts
from components.term.faults.plot import At, Plot
from components.term.script import Said, Script, clock, later, moment
from components.term.world import Item, School, Supplier
from ledger.evidence.prices import amount_fen
from ledger.evidence.subjects import delivery


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one supplier brings to one school on one day.

    Attributes:
        plot: that it is changed in.
        name: school, day, and what the supplier sells.
    """

    plot: Plot
    name: str

    @property
    def order(self) -> Said:
        return self.plot.one(f"order {self.name}")

    @property
    def dispatch(self) -> Said:
        return self.plot.one(f"dispatch {self.name}")

    @property
    def acceptance(self) -> Said:
        return self.plot.one(f"acceptance {self.name}")

    @property
    def settlement(self) -> Said:
        return accounts.settlement_of(self.plot.said.values(), self.acceptance.id)

    @property
    def supplier(self) -> str:
        return str(self.order.payload["supplier"])

    def weigh_in(self, line_no: int) -> Said:
        return self.plot.one(f"weigh-in {self.name} {line_no}")

    def line(self) -> int:
        """The number of one of its lines."""
        return int(self.plot.draw.choice(self.order.payload["lines"])["line_no"])

    def net_g(self, line_no: int) -> int:
        return int(self.weigh_in(line_no).payload["net_g"])

    def ask(self, line_no: int, grams: int) -> None:
        """So much is ordered, and promised."""
        fields = self.order.payload
        priced = fields["line_prices"][line_no - 1]
        fields["lines"][line_no - 1]["quantity"] = grams
        priced["amount_fen"] = amount_fen(grams, "g", priced["unit_price_fen"], "kg")
        fields["amount_fen"] = sum(one["amount_fen"] for one in fields["line_prices"])
        promised = self.plot.one(f"response {self.name}").payload["lines"][line_no - 1]
        promised |= {"ordered_quantity": grams, "confirmed_quantity": grams}

    def send(self, line_no: int, grams: int) -> None:
        """The supplier says that it sends so much."""
        self.dispatch.payload["lines"][line_no - 1]["quantity"] = grams

    def weigh(self, line_no: int, grams: int) -> None:
        """The scale shows so much."""
        fields = self.weigh_in(line_no).payload
        frame = b64encode(f"\x02+{grams:06}012\x03".encode()).decode()
        fields |= {"net_g": grams, "gross_g": grams + fields["tare_g"], "display_ocr_g": grams,
                   "raw_frame": frame}  # fmt: skip

    def accept(self, line_no: int, grams: int, rejected_g: int = 0) -> None:
        """So much is taken in, and settled."""
        line = self.acceptance.payload["lines"][line_no - 1]
        line |= {"accepted_quantity": grams, "rejected_quantity": rejected_g, "net_g": grams}
        if rejected_g:
            line["sensory"] = "fail"
            self.acceptance.payload["result"] = "partial"
        self._settle(line_no, {"quantity": grams})

    def take(self, line_no: int, grams: int) -> None:
        """So much of a line is sent, weighed, and taken in."""
        self.send(line_no, grams)
        self.weigh(line_no, grams)
        self.accept(line_no, grams)

    def price(self, line_no: int, unit_price_fen: int) -> None:
        """A line is ordered and settled at another price."""
        fields = self.order.payload
        priced = fields["line_prices"][line_no - 1]
        grams = fields["lines"][line_no - 1]["quantity"]
        priced["unit_price_fen"] = str(unit_price_fen)
        priced["amount_fen"] = amount_fen(grams, "g", str(unit_price_fen), "kg")
        fields["amount_fen"] = sum(one["amount_fen"] for one in fields["line_prices"])
        self._settle(line_no, {"unit_price_fen": str(unit_price_fen)})

    def unsettle(self) -> None:
        """Nothing of it is invoiced, settled and paid."""
        settlement, acceptance = self.settlement, self.acceptance.id
        lines = accounts.lines_of(settlement)
        kept = [line for line in lines if line["acceptance"] != acceptance]
        accounts.settle_again(self.plot.said, settlement, kept)

    def _settle(self, line_no: int, change: dict[str, int | str]) -> None:
        settlement, item = self.settlement, self.order.payload["lines"][line_no - 1]["item_code"]
        lines = accounts.lines_of(settlement)
        for line in lines:
            if (line["acceptance"], line["item_code"]) == (self.acceptance.id, item):
                line.update(change)
        accounts.settle_again(self.plot.said, settlement, lines)


def of_day(plot: Plot, at: At, category: str) -> Delivery:
    """What the supplier of a category brings on a day."""
    return Delivery(plot, f"{plot.name(at)} {category}")


def reject(
    script: Script,
    school: School,
    supplier: str,
    order: str,
    dispatch_no: str,
    lines: Sequence[tuple[int, str, int]],
    reason: str,
    at: datetime,
    name: str,
) -> str:
    """Two people refuse goods on the spot; the record's id.

    Args:
        script: that it is said in.
        school: whose people refuse.
        supplier: who brought them.
        order: that they were brought for, a subject.
        dispatch_no: of the supplier's note.
        lines: of each the order's line, the item's code, and grams.
        reason: why.
        at: when.
        name: of what is said.
    """
    return script.say(
        f"rejection {name}",
        school.party,
        "rejection",
        {
            "rejection_no": f"T-{name[11:]}",
            "school": school.party,
            "supplier": supplier,
            "order": order,
            "rejectors": [
                {"person": school.storekeeper, "confirmed_at": moment(at), "method": "face"},
                {"person": school.teacher, "confirmed_at": moment(later(at, seconds=20)),
                 "method": "pin"},
            ],
            "lines": [
                {"order_line_no": line_no, "item_code": item, "rejected_quantity": grams,
                 "unit": "g", "reason_code": reason}
                for line_no, item, grams in lines
            ],
            "disposal": "returned",
            "supplier_present": True,
            "accountable": school.storekeeper,
        },
        later(at, seconds=50),
        links=[{"rel": "rejects", "subject": delivery(supplier, dispatch_no)}],
        files=["photo"],
        school=school.party,
        day=at.date(),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unwanted:
    """Goods that were sent though they could not be ordered, and were refused at the door.

    Attributes:
        order: name of the order, to be refused.
        dispatch: id of the supplier's note.
    """

    order: str
    dispatch: str


def send_unwanted(
    plot: Plot, school: School, supplier: Supplier, on: date, items: Sequence[tuple[Item, int]]
) -> Unwanted:
    """Order from a supplier, have it send the goods whatever becomes of the order, and refuse them."""
    name = f"{school.digits} {on} {supplier.category}"
    with plot.script() as script:
        before = on - timedelta(days=1)
        order = supply.place_order(
            script, school, supplier, 9, on, before, list(items), name, plot.draw
        )
        script.said.pop()  # the supplier answers no order that it never had
        sent_at = clock(on, 5, 5)
        lot = f"L{on:%m%d}9"
        supply.send_out(script, school, supplier, on, order, lot, list(items), name, sent_at)
        lines = [(place, item.code, grams) for place, (item, grams) in enumerate(items, 1)]
        number = str(script.said[-1].payload["dispatch_no"])
        refused_at = clock(on, 6, 50)
        reject(
            script, school, supplier.party, order, number, lines, "no-document", refused_at, name
        )
    return Unwanted(f"order {name}", plot.one(f"dispatch {name}").id)


def another_supplier(plot: Plot, number: int, category: str, item: Item) -> tuple[Supplier, str]:
    """One more supplier, in order so far; and its credit code."""
    term = plot.term
    one = world.supplier(number, category, (item,))
    plot.suppliers.append(one)
    with plot.script() as script:
        before = term.shape.first - timedelta(days=14)
        papers.admit(script, term.cast, one, number, before, term.shape.last)
    return one, one.party.partition(":")[2]


def buy(plot: Plot, supplier: Supplier, item: Item, days: list[At]) -> None:
    """Deliveries that are in order, settled and paid the day after the last."""
    school = plot.school(days[0])
    with plot.script() as script:
        taken = []
        for at in days:
            on = plot.on(at)
            lines = [(item, 60 * school.diners)]
            before = on - timedelta(days=1)
            taken += supply.delivery(script, school, supplier, 4, on, before, lines, plot.draw)
        first, last = plot.on(days[0]).replace(day=1), plot.on(days[-1])
        number = 4 + len(plot.suppliers)
        money.settle_one(
            script, plot.term.cast, money.Account(school), supplier, number, taken, first, last
        )
