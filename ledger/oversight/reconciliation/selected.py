"""Selections (自主遴选): whom a school chooses has won something by then, for a time that it chooses.

    selection  →  logged + award_grace_h  →  an award or contract whose term meets the selection's?

State `selection <record>`: {ref, at, logged, day, school, supplier, from, until, posted}, until it is
judged; afterwards, with `shown`, only of one that lacks something: judged again when an award comes.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from ledger.canonical import JsonValue
from ledger.oversight import civil
from ledger.oversight.family import Context, Row
from ledger.oversight.reconciliation import agreed, awarded, difference
from ledger.oversight.reconciliation.book import FAMILY
from ledger.oversight.reconciliation.difference import DAY, PARTY, Difference
from ledger.oversight.reconciliation.ordered import State
from ledger.oversight.reconciliation.periods import time_of
from ledger.oversight.reconciliation.tenders import ready
from ledger.oversight.seen import Seen

PREFIX: Final = "selection "
KIND: Final = "selection"


def tell(seen: Seen, context: Context) -> None:
    """A school chooses a supplier."""
    fields, at = seen.fields, time_of(seen)
    selection: State = {
        "ref": seen.ref,
        "at": at,
        "logged": seen.logged_at,
        "day": civil.day_of(at, context.zone),
        "school": fields["school"],
        "supplier": fields["supplier"],
        "from": fields["term_from"],
        "until": fields["term_until"],
        "posted": [],
    }
    context.put(PREFIX + seen.id, selection)
    context.wake(ready(selection, context), PREFIX + seen.id)


def take_back(seen: Seen, context: Context) -> None:
    """A selection counts no more."""
    key = PREFIX + seen.id
    selection = context.get(key)
    if selection is not None:
        _drop(key, selection, context)


def due(key: str, context: Context) -> None:
    """What was agreed with the supplier should be in the log by now, or came later."""
    selection = context.get(key)
    if selection is None:
        return
    if context.now < ready(selection, context):
        context.wake(ready(selection, context), key)
        return
    rules = context.policy.rules
    end = civil.later(selection["logged"], rules["keep_days"] * civil.DAY_S)
    found = list(_differences(selection, context))
    if not found:
        _drop(key, selection, context)
    elif context.now >= end:
        context.put(key, None)
    else:
        posted = difference.suspect(found, selection["posted"], context)
        left: State = {**selection, "posted": posted, "shown": 1}
        context.put(key, left)
        context.wake(end, key)
        agreed.lack(context, selection["supplier"], key)
        _show(key, selection, found, context)


def _drop(key: str, selection: Mapping[str, Any], context: Context) -> None:
    context.put(key, None)
    if "shown" in selection:
        context.row(Row(FAMILY, key))


def _show(
    key: str, selection: Mapping[str, Any], found: Sequence[Difference], context: Context
) -> None:
    detail: dict[str, JsonValue] = {
        "supplier": selection["supplier"],
        "period_from": selection["from"],
        "period_until": selection["until"],
        **difference.lines(found, context.policy.rules),
    }
    status = "mismatched" if difference.mismatched(found, context.policy.rules) else "matched"
    context.row(Row(FAMILY, key, selection["school"], selection["day"], KIND, status, detail))


def _differences(selection: Mapping[str, Any], context: Context) -> Iterator[Difference]:
    school, supplier, day = selection["school"], selection["supplier"], selection["day"]
    known = agreed.known(context, supplier)
    meeting = [
        one
        for one in agreed.binding(known, school)
        if one["from"] <= selection["until"] and selection["from"] <= one["until"]
    ]
    times = (selection["at"], selection["at"], school)
    judged_at = ready(selection, context)
    if meeting:
        since = {awarded.since(one, judged_at, context.zone): one["ref"] for one in meeting[::-1]}
        first = min(since)
        if first > day:
            records = [selection["ref"], since[first]]
            yield Difference("selection-before-award", "", first, day, DAY, records, *times)
    elif all(one.get("gone") != agreed.ERASED for one in known):
        records = [selection["ref"]]
        yield Difference("selection-without-award", "", "", supplier, PARTY, records, *times)
