"""What people ask for: a row for each account, and one for each of its entries.

score     one per supplier; its status is the grade
movement  one per entry: in-force, disputed, expired or reversed; day is when it began to count
"""

from collections.abc import Mapping
from typing import Any, Final

from ledger.oversight import civil
from ledger.oversight.credit import rules
from ledger.oversight.credit.worth import worth
from ledger.oversight.family import Context, Row

EXPIRED: Final = "expired"
WITHDRAWN: Final = "withdrawn"

State = Mapping[str, Any]


def show_account(context: Context, supplier: str, account: State) -> None:
    """The row of an account as it stands (`account`)."""
    detail = {
        "start_points": account["start"],
        "balance_points": account["balance"],
        "entries": account["entries"],
        "sums": account["sums"],
        "since": account["since"],
        "policy_version": context.policy.version,
    }
    detail |= {name: account[name] for name in ("last", "rating") if name in account}
    grade = rules.grade_of(context.policy.rules, account["balance"])
    day = civil.day_of(context.now, context.zone)
    context.row(Row(rules.NAME, f"score {supplier}", supplier, day, "score", grade, detail))


def status_of(entry: State) -> str:
    """What has become of a movement."""
    nothing_left = worth(entry["change"], entry["kept_bp"], 0) == 0
    if entry.get("ended") == WITHDRAWN or nothing_left:
        return "reversed"
    if entry.get("ended") == EXPIRED:
        return "expired"
    if any(state == "open" for _, state in entry["disputes"]):
        return "disputed"
    return "in-force" if entry["counted"] else "expired"


def show_movement(context: Context, supplier: str, number: int, entry: State, status: str) -> None:
    """The row of an entry: a movement, or what took points of one back."""
    cause = entry["cause"]
    detail: dict[str, Any] = {
        "entry_no": number,
        "entry_kind": entry["kind"],
        "factor": entry["factor"],
        "record": entry["id"],
        "cause": cause if isinstance(cause, str) else cause[2],
        "balance_before_points": entry["before"],
        "change_points": entry["change"],
        "balance_after_points": entry["before"] + entry["change"],
        "expires_on": entry["until"],
        "facts": entry["facts"],
        "policy_version": entry["version"],
    }
    if "counted" in entry:
        detail["counts_points"] = entry["counted"]
        detail["disputes"] = [{"dispute": one, "state": state} for one, state in entry["disputes"]]
    name = f"entry {supplier} {number}"
    context.row(Row(rules.NAME, name, supplier, entry["on"], "movement", status, detail))
