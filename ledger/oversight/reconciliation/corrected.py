"""What was corrected after it was settled or paid (结算后更正): the correction opens a finding.

The engine takes the record back first, and tells the correction then: what the record was part of is
noted in between, under `corrected <record>`.
"""

from typing import Any

from ledger.oversight.family import Context
from ledger.oversight.reconciliation import bills, difference, orders, versions
from ledger.oversight.reconciliation.difference import Difference
from ledger.oversight.reconciliation.ordered import PREFIX as ORDER
from ledger.oversight.reconciliation.periods import time_of
from ledger.oversight.seen import Ref, Seen

CODE = "settled-then-corrected"


def note(seen: Seen, context: Context) -> None:
    """A record is about to be taken back, all of it readable."""
    records: list[Ref] = []
    subject = seen.subject("order")
    if seen.type == "settlement":
        subject = None
        root = versions.root_of(context, "bill", seen.id)
        records = [one["ref"] for one in (context.get(f"bill {root}") or {}).get("paid", ())]
    elif subject is not None:
        for taken in (context.get(ORDER + subject) or {}).get("taken", ()):
            claim = context.get(f"acceptance {taken['root']}") or {}
            records += [one["ref"] for one in claim.get("settled", {}).values()]
    if records:
        several = {ref[2]: ref for ref in records}
        told = {"ref": seen.ref, "at": time_of(seen), "type": seen.type, "order": subject}
        context.put(f"corrected {seen.id}", {**told, "records": list(several.values())})


def tell(seen: Seen, context: Context) -> None:
    """A correction."""
    for record in seen.linked("corrects"):
        told: Any = context.get(f"corrected {record}")
        if told is None:
            continue
        context.put(f"corrected {record}", None)
        times = (min(told["at"], time_of(seen)), max(told["at"], time_of(seen)))
        records = [seen.ref, told["ref"], *told["records"]]
        found = Difference(CODE, told["type"], 0, 1, "record", records, *times, seen.issuer)
        posted = difference.suspect([found], (), context)
        if told["order"] is None:
            bills.tell_apart(context, record, found, posted)
        else:
            orders.tell_apart(context, told["order"], found, posted)
