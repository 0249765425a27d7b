"""Bills: settlements, refunds and meal payments, and the account entries that pay them.

State under `bill <first version's record>`:

    since     when the first of it was logged
    versions  {ref, at, logged, by, kind, school, account, net_fen}; of a settlement also {supplier,
              until, deductions, invoices, acceptances}; the last in the log counts
    paid      {ref, at, account, entry_no, fen, targets}: debits positive, credits negative
    posted    codes of the suspicions that were posted
    held      what came of holding it against its acceptances, by period
    places    periods to which it contributes; over: one of them is closed, and only payments count
    apart     differences that another record told of it

Each acceptance keeps what was settled of it, `acceptance <root>`: {order, settled: {settlement's
version: {ref, bill, lines}}}, so that whoever settles it twice meets the first. `owing <account>` has
what is still to move on an account, {bill: [place in the log, amounts]}: into it below 0.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ledger.oversight import civil
from ledger.oversight.family import Context
from ledger.oversight.reconciliation import difference, invoices, statements, versions
from ledger.oversight.reconciliation.difference import Difference
from ledger.oversight.reconciliation.ordered import State, newest
from ledger.oversight.reconciliation.periods import HOUR_S, time_of
from ledger.oversight.seen import Seen

PREFIX: Final = "bill "
SETTLE: Final = "settle "
"""Who is woken by this looks at the goods again, not at the payments alone."""


def tell(seen: Seen, context: Context) -> None:
    """A settlement, a refund or a meal payment."""
    root = versions.adopt(context, seen, "bill", _merge)
    key = PREFIX + root
    state = dict(context.get(key) or {"since": context.now})
    state.setdefault("since", context.now)
    version = _version(seen)
    state["versions"] = [*state.get("versions", ()), version]
    context.put(key, state)
    rules = context.policy.rules
    if version["kind"] == "settlement":
        _claim(seen, root, context)
        invoices.use(context, version, root)
    paying = version["kind"] != "meal-payment"
    payer = version["by"] if paying else None
    statements.serves(context, version["account"], version["school"], payer, 1)
    if paying or state.get("paid"):
        context.wake(context.now, SETTLE + root)
    if paying:
        context.wake(civil.later(context.now, rules["money_grace_h"] * HOUR_S), key)
        context.wake(end_of(state, context), key)
    else:
        owe(context, key, state)
        context.wake(civil.later(context.now, rules["credit_grace_days"] * civil.DAY_S), key)


def pay(context: Context, target: str, payment: Mapping[str, Any]) -> bool:
    """An account entry pays a bill; whether the bill is known."""
    key = PREFIX + versions.root_of(context, "bill", target)
    state = dict(context.get(key) or {"since": context.now})
    state["paid"] = [*state.get("paid", ()), dict(payment)]
    context.put(key, state)
    owe(context, key, state)
    context.wake(context.now, key)
    context.wake(end_of(state, context), key)
    return bool(state.get("versions"))


def unpay(context: Context, target: str, record: str) -> None:
    """An account entry counts no more."""
    key = PREFIX + versions.root_of(context, "bill", target)
    state = dict(context.get(key) or {})
    if any(one["ref"][2] == record for one in state.get("paid", ())):
        state["paid"] = [one for one in state["paid"] if one["ref"][2] != record]
        context.put(key, state)
        context.wake(context.now, key)


def take_back(seen: Seen, context: Context) -> None:
    """A settlement, a refund or a meal payment counts no more."""
    key = PREFIX + versions.root_of(context, "bill", seen.id)
    state = dict(context.get(key) or {})
    for version in state.get("versions", ()):
        if version["ref"][2] == seen.id:
            for record in version.get("acceptances", ()):
                _unclaim(seen.id, record, context)
            if version["kind"] == "settlement":
                invoices.disuse(context, version)
            payer = version["by"] if version["kind"] != "meal-payment" else None
            statements.serves(context, version["account"], version["school"], payer, -1)
    if state:
        owe(context, key, state, gone=True)
        state["versions"] = [one for one in state.get("versions", ()) if one["ref"][2] != seen.id]
        context.put(key, state)
        context.wake(context.now, SETTLE + key.removeprefix(PREFIX))


def tell_apart(
    context: Context, record: str, apart: Difference, posted: Sequence[str] = ()
) -> None:
    """Another record tells of a difference in a bill; what names no bill is none of ours.

    Args:
        context: of the family.
        record: of the bill.
        apart: the difference.
        posted: codes that were posted of it.
    """
    key = PREFIX + versions.root_of(context, "bill", record)
    state = context.get(key)
    if state is not None:
        others = state.get("apart", ())
        codes = [*state.get("posted", ()), *posted]
        context.put(key, {**state, "apart": [*others, apart.to_json()], "posted": codes})
        context.wake(context.now, key)


def untell_apart(context: Context, record: str, told_by: str) -> None:
    """What told of a difference in a bill counts no more."""
    key = PREFIX + versions.root_of(context, "bill", record)
    state = dict(context.get(key) or {})
    if state.get("apart"):
        state["apart"] = [
            one
            for one in state["apart"]
            if all(ref[2] != told_by for ref in difference.of_json(one).records)
        ]
        context.put(key, state)
        context.wake(context.now, key)


def close(context: Context, key: str) -> None:
    """A period that a settlement contributes to is closed."""
    state = context.get(key)
    if state is not None:
        context.put(key, {**state, "over": 1})


def known(context: Context, record: str) -> bool:
    """Whether a bill of that id is in the log."""
    state = context.get(PREFIX + versions.root_of(context, "bill", record))
    return bool(state and state.get("versions"))


def _version(seen: Seen) -> State:
    fields = seen.fields
    version: State = {
        "ref": seen.ref,
        "at": time_of(seen),
        "logged": seen.logged_at,
        "by": seen.issuer,
        "kind": seen.type,
        "school": fields["school"],
        "account": fields.get("payer_account") or fields.get("account"),
    }
    if seen.type == "meal-payment":
        gross_fen = fields["amount_fen"] - fields["refunds_fen"]
        return version | {"gross_fen": gross_fen, "net_fen": gross_fen - fields["fees_fen"]}
    if seen.type == "refund":
        return version | {"net_fen": fields["amount_fen"]}
    cuts = [
        [one["record"], one["reason_code"], one["amount_fen"]]
        for one in fields.get("deductions", ())
    ]
    return version | {
        "supplier": fields["supplier"],
        "until": fields["period_until"],
        "net_fen": fields["net_fen"],
        "deductions": cuts,
        "invoices": [[one["invoice_no"], one["amount_fen"]] for one in fields["invoices"]],
        "acceptances": list(dict.fromkeys(line["acceptance"] for line in fields["lines"])),
    }


def _claim(seen: Seen, root: str, context: Context) -> None:
    """Note with each acceptance what is settled of it."""
    prices = {price["line_no"]: price for price in seen.fields["line_prices"]}
    by_root: dict[str, list[Any]] = {}
    for line in seen.fields["lines"]:
        price = prices[line["line_no"]]
        by_root.setdefault(
            versions.root_of(context, "acceptance", line["acceptance"]), []
        ).append(
            [
                line["item_code"], line["unit"], line["quantity"], price["unit_price_fen"],
                price["amount_fen"], line.get("lot_no"),
            ]
        )  # fmt: skip
    for acceptance, lines in by_root.items():
        key = f"acceptance {acceptance}"
        state = context.get(key) or {}
        settled = state.get("settled", {})
        mine: State = {"ref": seen.ref, "bill": root, "lines": lines}
        context.put(key, {**state, "settled": {**settled, seen.id: mine}})


def _unclaim(version: str, record: str, context: Context) -> None:
    key = f"acceptance {versions.root_of(context, 'acceptance', record)}"
    state = context.get(key)
    if state is None or version not in state.get("settled", ()):
        return
    settled = {name: one for name, one in state["settled"].items() if name != version}
    for other in settled.values():
        context.wake(context.now, SETTLE + other["bill"])
    left = {**state, "settled": settled}
    context.put(key, left if settled or "order" in left else None)


def owe(context: Context, key: str, state: Mapping[str, Any], *, gone: bool = False) -> None:
    """Keep with its account what is still to move for a bill, or that nothing is."""
    version = newest(state.get("versions", ()))
    if version is None:
        return
    root = key.removeprefix(PREFIX)
    owing = context.get(f"owing {version['account']}") or {}
    owed = [version["ref"][0], version["net_fen"]]
    if version["kind"] == "meal-payment":
        owed = [version["ref"][0], -version["net_fen"], -version["gross_fen"]]
    if gone or state.get("paid"):
        owed = []
    if owing.get(root, []) != owed:
        left = {other: one for other, one in owing.items() if other != root}
        if owed:
            left[root] = owed
        context.put(f"owing {version['account']}", left or None)


def owed(context: Context, account: str, fen: int) -> str | None:
    """The oldest bill of an account for which exactly so much is to move, and nothing has yet."""
    owing = context.get(f"owing {account}") or {}
    same = [(index, root) for root, (index, *amounts) in owing.items() if fen in amounts]
    return min(same)[1] if same else None


def _merge(state: State, later: State) -> State:
    """What was paid to a later version before it was known as one."""
    return state | {"paid": [*state.get("paid", ()), *later.get("paid", ())]}


def end_of(state: Mapping[str, Any], context: Context) -> str:
    """Until when a bill is remembered, lest it be paid or its goods settled once more."""
    rules = context.policy.rules
    days = rules["keep_days"]
    if state.get("versions"):
        days += rules["remember_days"]
    return civil.later(state["since"], days * civil.DAY_S)


def forget(context: Context, root: str, state: Mapping[str, Any]) -> None:
    """Drop a bill, and what its acceptances remember."""
    owe(context, PREFIX + root, state, gone=True)
    for version in state.get("versions", ()):
        for record in version.get("acceptances", ()):
            versions.forget(context, "acceptance", versions.root_of(context, "acceptance", record))
    versions.forget(context, "bill", root)
