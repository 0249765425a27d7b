"""Agreements (中标、合同): which supplier is bound to deliver what, to whom, since when, at which price.

State `agreed <supplier>`: its awards and contracts, forgotten long after their term, each

    {ref, names, logged, bureau, since, from, until, schools, items, package or under, fen}

`names` are the ids of its versions and `logged` is when the first was; `since` is the day on which
it was awarded or signed; `schools` null: for all; `items` {code: [unit price or null, discount or
null, per]}, null where a contract leaves them to the award; `package` [key of its tender, number] of an
award, `under` what a contract links to; `fen` its sum, where it names one. One that counts no more stays as {ref,
names, logged, until, gone}, for the version that replaces it.

`lacking <supplier>`: keys of the orders and selections that lacked one, to be woken when it comes.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from ledger.evidence.document_number import in_subject
from ledger.oversight import civil
from ledger.oversight.family import Context
from ledger.oversight.reconciliation import versions
from ledger.oversight.seen import Seen

PREFIX: Final = "agreed "
FORGOTTEN_DAYS: Final = 400
ERASED: Final = "erased"
_WAITING: Final = 100
"""Orders and selections that are looked at again when an agreement comes after them."""

Agreement = Mapping[str, Any]


def tell(seen: Seen, context: Context) -> None:
    """An award or a contract."""
    fields = seen.fields
    contract = seen.type == "contract"
    supplier = fields["contractor" if contract else "awarded_to"]
    if not supplier.startswith("supplier:"):
        return
    key = PREFIX + supplier
    known = _remembered(key, context)
    names, logged = versions.lineage(known, seen)
    agreement = {
        "ref": seen.ref,
        "names": names,
        "logged": logged,
        "bureau": fields["purchaser" if contract else "bureau"],
        "since": fields["signed_on" if contract else "awarded_on"],
        "from": fields["term_from"],
        "until": fields["term_until"],
        "schools": fields["schools"] if contract else None,
        "items": _items(fields),
    }
    if contract:
        agreement["under"] = seen.linked("under")
    else:
        agreement["package"] = [_tender(fields), fields["package_no"]]
    if fields.get("amount_fen"):
        agreement["fen"] = fields["amount_fen"]
    context.put(key, [*known, agreement])
    context.wake(civil.end_of(_end(agreement), context.zone), key)
    _look_again(supplier, context)


def take_back(seen: Seen, context: Context) -> None:
    """An award or a contract counts no more."""
    supplier = seen.subject("supplier")
    known = context.get(f"{PREFIX}{supplier}")
    if supplier is None or known is None:
        return
    gone = "corrected" if seen.payload is not None and not seen.erased else ERASED
    kept = ("ref", "names", "logged", "until")
    left = [
        {**{name: one[name] for name in kept}, "gone": gone} if one["ref"][2] == seen.id else one
        for one in known
    ]
    context.put(PREFIX + supplier, left)
    _look_again(supplier, context)


def due(key: str, context: Context) -> None:
    """A term ended long ago."""
    context.put(key, _remembered(key, context) or None)


def known(context: Context, supplier: str) -> Sequence[Agreement]:
    """All that is remembered of a supplier, those that are gone included."""
    found: Sequence[Agreement] = context.get(PREFIX + supplier) or ()
    return found


def version(context: Context, supplier: str, record: str) -> Agreement | None:
    """The agreement of a supplier that a record is, one that is gone included."""
    return next((one for one in known(context, supplier) if one["ref"][2] == record), None)


def binding(
    agreements: Iterable[Agreement], school: str, under: Sequence[str] = ()
) -> list[Agreement]:
    """Those that a school may order under; `under`: those that it names, whomever they are for."""
    return [
        one
        for one in agreements
        if "gone" not in one
        and (one["schools"] is None or school in one["schools"] or names(one, under))
    ]


def names(agreement: Agreement, under: Sequence[str]) -> bool:
    """Whether a link leads to an agreement, in whichever version."""
    return bool(under) and not frozenset(under).isdisjoint(agreement["names"])


def index(agreement: Agreement) -> int:
    """Where in the log its present version stands."""
    found: int = agreement["ref"][0]
    return found


def lack(context: Context, supplier: str, key: str) -> None:
    """Wake an order or a selection by this key when something is agreed with its supplier."""
    waiting = context.get(f"lacking {supplier}") or ()
    if key not in waiting:
        context.put(f"lacking {supplier}", [*waiting, key][-_WAITING:])


def _tender(fields: Mapping[str, Any]) -> str:
    """The key under which `tenders` keeps an award's tender."""
    return f"tender {fields['bureau']} {in_subject(fields['tender_no'])}"


def _look_again(supplier: str, context: Context) -> None:
    waiting = context.get(f"lacking {supplier}")
    if waiting is not None:
        context.put(f"lacking {supplier}", None)
        for key in waiting:
            context.wake(context.now, key)


def _items(fields: Mapping[str, Any]) -> dict[str, list[Any]] | None:
    if "line_prices" not in fields:
        return None
    priced = {line["line_no"]: line for line in fields["line_prices"]}
    found = {}
    for line in fields["lines"]:
        price = priced[line["line_no"]]
        found[line["item_code"]] = [
            price.get("unit_price_fen"), price.get("discount_bp"), price["price_unit"],
        ]  # fmt: skip
    return found


def _remembered(key: str, context: Context) -> list[Any]:
    today = civil.day_of(context.now, context.zone)
    return [one for one in context.get(key) or () if _end(one) >= today]


def _end(agreement: Agreement) -> str:
    return civil.days_later(agreement["until"], FORGOTTEN_DAYS)
