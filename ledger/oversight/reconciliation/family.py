"""The rule family `reconciliation`: which record goes to which part of it, and who is woken."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from ledger.oversight.family import Context
from ledger.oversight.reconciliation import (
    accounts,
    agreed,
    asked,
    bills,
    book,
    corrected,
    ingredients,
    invoices,
    meals,
    orders,
    paying,
    record,
    recounts,
    rules,
    selected,
    statements,
    tenders,
    totals,
)
from ledger.oversight.reconciliation.difference import Difference
from ledger.oversight.reconciliation.ordered import PREFIX as ORDER
from ledger.oversight.reconciliation.periods import time_of
from ledger.oversight.seen import Seen

PAYEE: Final = "payee-differs"
"""What the family `payee` finds: shown here with the settlement that it is about."""

_READS: Final[Mapping[str, frozenset[str]]] = {
    "tender": frozenset(
        {
            "bureau", "tender_no", "tender_kind", "opens_at", "term_from", "term_until", "packages",
        }
    ),
    "tender-award": frozenset(
        {
            "bureau", "award_no", "tender_no", "package_no", "awarded_to", "awarded_on", "term_from",
            "term_until", "lines", "line_prices", "amount_fen",
        }
    ),
    "contract": frozenset(
        {
            "contract_no", "contractor", "purchaser", "schools", "signed_on", "term_from",
            "term_until", "lines", "line_prices", "amount_fen",
        }
    ),
    "supplier-selection": frozenset({"school", "supplier", "term_from", "term_until"}),
    "reference-price": frozenset({"bureau", "valid_from", "valid_until", "lines", "line_prices"}),
    "order": frozenset(
        {
            "school", "canteen", "supplier", "deliver_from", "deliver_until", "lines",
            "line_prices", "amount_fen",
        }
    ),
    "order-response": frozenset({"supplier", "order", "lines"}),
    "dispatch": frozenset({"supplier", "order", "lines"}),
    "weigh-in": frozenset(
        {"school", "supplier", "order", "order_line_no", "item_code", "direction", "net_g"}
    ),
    "acceptance": frozenset({"school", "supplier", "order", "lines"}),
    "rejection": frozenset({"school", "supplier", "order", "lines"}),
    "settlement": frozenset(
        {
            "payer_account", "supplier", "school", "period_until", "lines", "line_prices",
            "deductions", "net_fen", "invoices",
        }
    ),
    "invoice": frozenset({"invoice_no", "colour", "cancels_invoice_no", "supplier", "amount_fen"}),
    "account-entry": frozenset(
        {
            "account", "entry_no", "booked_on", "direction", "amount_fen", "balance_after_fen",
            "purpose",
        }
    ),
    "refund": frozenset(
        {"school", "account", "meals_from", "meals_until", "portions", "amount_fen"}
    ),
    "meal-payment": frozenset(
        {
            "school", "account", "business_on", "payments", "amount_fen", "refunds_fen", "fees_fen",
            "meals_from", "meals_until",
        }
    ),
    "meal-order": frozenset({"school", "meal_on", "meals", "amount_fen"}),
    "meal-service": frozenset({"canteen", "meal_on", "meal", "diners", "staff_meals", "dishes"}),
    "menu": frozenset({"canteen", "meals"}),
    "recipe-standard": frozenset(
        {
            "recipe_code", "recipe_version", "valid_from", "valid_until", "portions", "ingredients",
        }
    ),
    "correction": frozenset({"reason_code"}),
    "suspicion": frozenset({"suspicion_kind", "responsible", "observations"}),
}  # fmt: skip


class Reconciliation:
    """三方对账、以销定采; `ledger.oversight.family.Family` says what each method is asked."""

    name: Final = book.FAMILY
    reads: Final = _READS
    defaults: Final[Mapping[str, Any]] = rules.DEFAULTS

    def keys(self, seen: Seen) -> Iterable[str]:
        """An order's, an account's, a bill's, a school's."""
        subject = seen.fields.get("order") or seen.subject("order")
        if subject is not None:
            yield ORDER + subject
        match seen.type:
            case "acceptance":
                yield f"acceptance {seen.id}"
            case "account-entry":
                yield f"{accounts.PREFIX}{seen.fields.get('account')}"
                for target in seen.linked("pays"):
                    yield bills.PREFIX + target
            case "settlement" | "refund" | "meal-payment":
                yield bills.PREFIX + seen.id
                for line in seen.fields.get("lines", ()):
                    yield f"acceptance {line['acceptance']}"
            case "meal-order" | "meal-service":
                yield from meals.keys(seen)
            case "weigh-in" if seen.fields.get("direction") == "outbound":
                yield from meals.keys(seen)
            case _:
                return

    def tell(self, seen: Seen, context: Context) -> None:
        """The next record."""
        _TOLD[seen.type](seen, context)

    def due(self, key: str, context: Context) -> None:
        """What an order, a bill, a period or an account was waiting for."""
        kind, _, rest = key.partition(" ")
        match kind:
            case "order":
                orders.due(rest, context)
            case "bill":
                paying.due(rest, context)
            case "settle":
                paying.due(rest, context, afresh=True)
            case "account":
                accounts.due(rest, context)
            case "tender":
                tenders.due(key, context)
            case "agreed":
                agreed.due(key, context)
            case "total":
                totals.due(key, context)
            case "recount":
                recounts.due(key, context)
            case "selection":
                selected.due(key, context)
            case "period":
                record.due(key, context)
            case "statement":
                statements.due(key, context)
            case "month":
                meals.due(key, context)
            case "via":
                if "waiting" in (context.get(key) or ()):
                    context.put(key, None)
            case _:
                context.put(key, None)

    def take_back(self, seen: Seen, context: Context) -> None:
        """A record counts no more."""
        if seen.readable(_READS[seen.type]):
            corrected.note(seen, context)
        match seen.type:
            case "weigh-in":
                orders.take_back(seen, context)
                meals.take_back(seen, context)
            case "order" | "order-response" | "dispatch" | "acceptance" | "rejection":
                orders.take_back(seen, context)
            case "meal-payment":
                bills.take_back(seen, context)
                meals.take_back(seen, context)
            case "refund":
                bills.take_back(seen, context)
                meals.tell_refund(seen, context, back=True)
            case "tender-award":
                tenders.take_back(seen, context)
                _agreed_no_more(seen, context)
            case "suspicion":
                for one in seen.fields.get("observations", ()):
                    bills.untell_apart(context, one["record"], seen.id)
            case "correction":
                # That something was corrected stays true, whatever becomes of the correction.
                pass
            case _:
                _TAKEN_BACK[seen.type](seen, context)


def _weighed(seen: Seen, context: Context) -> None:
    """Goods that came in, or out of store; nothing else on a scale is reconciled."""
    direction = seen.fields["direction"]
    if direction == "inbound":
        orders.tell_weighing(seen, context)
    elif direction == "outbound":
        meals.tell(seen, context)


def _meals_paid(seen: Seen, context: Context) -> None:
    bills.tell(seen, context)
    meals.tell(seen, context)


def _refunded(seen: Seen, context: Context) -> None:
    bills.tell(seen, context)
    meals.tell_refund(seen, context)


def _awarded(seen: Seen, context: Context) -> None:
    tenders.tell_award(seen, context)
    _agreed(seen, context)


def _agreed(seen: Seen, context: Context) -> None:
    """An award or a contract, of a supplier or of a labour firm."""
    agreed.tell(seen, context)
    supplier = seen.subject("supplier")
    if supplier is not None:
        totals.tell(seen, supplier, context)
        recounts.wake(seen.id, supplier, context)


def _agreed_no_more(seen: Seen, context: Context) -> None:
    supplier = seen.subject("supplier")
    if supplier is not None:
        recounts.wake(seen.id, supplier, context)
        agreed.take_back(seen, context)
        totals.take_back(seen, supplier, context)


def _payee(seen: Seen, context: Context) -> None:
    """A settlement or a payment went to another account than the supplier's own."""
    if seen.fields["suspicion_kind"] != PAYEE:
        return
    fields, at = seen.fields, time_of(seen)
    for one in fields["observations"]:
        found = Difference(PAYEE, "", 0, 1, "record", [seen.ref], at, at, fields["responsible"])
        bills.tell_apart(context, one["record"], found)


