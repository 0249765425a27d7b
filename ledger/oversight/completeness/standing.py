"""How what is owed on a page stands: shown, found missing once, withdrawn; and when all of it is over.

Whatever is judged goes through here, whoever judges it: `book`.
"""

from collections.abc import Mapping
from typing import Final

from ledger.oversight import civil
from ledger.oversight.completeness import outages, rules
from ledger.oversight.completeness.obligation import (
    EXCUSED,
    LATE,
    MISSING,
    OPEN,
    VOID,
    Obligation,
    Verdict,
    find,
    hide,
    judge,
    later,
    show,
)
from ledger.oversight.completeness.page import Page, Shown
from ledger.oversight.completeness.rule import Items, Owed
from ledger.oversight.family import Context

AFTER_ALL: Final = frozenset({LATE, EXCUSED})


def settle(page: Page, item: str, obligation: Obligation, context: Context, *, final: bool) -> None:
    """Show how an obligation stands, and find what is missing, once."""
    was = page.shown.get(item)
    missing = None if was is None else was[4]
    verdict = judge(obligation, context, final=final)
    status, at = verdict.status, verdict.missing_at
    if at is not None or status == MISSING:
        missed = missing is not None or (was is not None and was[0] == MISSING)
        if status == MISSING and not missed:
            missing = find(obligation, context)
        elif at is not None and missed and at <= context.now:
            status, verdict = MISSING, Verdict(MISSING)
        elif at is not None:
            context.wake(at, page.key)
    answer = None if verdict.answer is None else verdict.answer.place
    source = obligation.source[0]
    shown = [status, source, answer, obligation.due_at, missing, verdict.outage]
    if shown == was:
        return
    show(obligation, verdict, missing, context)
    page.shown[item] = shown
    if status in AFTER_ALL and not (was and was[0] in AFTER_ALL):
        due_on = civil.day_of(obligation.due_at, context.zone)
        outages.note_late(page.key, obligation.school, due_on, context)


def withdraw(page: Page, before: Owed, after: Owed, context: Context) -> None:
    """Close the rows of what is not owed any more, or by another record than before."""
    for item, was in before.items():
        now = after.get(item)
        if now is not None and now.source == was.source:
            continue
        missing = page.shown[item][4] if item in page.shown else None
        if now is None and not was.yields:
            show(was, Verdict(VOID), missing, context)
        else:
            hide(was, context)
        page.shown.pop(item, None)
        if missing is not None:
            page.shown[item] = [VOID, was.source[0], None, was.due_at, missing, None]


def is_less(now: Owed, shown: Mapping[str, Shown], items: Items) -> bool:
    """Whether one of these items that was shown is not owed now, or by another record.

    Whatever was owed before was shown.
    """
    return any(
        item.startswith(items) and (item not in now or now[item].source[0] != was[1])
        for item, was in shown.items()
    )


def over(page: Page, context: Context) -> str:
    """When a page is over, as far as is known now."""
    last, days = page.touched, "keep_days"
    for status, _, _, due_at, _, _ in page.shown.values():
        if status == MISSING:
            days = "missing_days"
        elif status == OPEN:
            last = max(last, due_at, context.now)
    return later(last, rules.seconds(context, days))
