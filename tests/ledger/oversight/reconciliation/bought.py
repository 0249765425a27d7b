"""A school that buys, and who pays for it: short ways to post what a month consists of."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from components.told_log import ENGINE, ToldLog

from ledger.audit.findings import Finding
from ledger.audit.oversight import OversightAudit
from ledger.evidence import prices
from ledger.evidence.catalogue import TYPES
from ledger.evidence.examples.school_day import (
    ADMISSION,
    BANK,
    FUNDS,
    GATEWAY,
    SCHOOL,
    SUPPLIER,
)
from ledger.oversight.reconciliation.family import Reconciliation
from ledger.oversight.reconciliation.payees import Payees
from ledger.oversight.seen import Seen

ACCOUNT = "account:mq3vhx2k7d5ncotyz4arlw6pbe"
PAYEE = "0000 1111 2222 3333"
PRICES = {"pork-leg": ("g", "2599.5"), "egg-box": ("box", "1480"), "rice": ("g", "613.33")}
"""Unit and price by item."""


class Bought:
    """A log with what is bought for one school; each call posts one record.

    Times are the log's: `at` is when a record is logged and, unless it says otherwise, when it was.
    """

    def __init__(self, *, agreed: bool = True, **rules: Any) -> None:
        """Begin.

        Args:
            agreed: whether the school has a contract with the supplier, of no items.
            rules: of the reconciliation's policy.
        """
        policies = {"reconciliation": rules}
        self.log = ToldLog(
            Reconciliation(), Payees(), policies=policies, at="2026-09-01T00:00:00.000Z"
        )
        self._entries: dict[str, tuple[int, int]] = {}
        self._numbers = 0
        self._orders: dict[str, Mapping[str, Any]] = {}
        if agreed:
            self.contract()

    # Goods

    def order(
        self, items: Mapping[str, int], at: str | None = None, *, under: Seen | None = None,
        prices: Mapping[str, str] = {}, tolerance_bp: int | None = None, **changes: Any,
    ) -> str:  # fmt: skip
        """An order to be delivered the next morning; its subject."""
        self._at(at)
        number = self._number("A")
        lines, priced = _lines(items, prices)
        for line in lines if tolerance_bp is not None else ():
            line["tolerance_bp"] = tolerance_bp
        payload = {
            **TYPES["order"].example["payload"],
            "order_no": number,
            "deliver_from": self._hours(18),
            "deliver_until": self._hours(20),
            "lines": lines,
            "line_prices": priced,
            "amount_fen": sum(price["amount_fen"] for price in priced),
            **changes,
        }
        links = [{"rel": "under", "id": under.id}] if under else []
        self.log.post("order", payload, issuer=SCHOOL, links=links)
        subject = f"order:2105020001~{number}"
        self._orders[subject] = {"lines": payload["lines"], "prices": payload["line_prices"]}
        return subject

    def answer(self, order: str, items: Mapping[str, int], at: str | None = None) -> Seen:
        """The supplier says that it will bring less."""
        self._at(at)
        lines = [
            {
                "order_line_no": line["line_no"],
                "item_code": line["item_code"],
                "ordered_quantity": line["quantity"],
                "confirmed_quantity": items.get(line["item_code"], line["quantity"]),
                "unit": line["unit"],
                "reason_code": "out-of-stock",
            }
            for line in self._orders[order]["lines"]
        ]
        payload = {
            **TYPES["order-response"].example["payload"],
            "response_no": self._number("J"),
            "order": order,
            "response": "partial",
            "lines": lines,
        }
        return self.log.post("order-response", payload, issuer=SUPPLIER)

    def dispatch(self, order: str, items: Mapping[str, int], at: str | None = None) -> Seen:
        """Goods are sent off."""
        self._at(at)
        payload = {
            **TYPES["dispatch"].example["payload"],
            "dispatch_no": self._number("D"),
            "order": order,
            "lines": _lines(items)[0],
        }
        return self.log.post("dispatch", payload, issuer=SUPPLIER)

    def weigh(
        self, order: str | None, item: str, net_g: int, at: str | None = None, **changes: Any
    ) -> Seen:
        """Goods stand on the scale."""
        self._at(at)
        self._numbers += 1
        payload = {
            **TYPES["weigh-in"].example["payload"],
            "order": order,
            "order_line_no": None,
            "item_code": item,
            "gross_g": net_g + 480,
            "net_g": net_g,
            "counter": self._numbers,
            **changes,
        }
        given = {name: value for name, value in payload.items() if value is not None}
        given["display_ocr_g"] = None
        blobs = TYPES["weigh-in"].example["blobs"]
        return self.log.post("weigh-in", given, issuer=GATEWAY, blobs=blobs)

    def accept(
        self, order: str, items: Mapping[str, int], at: str | None = None, *,
        rejected: Mapping[str, int] = {}, weighings: Sequence[Seen] = (), instead: Seen | None = None,
        **changes: Any,
    ) -> Seen:  # fmt: skip
        """Two people take a delivery in."""
        self._at(at)
        numbers = {line["item_code"]: line for line in self._lines_of(order)}
        lines = [
            {
                "order_line_no": numbers.get(item, {"line_no": 99})["line_no"],
                "item_code": item,
                "accepted_quantity": quantity,
                "rejected_quantity": rejected.get(item, 0),
                "unit": PRICES[item][0],
                "net_g": None,
                "temperature_mC": None,
                "sensory": "pass",
                "label": "pass",
                "documents": "pass",
            }
            for item, quantity in items.items()
        ]
        payload = {
            **TYPES["acceptance"].example["payload"],
            "acceptance_no": self._number("Y"),
            "order": order,
            "lines": lines,
            "result": "partial" if rejected else "full",
            **changes,
        }
        links = [{"rel": "accepts", "id": seen.id} for seen in weighings]
        if instead is not None:
            links.append({"rel": "replaces", "id": instead.id, "sha256": instead.leaf_hash.hex()})
        blobs = TYPES["acceptance"].example["blobs"]
        return self.log.post("acceptance", payload, issuer=SCHOOL, links=links, blobs=blobs)

    def reject(
        self, order: str, items: Mapping[str, int], at: str | None = None, **changes: Any
    ) -> Seen:
        """Two people refuse goods."""
        self._at(at)
        lines = [
            {
                "order_line_no": 1,
                "item_code": item,
                "rejected_quantity": quantity,
                "unit": PRICES[item][0],
                "reason_code": "spoiled",
            }
            for item, quantity in items.items()
        ]
        payload = {
            **TYPES["rejection"].example["payload"],
            "rejection_no": self._number("R"),
            "order": order,
            "lines": lines,
            **changes,
        }
        example = TYPES["rejection"].example
        return self.log.post("rejection", payload, issuer=SCHOOL, blobs=example["blobs"])

    def delivery(
        self, items: Mapping[str, int], at: str, *, rejected: Mapping[str, int] = {}
    ) -> tuple[str, Seen]:
        """An order the day before, dispatch, weigh-ins and acceptance: a clean one."""
        order = self.order(items, f"{at[:10]}T00:00:00.000Z")
        self.dispatch(order, items, f"{at[:10]}T20:00:00.000Z")
        for item, quantity in items.items():
            if PRICES[item][0] == "g":
                self.weigh(order, item, quantity)
        kept = {item: quantity - rejected.get(item, 0) for item, quantity in items.items()}
        return order, self.accept(order, kept, rejected=rejected)

    # What was agreed

    def contract(self, at: str | None = None, **changes: Any) -> Seen:
        """A contract for goods, for years."""
        self._at(at)
        example = TYPES["contract"].example
        payload = {
            **example["payload"],
            "contract_no": "HT-2026",
            "contract_kind": "goods",
            "contractor": SUPPLIER,
            "signed_on": "2026-08-01",
            "term_from": "2026-08-01",
            "term_until": "2027-07-31",
            **changes,
        }
        return self.log.post("contract", payload, issuer=ADMISSION, blobs=example["blobs"])

    def tender(self, at: str | None = None, **changes: Any) -> Seen:
        """The bureau asks for offers: meat and eggs, rice and oil."""
        self._at(at)
        payload = {**TYPES["tender"].example["payload"], **changes}
        return self.log.post("tender", payload, issuer=ADMISSION)

    def select(self, at: str | None = None, **changes: Any) -> Seen:
        """The school chooses the supplier."""
        self._at(at)
        example = TYPES["supplier-selection"].example
        payload = {**example["payload"], **changes}
        return self.log.post("supplier-selection", payload, issuer=SCHOOL, blobs=example["blobs"])

    def award(
        self, items: Mapping[str, Mapping[str, Any]], at: str | None = None, *,
        links: Sequence[Mapping[str, str]] = (), tendered: bool = True, **changes: Any,
    ) -> Seen:  # fmt: skip
        """A package is won, at a price or a discount for each item; of a tender, if it was tendered."""
        self._at(at)
        if tendered and all(seen.type != "tender" for seen in self.log.records):
            self.tender()
        lines = [
            {"line_no": number, "item_code": item, "item_name": item}
            for number, item in enumerate(items, 1)
        ]
        priced = [
            {"line_no": number, "price_unit": _per(item), **agreed}
            for number, (item, agreed) in enumerate(items.items(), 1)
        ]
        payload = {
            **TYPES["tender-award"].example["payload"],
            "award_no": self._number("Z"),
            "lines": lines,
            "line_prices": priced,
            **changes,
        }
        return self.log.post("tender-award", payload, issuer=ADMISSION, links=links)

    # Money

    def reference(self, item: str, price: str, at: str | None = None) -> Seen:
        """What an item costs on the market, for the whole term."""
        self._at(at)
        whole = int(price.partition(".")[0])
        payload = {
            **TYPES["reference-price"].example["payload"],
            "list_no": self._number("C"),
            "valid_from": "2026-09-01",
            "valid_until": "2027-01-31",
            "lines": [{"line_no": 1, "item_code": item, "item_name": item}],
            "line_prices": [
                {
                    "line_no": 1, "price_unit": _per(item), "unit_price_fen": price,
                    "lowest_fen": whole, "highest_fen": whole + 1, "quotes": 3,
                }
            ],
        }  # fmt: skip
        return self.log.post("reference-price", payload, issuer=ADMISSION)

    def register(self, at: str | None = None, account: str = PAYEE) -> Seen:
        """The supplier says where it is paid."""
        self._at(at)
        payload = {**TYPES["supplier-registration"].example["payload"], "payee_account": account}
        return self.log.post("supplier-registration", payload, issuer=SUPPLIER)

    def settle(
        self, goods: Sequence[tuple[str, Mapping[str, int]]], at: str | None = None, *,
        prices: Mapping[str, str] = {}, deductions: Sequence[tuple[str, str, int]] = (),
        invoices: Sequence[tuple[str, int]] | None = None, instead: Seen | None = None,
        record_id: str | None = None, **changes: Any,
    ) -> Seen:  # fmt: skip
        """A settlement of acceptances, each with what of it; and what is deducted."""
        self._at(at)
        lines: list[dict[str, Any]] = []
        priced: list[dict[str, Any]] = []
        for acceptance, items in goods:
            for item, quantity in items.items():
                one, price = _lines({item: quantity}, prices)
                number = len(lines) + 1
                lines.append({**one[0], "line_no": number, "acceptance": acceptance})
                priced.append({**price[0], "line_no": number})
        gross_fen = sum(price["amount_fen"] for price in priced)
        net_fen = gross_fen - sum(cut[2] for cut in deductions)
        number = self._number("S")
        if invoices is None:
            self.invoice(f"F-{number}", net_fen)
            invoices = [(f"F-{number}", net_fen)]
        payload = {
            **TYPES["settlement"].example["payload"],
            "settlement_no": number,
            "period_from": "2026-09-01",
            "period_until": "2026-09-30",
            "lines": lines,
            "line_prices": priced,
            "gross_fen": gross_fen,
            "deductions": [
                {"record": record, "reason_code": reason, "amount_fen": fen}
                for record, reason, fen in deductions
            ],
            "net_fen": net_fen,
            "invoices": [
                {"invoice_no": name, "amount_fen": fen, "tax_fen": 0} for name, fen in invoices
            ],
            **changes,
        }
        links = [{"rel": "settles", "id": acceptance} for acceptance, _ in goods]
        if instead is not None:
            links.append({"rel": "replaces", "id": instead.id, "sha256": instead.leaf_hash.hex()})
        return self.log.post("settlement", payload, issuer=FUNDS, links=links, record_id=record_id)

    def invoice(self, number: str, amount_fen: int, at: str | None = None, **changes: Any) -> Seen:
        """The supplier's invoice over so much, in one line."""
        self._at(at)
        payload = {
            **TYPES["invoice"].example["payload"],
            "invoice_no": number,
            "lines": [
                {
                    "line_no": 1, "item_code": "all", "item_name": "食材", "quantity": 1,
                    "unit": "piece",
                }
            ],
            "line_prices": [
                {
                    "line_no": 1, "unit_price_fen": str(amount_fen), "price_unit": "piece",
                    "amount_fen": amount_fen,
                }
            ],
            "untaxed_fen": amount_fen,
            "amount_fen": amount_fen,
            **changes,
        }  # fmt: skip
        blobs = TYPES["invoice"].example["blobs"]
        return self.log.post("invoice", payload, issuer=SUPPLIER, blobs=blobs)

    def entry(
        self, moved_fen: int, at: str | None = None, *, pays: Sequence[Seen] = (),
        account: str = ACCOUNT, **changes: Any,
    ) -> Seen:  # fmt: skip
        """A line of the account: money in where positive, out where negative."""
        self._at(at)
        no, balance_fen = self._entries.get(account, (100, 1_000_000_000))
        no, balance_fen = no + 1, balance_fen + moved_fen
        self._entries[account] = (no, balance_fen)
        payload = {
            **TYPES["account-entry"].example["payload"],
            "account": account,
            "entry_no": no,
            "bank_reference": self._number("B"),
            "booked_on": self.log.now[:10],
            "direction": "credit" if moved_fen >= 0 else "debit",
            "amount_fen": abs(moved_fen),
            "balance_after_fen": balance_fen,
            **changes,
        }
        given = {name: value for name, value in payload.items() if value is not None}
        links = [{"rel": "pays", "id": seen.id} for seen in pays]
        return self.log.post("account-entry", given, issuer=BANK, links=links)

    def pay(self, settlement: Seen, at: str | None = None, **changes: Any) -> Seen:
        """All of a settlement is paid."""
        return self.entry(-settlement.fields["net_fen"], at, pays=[settlement], **changes)

    # What came of it

    def row(self, kind: str = "supplier", first: str = "2026-09-01") -> Mapping[str, Any]:
        """Detail of the one row of a kind and period, and its status."""
        found = [
            row
            for (_, _), row in sorted(self.log.rows.items())
            if row.kind == kind and row.day == first
        ]
        (row,) = found
        return {**(row.detail or {}), "status": row.status, "scope": row.scope}

    def codes(self, kind: str = "supplier", first: str = "2026-09-01") -> list[str]:
        """The differences that a row shows."""
        return [one["code"] for one in self.row(kind, first)["differences"]]

    @property
    def suspicions(self) -> list[str]:
        """The kinds of suspicion found, in order."""
        return [one["suspicion_kind"] for one in self.log.of("suspicion")]

    @property
    def results(self) -> list[str]:
        """Results of the periodic records, in order."""
        return [one["result"] for one in self.log.of("reconciliation")]

    def _lines_of(self, order: str) -> Sequence[Mapping[str, Any]]:
        found: Sequence[Mapping[str, Any]] = self._orders.get(order, {"lines": ()})["lines"]
        return found

    def _at(self, at: str | None) -> None:
        if at is not None:
            self.log.until(at)

    def _number(self, prefix: str) -> str:
        self._numbers += 1
        return f"{prefix}-{self._numbers}"

    def _hours(self, hours: int) -> str:
        """So many hours into the log's present day."""
        return f"{self.log.now[:10]}T{hours:02}:00:00.000Z"


