"""The family `certificates`: which record goes where, and what a moment that has come is for.

Types and fields are what `reads` says; the policy is read anew for every record.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from ledger.oversight.certificates import deliveries, ladder, rules, staff
from ledger.oversight.certificates.papers import (
    HOLDERS,
    Decision,
    Holder,
    Paper,
    Review,
    Work,
)
from ledger.oversight.certificates.rules import NAME, Rules
from ledger.oversight.certificates.suppliers import Clearances
from ledger.oversight.family import Context
from ledger.oversight.policies import TYPE as POLICY
from ledger.oversight.policies import Policy
from ledger.oversight.seen import Seen

_PAPERS: Final = frozenset({"certificate", "health-certificate", "calibration"})
_DELIVERIES: Final = frozenset({"dispatch", "weigh-in", "acceptance"})
_SHIFTS: Final = frozenset({"shift-roster", "morning-check"})
_FIRST_DAY: Final = "0001-01-01"
_LAST_DAY: Final = "9999-12-31"


class Certificates:
    """证照预警; `ledger.oversight.family.Family` says what each method is asked."""

    name: Final = NAME
    reads: Final[Mapping[str, frozenset[str]]] = {
        "certificate": frozenset(
            {"holder", "certificate_kind", "issued_on", "valid_from", "valid_until", "scope"}
        ),
        "health-certificate": frozenset({"staff", "employer", "issued_on", "valid_until"}),
        "calibration": frozenset({"school", "scale", "calibrated_on", "valid_until", "result"}),
        "certificate-review": frozenset({"holder", "decision", "register_status", "checked_at"}),
        "admission": frozenset(
            {"supplier", "decision", "categories", "effective_at", "term_from", "term_until"}
        ),
        "staff-registration": frozenset({"staff", "employer", "works_until"}),
        "dispatch": frozenset({"supplier", "order", "lines"}),
        "weigh-in": frozenset({"supplier", "order", "school", "canteen", "item_code", "direction"}),
        "acceptance": frozenset({"supplier", "order", "school", "lines"}),
        "shift-roster": frozenset({"employer", "canteen", "shift_on", "starts_at", "people"}),
        "morning-check": frozenset({"canteen", "staff", "checked_at"}),
        POLICY: frozenset({"name"}),
    }
    defaults: Final[Mapping[str, Any]] = rules.DEFAULTS

    def __init__(self) -> None:
        self._policy: Policy | None = None
        self._rules = rules.read(rules.DEFAULTS, in_force=False)
        self._suppliers = Clearances()

    def keys(self, seen: Seen) -> Iterable[str]:
        """Those of whom it names."""
        if seen.type in _DELIVERIES:
            if seen.fields.get("direction", "inbound") != "inbound":
                return ()
            supplier = seen.fields.get("supplier")
            return () if supplier is None else (f"of {supplier}",)
        kinds = ("person",) if seen.type in _SHIFTS else HOLDERS
        return [f"of {name}" for name in _holders(seen, kinds)]

    def tell(self, seen: Seen, context: Context) -> None:
        """The next record."""
        now = self._read(context.policy)
        if seen.type in _DELIVERIES:
            deliveries.tell(seen, context, now, self._suppliers)
        elif seen.type == "morning-check":
            staff.tell_check(seen, context, now)
        elif seen.type == "shift-roster":
            staff.tell_roster(seen, context, now)
        elif seen.type != POLICY:
            _remember(seen, context, now)
        elif seen.fields["name"] == NAME:
            ladder.look_at_all(context, now)

    def due(self, key: str, context: Context) -> None:
        """What was waited for is due."""
        now = self._read(context.policy)
        what, _, about = key.partition(" ")
        if what == ladder.ENDS:
            ladder.day_has_come(about, context, now)
        elif what == ladder.LOOK:
            ladder.look(about, context, now)
        elif what == staff.SHIFT:
            staff.judge(key, context, now)
        elif what == deliveries.DELIVERY:
            deliveries.judge(key, context, now)
        elif what == deliveries.FORGET:
            deliveries.forget(about, context)

    def take_back(self, seen: Seen, context: Context) -> None:
        """As if it had never been told."""
        now = self._read(context.policy)
        if seen.type in _DELIVERIES:
            deliveries.take_back(seen, context, now)
        elif seen.type in _SHIFTS:
            staff.take_back(seen, context, now)
        elif seen.type != POLICY:
            for subject in _holders(seen):
                _forget(seen, subject, context, now)

    def _read(self, policy: Policy) -> Rules:
        """The policy's typed value; made once for each policy, for all records under it."""
        if policy is not self._policy:
            self._policy = policy
            self._rules = rules.read(policy.rules, in_force=policy.in_force)
        return self._rules


