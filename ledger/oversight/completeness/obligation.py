"""An obligation: a record that another one makes due, by when, from whom, and what came of it.

    open     nothing yet, and still time: until it is due, and for the grace after that
    met      logged by the time it was due
    late     logged afterwards, within the grace or after it was found missing
    excused  as late, but while an outage covered the time it was due, or before its grace was over
    missing  nothing by the end of the grace: found once, as `missing-evidence` (证据缺失)
    void     no longer owed: what made it due was corrected, cancelled, or took place otherwise; or no
             longer asked for

The log's own time counts, never what a record claims. Nobody can owe what nobody knew of: the grace
begins no earlier than the record that makes it due stood in the log. What becomes known only once it
would have been forgotten (`keep_days`) is not owed any more.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

from ledger.canonical import JsonValue
from ledger.oversight import civil
from ledger.oversight.completeness import desk, outages, rules
from ledger.oversight.family import Context, Row
from ledger.oversight.seen import Ref

OPEN: Final = "open"
MET: Final = "met"
LATE: Final = "late"
EXCUSED: Final = "excused"
MISSING: Final = "missing"
VOID: Final = "void"

later: Final = lru_cache(maxsize=16_384)(civil.later)
"""`civil.later`: a day's obligations are due at the same few moments."""


class Answer(NamedTuple):
    """A record that meets an obligation; the earliest one counts.

    Attributes:
        since: when it stood in the log; where it replaces another answer, when that one did.
        place: its index in the log.
        id: of the record.
        note: whose it is where it stands in for another's.
    """

    since: str
    place: int
    id: str
    note: str = ""


@dataclass(slots=True)
class Obligation:
    """What is owed. Nothing changes it; unfrozen, it is made and read in half of the time.

    Attributes:
        kind: one of `rules.KINDS`.
        source: the record that makes it due.
        known_at: when that stood in the log.
        expected_type: of the record that is owed.
        expected_for: what it is owed for.
        responsible: the party that owes it.
        school: whose rows it stands among.
        canteen: where it is one canteen's.
        day: civil day that it is for.
        due_at: by when it has to stand in the log.
        answers: what meets it, in any order.
        cites: records beside the source that it rests on.
        ended: whether it is void: superseded, cancelled, or what it is for did not take place.
        asked: whether the policy asks for it, if it asks for its kind at all.
        yields: whether it leaves no trace where it is not owed any more.
        devices: an outage of which alone excuses it; empty: any of its canteen's does.
        more: further members of its row.
        row: its row's name, where the source may change under it.
    """

    kind: str
    source: Ref
    known_at: str
    expected_type: str
    expected_for: str
    responsible: str
    school: str
    canteen: str | None
    day: str
    due_at: str
    answers: tuple[Answer, ...] = ()
    cites: tuple[Ref, ...] = ()
    ended: bool = False
    asked: bool = True
    yields: bool = False
    devices: tuple[str, ...] = ()
    more: Mapping[str, JsonValue] = field(default_factory=dict)
    row: str = ""

    @property
    def name(self) -> str:
        """Of its row."""
        return self.row or f"{self.kind} {self.source[2]} {self.expected_for}"


@dataclass(slots=True)
class Verdict:
    """How an obligation stands. Nothing changes it.

    Attributes:
        status: one of those above.
        answer: what met it.
        outage: the one that excuses it.
        missing_at: when it will be missing, where it is open.
    """

    status: str
    answer: Answer | None = None
    outage: str | None = None
    missing_at: str | None = None


def judge(obligation: Obligation, context: Context, *, final: bool) -> Verdict:
    """How it stands at the log's time.

    Args:
        obligation: which.
        context: the rules in force, and the outages.
        final: whether everything logged up to now has been told, so that it may be missing.
    """
    if obligation.ended:
        return Verdict(VOID)
    due_at, answers = obligation.due_at, obligation.answers
    if answers:
        answer = min(answers)
        if answer.since <= due_at:
            return Verdict(MET, answer)
        grace_s = rules.of_kind(context, "grace_s", obligation.kind)
        for outage in _covering(obligation, context):
            if answer.since <= later(outage.until, grace_s):
                return Verdict(EXCUSED, answer, outage.id)
        return Verdict(LATE, answer)
    at = missing_at(obligation, context)
    if final and at <= context.now:
        grace_s = rules.of_kind(context, "grace_s", obligation.kind)
        for outage in _covering(obligation, context):
            at = max(at, later(outage.until, grace_s))
    if final and at <= context.now:
        return Verdict(MISSING)
    return Verdict(OPEN, missing_at=at)


def missing_at(obligation: Obligation, context: Context) -> str:
    """When it is missing, unless it was answered, or an outage excuses it."""
    grace_s = rules.of_kind(context, "grace_s", obligation.kind)
    return later(max(obligation.due_at, obligation.known_at), grace_s)


def find(obligation: Obligation, context: Context) -> str | None:
    """Post that it is missing; the finding's id, None while no policy is in force."""
    if not context.policy.in_force:
        return None
    payload = {
        "obligation_kind": obligation.kind,
        "source": obligation.source[2],
        "responsible": obligation.responsible,
        "expected_type": obligation.expected_type,
        "expected_for": obligation.expected_for,
        "due_at": obligation.due_at,
    }
    if obligation.canteen is not None:
        payload["canteen"] = obligation.canteen
    return context.find("missing-evidence", payload, [obligation.source, *obligation.cites])


def show(obligation: Obligation, verdict: Verdict, missing: str | None, context: Context) -> None:
    """Put its row, once rows are asked for."""
    desk.of(context).rows[obligation.name] = desk.Due(obligation, verdict, missing)


def put_rows(context: Context) -> None:
    """The rows that were put off."""
    rows = desk.of(context).rows
    for name, due in rows.items():
        context.row(Row(rules.NAME, name) if due is None else _row(name, *due))
    rows.clear()


def _row(name: str, obligation: Obligation, verdict: Verdict, missing: str | None) -> Row:
    status, answer = verdict.status, verdict.answer
    index, _, source = obligation.source
    detail: dict[str, JsonValue] = {
        "source": source,
        "source_index": index,
        "expected_type": obligation.expected_type,
        "expected_for": obligation.expected_for,
        "responsible": obligation.responsible,
        "canteen": obligation.canteen,
        "due_at": obligation.due_at,
        "late_s": None,
        "missing_record": missing,
        **obligation.more,
    }
    if answer is not None:
        since, place, record, stands_in = answer
        detail["record"] = record
        detail["record_index"] = place
        if status != MET:
            detail["late_s"] = civil.seconds_between(obligation.due_at, since)
        if stands_in:
            detail["stands_in"] = stands_in
    if verdict.outage is not None:
        detail["outage"] = verdict.outage
    school, day, kind = obligation.school, obligation.day, obligation.kind
    return Row(rules.NAME, name, school, day, kind, status, detail)


def hide(obligation: Obligation, context: Context) -> None:
    """Remove its row: it goes on under another source."""
    desk.of(context).rows[obligation.name] = None


def _covering(obligation: Obligation, context: Context) -> Iterable[outages.Outage]:
    return (
        outage
        for outage in outages.accepted(obligation.school, context)
        if outage.excuses(obligation.expected_type, obligation.canteen, obligation.devices)
        and outage.since <= obligation.due_at <= outage.until
    )
