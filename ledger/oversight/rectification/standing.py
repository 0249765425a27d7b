"""How a work order stands: which of its answers and reviews count, and what follows from them.

An answer counts if the responsible party gave it, with a photo taken after the order was opened that
no other record had used before. A review counts if it is of such an answer, by the role that the
order names or a regulator, and by somebody else than who put it right: another party, and for what is
major or critical another legal entity (复核方须为其他法人); also by another person, whoever the review
says that it was. Who posted first is no matter; of several reviews the last made counts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ledger import subject
from ledger.evidence.subjects import organisation, speaks_for
from ledger.oversight import civil

Order = Mapping[str, Any]
"""What is remembered of a work order: `loop` says what its members are."""

_KINDS: Final = {"regulator": "regulator", "bureau-admission": "bureau", "school": "school"}
"""Of a reviewer's role: how its parties begin."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands.

    Attributes:
        status: open, answered, reopened or closed; lateness is not looked at.
        due_at: the deadline: the last that was set.
        closed_by: id of the review that closed it.
        too_old: ids of answers by the responsible with a photo from before the order.
        own: ids of reviews by those who put it right, or by their own organisation.
        uncounted: ids of all answers and reviews that do not count.
        answered_at: when the newest photo of those that count was taken; empty without one.
    """

    status: str
    due_at: str
    closed_by: str | None
    too_old: tuple[str, ...]
    own: tuple[str, ...]
    uncounted: tuple[str, ...]
    answered_at: str


def standing(order: Order, slack_s: int) -> Standing:
    """How a work order stands that is in the log; `slack_s`: of the photos' clock."""
    task = order["task"]
    answers, reviews = order.get("answers", {}), order.get("reviews", {})
    by_them = [
        name for name in sorted(answers) if speaks_for(answers[name][1], task["responsible"])
    ]
    too_old = [
        name for name in by_them if civil.later(answers[name][2], slack_s) < task["opened_at"]
    ]
    no_proof = {*too_old, *(answer for answer, _ in order.get("reused", ()))}
    counted = [name for name in by_them if name not in no_proof]
    own = [name for name in sorted(reviews) if _own(order, reviews[name])]
    valid = [
        name
        for name in sorted(reviews, key=lambda name: (reviews[name][3], reviews[name][0][0]))
        if name not in own
        and reviews[name][1] in counted
        and answers[reviews[name][1]][3] not in reviews[name][6]
        and _asked(task, reviews[name][2])
    ]
    last = reviews[valid[-1]] if valid else None
    reviewed = {reviews[name][1] for name in valid}
    fresh = [
        name
        for name in counted
        if name not in reviewed and (last is None or answers[name][0][0] > last[0][0])
    ]
    closed_by = order.get("closed_with")
    if last is not None and last[4] == "closed":
        closed_by = valid[-1]
    if closed_by is not None:
        status = "closed"
    elif fresh:
        status = "answered"
    else:
        status = "open" if last is None else "reopened"
    return Standing(
        status,
        task["due_at"] if last is None or last[5] is None else last[5],
        closed_by,
        tuple(too_old),
        tuple(own),
        tuple(name for name in sorted({**answers, **reviews}) if name not in {*counted, *valid}),
        max((answers[name][2] for name in counted), default=""),
    )


def _own(order: Order, review: Any) -> bool:
    return any(
        speaks_for(review[2], fixer)
        or (order["task"]["severity"] != "minor" and organisation(review[2]) == organisation(fixer))
        for fixer in _fixers(order, review[1])
    )


def _fixers(order: Order, answer: str) -> Iterator[str]:
    yield order["task"]["responsible"]
    if answer in order.get("answers", {}):
        yield order["answers"][answer][1]


def _asked(task: Mapping[str, Any], reviewer: str) -> bool:
    """Whether it is the role that was asked for, a school only in its own canteens; or a regulator."""
    kind = subject.kind(reviewer)
    if kind == "school" and organisation(reviewer) != organisation(task["canteen"]):
        return False
    return kind in {"regulator", _KINDS.get(task["reviewer_role"], kind)}