def value_fen(item: str, quantity: int, price: str | None = None) -> int:
    """What so much of an item costs."""
    unit, usual = PRICES[item]
    return prices.amount_fen(quantity, unit, price or usual, _per(item))


def _lines(
    items: Mapping[str, int], other: Mapping[str, str] = {}
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    lines, priced = [], []
    for number, (item, quantity) in enumerate(items.items(), 1):
        unit, usual = PRICES[item]
        price = other.get(item, usual)
        lines.append(
            {
                "line_no": number,
                "item_code": item,
                "item_name": item,
                "quantity": quantity,
                "unit": unit,
            }
        )
        amount_fen = prices.amount_fen(quantity, unit, price, _per(item))
        priced.append(
            {
                "line_no": number,
                "unit_price_fen": price,
                "price_unit": _per(item),
                "amount_fen": amount_fen,
            }
        )
    return lines, priced


def _per(item: str) -> str:
    return prices.PRICED_PER[PRICES[item][0]][0]


def told_again(bought: Bought, seed: int, *, agreed: bool = True) -> Bought:
    """The same records in another order, all logged within an hour in October."""
    again = Bought(agreed=agreed)
    records = [
        seen for seen in bought.log.records if seen.issuer != ENGINE and seen.type != "policy"
    ]
    random.Random(seed).shuffle(records)
    again.log.until("2026-10-05T02:00:00.000Z")
    for minute, seen in enumerate(records):
        again.log.now = f"2026-10-05T02:{minute % 60:02}:00.000Z" if minute < 60 else again.log.now
        told = replace(seen, index=len(again.log.records), logged_at=again.log.now)
        again.log.records.append(told)
        again.log.engine.step(told)
        again.log.settle()
    return again


def audited(log: ToldLog) -> tuple[OversightAudit, list[Finding]]:
    """What an audit says of all that was found; a thing found twice is one held back."""
    by_id = {seen.id: seen for seen in log.records}
    again = OversightAudit(
        [Reconciliation(), Payees()],
        engine=ENGINE,
        ledger=log.engine.ledger,
        zone="Asia/Shanghai",
        lookup=by_id.get,
    )
    found = [one for seen in log.records for one in again.add(seen)]
    return again, [*found, *again.finish()]


def shown(bought: Bought) -> list[Any]:
    """The rows, but for where in the log what they name stands, and the statement of accounts."""
    found = []
    for _, row in sorted(bought.log.rows.items()):
        detail = dict(row.detail or {})
        for one in detail["differences"]:
            one["records"] = sorted(record["id"] for record in one["records"])
        detail["differences"] = sorted(detail["differences"], key=str)
        found.append([row.name, row.scope, row.day, row.kind, row.status, detail])
    return found
