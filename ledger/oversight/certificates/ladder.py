"""证照预警: the ladder of warnings before a paper's end, and the one when it has lapsed.

State under `ends <day>`: the holders that have a paper ending that day. One timer, of the same name,
stands for all of them, at the next local midnight at which some rung begins; so a day costs as much
as has papers ending, and a new policy finds every paper that it concerns.

A paper is warned about on the narrowest rung that it is in, once: what arrives with ten days left is
warned about once, at fifteen. `days_left` is -1 on the first day without it.
"""

from collections.abc import Sequence
from typing import Final

from ledger.canonical import JsonValue
from ledger.oversight import civil
from ledger.oversight.certificates.papers import Holder, Paper
from ledger.oversight.certificates.rules import FIRST_LOOK_DAYS, KEPT_DAYS, NAME, Rules
from ledger.oversight.family import Context, Row
from ledger.oversight.seen import Ref

ENDS: Final = "ends"
LOOK: Final = "look"

_NAMED_BY: Final = {"person": "staff", "device": "scale"}


def watch(subject: str, ends: str | None, context: Context, rules: Rules) -> None:
    """A holder's papers have changed: look at them once the log has gone on, and in time."""
    context.wake(context.now, f"{LOOK} {subject}")
    if ends is None:
        return
    key = f"{ENDS} {ends}"
    holders: list[str] = context.get(key) or []
    if subject not in holders:
        context.put(key, [*sorted([*holders, subject])])
    _wake_next(ends, context, rules)


def day_has_come(ends: str, context: Context, rules: Rules) -> None:
    """A rung begins for the papers that end that day, or it is time to forget them."""
    key = f"{ENDS} {ends}"
    for subject in context.get(key) or ():
        look(subject, context, rules)
    if civil.days_between(ends, civil.day_of(context.now, context.zone)) > KEPT_DAYS:
        context.put(key, None)
    else:
        _wake_next(ends, context, rules)


def look(subject: str, context: Context, rules: Rules) -> None:
    """Warn of what is due, and show how each paper stands today."""
    key = f"of {subject}"
    state = context.get(key)
    holder = Holder.of(subject, state)
    today = civil.day_of(context.now, context.zone)
    holder.prune(today)
    for place, paper in enumerate(holder.papers):
        warned = _warned(holder, paper, today, context, rules)
        holder.papers[place] = warned
        context.row(_row(holder, warned, today, rules))
    after = holder.to_json()
    if after != state:
        context.put(key, after)
    _wake_to_forget(holder, today, context)


def look_at_all(context: Context, rules: Rules) -> None:
    """A policy has come: look at every paper that has ended lately, or will before long."""
    today = civil.day_of(context.now, context.zone)
    for distance in range(-KEPT_DAYS, FIRST_LOOK_DAYS + 1):
        ends = civil.days_later(today, distance)
        for subject in context.get(f"{ENDS} {ends}") or ():
            watch(subject, ends, context, rules)


def forget_row(paper: Paper, context: Context) -> None:
    """The paper's record counts no more."""
    context.row(Row(NAME, _name(paper)))


def _warned(holder: Holder, paper: Paper, today: str, context: Context, rules: Rules) -> Paper:
    """The paper once it was warned about, if that is due."""
    if not rules.in_force or paper.ends is None or not paper.good:
        return paper
    left = civil.days_between(today, paper.ends)
    rung = _rung(left, rules.leads(paper.kind))
    if rung is None or (paper.warned is not None and paper.warned <= rung):
        return paper
    if _is_quiet(holder, paper, rules):
        return paper
    payload = {
        _NAMED_BY.get(holder.subject.partition(":")[0], "holder"): holder.subject,
        "certificate": paper.id,
        "certificate_kind": paper.kind,
        "valid_until": paper.ends,
        "checked_on": today,
        "days_left": left,
        "lead_days": rung,
    }
    warning = context.find("expiry-warning", payload, [paper.ref])
    return paper._replace(warned=rung, warning=warning)


def _is_quiet(holder: Holder, paper: Paper, rules: Rules) -> bool:
    """Whether nobody needs to be warned: renewed, not counted, or of somebody who leaves before."""
    if holder.adverse(paper, rules) or holder.renewal(paper, rules):
        return True
    assert paper.ends is not None
    return bool(holder.works) and max(work.until for work in holder.works) <= paper.ends


def _rung(left: int, leads: Sequence[int]) -> int | None:
    """The narrowest rung that a paper with so many days left is in."""
    if left < 0:
        return 0
    return next((lead for lead in leads if left <= lead), None)


def _wake_next(ends: str, context: Context, rules: Rules) -> None:
    """Wake at the next midnight at which something begins for papers that end that day."""
    leads = {*rules.ladder, *rules.critical_ladder, FIRST_LOOK_DAYS, -1, -KEPT_DAYS - 1}
    today = civil.day_of(context.now, context.zone)
    left = civil.days_between(today, ends)
    following = max((lead for lead in leads if lead < left), default=None)
    if following is not None:
        at = civil.begin_of(civil.days_later(ends, -following), context.zone)
        context.wake(at, f"{ENDS} {ends}")


def _wake_to_forget(holder: Holder, today: str, context: Context) -> None:
    """Look again when what no paper's end stands for may be forgotten."""
    known = [work.until for work in holder.works] + [gap["last_on"] for gap in holder.gaps]
    if known:
        forgotten_on = civil.days_later(max(known), KEPT_DAYS + 1)
        if forgotten_on > today:
            at = civil.begin_of(forgotten_on, context.zone)
            context.wake(at, f"{LOOK} {holder.subject}")


def _name(paper: Paper) -> str:
    return f"certificate {paper.id}"


def _row(holder: Holder, paper: Paper, today: str, rules: Rules) -> Row:
    review, renewal = holder.adverse(paper, rules), holder.renewal(paper, rules)
    leads = rules.leads(paper.kind)
    if review is not None or not paper.good:
        status = "rejected"
    elif renewal is not None:
        status = "renewed"
    elif paper.has_ended(today):
        status = "lapsed"
    elif paper.ends is not None and leads and civil.days_between(today, paper.ends) <= leads[-1]:
        status = "lapsing"
    else:
        status = "valid"
    detail: dict[str, JsonValue] = {
        "certificate": _shown(paper.ref),
        "holder": holder.subject,
        "scope": list(paper.scope),
        "valid_from": paper.begins,
        "valid_until": paper.ends,
    }
    if paper.warned is not None:
        detail["warning"] = {"id": paper.warning, "lead_days": paper.warned}
    if review is not None:
        detail["review"] = _shown(review.ref)
    if renewal is not None:
        detail["renewed_by"] = _shown(renewal.ref)
    return Row(NAME, _name(paper), paper.about, paper.ends or "", paper.kind, status, detail)


def _shown(ref: Ref) -> dict[str, JsonValue]:
    return {"id": ref[2], "index": ref[0]}
