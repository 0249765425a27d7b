"""Subjects that follow from a payload: orders, deliveries, lots, meals, dishes (EVIDENCE §1).

Client and service compute them alike. A number, item, lot or dish code that cannot stand in a
subject stands as its hash (`document_number`).
"""

from ledger import subject as parties
from ledger.evidence.document_number import in_subject


def value(subject: str) -> str:
    """What stands after the colon."""
    return subject.partition(":")[2]


def order(school: str, number: str) -> str:
    """An order (订单) of a school."""
    return f"order:{value(school)}~{in_subject(number)}"


def delivery(supplier: str, number: str) -> str:
    """A delivery (送货单) of a supplier."""
    return f"delivery:{value(supplier)}~{in_subject(number)}"


def lot(supplier: str, item_code: str, number: str) -> str:
    """A lot (批次) of one item of a supplier."""
    return f"lot:{value(supplier)}~{in_subject(item_code)}~{in_subject(number)}"


def meal(canteen: str, on: str, name: str) -> str:
    """One meal (餐次) of one day in one canteen."""
    return f"meal:{value(canteen)}~{on}~{name}"


def dish(canteen: str, on: str, name: str, code: str) -> str:
    """One dish (菜品) of a meal."""
    return f"dish:{value(canteen)}~{on}~{name}~{in_subject(code)}"


def work_order(number: str) -> str:
    """A work order (整改工单)."""
    return f"work-order:{in_subject(number)}"


def school_of(subject: str) -> str:
    """The school whose code begins the value of a canteen, an order or a meal."""
    return f"school:{value(subject).partition('~')[0]}"


def speaks_for(party: str, bound: str) -> bool:
    """Whether a party is the one that a field names.

    A school and its canteens are one: what each may post its roles say.
    """
    if party == bound:
        return True
    kinds = {parties.kind(party), parties.kind(bound)}
    return kinds == {"school", "canteen"} and organisation(party) == organisation(bound)


def begin_as(party: str) -> tuple[str, ...]:
    """How subjects begin that are a school's to read beside its own: its canteens and orders."""
    if parties.kind(party) != "school":
        return ()
    return f"canteen:{organisation(party)}~", f"order:{organisation(party)}~"


def is_about(name: str, party: str) -> bool:
    """Whether a subject is a party, or a canteen or an order of that school."""
    return name == party or name.startswith(begin_as(party))


def organisation(party: str) -> str:
    """Whose unit, canteen or office a party is: what stands before the first `~`."""
    return party.partition(":")[2].partition("~")[0]