def _holders(seen: Seen, kinds: tuple[str, ...] = HOLDERS) -> list[str]:
    """Its subjects that may have papers; they stand in the entry, whatever was erased."""
    return [name for name in seen.subjects if name.partition(":")[0] in kinds]


def _remember(seen: Seen, context: Context, now: Rules) -> None:
    """A paper, or something that is said of one holder's."""
    payload = seen.fields
    if seen.type in _PAPERS:
        subject, paper = _paper(seen)
        holder = Holder.of(subject, context.get(f"of {subject}"))
        holder.papers.append(paper)
        for replaced in seen.linked("replaces"):
            # What was found of wrong data holds for the right ones, until they are reviewed.
            if replaced in holder.reviews:
                holder.reviews[paper.id] = holder.reviews.pop(replaced)
        _changed(holder, paper.ends, context, now)
        return
    ref = seen.ref
    if seen.type == "certificate-review":
        holder = Holder.of(payload["holder"], context.get(f"of {payload['holder']}"))
        review = Review(ref, payload["checked_at"], payload["decision"], payload["register_status"])
        for reviewed in seen.linked("reviews"):
            holder.reviews.setdefault(reviewed, []).append(review)
    elif seen.type == "admission":
        holder = Holder.of(payload["supplier"], context.get(f"of {payload['supplier']}"))
        decision = Decision(
            ref,
            payload["decision"],
            payload["effective_at"],
            payload.get("term_from", _FIRST_DAY),
            payload.get("term_until", _LAST_DAY),
            list(payload["categories"]),
        )
        holder.decisions.append(decision)
    else:
        holder = Holder.of(payload["staff"], context.get(f"of {payload['staff']}"))
        holder.works.append(Work(ref, payload["works_until"], payload["employer"]))
    _changed(holder, None, context, now)


def _paper(seen: Seen) -> tuple[str, Paper]:
    """Whose paper it is, and the paper."""
    payload, renews = seen.fields, seen.linked("renews")
    ends = payload["valid_until"]
    if seen.type == "certificate":
        holder, kind = payload["holder"], payload["certificate_kind"]
        begins = payload.get("valid_from", payload["issued_on"])
        scope = sorted(set(payload["scope"]))
        return holder, Paper(seen.ref, kind, begins, ends, scope, holder, 1, renews)
    if seen.type == "health-certificate":
        begins, employer = payload["issued_on"], payload["employer"]
        paper = Paper(seen.ref, seen.type, begins, ends, [], employer, 1, renews)
        return payload["staff"], paper
    good = int(payload["result"] == "pass")
    begins, school = payload["calibrated_on"], payload["school"]
    paper = Paper(seen.ref, seen.type, begins, ends, [], school, good, renews)
    return payload["scale"], paper


def _forget(seen: Seen, subject: str, context: Context, now: Rules) -> None:
    """Take a record out of what is remembered of a holder, if it is there."""
    state = context.get(f"of {subject}")
    holder = Holder.of(subject, state)
    for paper in [paper for paper in holder.papers if paper.ref[0] == seen.index]:
        holder.papers.remove(paper)
        ladder.forget_row(paper, context)
    for found in holder.reviews.values():
        found[:] = [review for review in found if review.ref[0] != seen.index]
    holder.reviews = {paper: found for paper, found in holder.reviews.items() if found}
    holder.decisions = [one for one in holder.decisions if one.ref[0] != seen.index]
    holder.works = [work for work in holder.works if work.ref[0] != seen.index]
    if holder.to_json() != state:
        _changed(holder, None, context, now)


def _changed(holder: Holder, ends: str | None, context: Context, now: Rules) -> None:
    """Write a holder back, and judge anew what rests on it."""
    context.put(f"of {holder.subject}", holder.to_json())
    ladder.watch(holder.subject, ends, context, now)
    if holder.days:
        deliveries.put_right(holder.subject, context, now)
    if holder.gaps:
        staff.put_right(holder, context)
