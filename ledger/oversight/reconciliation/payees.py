"""The rule family `payee` (收款账户核对): money goes to the account that the supplier registered.

    supplier-registration.payee_account  ⇔  settlement.payee_account  ⇔  counterparty of the payment

A family of its own, for account numbers are personal and may be erased: what reads one forgets the
record with it, and the sums of `reconciliation` must not. That family shows what is found here with
the settlement. Spaces and dashes do not count, and a bank's masked number is held against what it shows.

State: `supplier <supplier>`, its accounts and the settlements that wait for one; `settlement <root>`,
{since, versions: [{ref, at, by, supplier, account}], entries: [{ref, at, account}], checked, posted}.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from ledger.oversight import civil
from ledger.oversight.family import Context
from ledger.oversight.reconciliation import difference, versions
from ledger.oversight.reconciliation.difference import PARTY, Difference
from ledger.oversight.reconciliation.family import PAYEE
from ledger.oversight.reconciliation.ordered import State, newest
from ledger.oversight.reconciliation.periods import time_of
from ledger.oversight.reconciliation.rules import SEVERITIES
from ledger.oversight.seen import Ref, Seen

_WAITING: Final = 100
_SHOWN: Final = 4
"""Digits that a masked number must show at its end to be told from another."""


class Payees:
    """收款账户核对; `ledger.oversight.family.Family` says what each method is asked."""

    name: Final = "payee"
    reads: Final[Mapping[str, frozenset[str]]] = {
        "supplier-registration": frozenset({"uscc", "payee_account"}),
        "settlement": frozenset({"supplier", "payee_account"}),
        "account-entry": frozenset({"direction", "counterparty_account"}),
    }
    defaults: Final[Mapping[str, Any]] = {"severity": "critical", "keep_days": 180}

    def keys(self, seen: Seen) -> Iterable[str]:
        """A settlement's and its supplier's."""
        if seen.type == "account-entry":
            return [f"settlement {target}" for target in seen.linked("pays")]
        return [f"settlement {seen.id}", _supplier(seen.subject("supplier") or seen.issuer)]

    def tell(self, seen: Seen, context: Context) -> None:
        """A registration, a settlement, or a payment of one."""
        fields = seen.fields
        match seen.type:
            case "supplier-registration":
                key = _supplier(seen.issuer)
                known = dict(context.get(key) or {})
                account = {"ref": seen.ref, "at": time_of(seen), "account": fields["payee_account"]}
                known["accounts"] = [*known.get("accounts", ()), account]
                for root in known.pop("waiting", ()):
                    context.wake(context.now, f"settlement {root}")
                context.put(key, known)
            case "settlement":
                root = versions.adopt(context, seen, "settlement", _merge)
                version = {
                    "ref": seen.ref, "at": time_of(seen), "by": seen.issuer,
                    "supplier": fields["supplier"], "account": fields["payee_account"],
                }  # fmt: skip
                _add(context, root, "versions", version)
            case _:
                if fields["direction"] == "debit" and "counterparty_account" in fields:
                    account = fields["counterparty_account"]
                    entry = {"ref": seen.ref, "at": time_of(seen), "account": account}
                    for target in seen.linked("pays"):
                        root = versions.root_of(context, "settlement", target)
                        _add(context, root, "entries", entry)

    def due(self, key: str, context: Context) -> None:
        """Hold a settlement's account against the supplier's, and the payments' against it."""
        state = dict(context.get(key) or {})
        if not state or "is" in state:
            return
        root = key.partition(" ")[2]
        if context.now >= _end(state, context):
            versions.forget(context, "settlement", root)
            return
        version = newest(state.get("versions", ()))
        if version is None:
            return
        if state.get("checked") != version["ref"][2]:
            _registered(context, root, state, version)
        for entry in state.get("entries", ()):
            if not same(entry["account"], version["account"]):
                _find(context, state, [version["ref"], entry["ref"]], version, entry["at"])
        context.put(key, state)

    def take_back(self, seen: Seen, context: Context) -> None:
        """A registration, a settlement or a payment counts no more."""
        match seen.type:
            case "supplier-registration":
                key = _supplier(seen.issuer)
                known = dict(context.get(key) or {})
                accounts = [one for one in known.get("accounts", ()) if one["ref"][2] != seen.id]
                context.put(key, {**known, "accounts": accounts} if known else None)
            case "settlement":
                root = versions.root_of(context, "settlement", seen.id)
                _remove(context, root, "versions", seen.id)
            case _:
                for target in seen.linked("pays"):
                    root = versions.root_of(context, "settlement", target)
                    _remove(context, root, "entries", seen.id)


def same(one: str, other: str) -> bool:
    """Whether two account numbers may be one: both written out, or what a mask leaves of them."""
    one, other = (name.translate(_UNWRITTEN) for name in (one, other))
    if "*" not in one + other:
        return one == other
    begins = [name.partition("*")[0] for name in (one, other)]
    ends = [name.rpartition("*")[2] for name in (one, other)]
    shown = min(len(end) for end in ends)
    begun = min(len(begin) for begin in begins)
    if shown < min(_SHOWN, len(one), len(other)):
        return False
    return ends[0][-shown:] == ends[1][-shown:] and begins[0][:begun] == begins[1][:begun]


_UNWRITTEN: Final = str.maketrans("", "", " -\u3000\u00a0")


def _registered(context: Context, root: str, state: State, version: Mapping[str, Any]) -> None:
    """A settlement's account is its supplier's, once that is known; looked at once only."""
    key = _supplier(version["supplier"])
    known = dict(context.get(key) or {})
    accounts = known.get("accounts", ())
    if not accounts:
        waiting = [other for other in known.get("waiting", ()) if other != root]
        context.put(key, {**known, "waiting": [*waiting, root][-_WAITING:]})
        return
    state["checked"] = version["ref"][2]
    if not any(same(one["account"], version["account"]) for one in accounts):
        registration = max(accounts, key=lambda one: one["ref"][0])
        _find(context, state, [version["ref"], registration["ref"]], version, registration["at"])


def _find(
    context: Context, state: State, records: list[Ref], version: Mapping[str, Any], at: str
) -> None:
    name = records[1][2]
    severity = context.policy.rules["severity"]
    if name in state.get("posted", ()) or not context.policy.in_force:
        return
    state["posted"] = [*state.get("posted", ()), name]
    times = (min(at, version["at"]), max(at, version["at"]))
    found = Difference(PAYEE, "", "", "", PARTY, records, *times, version["by"])
    difference.post([found], severity if severity in SEVERITIES else "critical", context)


def _add(context: Context, root: str, name: str, item: State) -> None:
    key = f"settlement {root}"
    state = dict(context.get(key) or {})
    state.setdefault("since", context.now)
    state[name] = [*state.get(name, ()), item]
    context.put(key, state)
    context.wake(context.now, key)
    context.wake(_end(state, context), key)


def _remove(context: Context, root: str, name: str, record: str) -> None:
    key = f"settlement {root}"
    state = dict(context.get(key) or {})
    if state:
        state[name] = [one for one in state.get(name, ()) if one["ref"][2] != record]
        context.put(key, state)


def _merge(state: State, later: State) -> State:
    return state | {"entries": [*state.get("entries", ()), *later.get("entries", ())]}


def _supplier(party: str) -> str:
    """Under what a supplier's accounts are kept: its units are one firm."""
    return f"supplier {party.partition('~')[0]}"


def _end(state: Mapping[str, Any], context: Context) -> str:
    return civil.later(state["since"], context.policy.rules["keep_days"] * civil.DAY_S)