_TOLD: Final[Mapping[str, Callable[[Seen, Context], None]]] = {
    "tender": tenders.tell,
    "contract": _agreed,
    "supplier-selection": selected.tell,
    "reference-price": asked.tell_reference,
    "settlement": bills.tell,
    "invoice": invoices.tell,
    "account-entry": accounts.tell,
    "meal-order": meals.tell,
    "meal-service": meals.tell,
    "menu": meals.tell,
    "recipe-standard": ingredients.tell,
    "correction": corrected.tell,
    "weigh-in": _weighed,
    **dict.fromkeys(
        ("order", "order-response", "dispatch", "acceptance", "rejection"), orders.tell
    ),
    "meal-payment": _meals_paid,
    "refund": _refunded,
    "tender-award": _awarded,
    "suspicion": _payee,
}
_TAKEN_BACK: Final[Mapping[str, Callable[[Seen, Context], None]]] = {
    "tender": tenders.take_back,
    "contract": _agreed_no_more,
    "supplier-selection": selected.take_back,
    "reference-price": asked.take_back,
    "settlement": bills.take_back,
    "invoice": invoices.take_back,
    "account-entry": accounts.take_back,
    "meal-order": meals.take_back,
    "meal-service": meals.take_back,
    "menu": meals.take_back,
    "recipe-standard": ingredients.take_back,
}
