"""A rule family for tests of what carries rules: small, and easily seen to find something."""

from collections.abc import Iterable, Mapping
from typing import Any

from ledger.evidence.catalogue import TYPES
from ledger.oversight.family import Context, Row
from ledger.oversight.seen import Seen

SCHOOL = TYPES["order"].example["payload"]["school"]


class Dispatched:
    """An order must be dispatched within an hour of standing in the log: a family for tests."""

    name = "dispatched"
    reads: Mapping[str, frozenset[str]] = {
        "order": frozenset({"order_no", "supplier"}),
        "dispatch": frozenset({"order"}),
    }
    defaults: Mapping[str, Any] = {"hour_s": 3600}

    def keys(self, seen: Seen) -> Iterable[str]:
        order = seen.subject("order")
        return [order] if order else []

    def tell(self, seen: Seen, context: Context) -> None:
        key = seen.subject("order")
        assert key is not None
        state = dict(context.get(key) or {})
        if seen.type == "dispatch":
            state["dispatched"] = seen.ref
        else:
            state |= {"order": seen.ref, "supplier": seen.fields["supplier"]}
            hour = int(context.now[11:13]) + context.policy.rules["hour_s"] // 3600
            context.wake(f"{context.now[:11]}{hour:02}{context.now[13:]}", key)
            context.row(Row(self.name, key, SCHOOL, context.now[:10], "order", "open", {}))
        context.put(key, state)

    def due(self, key: str, context: Context) -> None:
        state = context.get(key)
        if not state or "dispatched" in state or "order" not in state:
            return
        payload = {
            "obligation_kind": "dispatch-of-order",
            "source": state["order"][2],
            "responsible": state["supplier"],
            "expected_type": "dispatch",
            "expected_for": key,
            "due_at": context.now,
        }
        context.find("missing-evidence", payload, [state["order"]])

    def take_back(self, seen: Seen, context: Context) -> None:
        key = seen.subject("order")
        assert key is not None
        context.put(key, None)
        context.row(Row(self.name, key))
